//! So they would change `self`.

use resilient_runtime::{Rejected, hedge};

struct Client(u32);

impl Client {
    #[hedge(after = "50ms")]
    async fn call(&mut self) -> Result<(), Rejected> {
        //        ^^^^^^^^^ fault
        self.0 += 1;
        Ok(())
    }
}

fn main() {}
