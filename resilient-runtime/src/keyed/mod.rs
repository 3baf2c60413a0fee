//! One instance of a policy for each key: `#[circuit_breaker(name = "hosts", key = host)]`.
//!
//! A policy that is declared is a *template*: it makes an instance with its own settings for each text
//! that it is asked for, at most `max_keys` of them. Which of them may be forgotten when there is no
//! room for another is for the policy to say ([`Standing`]); of those that may, the one that was used
//! longest ago goes. If none may, the new key's call runs unprotected, and an event says so: a flood
//! of keys can neither grow memory nor make a policy forget what it knows.
//!
//! To have keys, a policy implements [`Keyed`] and holds an `OnceLock<Arc<Keys<Self>>>`; its methods
//! `of`, `get` and `keys` are one call of [`of`], [`get`] and [`all`] each.

mod entry;
#[cfg(test)]
mod loom;
mod map;
#[cfg(test)]
mod model;
mod recent;
mod text;
mod users;

/// What counts users; `loom` puts its own in the place of these.
mod sync {
    pub(super) use std::sync::atomic::{AtomicUsize, Ordering};
}

use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};

use tokio::time::Instant;

use crate::event::{self, Event};
use crate::isolation;
use crate::name::Name;
use crate::within;
use entry::Entry;
pub use entry::OfKey;
use map::{Map, Room};
pub use text::Key;

/// Room for all the hosts, tenants or shards that most services call; some hundred KiB of breakers.
pub(crate) const MAX_KEYS: u32 = 1024;

/// Whether the instance of a key may be forgotten.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// It may: it knows nothing that a new one would not find out soon.
    Free,
    /// It may, if none of the others is free.
    Spare,
    /// It may not, until then; or, with no time, until a call of it ends or an operator lets go of it.
    Held(Option<Instant>),
}

/// A policy that can have an instance for each key.
pub trait Keyed: Send + Sync + Sized + 'static {
    /// The word of its attribute.
    #[doc(hidden)]
    const WORD: &'static str;

    /// Whether `standing` wants to know if anybody holds the instance. It costs two atomic writes a call.
    #[doc(hidden)]
    const ASKS_FOR_USERS: bool;

    /// What it is called.
    #[doc(hidden)]
    fn template_name(&self) -> &Name;

    /// How many keys it has at most.
    #[doc(hidden)]
    fn most(&self) -> u32;

    /// Where it holds them.
    #[doc(hidden)]
    fn home(&self) -> &OnceLock<Arc<Keys<Self>>>;

    /// A new instance with the settings of this template. Called under the lock of the keys: so what an
    /// operator says to the template before it looks at its keys holds for the new one as well.
    #[doc(hidden)]
    #[must_use]
    fn for_key(&self, name: Name) -> Self;

    /// One that lets everything through, for a key that has found no room.
    #[doc(hidden)]
    fn unprotected(name: Name) -> Self;

    /// Whether an operator has decided for all keys: then none is forgotten for another, and what finds
    /// no room is as all the others are.
    #[doc(hidden)]
    fn is_forced(&self) -> bool {
        false
    }

    /// Whether it may be forgotten. `in_use` says whether a call, or anybody else, holds it.
    #[doc(hidden)]
    fn standing(&self, in_use: bool, now: Instant) -> Standing;
}

/// The keys of one template.
///
/// One lock for all of them, for as long as a look-up takes: the bound and the order of use are exact.
/// No code of users runs under it: a key is written out before, and what is forgotten is dropped after.
pub struct Keys<P: Keyed> {
    map: Mutex<Map<Arc<Entry<P>>>>,
}

impl<P: Keyed> Keys<P> {
    fn new() -> Self {
        Self {
            map: Mutex::new(Map::new()),
        }
    }

    /// Nothing that runs under the lock panics half-way, so that a poisoned one is as good as new.
    fn lock(&self) -> MutexGuard<'_, Map<Arc<Entry<P>>>> {
        self.map.lock().unwrap_or_else(PoisonError::into_inner)
    }

    #[inline]
    fn of(self: &Arc<Self>, template: &P, text: &str) -> OfKey<P> {
        let mut map = self.lock();
        if let Some(slot) = map.find(text) {
            return OfKey::new(Arc::clone(map.touch(slot)));
        }
        self.add(map, template, text)
    }

    #[cold]
    fn add(
        self: &Arc<Self>,
        mut map: MutexGuard<'_, Map<Arc<Entry<P>>>>,
        template: &P,
        text: &str,
    ) -> OfKey<P> {
        let is_forced = template.is_forced();
        let room = if map.len() < template.most() as usize {
            Some(Room::New)
        } else if is_forced {
            None
        } else {
            map.room(Instant::now())
        };
        let name = Name::of_key(template.template_name(), text);
        let Some(room) = room else {
            drop(map);
            if is_forced {
                return OfKey::new(Entry::unstored(template.for_key(name), text.into()));
            }
            event::emit_loudly(|| Event::KeyUnprotected {
                policy: P::WORD,
                name: name.clone(),
                max_keys: template.most(),
                function: within::current(),
            });
            return OfKey::new(Entry::unstored(P::unprotected(name), text.into()));
        };
        let key: Arc<str> = text.into();
        let entry = Entry::stored(template.for_key(name), Arc::clone(&key), self);
        let of_key = OfKey::new(Arc::clone(&entry));
        let forgotten = map.insert(room, key, entry);
        drop(map);
        drop(forgotten);
        of_key
    }

    /// An entry that was passed over is let go of: it may be free by now.
    #[cold]
    fn reconsider(&self, entry: &Arc<Entry<P>>, key: &str) {
        let now = Instant::now();
        let mut map = self.lock();
        if let Some(slot) = map.find(key)
            && Arc::ptr_eq(map.value(slot), entry)
        {
            map.reconsider(slot, now);
        }
    }
}

impl<P: Keyed> fmt::Debug for Keys<P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} keys", self.lock().len())
    }
}

/// The instance of a key, made if it is new.
#[inline]
pub(crate) fn of<P: Keyed>(template: &P, key: &(impl Key + ?Sized)) -> OfKey<P> {
    let template = isolation::here(template);
    let keys = template.home().get_or_init(|| Arc::new(Keys::new()));
    text::with(key, |text| keys.of(template, text))
}

/// The instance of a key, if there is one. Looking is no use of it.
pub(crate) fn get<P: Keyed>(template: &P, key: &(impl Key + ?Sized)) -> Option<OfKey<P>> {
    let keys = isolation::here(template).home().get()?;
    text::with(key, |text| {
        let map = keys.lock();
        let slot = map.find(text)?;
        Some(OfKey::new(Arc::clone(map.value(slot))))
    })
}

/// The instances that there are now, in no particular order.
pub(crate) fn all<P: Keyed>(template: &P) -> Vec<OfKey<P>> {
    let Some(keys) = isolation::here(template).home().get() else {
        return Vec::new();
    };
    let map = keys.lock();
    map.values()
        .map(|entry| OfKey::new(Arc::clone(entry)))
        .collect()
}

/// The same of this very template, whatever stands in its place where this is asked.
#[cfg(feature = "config")]
pub(crate) fn every<P: Keyed>(template: &P) -> Vec<OfKey<P>> {
    let Some(keys) = template.home().get() else {
        return Vec::new();
    };
    let map = keys.lock();
    map.values()
        .map(|entry| OfKey::new(Arc::clone(entry)))
        .collect()
}
