use resilient_runtime::Classify;

#[derive(Classify)]
struct PriceError(std::io::Error);
//     ^^^^^^^^^^ fault

fn main() {}
