use resilient_runtime::Classify;

#[derive(Classify)]
enum PriceError {
    #[transient]
    #[transient]
    // <- fault
    Lost,
}

fn main() {}
