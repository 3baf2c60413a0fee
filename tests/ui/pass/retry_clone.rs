//! `clone(..)` hands out copies: of one argument, of all, of one that is changed, of one in a pattern.
#![deny(warnings)]
#![allow(dead_code, reason = "they only have to compile")]

use resilient_runtime::{Rejected, retry};

#[retry(clone(order))]
async fn one(order: String, token: u64) -> Result<(), Rejected> {
    drop((order, token));
    Ok(())
}

#[retry(clone(order, items,))]
async fn all(order: String, items: Vec<u64>) -> Result<(), Rejected> {
    drop((order, items));
    Ok(())
}

#[retry(clone(items))]
async fn changed(mut items: Vec<u64>) -> Result<usize, Rejected> {
    items.push(1);
    Ok(items.len())
}

#[retry(clone(order))]
async fn in_a_pattern((order, amount): (String, u64)) -> Result<u64, Rejected> {
    drop(order);
    Ok(amount)
}

#[retry(clone(r#type))]
async fn raw(r#type: String) -> Result<String, Rejected> {
    Ok(r#type)
}

fn main() {}
