//! The name that somebody may have meant.

/// The nearest of these names, if one is near enough to be a slip: at most a third of the letters differ.
pub(crate) fn nearest<'a>(name: &str, names: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    let slips = (name.chars().count() / 3).max(1);
    names
        .map(|other| (distance(name, other), other))
        .filter(|(distance, _)| *distance <= slips)
        .min()
        .map(|(_, other)| other)
}

/// How many letters have to be changed, added or taken away (Levenshtein's), whatever their case.
fn distance(one: &str, other: &str) -> usize {
    let other: Vec<_> = other.chars().flat_map(char::to_lowercase).collect();
    let mut row: Vec<_> = (0..=other.len()).collect();
    for (at, letter) in one.chars().flat_map(char::to_lowercase).enumerate() {
        let mut diagonal = row[0];
        row[0] = at + 1;
        for (column, same) in other.iter().map(|other| *other == letter).enumerate() {
            let changed = diagonal + usize::from(!same);
            diagonal = row[column + 1];
            row[column + 1] = changed.min(row[column] + 1).min(diagonal + 1);
        }
    }
    row[other.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_are_counted() {
        for (one, other, expected) in [
            ("payments", "payments", 0),
            ("paymets", "payments", 1),
            ("Payments", "payments", 0),
            ("", "db", 2),
            ("db", "", 2),
            ("kitten", "sitting", 3),
        ] {
            assert_eq!(distance(one, other), expected, "{one} {other}");
            assert_eq!(distance(other, one), expected, "{other} {one}");
        }
    }

    #[test]
    fn a_slip_has_an_answer_and_another_word_has_none() {
        let names = || ["orders", "payment", "payments"].into_iter();
        assert_eq!(nearest("paymets", names()), Some("payments"));
        assert_eq!(nearest("order", names()), Some("orders"));
        assert_eq!(nearest("ledger", names()), None);
        assert_eq!(nearest("x", std::iter::empty()), None);
    }
}
