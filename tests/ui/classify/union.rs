use resilient_runtime::Classify;

#[derive(Classify)]
// <- fault below
union PriceError {
    code: u32,
    flags: u8,
}

fn main() {}
