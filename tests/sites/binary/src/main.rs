//! Says which annotated functions it knows of, without a call of any, and what is wrong with their names.

use resilient_runtime::{Rejected, circuit_breaker, registry};
use sites_library as _;

#[circuit_breaker(name = "payments", failure_rate = "50%")]
#[expect(dead_code, reason = "this is the point")]
async fn pay() -> Result<(), Rejected> {
    Ok(())
}

fn main() {
    let mut sites: Vec<_> = registry::sites().map(ToString::to_string).collect();
    sites.sort();
    println!("{}", sites.join("\n"));
    if let Err(conflicts) = registry::verify() {
        println!("{conflicts}");
    }
}
