use resilient_runtime::Classify;

#[derive(Classify)]
enum PriceError {
    #[classify(delegate)]
    Lost(Box<std::io::Error>),
    //   ^^^^^^^^^^^^^^^^^^^ fault
    #[classify(delegate = source)]
    Broken { source: std::fmt::Error, host: String },
}

fn main() {}
