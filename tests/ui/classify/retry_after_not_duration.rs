use resilient_runtime::Classify;

#[derive(Classify)]
enum PriceError {
    #[throttled(retry_after = seconds)]
    Busy { seconds: Option<u64> },
    //              ^^^^^^^^^^^ fault
}

fn main() {}
