//! Arguments that were taken apart are put together again for the fallback.

use resilient_runtime::{Rejected, fallback};

struct Order {
    sku: u32,
    count: u32,
}

struct Shop(u32);

#[fallback(cached)]
async fn price(
    Order { sku, count }: Order,
    Shop(shop): Shop,
    (left, _): (u32, u32),
    _: &str,
    &c: &u32,
) -> Result<u32, Rejected> {
    Ok(sku + count + shop + left + c)
}

async fn cached(
    order: Order,
    shop: Shop,
    pair: (u32, u32),
    _: &str,
    number: &u32,
) -> Result<u32, Rejected> {
    Ok(order.sku + order.count + shop.0 + pair.0 + number)
}

fn main() {
    drop(price(Order { sku: 1, count: 2 }, Shop(3), (4, 5), "a", &8));
}
