use resilient_runtime::Classify;

use resilient_runtime::Rejected;

#[derive(Classify)]
enum PriceError {
    #[classify(delegate(source))]
    //         ^^^^^^^^ fault
    Lost { source: Rejected },
}

fn main() {}
