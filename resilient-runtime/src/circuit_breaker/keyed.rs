//! A breaker for each key.

use std::sync::{Arc, OnceLock};

use tokio::time::Instant;

use super::CircuitBreaker;
use super::settings::Settings;
use crate::circuit::CircuitState;
use crate::keyed::{self, Key, Keyed, Keys, OfKey, Standing};
use crate::name::Name;

impl CircuitBreaker {
    /// The breaker of one key: of one host, tenant or shard, with the settings of this one. It is made at
    /// the key's first call.
    ///
    /// There are at most `max_keys` of them. When one more is needed, the *closed* one that was used
    /// longest ago is forgotten. One that is open, half-open or forced never makes room for a new key
    /// as long as any is closed. When none is, those whose break is over go first; and else the call
    /// of the new key runs *unprotected*, and an [event](crate::event::Event::KeyUnprotected) says so.
    /// So a flood of keys can neither grow memory nor make it forget which callees are down. (A half-open
    /// one counts as one whose break is over when it has no probe out, or that probe is overdue.)
    ///
    /// Keys are told apart by their whole text. Looking one up takes one lock for all keys, for some
    /// 100 ns, and allocates nothing where the key is known and shorter than 4 KiB.
    ///
    /// What an operator says to this breaker holds for all its keys. While it is forced, none of
    /// them is forgotten, and a new key that finds no room is forced as well. The event tells of it
    /// once, by this breaker's name.
    ///
    /// ```
    /// use resilient_runtime::{CircuitBreaker, CircuitState};
    ///
    /// static HOSTS: CircuitBreaker = CircuitBreaker::new("hosts").consecutive_failures(1).max_keys(256);
    ///
    /// # #[tokio::main(flavor = "current_thread")] async fn main() {
    /// let _ = HOSTS.of("a.example").call(async { Err::<(), _>("down") }).await;
    /// assert_eq!(HOSTS.of("a.example").state(), CircuitState::Open);
    /// assert!(HOSTS.of("b.example").call(async { Ok::<_, &str>(()) }).await.is_ok());
    ///
    /// let mut down: Vec<String> = Vec::new();
    /// for host in HOSTS.keys() {
    ///     if host.state() == CircuitState::Open {
    ///         down.push(host.key().to_owned());
    ///     }
    /// }
    /// assert_eq!(down, ["a.example"]);
    /// # }
    /// ```
    #[must_use]
    #[inline]
    pub fn of<K: Key + ?Sized>(&self, key: &K) -> OfKey<Self> {
        keyed::of(self, key)
    }

    /// The breaker of one key, if it has one. Looking does not make it one, and is no use of it: for
    /// operators.
    #[must_use]
    pub fn get<K: Key + ?Sized>(&self, key: &K) -> Option<OfKey<Self>> {
        keyed::get(self, key)
    }

    /// The breakers of all keys that there are now, in no particular order: for operators and health
    /// checks. It takes the lock of [`of`](Self::of) for as long as they take to be copied.
    #[must_use]
    pub fn keys(&self) -> Vec<OfKey<Self>> {
        keyed::all(self)
    }
}

impl Keyed for CircuitBreaker {
    const WORD: &str = super::POLICY;
    // What it knows is in its state; a call under way that has been forgotten does no harm.
    const ASKS_FOR_USERS: bool = false;

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
        let state = self.state();
        let breaker = Self {
            name,
            ..self.anew()
        };
        if is_forced(state) {
            breaker.forced(state);
        }
        breaker
    }

    fn unprotected(name: Name) -> Self {
        let breaker = Self {
            name,
            ..Self::new("key").with(Settings::new())
        };
        breaker.forced(CircuitState::ForcedClosed);
        breaker
    }

    fn is_forced(&self) -> bool {
        is_forced(self.state())
    }

    fn standing(&self, _in_use: bool, now: Instant) -> Standing {
        let look = |state, quiet_from: Option<Instant>| match state {
            CircuitState::Closed => Standing::Free,
            CircuitState::Open | CircuitState::HalfOpen => match quiet_from {
                Some(at) if now < at => Standing::Held(Some(at)),
                _ => Standing::Spare,
            },
            CircuitState::ForcedOpen | CircuitState::ForcedClosed => Standing::Held(None),
        };
        self.gate
            .peek(|machine| look(machine.state(), machine.quiet_from()))
    }
}

impl CircuitBreaker {
    /// Holds a new breaker, of which nobody knows, in this state: there is nothing to tell.
    fn forced(&self, state: CircuitState) {
        let now = Instant::now();
        self.gate.with(&self.settings, |machine, settings| {
            machine.force(settings, state, now)
        });
    }
}

fn is_forced(state: CircuitState) -> bool {
    matches!(state, CircuitState::ForcedOpen | CircuitState::ForcedClosed)
}
