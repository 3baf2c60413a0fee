//! The instance of one key, and what callers hold of it.

use std::fmt;
use std::ops::Deref;
use std::sync::{Arc, Weak};

use tokio::time::Instant;

use super::map::Stand;
use super::users::Users;
use super::{Keyed, Keys, Standing};

pub(super) struct Entry<P: Keyed> {
    policy: P,
    key: Arc<str>,
    /// Who holds it beside the map.
    users: Users,
    /// Where it is kept. What was forgotten since finds another there, or none.
    home: Weak<Keys<P>>,
}

impl<P: Keyed> Entry<P> {
    pub(super) fn stored(policy: P, key: Arc<str>, home: &Arc<Keys<P>>) -> Arc<Self> {
        Arc::new(Self {
            policy,
            key,
            users: Users::none(),
            home: Arc::downgrade(home),
        })
    }

    /// One that its caller alone has.
    pub(super) fn unstored(policy: P, key: Arc<str>) -> Arc<Self> {
        Arc::new(Self {
            policy,
            key,
            users: Users::none(),
            home: Weak::new(),
        })
    }
}

impl<P: Keyed> Stand for Arc<Entry<P>> {
    fn standing(&self, now: Instant) -> Standing {
        self.policy.standing(self.users.any(), now)
    }

    fn report(&self, to: bool) {
        self.users.report(to);
    }
}

/// The instance of one key: it reads as the policy itself.
///
/// Ask for it anew for each call, and hold it for as long as the call takes: an instance that nobody
/// asks for may be forgotten, and a new one made in its place for whoever asks next. What is held works
/// on, by itself. Of a bulkhead none is forgotten as long as anybody holds it.
///
/// ```
/// use resilient_runtime::CircuitBreaker;
///
/// static HOSTS: CircuitBreaker = CircuitBreaker::new("hosts").consecutive_failures(1);
///
/// # #[tokio::main(flavor = "current_thread")] async fn main() {
/// let host = "api.example.com";
/// assert!(HOSTS.of(host).call(async { Err::<(), _>("down") }).await.is_err());
///
/// let rejected = HOSTS.of(host).call(async { Ok::<_, &str>(()) }).await.unwrap_err();
/// assert!(rejected.to_string().starts_with("hosts[api.example.com] is open: the last call failed"));
/// assert!(HOSTS.of("other.example.com").call(async { Ok::<_, &str>(()) }).await.is_ok());
/// # }
/// ```
pub struct OfKey<P: Keyed>(Arc<Entry<P>>);

impl<P: Keyed> OfKey<P> {
    #[inline]
    pub(super) fn new(entry: Arc<Entry<P>>) -> Self {
        if P::ASKS_FOR_USERS {
            entry.users.join();
        }
        Self(entry)
    }

    /// The whole text of its key; the name may show a part of it only.
    #[must_use]
    pub fn key(&self) -> &str {
        &self.0.key
    }
}

impl<P: Keyed> Clone for OfKey<P> {
    fn clone(&self) -> Self {
        Self::new(Arc::clone(&self.0))
    }
}

impl<P: Keyed> Deref for OfKey<P> {
    type Target = P;

    #[inline]
    fn deref(&self) -> &P {
        &self.0.policy
    }
}

impl<P: Keyed> Drop for OfKey<P> {
    #[inline]
    fn drop(&mut self) {
        let entry = &self.0;
        if entry.users.leave(P::ASKS_FOR_USERS)
            && let Some(home) = entry.home.upgrade()
        {
            home.reconsider(entry, &entry.key);
        }
    }
}

impl<P: Keyed + fmt::Debug> fmt::Debug for OfKey<P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&**self, f)
    }
}
