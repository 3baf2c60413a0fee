use resilient_runtime::Classify;

#[derive(Classify)]
enum PriceError {
    #[transient]
    #[permanent]
    // <- fault
    Lost,
    #[classify(delegate)]
    #[answered]
    Rejected(resilient_runtime::Rejected),
}

fn main() {}
