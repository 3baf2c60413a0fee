//! Names of 1 and of 128 characters, of any script, with blanks inside, and as any kind of string literal.

use resilient_runtime::{Rejected, bulkhead, circuit_breaker};

#[circuit_breaker(name = "a")]
async fn shortest() -> Result<(), Rejected> {
    Ok(())
}

#[circuit_breaker(
    name = "abcdefghabcdefghabcdefghabcdefghabcdefghabcdefghabcdefghabcdefghabcdefghabcdefghabcdefghabcdefghabcdefghabcdefghabcdefghabcdefgh"
)]
async fn longest() -> Result<(), Rejected> {
    Ok(())
}

// 128 characters, and 384 bytes.
#[bulkhead(
    name = "決済決済決済決済決済決済決済決済決済決済決済決済決済決済決済決済決済決済決済決済決済決済決済決済決済決済決済決済決済決済決済決済決済決済決済決済決済決済決済決済決済決済決済決済決済決済決済決済決済決済決済決済決済決済決済決済決済決済決済決済決済決済決済決済",
    max_concurrent = 1
)]
async fn longest_in_bytes() -> Result<(), Rejected> {
    Ok(())
}

#[circuit_breaker(name = "payments eu/west \"1\" ☂")]
async fn with_blanks() -> Result<(), Rejected> {
    Ok(())
}

#[circuit_breaker(name = r#"a "raw" one"#)]
async fn raw() -> Result<(), Rejected> {
    Ok(())
}

fn main() {
    drop((
        shortest(),
        longest(),
        longest_in_bytes(),
        with_blanks(),
        raw(),
    ));
}
