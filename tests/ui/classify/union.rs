use resilient_runtime::Classify;

#[derive(Classify)]
union PriceError {
// <- fault
    code: u32,
    flags: u8,
}

fn main() {}
