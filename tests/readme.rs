//! What the README says is true: its code is that of the examples, which the tests compile; its compile
//! error is the compiler's; its expansion is the macro's.

use std::fs;
use std::path::Path;

fn read(file: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(file);
    fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// The blocks of the README that say where they come from: `<!-- examples/stack.rs -->`, then a fence.
fn quoted() -> Vec<(String, Vec<String>)> {
    let readme = read("README.md");
    let mut lines = readme.lines();
    let mut blocks = Vec::new();
    while let Some(line) = lines.next() {
        let source = line
            .strip_prefix("<!-- ")
            .and_then(|line| line.strip_suffix(" -->"));
        let Some(source) = source else { continue };
        let fence = lines.next().unwrap();
        assert!(
            fence.starts_with("```"),
            "after `{line}` comes a block, not `{fence}`"
        );
        let block = lines.by_ref().take_while(|line| !line.starts_with("```"));
        blocks.push((source.to_owned(), block.map(str::to_owned).collect()));
    }
    blocks
}

/// Whether all lines stand in a text in this order, indentation aside. A line `…` stands for any.
fn stands_in(block: &[String], text: &str) -> Result<(), String> {
    let mut lines = text.lines().map(str::trim);
    for line in block.iter().map(|line| line.trim()) {
        let left_out = line.is_empty() || line.contains('…');
        if !left_out && !lines.any(|other| other == line) {
            return Err(line.to_owned());
        }
    }
    Ok(())
}

#[test]
fn its_blocks_stand_in_the_files_that_they_name() {
    let blocks = quoted();
    for source in [
        "examples/stack.rs",
        "examples/stack-expanded.rs",
        "examples/by-hand.rs",
        "tests/testing.rs",
    ] {
        assert!(
            blocks.iter().any(|(block, _)| block == source),
            "no block from {source}"
        );
    }
    for (source, block) in blocks {
        if let Err(line) = stands_in(&block, &read(&source)) {
            panic!("{source} has no line, in this order: {line}");
        }
    }
}

#[test]
fn its_compile_error_is_what_the_compiler_says() {
    let (_, block) = quoted()
        .into_iter()
        .find(|(source, _)| source == "tests/ui/readme/faults.stderr")
        .unwrap();
    let words = read("tests/ui/readme/faults.stderr");
    assert_eq!(block.join("\n").trim(), words.trim());
}

#[test]
fn its_two_commands_are_there() {
    let readme = read("README.md");
    for command in ["cargo run --example quickstart", "cargo test --workspace"] {
        assert!(
            readme.lines().any(|line| line.starts_with(command)),
            "no line `{command}`"
        );
    }
}

/// The lines of the expanded function, from its signature to its end.
fn expanded() -> Vec<String> {
    let text = read("examples/stack-expanded.rs");
    let from = text
        .lines()
        .skip_while(|line| !line.contains("async fn quote("));
    let mut lines: Vec<_> = from.map(str::to_owned).collect();
    let indent = lines[0].len() - lines[0].trim_start().len();
    let end = lines
        .iter()
        .position(|line| *line == format!("{}}}", " ".repeat(indent)))
        .unwrap();
    lines.truncate(end + 1);
    lines
}

#[test]
fn its_expansion_fits_one_screen() {
    // CI holds that rustfmt made these lines; `resilient-macros` that they are what the macro emits.
    let lines = expanded().len();
    assert!(lines <= 40, "{lines} lines");
}

#[test]
fn its_expansion_is_the_whole_of_it() {
    let (_, block) = quoted()
        .into_iter()
        .find(|(source, _)| source == "examples/stack-expanded.rs")
        .unwrap();
    let indented: Vec<_> = block.iter().map(|line| line.trim().to_owned()).collect();
    let expanded: Vec<_> = expanded()
        .iter()
        .map(|line| line.trim().to_owned())
        .collect();
    assert_eq!(indented, expanded);
}
