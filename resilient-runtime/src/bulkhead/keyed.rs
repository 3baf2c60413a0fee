//! A bulkhead for each key.

use std::sync::{Arc, OnceLock};

use tokio::time::Instant;

use super::Bulkhead;
use super::settings::Settings;
use crate::keyed::{self, Key, Keyed, Keys, OfKey, Standing};
use crate::name::Name;

impl Bulkhead {
    /// The bulkhead of one key: of one host, tenant or shard, with the settings of this one. It is made
    /// at the key's first call.
    ///
    /// There are at most `max_keys` of them. When one more is needed, the one that was used longest ago
    /// is forgotten, of those that nobody holds: one with calls in it or waiting for it stays, or its
    /// limit would be exceeded. When all are in use, the call of the new key runs *unprotected*, and an
    /// [event](crate::event::Event::KeyUnprotected) says so.
    ///
    /// Keys are told apart by their whole text. Looking one up takes one lock for all keys, for some
    /// 100 ns, and allocates nothing where the key is known and shorter than 4 KiB.
    ///
    /// ```
    /// use resilient_runtime::Bulkhead;
    ///
    /// static TENANTS: Bulkhead = Bulkhead::new("tenants", 1).max_keys(256);
    ///
    /// # #[tokio::main(flavor = "current_thread")] async fn main() {
    /// let outcome = TENANTS
    ///     .of("a")
    ///     .call(async {
    ///         let second = TENANTS.of("a").call(async { Ok::<_, &str>(()) }).await;
    ///         assert_eq!(second.unwrap_err().to_string(), "tenants[a] is full: 1 call is in flight");
    ///         TENANTS.of("b").call(async { Ok::<_, &str>(()) }).await.map_err(|_| "b has room")
    ///     })
    ///     .await;
    /// assert!(outcome.is_ok());
    /// # }
    /// ```
    #[must_use]
    #[inline]
    pub fn of<K: Key + ?Sized>(&self, key: &K) -> OfKey<Self> {
        keyed::of(self, key)
    }

    /// The bulkhead of one key, if it has one. Looking does not make it one, and is no use of it: for
    /// operators.
    #[must_use]
    pub fn get<K: Key + ?Sized>(&self, key: &K) -> Option<OfKey<Self>> {
        keyed::get(self, key)
    }

    /// The bulkheads of all keys that there are now, in no particular order: for operators and health
    /// checks. It takes the lock of [`of`](Self::of) for as long as they take to be copied.
    #[must_use]
    pub fn keys(&self) -> Vec<OfKey<Self>> {
        keyed::all(self)
    }
}

impl Keyed for Bulkhead {
    const WORD: &str = super::POLICY;
    // Whoever holds it may be about to take a place in it.
    const ASKS_FOR_USERS: bool = true;

    fn template_name(&self) -> &Name {
        &self.name
    }

    fn most(&self) -> u32 {
        self.settings().max_keys
    }

    fn home(&self) -> &OnceLock<Arc<Keys<Self>>> {
        &self.keys
    }

    fn for_key(&self, name: Name) -> Self {
        Self {
            name,
            ..self.anew()
        }
    }

    fn unprotected(name: Name) -> Self {
        Self {
            name,
            ..Self::with_settings("key", Settings::NONE)
        }
    }

    fn standing(&self, in_use: bool, _now: Instant) -> Standing {
        if in_use {
            Standing::Held(None)
        } else {
            Standing::Free
        }
    }
}
