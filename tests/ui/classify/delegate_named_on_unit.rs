use resilient_runtime::Classify;

#[derive(Classify)]
enum PriceError {
    #[classify(delegate = source)]
    Lost,
}

fn main() {}
