//! The name that somebody may have meant.

/// The nearest of these names, if one is near enough to be a slip: at most a third of the letters differ.
#[cfg(any(feature = "health", feature = "config"))]
pub(crate) fn nearest<'a>(name: &str, names: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    let slips = (name.chars().count() / 3).max(1);
    names
        .map(|other| (distance(name, other), other))
        .filter(|(distance, _)| *distance <= slips)
        .min()
        .map(|(_, other)| other)
}

/// The end of a message about a word that is unknown.
#[cfg(feature = "config")]
pub(crate) fn did_you_mean<'a>(
    word: &str,
    known: impl Iterator<Item = &'a str>,
    quote: char,
) -> String {
    nearest(word, known).map_or(String::new(), |near| {
        format!(". Did you mean {quote}{near}{quote}?")
    })
}

/// The declared name that this one is a misspelling of. Stricter than [`nearest`], as nobody is there to
/// say that it was meant: names that differ in a number, or in a word of few letters (`orders-a`,
/// `orders-b`), are names of two things.
pub(crate) fn misspelt<'a>(
    name: &str,
    mut names: impl Iterator<Item = &'a str>,
) -> Option<&'a str> {
    names.find(|other| {
        let (said, declared) = (words(name), words(other));
        if said.len() != declared.len() {
            // A separator more or less.
            return said.concat().len() >= 6 && said.concat() == declared.concat();
        }
        said.iter()
            .zip(&declared)
            .all(|(this, that)| this == that || is_slip(this, that))
    })
}

/// One letter changed, added or left out, or two that have changed places.
fn is_slip(this: &str, that: &str) -> bool {
    let letters = this.chars().count().min(that.chars().count());
    let digits = |word: &str| -> Vec<char> { word.chars().filter(char::is_ascii_digit).collect() };
    let sorted = |word: &str| {
        let mut letters: Vec<_> = word.to_lowercase().chars().collect();
        letters.sort_unstable();
        letters
    };
    let distance = distance(this, that);
    let is_near = distance <= 1 || distance == 2 && sorted(this) == sorted(that);
    letters >= 4 && digits(this) == digits(that) && is_near
}

fn words(name: &str) -> Vec<&str> {
    name.split(|letter: char| !letter.is_alphanumeric())
        .collect()
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
    fn a_misspelling_is_told_from_the_name_of_another_thing() {
        for (name, declared) in [
            ("paymets", "payments"),
            ("Payments", "payments"),
            ("paymnets", "payments"),
            ("payments_api", "payments-api"),
            ("paymentsapi", "payments-api"),
            ("shop-inventry-eu", "shop-inventory-eu"),
        ] {
            assert_eq!(misspelt(name, [declared].into_iter()), Some(declared));
        }
        for (name, declared) in [
            ("orders-a", "orders-b"),
            ("orders-1", "orders-2"),
            ("shard12", "shard13"),
            ("db", "dv"),
            ("eu-orders", "us-orders"),
            ("orders", "payments"),
            ("orders", "orders-eu"),
            ("declared", "undeclared"),
        ] {
            assert_eq!(misspelt(name, [declared].into_iter()), None, "{name}");
        }
    }

    #[test]
    #[cfg(any(feature = "health", feature = "config"))]
    fn a_slip_has_an_answer_and_another_word_has_none() {
        let names = || ["orders", "payment", "payments"].into_iter();
        assert_eq!(nearest("paymets", names()), Some("payments"));
        assert_eq!(nearest("order", names()), Some("orders"));
        assert_eq!(nearest("ledger", names()), None);
        assert_eq!(nearest("x", std::iter::empty()), None);
    }
}
