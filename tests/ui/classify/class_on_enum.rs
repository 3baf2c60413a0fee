use resilient_runtime::Classify;

#[derive(Classify)]
#[transient]
enum PriceError {
    Lost,
    Busy,
}

fn main() {}
