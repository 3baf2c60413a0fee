//! Each form of a fallback.

use resilient_runtime::{Rejected, fallback, timeout};

struct Shop(u32);

impl Shop {
    async fn cached(&self, _: &str) -> Result<u32, Rejected> {
        Ok(self.0)
    }

    #[fallback(self.cached)]
    async fn by_method(&self, sku: &str) -> Result<u32, Rejected> {
        Ok(sku.len() as u32)
    }

    #[fallback(Self::default_price, with_error)]
    async fn by_associated(sku: &str) -> Result<u32, Rejected> {
        Ok(sku.len() as u32)
    }

    async fn default_price(_: &str, _: Rejected) -> Result<u32, Rejected> {
        Ok(0)
    }

    #[fallback(value = self.0)]
    async fn by_field(&self) -> Result<u32, Rejected> {
        Ok(1)
    }
}

#[fallback(|error| if matches!(error, Rejected::TimedOut { .. }) { Ok(0) } else { Err(error) })]
#[timeout("5s")]
async fn by_closure() -> Result<u32, Rejected> {
    Ok(1)
}

#[fallback(async |_| Ok(sku.len()))]
async fn by_async_closure(sku: &str) -> Result<usize, Rejected> {
    Ok(sku.len())
}

#[fallback(value = Vec::new(), when = |error| error.name().is_empty())]
async fn by_typeless_value() -> Result<Vec<u32>, Rejected> {
    Ok(vec![1])
}

#[fallback(
    value = 0,
    on(error, timeout, circuit_open, bulkhead_full, rate_limited, in_flight)
)]
async fn on_each() -> Result<u32, Rejected> {
    Ok(1)
}

fn main() {
    let shop = Shop(3);
    drop((
        shop.by_method("a"),
        shop.by_field(),
        Shop::by_associated("a"),
    ));
    drop((
        by_closure(),
        by_async_closure("a"),
        by_typeless_value(),
        on_each(),
    ));
}
