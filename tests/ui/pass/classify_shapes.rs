//! Every class, on every shape of variant and of struct.
#![deny(warnings)]

use resilient_runtime::{Class, Classify, Rejected};
use std::time::Duration;

#[derive(Classify)]
enum Variants {
    #[transient]
    Unit,
    #[answered]
    Tuple(u8, u8),
    #[permanent]
    Named { _code: u8 },
    #[ignored]
    Empty {},
    #[throttled]
    Throttled(),
    #[throttled(retry_after = 1)]
    Middle(u8, Duration, u8),
    #[throttled(retry_after = r#type)]
    Raw { r#type: Option<Duration>, _code: u8 },
    #[classify(delegate)]
    Delegate(Rejected),
    #[classify(delegate = source)]
    Source { _code: u8, source: Box<Variants> },
}

#[derive(Classify)]
enum Never {}

#[derive(Classify)]
#[permanent]
struct Unit;

#[derive(Classify)]
#[throttled(retry_after = 0)]
struct Tuple(Duration, u8);

#[derive(Classify)]
#[classify(delegate)]
struct Named {
    inner: Variants,
}

fn main() {
    let classes = [
        Variants::Unit.class(),
        Variants::Tuple(1, 2).class(),
        Variants::Named { _code: 1 }.class(),
        Variants::Empty {}.class(),
        Variants::Throttled().class(),
        Variants::Middle(1, Duration::ZERO, 1).class(),
        Variants::Raw { r#type: None, _code: 1 }.class(),
        Unit.class(),
        Tuple(Duration::MAX, 1).class(),
    ];
    let at = |retry_after| Class::Throttled { retry_after };
    let expected = [
        Class::Transient,
        Class::Answered,
        Class::Permanent,
        Class::Ignored,
        at(None),
        at(Some(Duration::ZERO)),
        at(None),
        Class::Permanent,
        at(Some(Duration::MAX)),
    ];
    assert_eq!(classes, expected);
    let source = Variants::Source { _code: 1, source: Box::new(Variants::Tuple(1, 1)) };
    assert_eq!(Named { inner: source }.class(), Class::Answered);
    let _ = (Variants::Delegate, <Never as Classify>::class);
}
