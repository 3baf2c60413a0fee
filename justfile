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

# The same work through every crate that does it: docs/PERFORMANCE.md and docs/performance/peers.md.
peers *options:
    cargo run --release --manifest-path benches/peers/Cargo.toml -- {{options}}

# How cost grows: docs/performance/growth.md.
growth *options:
    cargo run --release --manifest-path benches/peers/Cargo.toml -- growth {{options}}

# What compiling costs: the rest of docs/performance.
compile *options:
    cargo run --release --manifest-path benches/compile/Cargo.toml -- {{options}}

# What CI's machine has no tool or toolchain for.
extra:
    cargo deny check
    cargo hack check --feature-powerset --no-dev-deps --workspace
    cargo +1.88 check --workspace
    cargo +nightly miri test -p resilient-runtime --lib
    cargo mutants -p resilient-runtime
    cargo semver-checks -p resilient-runtime
