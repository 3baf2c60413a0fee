use resilient_runtime::Classify;

#[derive(Classify)]
enum PriceError {
    #[transiant]
    Lost,
}

fn main() {}
