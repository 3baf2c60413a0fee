use resilient_runtime::Classify;

#[derive(Classify)]
enum PriceError {
    #[throttled(retry_after = "5s")]
    //                        ^^^^ fault
    Busy,
}

fn main() {}
