//! Those who wait: for a place in a bulkhead, for a turn at a rate limiter.

use std::{
    cell::RefCell,
    collections::VecDeque,
    future::pending,
    pin::Pin,
    rc::Rc,
    task::{Context, Waker},
};

use resilient_runtime::{Bulkhead, Failure, RateLimiter, body};

use super::{Growth, MakeCalls, TO_A_MILLION, boxed, forever};
use crate::{
    body::Fault,
    each,
    rows::{HOUR, SECOND},
};

pub(super) const GROWTH: [Growth; 3] = [
    Growth {
        name: "a place in a bulkhead is handed on, and somebody joins",
        of: "waiters",
        sizes: TO_A_MILLION,
        make: handed_on,
    },
    Growth {
        name: "a waiter at a bulkhead joins and leaves",
        of: "waiters",
        sizes: TO_A_MILLION,
        make: at_a_bulkhead,
    },
    Growth {
        name: "a waiter at a rate limiter joins and leaves",
        of: "waiters",
        sizes: TO_A_MILLION,
        make: at_a_rate_limiter,
    },
];

type Waiter = Pin<Box<dyn Future<Output = Result<u64, Failure<Fault>>>>>;

/// One that has begun to wait.
fn waiting(call: impl Future<Output = Result<u64, Failure<Fault>>> + 'static) -> Waiter {
    let mut call: Waiter = Box::pin(call);
    poll(&mut call);
    call
}

fn poll(call: &mut Waiter) {
    let mut context = Context::from_waker(Waker::noop());
    assert!(call.as_mut().poll(&mut context).is_pending(), "it waits");
}

/// A hundred years are the longest wait that there is.
const CENTURY: u32 = 876_000;

fn bulkhead() -> &'static Bulkhead {
    forever(Bulkhead::new("queue", 1).max_wait(CENTURY * HOUR))
}

fn handed_on(size: u64) -> MakeCalls {
    let bulkhead = bulkhead();
    let call = || waiting(bulkhead.around(body(pending())));
    // The first one has the place.
    let line: VecDeque<_> = (0..=size).map(|_| call()).collect();
    let line = Rc::new(RefCell::new(line));
    boxed(move |count| {
        let line = Rc::clone(&line);
        each!(count, _n => {
            let mut line = line.borrow_mut();
            drop(line.pop_front());
            line.push_back(call());
            poll(&mut line[0]);
            Ok::<_, Fault>(())
        })
    })
}

fn at_a_bulkhead(size: u64) -> MakeCalls {
    let bulkhead = bulkhead();
    joins_and_leaves(size, move || waiting(bulkhead.around(body(pending()))))
}

fn at_a_rate_limiter(size: u64) -> MakeCalls {
    let limiter = forever(RateLimiter::new("line", 1, SECOND).max_wait(CENTURY * HOUR));
    joins_and_leaves(size, move || waiting(limiter.around(body(pending()))))
}

fn joins_and_leaves(size: u64, call: impl Fn() -> Waiter + Copy + 'static) -> MakeCalls {
    let others: Vec<_> = (0..=size).map(|_| call()).collect();
    std::mem::forget(others);
    boxed(move |count| {
        each!(count, _n => {
            drop(call());
            Ok::<_, Fault>(())
        })
    })
}
