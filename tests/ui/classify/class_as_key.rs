use resilient_runtime::Classify;

#[derive(Classify)]
enum PriceError {
    #[classify(transient)]
    Lost,
}

fn main() {}
