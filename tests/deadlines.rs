//! Rule 17 over the wire: the example of two services and a database, and what must come of it. Its servers and its
//! database are real, and so is its clock: no upper bound here is one that a slow machine could miss.

#[path = "../examples/deadlines/main.rs"]
#[allow(dead_code, reason = "its `main` prints what is checked here")]
mod example;

use std::time::Duration;

#[tokio::test]
async fn rule_17_a_deadline_reaches_through_services_without_arithmetic() {
    let story = example::tell().await.unwrap();
    assert_eq!(story.answer, "12 of apple");

    let secs = Duration::from_secs_f64;
    let [gateway, header, query] = story.left;
    assert!(gateway <= secs(5.0) && gateway > secs(4.0), "{gateway:?}");
    assert!(
        header <= secs(4.0),
        "the gateway's own second counts: {header:?}"
    );
    assert!(
        query + secs(0.5) <= header,
        "and the half of the service: {query:?}"
    );
    assert!(query > Duration::ZERO);

    let (said, after) = story.late;
    assert!(
        said.starts_with("timed out after 5s") || said.contains("the caller's deadline"),
        "{said}"
    );
    assert!(after >= secs(4.9), "{after:?}");

    let (said, after) = story.impatient;
    assert!(said.contains("the caller's deadline"), "{said}");
    assert!(after >= secs(0.3), "{after:?}");

    assert_eq!(story.running, 0, "a query runs that nobody waits for");
}
