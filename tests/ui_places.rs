//! A compile error is shown where the fault is. In each file of `tests/ui` a comment beneath a line says
//! where that is: the carets of `//  ^^^ fault` stand under the tokens. `// <- fault` begins where they begin,
//! as no caret fits under what stands that far left; so does `// <- fault below`, above a line that opens a block.

use std::fs;
use std::path::{Path, PathBuf};

/// A line and a column, counted from 1.
type Place = (usize, usize);

/// The place that a comment names, if this line is such a comment.
fn named(number: usize, line: &str) -> Option<Place> {
    let comment = line.trim_start().strip_prefix("//")?.trim_start();
    // The line above has this number, as here they are counted from 0.
    let (first, line_of_fault) = match comment.strip_suffix(" fault") {
        _ if comment == "<- fault below" => ('/', number + 2),
        Some("<-") => ('/', number),
        Some(carets) if carets.chars().all(|c| c == '^') => ('^', number),
        _ => return None,
    };
    let column = line.chars().position(|c| c == first)? + 1;
    Some((line_of_fault, column))
}

fn marked(source: &str) -> Vec<Place> {
    let lines = source.lines().enumerate();
    lines
        .filter_map(|(number, line)| named(number, line))
        .collect()
}

/// The file and the place on which the first error is shown.
fn shown(output: &str) -> Option<(&str, Place)> {
    let arrow = output
        .lines()
        .find_map(|line| line.trim_start().strip_prefix("--> "))?;
    let (rest, column) = arrow.rsplit_once(':')?;
    let (file, line) = rest.rsplit_once(':')?;
    Some((file, (line.parse().ok()?, column.parse().ok()?)))
}

/// What must not compile. The README has the lines of one file, and no comments in them.
fn sources() -> Vec<PathBuf> {
    let entries = |folder: &Path| {
        let entries = fs::read_dir(folder).unwrap();
        entries
            .map(|entry| entry.unwrap().path())
            .collect::<Vec<_>>()
    };
    let is_of_faults = |folder: &PathBuf| {
        folder.is_dir() && !["pass", "readme"].iter().any(|name| folder.ends_with(name))
    };
    let folders = entries(Path::new("tests/ui"))
        .into_iter()
        .filter(is_of_faults);
    let files = folders.flat_map(|folder| entries(&folder));
    files
        .filter(|file| file.extension().is_some_and(|ext| ext == "rs"))
        .collect()
}

#[test]
fn the_first_error_is_shown_where_the_fault_is() {
    let sources = sources();
    assert!(sources.len() > 200, "{} files", sources.len());
    let mut wrong = Vec::new();
    for source in sources {
        let file = source.to_str().unwrap();
        let Ok(output) = fs::read_to_string(source.with_extension("stderr")) else {
            wrong.push(format!("{file} has no .stderr"));
            continue;
        };
        match &marked(&fs::read_to_string(&source).unwrap())[..] {
            [place] if shown(&output) == Some((file, *place)) => {}
            [place] => wrong.push(format!(
                "{file} marks {place:?}, and is shown {:?}",
                shown(&output)
            )),
            places => wrong.push(format!("{file} has {} marks in place of one", places.len())),
        }
    }
    wrong.sort();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn a_mark_is_read_as_it_looks() {
    let source = "#[retry(max = 0)]\n//            ^ fault\nfn f() {}\n    // <- fault\n// no fault\n// <- fault below\nconst";
    assert_eq!(marked(source), [(1, 15), (3, 5), (7, 1)]);
}
