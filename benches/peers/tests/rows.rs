//! Every row does what it is said to do: so many calls that succeed, so many bodies that run.

use peers::rows;
use tokio::runtime::Builder;

#[test]
fn every_row_does_what_its_work_says() {
    let runtime = Builder::new_current_thread().enable_all().build().unwrap();
    let _entered = runtime.enter();
    let rows = rows::all();
    assert!(rows.len() > 80, "{} rows are left", rows.len());
    for row in rows {
        row.verify(&runtime).unwrap();
    }
}
