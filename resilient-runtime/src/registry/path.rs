//! Paths of functions, as the compiler tells them: which of them mean one function.

use super::{Site, sites};

/// The functions of this path. The first of these that there are: the very same; those that differ in
/// generics only, as a function is one for all of them; what the trait has for every type.
pub(crate) fn sites_of(path: &str) -> Vec<&'static Site> {
    let plain = without_generics(path);
    let mut found = having(|other| other == path);
    if found.is_empty() {
        found = having(|other| without_generics(other) == plain);
    }
    if found.is_empty()
        && let Some((this, method)) = of_the_trait(&plain)
    {
        found = having(|other| match of_the_trait(&without_generics(other)) {
            Some((any, other)) => stands_for_any(any, this) && other == method,
            None => without_generics(other) == method,
        });
    }
    found
}

fn having(is_it: impl Fn(&str) -> bool) -> Vec<&'static Site> {
    sites().filter(|site| is_it(site.path())).collect()
}

/// `shop::Cache<u32>::get<&str>` → `shop::Cache::get`. What stands in the place of a type stays:
/// `<shop::Cache<u32> as shop::Get>::get` → `<shop::Cache as shop::Get>::get`.
fn without_generics(path: &str) -> String {
    let (mut plain, mut generics, mut before) = (String::new(), 0_u32, ' ');
    for character in path.chars() {
        match character {
            '<' if generics > 0 || before.is_alphanumeric() || before == '_' => generics += 1,
            // Not the arrow of a function's type.
            '>' if generics > 0 && before != '-' => generics -= 1,
            _ if generics > 0 => {}
            _ => plain.push(character),
        }
        before = character;
    }
    plain
}

/// The paths by which people may mean this function: without generics, and of a trait's method as if it
/// were the type's own.
#[cfg(feature = "config")]
pub(crate) fn spellings(site: &Site) -> Vec<String> {
    let plain = without_generics(site.path());
    let of_type = plain
        .strip_prefix('<')
        .and_then(|rest| rest.rsplit_once(" as "))
        .and_then(|(ty, rest)| Some((ty, rest.split_once(">::")?.1)))
        .map(|(ty, method)| format!("{ty}::{method}"));
    // A function within another is behind the blocks of that one, which nobody writes.
    let named = |path: String| path.replace("::{{closure}}", "");
    let of_type = of_type.map(named);
    [named(plain.clone())].into_iter().chain(of_type).collect()
}

/// `<shop::Cache as shop::Get>::get` → `shop::Cache` and `shop::Get::get`, which is the path of the
/// default body.
fn of_the_trait(path: &str) -> Option<(&str, String)> {
    let (ty, rest) = path.strip_prefix('<')?.rsplit_once(" as ")?;
    let (name, method) = rest.split_once(">::")?;
    Some((ty, format!("{name}::{method}")))
}

/// `&_` of `impl<T> Get for &T` stands for `&shop::Cache`.
fn stands_for_any(any: &str, this: &str) -> bool {
    let known = any.strip_suffix('_');
    known.is_some_and(|known| {
        known.trim_end_matches(['&', ' ']).is_empty() && this.starts_with(known)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn generics_are_left_out_and_types_are_not() {
        for (path, plain) in [
            ("shop::quote", "shop::quote"),
            ("shop::get<alloc::vec::Vec<&str>>", "shop::get"),
            ("shop::Cache<_>::get<u8>", "shop::Cache::get"),
            ("shop::Cache<fn(u8) -> u8>::get", "shop::Cache::get"),
            (
                "<shop::Cache<u8> as shop::Get<Vec<fn(_) -> _>>>::get",
                "<shop::Cache as shop::Get>::get",
            ),
            (
                "<&[u8] as shop::Get>::fetch<'_, '_>",
                "<&[u8] as shop::Get>::fetch",
            ),
        ] {
            assert_eq!(without_generics(path), plain);
        }
    }

    #[test]
    fn only_a_type_of_the_impl_s_own_stands_for_any_other() {
        for (any, this, does) in [
            ("_", "shop::Client", true),
            ("&_", "&shop::Client", true),
            ("&_", "shop::Client", false),
            ("shop::Client", "shop::Client", false),
            ("shop::my_", "shop::my_client", false),
        ] {
            assert_eq!(stands_for_any(any, this), does, "{any} {this}");
        }
    }
}
