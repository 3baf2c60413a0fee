//! Every annotated function of a binary is known before its first call: of its libraries as well, of
//! generics that are never instantiated, after link-time optimization and the removal of what is not used.

use std::path::Path;
use std::process::Command;

/// Builds the binary as a careful user ships it, and says what it prints.
fn printed() -> String {
    let target = Path::new(env!("CARGO_TARGET_TMPDIR")).join("sites");
    let built = Command::new(env!("CARGO"))
        .args([
            "build",
            "--quiet",
            "--profile",
            "shipped",
            "-p",
            "sites-binary",
        ])
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .env("CARGO_TARGET_DIR", &target)
        .env("RUSTFLAGS", "-C link-arg=-Wl,--gc-sections")
        .status()
        .expect("cargo runs");
    assert!(built.success());
    let binary = target.join("shipped/sites-binary");
    let output = Command::new(binary).output().expect("it was built");
    assert!(output.status.success());
    String::from_utf8(output.stdout).expect("it prints text")
}

#[test]
#[cfg(target_os = "linux")]
fn sites_outlive_link_time_optimization_and_verify_names_both_places_of_a_conflict() {
    let printed = printed();
    let lines: Vec<_> = printed.lines().collect();
    let (sites, conflicts) = lines.split_at(lines.len().min(4));
    assert_eq!(
        sites,
        [
            "sites_binary::pay",
            "sites_library::Ship::ship::pay",
            "sites_library::private::Client<_>::fetch",
            "sites_library::private::generic",
        ],
        "{printed}"
    );
    let conflicts = conflicts.join("\n");
    assert!(
        conflicts.starts_with(
            "circuit_breaker `payments` is declared with different settings: \
             tests/sites/"
        ),
        "{printed}"
    );
    for place in [
        "tests/sites/binary/src/main.rs:6:",
        "tests/sites/library/src/lib.rs:32:",
    ] {
        assert!(conflicts.contains(place), "{place} in {printed}");
    }
}
