use resilient_runtime::Classify;

#[derive(Classify)]
enum PriceError {
    #[transiant]
    // <- fault
    Lost,
}

fn main() {}
