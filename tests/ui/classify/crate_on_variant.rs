use resilient_runtime::Classify;

#[derive(Classify)]
enum PriceError {
    #[transient]
    #[classify(crate = resilient_runtime)]
    Lost,
}

fn main() {}
