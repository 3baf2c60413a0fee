use resilient_runtime::Classify;

use resilient_runtime::Rejected;

#[derive(Classify)]
enum PriceError {
    #[classify(delegat)]
    //         ^^^^^^^ fault
    Rejected(Rejected),
}

fn main() {}
