use resilient_runtime::Classify;

#[derive(Classify)]
enum PriceError {
    #[classify(delegate)]
    Lost,
}

fn main() {}
