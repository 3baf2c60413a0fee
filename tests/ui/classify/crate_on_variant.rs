use resilient_runtime::Classify;

#[derive(Classify)]
enum PriceError {
    #[transient]
    #[classify(crate = resilient_runtime)]
    //         ^^^^^^^^^^^^^^^^^^^^^^^^^ fault
    Lost,
}

fn main() {}
