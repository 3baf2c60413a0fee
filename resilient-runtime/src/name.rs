//! The name of an instance, cheap to put into a rejection.

use std::borrow::Borrow;
use std::fmt;
use std::ops::Deref;
use std::sync::Arc;

use crate::refuse::refuse;
use crate::rule;

/// The name of an instance, as rejections and events carry it.
///
/// Cloning it never allocates, so that a rejection costs no allocation. It reads as a `str`.
///
/// ```
/// use resilient_runtime::Name;
/// let name = Name::from("payments");
/// assert_eq!(name, "payments");
/// assert_eq!(name.len(), 8);
/// ```
#[derive(Clone)]
pub struct Name(Text);

/// In two words, as every rejection has one.
#[derive(Clone)]
enum Text {
    Static(&'static str),
    Made(Handle),
}

/// A name that was made at run time.
struct Made {
    /// `hosts[api.example.com]`.
    shown: Box<str>,
    /// How much of it is the name without the key.
    template: usize,
}

/// There always is one, until this is dropped.
#[derive(Clone)]
struct Handle(Option<Arc<Made>>);

impl Handle {
    fn get(&self) -> Option<&Made> {
        self.0.as_deref()
    }
}

/// What is in it is let go by value. So the address of a rejection is not asked for where it is dropped, and it can be
/// in registers until then.
impl Drop for Handle {
    #[inline]
    fn drop(&mut self) {
        if let Some(made) = self.0.take() {
            let_go(made);
        }
    }
}

#[cold]
#[inline(never)]
fn let_go(_: Arc<Made>) {}

/// Of a longer key so many characters are shown: enough for every host and id, and not for a log to
/// drown in.
const KEY_SHOWN: usize = 128;

impl Name {
    pub(crate) const fn from_static(name: &'static str) -> Self {
        Self(Text::Static(name))
    }

    /// The name of the instance of a key.
    pub(crate) fn of_key(template: &Self, key: &str) -> Self {
        let mut shown = String::with_capacity(template.len() + key.len().min(4 * KEY_SHOWN) + 2);
        shown.push_str(template);
        shown.push('[');
        let mut characters = key.chars();
        for character in characters.by_ref().take(KEY_SHOWN) {
            // Strangers choose keys: none may begin a new line in a log.
            if character.is_control() {
                shown.extend(character.escape_default());
            } else {
                shown.push(character);
            }
        }
        if characters.next().is_some() {
            shown.push('…');
        }
        shown.push(']');
        Self::made(shown, template.without_key().len())
    }

    fn made(shown: String, template: usize) -> Self {
        let shown = shown.into();
        Self(Text::Made(Handle(Some(Arc::new(Made { shown, template })))))
    }

    /// The name as text. Of the instance of a key it shows the key as well, up to 128 characters of it:
    /// `hosts[api.example.com]`.
    #[must_use]
    pub fn as_str(&self) -> &str {
        match &self.0 {
            Text::Static(name) => name,
            Text::Made(made) => made.get().map_or("", |made| &made.shown),
        }
    }

    /// The name without the key, for what must not grow with the number of keys, as a label of a metric.
    ///
    /// ```
    /// use resilient_runtime::{CircuitBreaker, event::Event};
    /// static HOSTS: CircuitBreaker = CircuitBreaker::new("hosts").consecutive_failures(1);
    /// # #[tokio::main(flavor = "current_thread")] async fn main() {
    /// let mut events = resilient_runtime::event::subscribe();
    /// let _ = HOSTS.of("a.example").call(async { Err::<(), _>("down") }).await;
    /// let Event::CircuitTransition { name, .. } = events.recv().await else { unreachable!() };
    /// assert_eq!(name, "hosts[a.example]");
    /// assert_eq!(name.without_key(), "hosts");
    /// # }
    /// ```
    #[must_use]
    pub fn without_key(&self) -> &str {
        match &self.0 {
            Text::Static(name) => name,
            Text::Made(made) => made.get().map_or("", |made| &made.shown[..made.template]),
        }
    }
}

impl Deref for Name {
    type Target = str;
    fn deref(&self) -> &str {
        self.as_str()
    }
}

impl AsRef<str> for Name {
    fn as_ref(&self) -> &str {
        self.as_str()
    }
}

impl Borrow<str> for Name {
    fn borrow(&self) -> &str {
        self.as_str()
    }
}

impl From<&'static str> for Name {
    fn from(name: &'static str) -> Self {
        Self::from_static(name)
    }
}

impl From<String> for Name {
    fn from(name: String) -> Self {
        let template = name.len();
        Self::made(name, template)
    }
}

impl PartialEq for Name {
    fn eq(&self, other: &Self) -> bool {
        self.as_str() == other.as_str()
    }
}

impl Eq for Name {}

impl PartialEq<str> for Name {
    fn eq(&self, other: &str) -> bool {
        self.as_str() == other
    }
}

impl PartialEq<&str> for Name {
    fn eq(&self, other: &&str) -> bool {
        self.as_str() == *other
    }
}

impl std::hash::Hash for Name {
    fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
        self.as_str().hash(state);
    }
}

impl fmt::Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl fmt::Debug for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self.as_str(), f)
    }
}

/// What a name may be: 1 to 128 printable characters, no blanks at its ends. In a `static` a wrong one
/// does not compile.
#[track_caller]
pub(crate) const fn check(name: &str) {
    refuse(rule::name(name));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_shown_behind_the_name_and_kept_apart() {
        let name = Name::of_key(&Name::from("hosts"), "api.example.com");
        assert_eq!(name, "hosts[api.example.com]");
        assert_eq!(name.without_key(), "hosts");
        assert_eq!(Name::from("hosts[x]").without_key(), "hosts[x]");
        assert_eq!(Name::of_key(&name, "GET").without_key(), "hosts");
    }

    #[test]
    fn a_name_is_two_words_wherever_it_is_from() {
        assert_eq!(size_of::<Name>(), size_of::<&str>());
        let made = Name::from(String::from("made"));
        let kept = made.clone();
        drop(made);
        assert_eq!((kept.as_str(), kept.without_key()), ("made", "made"));
    }

    #[test]
    fn a_long_key_is_shown_up_to_a_character() {
        let name = Name::of_key(&Name::from("hosts"), &"🦀".repeat(KEY_SHOWN + 1));
        assert_eq!(name, format!("hosts[{}…]", "🦀".repeat(KEY_SHOWN)).as_str());
        let name = Name::of_key(&Name::from("hosts"), &"🦀".repeat(KEY_SHOWN));
        assert_eq!(name, format!("hosts[{}]", "🦀".repeat(KEY_SHOWN)).as_str());
    }

    #[test]
    fn a_key_begins_no_new_line() {
        let name = Name::of_key(&Name::from("hosts"), "a\n12:00 ERROR forged\u{85}");
        assert_eq!(name, "hosts[a\\n12:00 ERROR forged\\u{85}]");
    }
}
