use resilient_runtime::Classify;

#[derive(Classify)]
enum PriceError {
    #[throttled(retry_after = after)]
    //                        ^^^^^ fault
    Busy,
}

fn main() {}
