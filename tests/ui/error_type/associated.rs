//! An associated error type needs the bound.

use resilient_runtime::timeout;

trait Client {
    type Error;
    async fn fetch(&self) -> Result<u32, Self::Error>;
}

#[timeout("5s")]
async fn price<C: Client>(client: C) -> Result<u32, C::Error> {
    //                                  ^^^^^^^^^^^^^^^^^^^^^ fault
    client.fetch().await
}

fn main() {}
