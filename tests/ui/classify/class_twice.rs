use resilient_runtime::Classify;

#[derive(Classify)]
enum PriceError {
    #[transient]
    #[transient]
    Lost,
}

fn main() {}
