use resilient_runtime::Classify;

#[derive(Classify)]
enum PriceError {
    #[classify(delegate)]
    // <- fault
    Lost,
}

fn main() {}
