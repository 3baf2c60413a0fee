//! A rate limiter for each key.

use std::sync::{Arc, OnceLock};

use tokio::time::Instant;

use super::RateLimiter;
use super::line::Pace;
use crate::keyed::{self, Key, Keyed, Keys, OfKey, Standing};
use crate::name::Name;

impl RateLimiter {
    /// The limiter of one key: of one host, tenant or shard, with the rate and settings of this one. It is
    /// made at the key's first call.
    ///
    /// There are at most `max_keys` of them. When one more is needed, the one that was used longest ago is
    /// forgotten, of those that would let a whole burst through anyway: nothing that they know is lost.
    /// When there is none, the call of the new key runs *unprotected*, and an
    /// [event](crate::event::Event::KeyUnprotected) says so.
    ///
    /// Keys are told apart by their whole text. Looking one up takes one lock for all keys, for some
    /// 100 ns, and allocates nothing where the key is known and shorter than 4 KiB.
    ///
    /// ```
    /// use std::time::Duration;
    /// use resilient_runtime::RateLimiter;
    ///
    /// static TENANTS: RateLimiter = RateLimiter::new("tenants", 1, Duration::from_secs(60)).max_keys(256);
    ///
    /// # #[tokio::main(flavor = "current_thread", start_paused = true)] async fn main() {
    /// let call = async |tenant: &str| TENANTS.of(tenant).call(async { Ok::<_, &str>(()) }).await;
    /// assert!(call("a").await.is_ok());
    /// assert_eq!(
    ///     call("a").await.unwrap_err().to_string(),
    ///     "tenants[a] is over its rate; next call in 60s",
    /// );
    /// assert!(call("b").await.is_ok());
    /// # }
    /// ```
    #[must_use]
    #[inline]
    pub fn of<K: Key + ?Sized>(&self, key: &K) -> OfKey<Self> {
        keyed::of(self, key)
    }

    /// The limiter of one key, if it has one. Looking does not make it one, and is no use of it: for
    /// operators.
    #[must_use]
    pub fn get<K: Key + ?Sized>(&self, key: &K) -> Option<OfKey<Self>> {
        keyed::get(self, key)
    }

    /// The limiters of all keys that there are now, in no particular order: for operators and health
    /// checks. It takes the lock of [`of`](Self::of) for as long as they take to be copied.
    #[must_use]
    pub fn keys(&self) -> Vec<OfKey<Self>> {
        keyed::all(self)
    }
}

impl Keyed for RateLimiter {
    const WORD: &str = super::POLICY;
    // Whoever holds it may be about to pass: it goes after those that nobody holds.
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
            ..Self::referred("key")
        }
    }

    fn standing(&self, in_use: bool, now: Instant) -> Standing {
        let full = self.moment(self.line.arrival(self.gcra()));
        if full > now {
            Standing::Held(Some(full))
        } else if in_use {
            Standing::Spare
        } else {
            Standing::Free
        }
    }
}
