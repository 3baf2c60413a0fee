use resilient_runtime::Classify;

use resilient_runtime::Rejected;

#[derive(Classify)]
enum PriceError {
    #[classify]
    // <- fault
    Rejected(Rejected),
}

fn main() {}
