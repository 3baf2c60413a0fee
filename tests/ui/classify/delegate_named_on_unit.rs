use resilient_runtime::Classify;

#[derive(Classify)]
enum PriceError {
    #[classify(delegate = source)]
    //                    ^^^^^^ fault
    Lost,
}

fn main() {}
