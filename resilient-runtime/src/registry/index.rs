//! Index: what each name stands for, made once of all that speak of it.

use super::site::{Rank, Role};

/// Instances by their names, in the order of these.
#[derive(Debug)]
pub struct Index<P: 'static>(Vec<Entry<P>>);

#[derive(Debug)]
struct Entry<P: 'static> {
    name: &'static str,
    instance: &'static P,
    role: Role,
}

impl<P> Index<P> {
    /// Of all these one a name: a `static` first, then what an attribute declares, then what one refers to; of
    /// equals the smallest site.
    pub(super) fn of(
        spoken: &[(&'static P, Role, Rank)],
        name: fn(&'static P) -> &'static str,
    ) -> Self {
        let said = spoken
            .iter()
            .map(|&(instance, role, rank)| (name(instance), role, rank));
        let chosen = chosen(&said.collect::<Vec<_>>());
        let entry = |at: usize| {
            let (instance, role, _) = spoken[at];
            let name = name(instance);
            Entry {
                name,
                instance,
                role,
            }
        };
        Self(chosen.into_iter().map(entry).collect())
    }

    pub(super) fn get(&self, name: &str) -> Option<(&'static P, Role)> {
        let at = self.0.binary_search_by(|entry| entry.name.cmp(name)).ok()?;
        let Entry { instance, role, .. } = self.0[at];
        Some((instance, role))
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = (&'static P, Role)> {
        self.0.iter().map(|entry| (entry.instance, entry.role))
    }
}

/// Where the first of each name is, by name. It knows nothing of instances: so it is compiled once, and not with
/// each kind of them.
fn chosen(said: &[(&'static str, Role, Rank)]) -> Vec<usize> {
    let mut order: Vec<usize> = (0..said.len()).collect();
    order.sort_by_key(|&at| said[at]);
    order.dedup_by_key(|at| said[*at].0);
    order
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_static_stands_for_a_name_before_what_is_declared_and_that_before_what_is_referred_to() {
        let rank = |line| ("package", "file", line, 1);
        let spoken: [(&&str, Role, Rank); 7] = [
            (&"b: refers", Role::Referred, rank(1)),
            (&"a: refers, further on", Role::Referred, rank(9)),
            (&"b: declares", Role::Declared, rank(3)),
            (&"b: declares, before", Role::Declared, rank(2)),
            (&"c: static", Role::Static, rank(8)),
            (&"a: refers", Role::Referred, rank(2)),
            (&"c: declares", Role::Declared, rank(1)),
        ];
        let index = Index::of(&spoken, |said| &said[..1]);
        let holds: Vec<_> = index.iter().map(|(said, _)| *said).collect();
        assert_eq!(holds, ["a: refers", "b: declares, before", "c: static"]);
        assert_eq!(
            index.get("b"),
            Some((&"b: declares, before", Role::Declared))
        );
        assert_eq!(index.get("bb"), None);
    }
}
