# What CI runs, word for word.
check:
    bash .ci/run

# The tests, as the README has them.
test:
    cargo test --workspace

# Writes the .stderr files of tests/ui anew. Read the difference before you commit it.
bless:
    TRYBUILD=overwrite cargo test --test ui

# Simulates the storm anew, and writes its report where people read it.
storm:
    cargo run --example storm -- docs/storm

# Writes what is counted now to benches/counts/ceilings.toml. Read the difference before you commit it.
ceilings:
    COUNTS=overwrite cargo test -p resilient-counts

# What CI's machine has no tool or toolchain for.
extra:
    cargo deny check
    cargo hack check --feature-powerset --no-dev-deps --workspace
    cargo +1.88 check --workspace
    cargo +nightly miri test -p resilient-runtime --lib
    cargo mutants -p resilient-runtime
    cargo semver-checks -p resilient-runtime
