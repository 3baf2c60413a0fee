use resilient_runtime::Classify;

#[derive(Classify)]
#[transient]
// <- fault
enum PriceError {
    Lost,
    Busy,
}

fn main() {}
