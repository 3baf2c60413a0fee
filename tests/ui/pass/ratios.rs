//! A ratio as a percentage and as a number, up to the whole.

use resilient_runtime::{Rejected, circuit_breaker};

const HALF: f64 = 0.5;

macro_rules! trips_at {
    ($name:ident, $text:literal, $rate:expr) => {
        #[circuit_breaker(name = $text, failure_rate = $rate)]
        async fn $name() -> Result<(), Rejected> {
            Ok(())
        }
    };
}

trips_at!(percent, "percent", "50%");
trips_at!(fraction_of_percent, "fraction of percent", "0.5%");
trips_at!(blank_before_percent, "blank before percent", "50 %");
trips_at!(all_in_percent, "all in percent", "100%");
trips_at!(number, "number", 0.5);
trips_at!(all, "all", 1.0);
trips_at!(tiny, "tiny", 1e-9);
trips_at!(constant, "constant", HALF);
trips_at!(arithmetic, "arithmetic", HALF / 2.0);

fn main() {
    drop((
        percent(),
        fraction_of_percent(),
        blank_before_percent(),
        all_in_percent(),
    ));
    drop((number(), all(), tiny(), constant(), arithmetic()));
}
