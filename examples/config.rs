//! A service whose limits are changed while it runs: by a file, which is watched.
//!
//! Run it: `cargo run --example config`. The file is `examples/config.toml`.

use std::time::Duration;

use resilient_runtime::{
    Rejected, bulkhead, circuit_breaker,
    config::{self, Sources},
    retry, timeout,
};

#[derive(Debug, thiserror::Error)]
enum PriceError {
    #[error("the service is down")]
    Down,
    #[error(transparent)]
    Rejected(#[from] Rejected),
}

#[timeout("2s")]
#[retry(max = 3, delay = "10ms")]
#[circuit_breaker(name = "pricing", failure_rate = "50%")]
#[bulkhead(name = "pricing", max_concurrent = 20)]
#[timeout("500ms")]
async fn quote(calls: &mut u32) -> Result<u32, PriceError> {
    *calls += 1;
    if *calls > 100 {
        Ok(199)
    } else {
        Err(PriceError::Down)
    }
}

async fn calls_of_one() -> u32 {
    let mut calls = 0;
    let error = quote(&mut calls).await.expect_err("it is down");
    println!("  {error}, after {calls} calls");
    calls
}

#[tokio::main]
async fn main() {
    println!("As it is written:");
    assert_eq!(calls_of_one().await, 4);

    // A copy, as the example changes it.
    let path = std::env::temp_dir().join(format!("resilient-{}.toml", std::process::id()));
    let text = include_str!("config.toml");
    std::fs::write(&path, text).expect("there is room");
    let watch = config::watch(&path).expect("the file is good");
    let mut watch = watch.every(Duration::from_millis(20));
    println!("\nBy the file:");
    assert_eq!(calls_of_one().await, 2);

    println!("\nThe file is changed while the service runs:");
    std::fs::write(&path, text.replace("max = 1", "max = 2")).expect("there is room");
    let applied = watch.changed().await.expect("it is good");
    println!("{}", indented(&applied));
    assert_eq!(calls_of_one().await, 3);

    println!("\nSomebody makes mistakes, and nothing changes:");
    let bad = text.replace("\"30%\"", "30").replace("\"250ms\"", "\"3s\"");
    std::fs::write(&path, bad.replace("max = 1", "max_attempts = 5")).expect("there is room");
    let errors = watch.changed().await.expect_err("it is bad");
    println!("{}", indented(&errors));
    assert_eq!(errors.iter().count(), 2);
    assert_eq!(calls_of_one().await, 3);

    println!("\nWhat is in force, and where it comes from:");
    println!("{}", indented(&config::describe()));

    println!("By a variable, which wins over the file:");
    let variable = ("RESILIENT__FUNCTION__QUOTE__RETRY__ENABLED", "false");
    println!("  {}={}", variable.0, variable.1);
    Sources::new()
        .file(&path)
        .variables([(variable.0.into(), variable.1.into())])
        .apply()
        .expect_err("the file is still bad");
    std::fs::write(&path, text).expect("there is room");
    Sources::new()
        .file(&path)
        .variables([(variable.0.into(), variable.1.into())])
        .apply()
        .expect("it is good again");
    assert_eq!(calls_of_one().await, 1);
    let _ = std::fs::remove_file(path);
}

/// Beneath the line that says what it is; the folder of the file is of no interest.
fn indented(text: &impl std::fmt::Display) -> String {
    let folder = std::env::temp_dir();
    let text = text.to_string().replace(&*folder.to_string_lossy(), "..");
    let lines: Vec<_> = text.lines().map(|line| format!("  {line}")).collect();
    lines.join("\n")
}
