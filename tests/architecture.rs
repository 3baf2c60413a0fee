//! The arrows of ARCHITECTURE.md: who may import whom. Read off the `use` lines, so that a new arrow is a
//! decision and not an accident.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

/// Every source file beneath a folder, with its text.
fn sources(folder: &str) -> Vec<(PathBuf, String)> {
    let mut folders = vec![Path::new(env!("CARGO_MANIFEST_DIR")).join(folder)];
    let mut files = Vec::new();
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                if !path.ends_with("tests") {
                    folders.push(path);
                }
            } else if path.extension().is_some_and(|extension| extension == "rs")
                && !path.ends_with("tests.rs")
            {
                let text = fs::read_to_string(&path).unwrap();
                files.push((path, text));
            }
        }
    }
    files
}

/// The modules of its own crate that a file imports, tests aside.
fn imports(text: &str) -> BTreeSet<&str> {
    let code = text.split("#[cfg(test)]").next().unwrap_or(text);
    code.lines()
        .filter_map(|line| line.trim_start().split("use crate::").nth(1))
        .map(|rest| rest.split([':', ';', ' ', '{']).next().unwrap_or(rest))
        .collect()
}

/// The first part of a path beneath a folder: the module that a file belongs to.
fn module(path: &Path, folder: &str) -> String {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join(folder);
    let inside = path.strip_prefix(root).unwrap();
    inside
        .iter()
        .next()
        .unwrap()
        .to_str()
        .unwrap()
        .trim_end_matches(".rs")
        .to_owned()
}

const RUNTIME_POLICIES: [&str; 7] = [
    "retry",
    "timeout",
    "circuit_breaker",
    "bulkhead",
    "rate_limit",
    "hedge",
    "fallback",
];
const MACRO_POLICIES: [&str; 7] = RUNTIME_POLICIES;

#[test]
fn a_policy_of_the_runtime_imports_no_other_policy_and_not_the_registry() {
    let mut seen = 0;
    for (path, text) in sources("resilient-runtime/src") {
        let module = module(&path, "resilient-runtime/src");
        if !RUNTIME_POLICIES.contains(&module.as_str()) {
            continue;
        }
        seen += 1;
        for import in imports(&text) {
            let is_other_policy = RUNTIME_POLICIES.contains(&import) && import != module;
            assert!(
                !is_other_policy,
                "{} imports the policy {import}",
                path.display()
            );
            let is_above = [
                "registry",
                "expansion",
                "instance",
                "health",
                "config",
                "metrics",
                "call",
                "testing",
                "__private",
            ]
            .contains(&import);
            assert!(
                !is_above,
                "{} imports {import}, which is above it",
                path.display()
            );
        }
    }
    assert!(
        seen >= 10,
        "the runtime's policies have moved: {seen} files found"
    );
}

#[test]
fn what_policies_share_imports_none_of_them() {
    let shared = [
        "outcome",
        "error",
        "cause",
        "class",
        "body",
        "deadline",
        "moment",
        "event",
        "function",
        "polled",
        "within",
        "meter",
        "name",
        "reading",
        "circuit",
        "refuse",
        "keyed",
        "budget",
        "amplified",
        "attribute",
        "isolation",
        "seed",
        "in_force",
        "overrides",
    ];
    let mut seen = BTreeSet::new();
    for (path, text) in sources("resilient-runtime/src") {
        let module = module(&path, "resilient-runtime/src");
        if shared.contains(&module.as_str()) {
            seen.insert(module);
            for import in imports(&text) {
                assert!(
                    !RUNTIME_POLICIES.contains(&import)
                        && !["registry", "testing"].contains(&import),
                    "{} imports {import}",
                    path.display()
                );
            }
        }
    }
    assert_eq!(seen.len(), shared.len());
}

#[test]
fn nothing_imports_health_metrics_or_config_which_stand_above_all() {
    for (above, path_of_it, files) in [
        ("health", "health::", 6),
        ("metrics", "crate::metrics::", 2),
        ("config", "config::", 6),
    ] {
        let mut seen = 0;
        for (path, text) in sources("resilient-runtime/src") {
            if module(&path, "resilient-runtime/src") == above {
                seen += 1;
            } else {
                let code = text.split("#[cfg(test)]").next().unwrap();
                let imports_it = imports(&text).contains(above);
                let names_it = code
                    .lines()
                    .filter(|line| !line.trim_start().starts_with("//"))
                    .any(|line| line.contains(path_of_it));
                assert!(!imports_it && !names_it, "{} knows {above}", path.display());
            }
        }
        assert!(seen >= files, "{above} has moved: {seen} files found");
    }
}

#[test]
fn the_pure_cores_know_neither_events_nor_the_registry_nor_timers() {
    let cores = [
        "backoff.rs",
        "jitter.rs",
        "budget/ledger.rs",
        "budget/account.rs",
        "circuit_breaker/state.rs",
        "circuit_breaker/probes.rs",
        "circuit_breaker/stripes.rs",
        "circuit_breaker/count.rs",
        "circuit_breaker/board.rs",
        "circuit_breaker/in_flight.rs",
        "circuit_breaker/slot.rs",
        "circuit_breaker/window/mod.rs",
        "circuit_breaker/window/calls.rs",
        "circuit_breaker/window/time.rs",
        "bulkhead/queue.rs",
        "keyed/map.rs",
        "keyed/recent.rs",
        "rate_limit/rate.rs",
        "rate_limit/gcra.rs",
        "rate_limit/called.rs",
        "rate_limit/queue.rs",
        "rate_limit/line.rs",
        "bulkhead/adaptive/growth.rs",
        "bulkhead/adaptive/limiter.rs",
        "bulkhead/adaptive/recent.rs",
        "bulkhead/adaptive/round.rs",
        "bulkhead/adaptive/usual.rs",
        "hedge/latencies.rs",
        "health/record.rs",
        "near.rs",
    ];
    for core in cores {
        let path = Path::new(env!("CARGO_MANIFEST_DIR"))
            .join("resilient-runtime/src")
            .join(core);
        let text = fs::read_to_string(&path).unwrap();
        for import in imports(&text) {
            assert!(
                !["event", "registry", "body"].contains(&import),
                "{core} imports {import}"
            );
        }
        for word in ["Instant::now", "sleep", "tracing", "async "] {
            let code = text.split("#[cfg(test)]").next().unwrap();
            assert!(!code.contains(word), "{core} is pure, and says `{word}`");
        }
    }
}

#[test]
fn the_rules_are_one_folder_for_both_crates_and_import_nothing_of_either() {
    let names = |folder| {
        let mut files: Vec<_> = sources(folder)
            .into_iter()
            .map(|(path, text)| (path.file_name().unwrap().to_owned(), text))
            .collect();
        files.sort();
        files
    };
    let grammar = names("resilient-runtime/src/grammar");
    assert!(grammar.len() >= 7, "the grammar has moved");
    assert_eq!(grammar, names("resilient-macros/src/grammar"));
    for (file, text) in grammar {
        assert!(imports(&text).is_empty(), "{file:?} is not on its own");
    }
    let rules = names("resilient-runtime/src/rule");
    assert!(rules.len() >= 7, "the rules have moved");
    assert_eq!(rules, names("resilient-macros/src/rule"));
    for (file, text) in rules {
        assert!(imports(&text).is_empty(), "{file:?} is not on its own");
    }
}

#[test]
fn a_policy_of_the_macros_imports_no_other_policy() {
    let mut seen = 0;
    for (path, text) in sources("resilient-macros/src/policy") {
        let own = module(&path, "resilient-macros/src/policy");
        if own == "mod" {
            continue;
        }
        seen += 1;
        let code = text.split("#[cfg(test)]").next().unwrap();
        for other in MACRO_POLICIES.iter().filter(|other| **other != own) {
            for import in [format!("super::{other}"), format!("policy::{other}")] {
                assert!(
                    !code.contains(&import),
                    "{} imports {other}",
                    path.display()
                );
            }
        }
    }
    assert_eq!(seen, MACRO_POLICIES.len());
}

#[test]
fn expanding_cannot_fail() {
    for (path, text) in sources("resilient-macros/src") {
        if module(&path, "resilient-macros/src") == "expand" {
            assert!(
                !imports(&text).contains("diagnostics"),
                "{} can fail",
                path.display()
            );
        }
    }
}

#[test]
fn only_paths_spells_the_runtime() {
    for (path, text) in sources("resilient-macros/src") {
        let code = text.split("#[cfg(test)]").next().unwrap();
        let mut code = code
            .lines()
            .filter(|line| !line.trim_start().starts_with("//"));
        let spells = code.any(|line| line.contains("::__private"));
        let is_paths = path.ends_with("paths.rs");
        assert!(
            !spells || is_paths,
            "{} spells the path of the runtime",
            path.display()
        );
    }
}

#[test]
fn the_harness_of_the_comparison_knows_no_crate_that_it_compares() {
    let harness = [
        "row",
        "time",
        "threads",
        "instructions",
        "allocation",
        "report",
    ];
    let mut seen = BTreeSet::new();
    for (path, text) in sources("benches/peers/src") {
        let module = module(&path, "benches/peers/src");
        if !harness.contains(&module.as_str()) {
            continue;
        }
        for import in [
            "crate::rows",
            "resilient_runtime",
            "tower",
            "recloser",
            "seatbelt",
        ] {
            assert!(
                !text.contains(&format!("use {import}")),
                "{} imports {import}",
                path.display()
            );
        }
        seen.insert(module);
    }
    assert_eq!(seen.len(), harness.len(), "the harness has moved");
}
