//! `mut` arguments: cloned for each attempt, or references, or under policies that run once.

use resilient_runtime::{Rejected, fallback, retry, timeout};

#[retry(clone(order, left))]
async fn cloned(mut order: Vec<u8>, (mut left, right): (u8, u8)) -> Result<usize, Rejected> {
    left += right;
    order.push(left);
    Ok(order.len())
}

#[retry]
async fn reference(mut bytes: &[u8], order: &mut Vec<u8>) -> Result<usize, Rejected> {
    bytes = &bytes[..0];
    order.extend(bytes);
    Ok(order.len())
}

#[timeout("5s")]
async fn once(mut order: Vec<u8>) -> Result<Vec<u8>, Rejected> {
    order.push(1);
    Ok(order)
}

#[fallback(value = Vec::new())]
async fn answered(mut order: Vec<u8>) -> Result<Vec<u8>, Rejected> {
    order.push(1);
    Ok(order.clone())
}

struct Client(Vec<u8>);

impl Client {
    #[timeout("5s")]
    async fn send(mut self) -> Result<Vec<u8>, Rejected> {
        self.0.push(1);
        Ok(self.0)
    }

    #[retry]
    async fn push(&mut self) -> Result<(), Rejected> {
        self.0.push(1);
        Ok(())
    }
}

fn main() {
    let (mut order, mut client) = (Vec::new(), Client(Vec::new()));
    drop((
        cloned(Vec::new(), (1, 2)),
        reference(&[], &mut order),
        once(Vec::new()),
        answered(Vec::new()),
    ));
    drop(client.push());
    drop(client.send());
}
