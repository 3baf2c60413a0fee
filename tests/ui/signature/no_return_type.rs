//! Without an error nothing tells a failed call from a good one.

use resilient_runtime::retry;

#[retry]
async fn ping() {}
//       ^^^^ fault

fn main() {}
