use resilient_runtime::Classify;

use resilient_runtime::Rejected;

#[derive(Classify)]
enum PriceError {
    #[classify(delegate(source))]
    Lost { source: Rejected },
}

fn main() {}
