use resilient_runtime::Classify;

#[derive(Classify)]
enum PriceError {
    #[throttled(retry_after = after)]
    Busy,
}

fn main() {}
