//! Whatever is in scope where the derive stands, it means the same, and no lint has anything to say of it.
#![no_implicit_prelude]
#![deny(warnings, clippy::all, clippy::pedantic, missing_docs, unreachable_pub, unused_qualifications)]
#![forbid(unsafe_code)]
#![allow(dead_code, non_upper_case_globals, reason = "the names are only in the way")]

mod core {}
mod std {}
mod resilient_runtime {}
mod __private {}

struct Class;
struct Duration;
struct None;
struct Option;
struct Some;
trait Classify {}

static error: () = ();
static field: () = ();
static wait: () = ();
const WAIT: () = ();
fn retry_after() {}

type Wait = ::core::time::Duration;

#[derive(::resilient_runtime::Classify)]
enum Error {
    #[answered]
    None,
    #[permanent]
    #[deprecated = "it is `None` now"]
    Some { code: u8 },
    #[throttled(retry_after = wait)]
    Option {
        #[deprecated = "unused"]
        code: u8,
        #[deprecated = "for lints"]
        wait: ::core::option::Option<Wait>,
    },
    #[classify(delegate)]
    #[allow(deprecated)]
    Class(Inner),
    #[classify(delegate)]
    Expected(
        #[expect(deprecated, reason = "it is")]
        Inner,
    ),
    #[answered]
    Same,
    #[classify(delegate)]
    Never(Never),
}

#[derive(::resilient_runtime::Classify)]
#[deprecated = "for lints"]
#[ignored]
struct Inner;

#[derive(::resilient_runtime::Classify)]
enum Never {}

#[derive(::resilient_runtime::Classify)]
#[allow(non_camel_case_types, deprecated)]
#[classify(delegate)]
struct lower_case<T>(Holder<T>);

#[derive(::resilient_runtime::Classify)]
#[deprecated = "for lints"]
#[classify(delegate)]
struct Holder<T>(T);

macro_rules! error {
    ($name:ident, $class:ident, $field:ident: $ty:ty) => {
        #[derive(::resilient_runtime::Classify)]
        enum $name {
            #[$class(retry_after = $field)]
            Busy { $field: $ty },
            #[classify(delegate = 0)]
            Other($crate::Never),
        }
    };
}

error!(Made, throttled, wait: Wait);

fn main() {
    #[derive(::resilient_runtime::Classify)]
    #[transient]
    struct Local;
}
