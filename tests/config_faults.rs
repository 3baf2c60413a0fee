//! Bad configurations: what each is told, word for word, and that nothing changes by any of them.

use std::ffi::OsString;
use std::fmt::Write as _;
use std::io;
use std::path::PathBuf;
use std::sync::{Mutex, MutexGuard, PoisonError};

use resilient_runtime::config::{self, Sources};
use resilient_runtime::{bulkhead, circuit_breaker, fallback, hedge, rate_limit, retry, timeout};

type R = io::Result<u32>;

#[circuit_breaker(name = "payments", window = 50, min_calls = 10)]
#[bulkhead(name = "db", max_concurrent = 20)]
#[rate_limit("100/s", name = "api")]
async fn shared() -> R {
    Ok(1)
}

#[bulkhead(name = "elastic", adaptive, max = 40)]
#[circuit_breaker(name = "run", consecutive_failures = 5)]
async fn others() -> R {
    Ok(1)
}

struct Client;

impl Client {
    #[fallback(value = 0)]
    #[timeout("2s")]
    #[retry(max = 2, delay = "100ms")]
    #[hedge(after = "50ms")]
    #[timeout("500ms")]
    async fn quote(&self) -> R {
        Ok(1)
    }

    #[timeout(limit)]
    #[retry]
    async fn order(&self, limit: std::time::Duration) -> R {
        Ok(limit.subsec_millis())
    }
}

mod eu {
    #[resilient_runtime::timeout("1s")]
    pub(super) async fn ship() -> super::R {
        Ok(1)
    }
}

mod us {
    #[resilient_runtime::timeout("1s")]
    pub(super) async fn ship() -> super::R {
        Ok(1)
    }
}

/// Overrides are the process's: one test at a time.
fn alone() -> MutexGuard<'static, ()> {
    static ONE: Mutex<()> = Mutex::new(());
    let one = ONE.lock().unwrap_or_else(PoisonError::into_inner);
    Sources::new()
        .text("good.toml", GOOD)
        .variables([])
        .apply()
        .expect("it is good");
    one
}

/// What is in force before, and after.
const GOOD: &str = "[circuit_breaker.payments]\nfailure_rate = \"30%\"\n[function.\"Client::quote\".retry]\nmax = 1";

/// Each of them has one fault at least.
const FILES: &[&str] = &[
    // What is no TOML.
    "[circuit_breaker.payments",
    "[circuit_breaker.payments]\nfailure_rate = ",
    "[circuit_breaker.payments]\nfailure_rate = \"30%",
    "[circuit_breaker.payments]\nfailure_rate = \"30%\"\nfailure_rate = \"40%\"",
    "[circuit_breaker.payments]\n[circuit_breaker.payments]",
    "[circuit_breaker.payments]\nbreak_duration = 5s",
    "failure_rate",
    "{\"circuit_breaker\": {}}",
    "[circuit_breaker.payments]\nwindow = 1\nwindow.calls = 2",
    // Tables.
    "[circuit_braker.payments]\nwindow = 5",
    "[retry]\nmax = 1",
    "[cache.payments]",
    "circuit_breaker = 5",
    "bulkhead = []",
    "[circuit_breaker]\npayments = \"30%\"",
    "[function]\n\"Client::quote\" = 1",
    "[[circuit_breaker]]\nname = \"payments\"",
    // Names.
    "[circuit_breaker.paymets]\nwindow = 5",
    "[circuit_breaker.\"\"]\nwindow = 5",
    "[circuit_breaker.\" payments\"]\nwindow = 5",
    "[circuit_breaker.PAYMENTS]\nwindow = 5",
    "[circuit_breaker.db]\nwindow = 5",
    "[rate_limit.apis]\nburst = 5",
    "[retry_budget.payments]\nratio = 0.1",
    // Functions.
    "[function.\"Client::quot\".retry]\nmax = 1",
    "[function.\"\".retry]\nmax = 1",
    "[function.\"lient::quote\".retry]\nmax = 1",
    "[function.\"ship\"]\ntimeout = \"1s\"",
    "[function.\"Client::quote\".bulkhead]\nmax_concurrent = 1",
    "[function.\"Client::quote\".retri]\nmax = 1",
    "[function.\"Client::quote\"]\ntimeout = \"1s\"",
    "[function.\"Client::quote\"]\ntimeout.0 = \"1s\"",
    "[function.\"Client::quote\"]\ntimeout.3 = \"1s\"",
    "[function.\"Client::quote\"]\ntimeout = [\"1s\", \"400ms\", \"3s\"]",
    "[function.\"Client::quote\"]\nretry = 3",
    "[function.\"Client::quote\".fallback]\nenabled = false",
    "[function.\"Client::order\"]\ntimeout = \"1s\"",
    "[function.shared.circuit_breaker]\nwindow = 5",
    // Keys.
    "[circuit_breaker.payments]\nfailure_rat = 0.3",
    "[circuit_breaker.payments]\nfailure_threshold = 5",
    "[circuit_breaker.payments]\nname = \"x\"",
    "[circuit_breaker.payments]\nfailure_when = \"is_bad\"",
    "[function.\"Client::quote\".retry]\nmax_attempts = 3",
    "[function.\"Client::quote\".retry]\nbudget = \"x\"",
    "[bulkhead.db]\nadaptive = true",
    // Kinds.
    "[circuit_breaker.payments]\nfailure_rate = 50",
    "[circuit_breaker.payments]\nfailure_rate = \"often\"",
    "[circuit_breaker.payments]\nfailure_rate = true",
    "[circuit_breaker.payments]\nfailure_rate = nan",
    "[circuit_breaker.payments]\nwindow = \"50\"",
    "[circuit_breaker.payments]\nwindow = 1.5",
    "[circuit_breaker.payments]\nwindow = -5",
    "[circuit_breaker.payments]\nwindow = 99999999999999999999",
    "[circuit_breaker.payments]\nbreak_duration = 30",
    "[circuit_breaker.payments]\nbreak_duration = \"30\"",
    "[circuit_breaker.payments]\nbreak_duration = \"30 parsecs\"",
    "[circuit_breaker.payments]\nbreak_duration = \"99999999999999999999s\"",
    "[circuit_breaker.payments]\nbreak_duration = 1979-05-27",
    "[circuit_breaker.payments]\nbreak_duration = { secs = 5 }",
    "[circuit_breaker.payments]\nshadow = \"yes\"",
    "[circuit_breaker.payments]\nenabled = 0",
    "[rate_limit.api]\nrate = 100",
    "[rate_limit.api]\nrate = \"100/fortnight\"",
    "[function.\"Client::quote\".retry]\nbackoff = \"exponental\"",
    "[function.\"Client::quote\".retry]\njitter = \"some\"",
    "[function.\"Client::quote\".retry]\non = \"error\"",
    "[function.\"Client::quote\".retry]\non = [\"errors\"]",
    "[function.\"Client::quote\".retry]\non = []",
    "[function.\"Client::quote\".hedge]\nafter = \"95%\"",
    // Ranges.
    "[circuit_breaker.payments]\nfailure_rate = \"0%\"",
    "[circuit_breaker.payments]\nfailure_rate = 1.5",
    "[circuit_breaker.payments]\nwindow = 0",
    "[circuit_breaker.payments]\nhalf_open_calls = 5_000",
    "[circuit_breaker.payments]\nbreak_backoff = 0.5",
    "[circuit_breaker.payments]\nbreak_duration = \"0s\"",
    "[bulkhead.db]\nmax_concurrent = 0",
    "[rate_limit.api]\nburst = 0",
    "[function.\"Client::quote\".retry]\nmax = 101",
    "[function.\"Client::quote\".retry]\nmax = 0x0",
    "[function.\"Client::quote\".hedge]\nafter = \"p20\"",
    "[function.\"Client::quote\".hedge]\nmax = 11",
    // Across keys.
    "[circuit_breaker.payments]\nwindow = 5",
    "[circuit_breaker.payments]\nmin_calls = 60",
    "[circuit_breaker.payments]\nslow_call_rate = \"50%\"",
    "[circuit_breaker.payments]\nmax_break_duration = \"1m\"",
    "[circuit_breaker.payments]\nbreak_backoff = 2\nbreak_duration = \"2m\"\nmax_break_duration = \"1m\"",
    "[circuit_breaker.run]\nwindow = 5",
    "[bulkhead.db]\nmax_queue = 5",
    "[bulkhead.db]\nmin = 5",
    "[bulkhead.elastic]\nmax_concurrent = 5",
    "[bulkhead.elastic]\nmin = 50",
    "[bulkhead.elastic]\ninitial = 50",
    "[function.\"Client::quote\".retry]\nmax_delay = \"50ms\"",
    "[function.\"Client::quote\".retry]\nmax_duration = \"100ms\"",
    "[function.\"Client::quote\".retry]\nbackoff = \"linear\"\nfactor = 2.0",
    "[function.\"Client::quote\".hedge]\nafter = \"p95\"",
    // Across the stack.
    "[function.\"Client::quote\"]\ntimeout.2 = \"3s\"",
    "[function.\"Client::quote\"]\ntimeout.1 = \"400ms\"",
    "[function.\"Client::quote\".retry]\ndelay = \"2s\"",
    "[function.\"Client::quote\".hedge]\nafter = \"600ms\"",
    // More than one.
    "[bulkhead.db]\nmax_concurrent = 0\nmax_wait = 5\n[bulkhead.dbs]\n[cache]",
    // The mark of some editors is no part of the first column.
    "\u{feff}[bulkhead.dbs]",
    "# ß\n[bulkhead.\"ß\".x]\ny = 1",
];

const VARIABLES: &[(&str, &str)] = &[
    ("RESILIENT__", "1"),
    ("RESILIENT__CIRCUIT_BREAKER", "1"),
    ("RESILIENT__CIRCUIT_BREAKER__PAYMENTS", "1"),
    ("RESILIENT__CIRCUIT_BREAKER__PAYMENTS__", "1"),
    ("RESILIENT__CIRCUIT_BREAKER__PAYMENTS__WINDOW__CALLS", "1"),
    ("RESILIENT__CIRCUIT_BREAKER__PAYMENT__WINDOW", "1"),
    ("RESILIENT__CIRCUIT_BREAKER__PAYMENTS__WINDO", "1"),
    ("RESILIENT__CIRCUIT_BREAKER__PAYMENTS__WINDOW", ""),
    ("RESILIENT__CIRCUIT_BREAKER__PAYMENTS__WINDOW", "many"),
    ("RESILIENT__CIRCUIT_BREAKER__PAYMENTS__SHADOW", "yes"),
    ("RESILIENT__CIRCUIT_BREAKER__PAYMENTS__BREAK_DURATION", "5"),
    ("RESILIENT__BREAKER__PAYMENTS__WINDOW", "5"),
    ("RESILIENT__FUNCTION__CLIENT_QUOTE__RETRY", "5"),
    ("RESILIENT__FUNCTION__CLIENT_QUOTE__TIMEOUT", "1s"),
    ("RESILIENT__FUNCTION__CLIENT_QUOTE__TIMEOUT__X__AFTER", "1s"),
    ("RESILIENT__FUNCTION__CLIENT_QUOTA__RETRY__MAX", "1"),
    ("RESILIENT__FUNCTION__SHIP__TIMEOUT", "1s"),
];

fn told(sources: Sources) -> String {
    let before = config::describe();
    let errors = sources.apply().expect_err("it has a fault");
    assert_eq!(config::describe(), before, "something has changed");
    assert!(errors.iter().count() > 0);
    without_lines(&errors.to_string())
}

/// Where a function stands in this file is no part of what is told.
fn without_lines(told: &str) -> String {
    let mut parts = told.split("config_faults.rs:");
    let first = parts.next().unwrap_or_default().to_owned();
    parts.fold(first, |told, part| {
        let rest = part.trim_start_matches(|digit: char| digit.is_ascii_digit());
        told + "config_faults.rs:N" + rest
    })
}

#[test]
fn each_bad_file_is_told_what_is_wrong_where_and_the_way_out() {
    let _alone = alone();
    let mut table = String::new();
    for file in FILES {
        let told = told(Sources::new().text("f", file).variables([]));
        assert!(told.lines().all(|line| line.len() < 700), "{told}");
        let _ = writeln!(table, "{}\n{told}\n", quoted(file));
    }
    for (name, value) in VARIABLES {
        let variables = [(OsString::from(name), OsString::from(value))];
        let told = told(Sources::new().variables(variables));
        let _ = writeln!(table, "> {name}={value}\n{told}\n");
    }
    let (known, path) = (include_str!("config_faults.txt"), "tests/config_faults.txt");
    if std::env::var_os("BLESS").is_some() {
        std::fs::write(path, &table).expect("it can be written");
    } else {
        let unlike = table
            .lines()
            .zip(known.lines())
            .find(|(found, known)| found != known);
        assert!(
            table == known,
            "with BLESS=1 it is written anew; unlike: {unlike:#?}"
        );
    }
}

fn quoted(file: &str) -> String {
    let lines: Vec<_> = file.lines().map(|line| format!("> {line}")).collect();
    lines.join("\n").replace('\u{feff}', "<BOM>")
}

/// A file in a place of its own.
struct Place(PathBuf);

impl Place {
    fn new(test: &str) -> Self {
        let name = format!("resilient-{test}-{}", std::process::id());
        let place = std::env::temp_dir().join(name);
        std::fs::create_dir_all(&place).expect("there is room");
        Self(place)
    }

    fn file(&self, text: &[u8]) -> PathBuf {
        let path = self.0.join("f.toml");
        std::fs::write(&path, text).expect("there is room");
        path
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

#[test]
fn what_is_no_file_no_text_or_too_long_is_told_so() {
    let _alone = alone();
    let place = Place::new("faults");
    let told = |path: &PathBuf| told(Sources::new().file(path).variables([]));
    let missing = told(&place.0.join("missing.toml"));
    assert!(
        missing.contains("missing.toml: it can't be read: No such file"),
        "{missing}"
    );
    let directory = told(&place.0);
    assert!(
        directory.ends_with("it can't be read: it is a directory\n  Give the path of a TOML file."),
        "{directory}"
    );
    let latin = told(&place.file(b"# a comment\n[bulkhead.d\xe9]"));
    assert!(latin.contains("f.toml:2:12: this is no UTF-8"), "{latin}");
    let huge = told(&place.file("# all is well\n".repeat(100_000).as_bytes()));
    assert!(huge.contains("it is longer than 1 MiB"), "{huge}");
    let zeros = told(&place.file(&[0; 64]));
    assert!(zeros.contains("this is no TOML"), "{zeros}");
    let deep = told(&place.file("[".repeat(10_000).as_bytes()));
    assert!(
        deep.contains("this is no TOML") && deep.len() < 20_000,
        "{}",
        deep.len()
    );
    let long = format!(
        "[bulkhead.{}]\nmax_wait = \"{}\"",
        "x".repeat(5000),
        "y".repeat(5000)
    );
    let long = told(&place.file(long.as_bytes()));
    assert!(long.len() < 1000, "{long}");
}

#[test]
fn every_file_cut_off_anywhere_is_refused_or_good_and_never_half_applied() {
    let _alone = alone();
    let file = "[circuit_breaker.\"payments\"]\nfailure_rate = \"40%\"\nwindow = 60\n\
                [function.\"Client::quote\"]\ntimeout = [\"3s\", \"250ms\"]\nretry = { max = 1 }\n";
    for end in 0..=file.len() {
        let before = config::describe();
        let sources = Sources::new().text("f", &file[..end]).variables([]);
        if sources.apply().is_err() {
            assert_eq!(config::describe(), before, "{}", &file[..end]);
        }
    }
}

#[test]
fn variables_that_could_be_two_names_are_refused() {
    use resilient_runtime::{Bulkhead, shared};
    #[shared]
    static ONE: Bulkhead = Bulkhead::new("a-b", 1);
    mod other {
        use resilient_runtime::{Bulkhead, shared};
        #[shared]
        static OTHER: Bulkhead = Bulkhead::new("a.b", 1);
        pub(super) fn limit() -> usize {
            OTHER.limit()
        }
    }
    let _alone = alone();
    let variable = (
        "RESILIENT__BULKHEAD__A_B__MAX_CONCURRENT".into(),
        "5".into(),
    );
    let told = told(Sources::new().variables([variable]));
    assert!(
        told.contains("`A_B` could be any of `a-b` and `a.b`"),
        "{told}"
    );
    assert_eq!((ONE.limit(), other::limit()), (1, 1));
}

#[tokio::test]
async fn nothing_is_forgotten_by_those_who_never_call() {
    assert!(shared().await.is_ok() && others().await.is_ok());
    assert!(Client.quote().await.is_ok());
    assert!(
        Client
            .order(std::time::Duration::from_secs(1))
            .await
            .is_ok()
    );
    assert!(eu::ship().await.is_ok() && us::ship().await.is_ok());
}
