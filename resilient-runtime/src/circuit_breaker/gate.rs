//! The gate of a breaker: the machine behind a lock, and before it one atomic word that says what most
//! calls need to know. With a closed circuit a call reads it once on its way in and once on its way
//! out, and takes the lock only for what changes something.

use std::sync::PoisonError;

use tokio::time::Instant;

use super::settings::Settings;
use super::state::{Leave, Machine, Refusal, Transition, Verdict, Watched};
use super::sync::{AtomicU64, Mutex, MutexGuard, Ordering};
use crate::circuit::CircuitState;

#[derive(Debug)]
pub(super) struct Gate {
    /// The generation, shifted by `BITS`, and what to do with calls.
    word: AtomicU64,
    machine: Mutex<Machine>,
}

const BITS: u32 = 2;
const MASK: u64 = (1 << BITS) - 1;
/// Calls go through; every result is recorded.
const RECORDS: u64 = 0;
/// Calls go through; the window is full of successes, so that another one changes nothing.
const SETTLED: u64 = 1;
/// Calls go through; nothing is recorded.
const SILENT: u64 = 2;
/// Calls must ask the machine.
const ASKS: u64 = 3;

/// What came of a way in or out, beside a change of state that others want to know of.
pub(super) type With<R> = (R, Option<Transition>);

impl Gate {
    /// Of these two, as new: `loom` has its own, which are no constants.
    pub(super) const fn of(word: AtomicU64, machine: Mutex<Machine>) -> Self {
        Self { word, machine }
    }

    /// May a call go through?
    #[inline]
    pub(super) fn enter(
        &self,
        settings: &Settings,
        clock: impl FnOnce() -> Instant,
    ) -> With<Result<Leave, Refusal>> {
        let word = self.word.load(Ordering::Acquire);
        if word & MASK == ASKS {
            return self.ask(settings, clock());
        }
        let generation = word >> BITS;
        let leave = Leave {
            generation,
            probe: None,
        };
        (Ok(leave), None)
    }

    #[cold]
    fn ask(&self, settings: &Settings, now: Instant) -> With<Result<Leave, Refusal>> {
        self.with(settings, |machine| machine.enter(settings, now))
    }

    /// A call has ended.
    #[inline]
    pub(super) fn exit(
        &self,
        settings: &Settings,
        leave: Leave,
        watched: Option<Watched>,
        verdict: Verdict,
        clock: fn() -> Instant,
    ) -> Option<Transition> {
        let word = self.word.load(Ordering::Acquire);
        let nothing_to_say = match word & MASK {
            SILENT => true,
            SETTLED => verdict != Verdict::Failure,
            RECORDS => verdict == Verdict::Nothing && watched.is_none(),
            _ => false,
        };
        if nothing_to_say || word >> BITS != leave.generation {
            return None;
        }
        self.record(settings, leave, watched, verdict, clock)
    }

    #[inline(never)]
    fn record(
        &self,
        settings: &Settings,
        leave: Leave,
        watched: Option<Watched>,
        verdict: Verdict,
        clock: fn() -> Instant,
    ) -> Option<Transition> {
        self.with(settings, |machine| {
            machine.exit(settings, leave, watched, verdict, clock)
        })
    }

    /// From here on a call may turn out to be slow.
    #[inline(never)]
    pub(super) fn watch(&self, settings: &Settings, leave: Leave, now: Instant) -> Option<Watched> {
        self.with(settings, |machine| machine.watch(settings, leave, now))
    }

    /// When a call that is watched began.
    #[cold]
    pub(super) fn began(&self, watched: Watched) -> Option<Instant> {
        self.lock().began(watched)
    }

    /// Looks at the machine, or changes it, and leaves the word as the machine now is.
    pub(super) fn with<R>(&self, settings: &Settings, with: impl FnOnce(&mut Machine) -> R) -> R {
        let mut machine = self.lock();
        let result = with(&mut machine);
        let does = match machine.state() {
            CircuitState::Closed if machine.is_watching() => ASKS,
            CircuitState::Closed if machine.is_settled(settings) => SETTLED,
            CircuitState::Closed => RECORDS,
            CircuitState::ForcedClosed => SILENT,
            CircuitState::Open | CircuitState::HalfOpen | CircuitState::ForcedOpen => ASKS,
        };
        // Before the lock is let go: the next one to change it must be the next one to say so.
        self.word
            .store(machine.generation() << BITS | does, Ordering::Release);
        result
    }

    /// Nothing that runs under the lock can panic half-way, so that a poisoned one is as good as new.
    fn lock(&self) -> MutexGuard<'_, Machine> {
        self.machine.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
