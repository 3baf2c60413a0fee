use resilient_runtime::Classify;

#[derive(Classify)]
enum PriceError {
    #[classify(transient)]
    //         ^^^^^^^^^ fault
    Lost,
}

fn main() {}
