//! What must not compile, and what it says: one fault a file, in a folder for each policy.

#[test]
fn wrong_policies_do_not_compile() {
    let cases = trybuild::TestCases::new();
    for folder in std::fs::read_dir("tests/ui").unwrap() {
        let folder = folder.unwrap().path();
        if folder.is_dir() && !folder.ends_with("pass") {
            cases.compile_fail(folder.join("*.rs"));
        }
    }
}

#[test]
fn right_policies_compile() {
    trybuild::TestCases::new().pass("tests/ui/pass/*.rs");
}
