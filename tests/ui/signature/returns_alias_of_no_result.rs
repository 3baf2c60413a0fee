//! An alias is what it stands for: this one is no `Result`.

use resilient_runtime::timeout;

type Reply<T> = std::task::Poll<T>;

#[timeout("5s")]
async fn price() -> Reply<u32> {
//                  ^^^^^^^^^^ fault
    Reply::Ready(3)
}

fn main() {}
