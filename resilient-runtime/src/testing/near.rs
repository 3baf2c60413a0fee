//! What somebody may have meant.

/// `; did you mean ..`, of the names that are nearest, if these are near enough.
pub(super) fn hint<'a>(wanted: &str, names: impl Iterator<Item = &'a str>) -> String {
    let mut names: Vec<_> = names.map(|name| (distance(wanted, name), name)).collect();
    names.sort_unstable();
    names.dedup();
    let Some(&(nearest, _)) = names.first() else {
        return "; there is none at all".to_owned();
    };
    if nearest > wanted.len() / 3 {
        return format!(
            "; none of the {} that there are is called like that",
            names.len()
        );
    }
    let near = names.iter().take_while(|(far, _)| *far == nearest);
    let near: Vec<_> = near.map(|(_, name)| format!("`{name}`")).collect();
    format!("; did you mean {}?", near.join(" or "))
}

/// How many letters to add, remove or change: Vladimir Levenshtein's distance, *Binary codes capable of
/// correcting deletions, insertions and reversals*, 1966. The end of a path says which function it is:
/// a path that only goes on to the left is near, whatever stands there.
fn distance(wanted: &str, name: &str) -> usize {
    let tail = |long: &str, short: &str| {
        long.strip_suffix(short)
            .is_some_and(|rest| rest.ends_with("::"))
    };
    if tail(wanted, name) || tail(name, wanted) {
        return 1;
    }
    let name: Vec<_> = name.chars().collect();
    let mut row: Vec<_> = (0..=name.len()).collect();
    for (i, letter) in wanted.chars().enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, other) in name.iter().enumerate() {
            let change = diagonal + usize::from(letter != *other);
            diagonal = row[j + 1];
            row[j + 1] = change.min(row[j] + 1).min(diagonal + 1);
        }
    }
    row[name.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn distances_count_letters() {
        for (one, other, far) in [
            ("", "", 0),
            ("payments", "payments", 0),
            ("paymets", "payments", 1),
            ("kitten", "sitting", 3),
            ("", "abc", 3),
            ("quote", "shop::Client::quote", 1),
            ("quote", "misquote", 3),
        ] {
            assert_eq!(distance(one, other), far, "{one} {other}");
            assert_eq!(distance(other, one), far, "{other} {one}");
        }
    }

    #[test]
    fn hints_name_what_is_near_and_nothing_else() {
        let names = || ["payments", "payment", "stock", "payments"].into_iter();
        assert_eq!(hint("paymets", names()), "; did you mean `payments`?");
        assert_eq!(
            hint("paymenty", names()),
            "; did you mean `payment` or `payments`?"
        );
        assert_eq!(
            hint("users", names()),
            "; none of the 3 that there are is called like that"
        );
        assert_eq!(hint("users", [].into_iter()), "; there is none at all");
    }
}
