//! `crate = path` says where the runtime is; the derive and the trait come by one import.
#![deny(warnings)]

mod reexport {
    pub(crate) mod inner {
        pub(crate) use resilient_runtime as resilience;
    }
}

use reexport::inner::resilience::{Class, Classify};

#[derive(Classify)]
#[classify(crate = crate::reexport::inner::resilience)]
enum PriceError {
    #[answered]
    NotFound,
}

#[derive(Classify)]
#[classify(delegate, crate = self::reexport::inner::resilience)]
struct Whole(PriceError);

fn main() {
    assert_eq!(Whole(PriceError::NotFound).class(), Class::Answered);
}
