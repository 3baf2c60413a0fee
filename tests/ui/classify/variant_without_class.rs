use resilient_runtime::Classify;

#[derive(Classify)]
enum PriceError {
    #[answered]
    NotFound,
    Busy,
    // <- fault
    Lost(std::io::Error),
}

fn main() {}
