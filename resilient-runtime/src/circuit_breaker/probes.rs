//! The places of the probes that a half-open breaker lets through. Pure.

use std::num::NonZeroU32;
use std::time::Duration;

use tokio::time::Instant;

use crate::deadline::saturating_add;

/// The number of a lease: who holds it has a place, until it is given to another.
pub(super) type Lease = NonZeroU32;

#[derive(Debug)]
pub(super) struct Probes {
    places: Vec<Place>,
    /// Probes that have succeeded.
    succeeded: u32,
    /// The last lease.
    last: Lease,
}

#[derive(Debug, Clone, Copy)]
enum Place {
    Free,
    /// Given out until then. Later it may be given out again, so that no lost probe sticks the breaker.
    Leased {
        until: Instant,
        lease: Lease,
    },
    /// A success keeps its place.
    Kept,
}

impl Probes {
    pub(super) const fn new() -> Self {
        Self {
            places: Vec::new(),
            succeeded: 0,
            last: Lease::MIN,
        }
    }

    /// Makes room for so many. When a breaker opens, and a call has failed anyway: so a probe that
    /// succeeds allocates nothing.
    pub(super) fn make_room(&mut self, probes: u32) {
        self.places.resize(probes as usize, Place::Free);
    }

    /// Every state begins with none.
    pub(super) fn clear(&mut self) {
        self.places.fill(Place::Free);
        self.succeeded = 0;
    }

    /// Gives out a place that is free, or else the one whose lease has been over for longest.
    pub(super) fn lease(&mut self, now: Instant, length: Duration) -> Option<Lease> {
        let rank = |place: &Place| match place {
            Place::Free => Some((None, None)),
            Place::Leased { until, lease } => {
                (now >= *until).then_some((Some(*until), Some(*lease)))
            }
            Place::Kept => None,
        };
        let open = self
            .places
            .iter_mut()
            .filter_map(|place| Some((rank(place)?, place)));
        let (_, place) = open.min_by_key(|(rank, _)| *rank)?;
        // Four billion leases on, no call holds the number that comes round again.
        self.last = self.last.checked_add(1).unwrap_or(Lease::MIN);
        *place = Place::Leased {
            until: saturating_add(now, length),
            lease: self.last,
        };
        Some(self.last)
    }

    /// When the next place can be given out.
    pub(super) fn next_free(&self, now: Instant) -> Option<Instant> {
        let free = |place: &Place| match place {
            Place::Free => Some(now),
            Place::Leased { until, .. } => Some(*until),
            Place::Kept => None,
        };
        self.places.iter().filter_map(free).min()
    }

    /// When the last lease is over; `None` where no probe is out.
    pub(super) fn last_due(&self) -> Option<Instant> {
        let lease = |place: &Place| match place {
            Place::Leased { until, .. } => Some(*until),
            Place::Free | Place::Kept => None,
        };
        self.places.iter().filter_map(lease).max()
    }

    /// A probe has said nothing: its place is free, if it still is its own.
    pub(super) fn give_back(&mut self, lease: Lease) {
        if let Some(place) = self.place_of(lease) {
            *place = Place::Free;
        }
    }

    /// A probe has succeeded: how many have by now. One that took longer than its lease may have lost
    /// its place to another; it counts all the same, or a callee slower than the break could never
    /// close the circuit.
    pub(super) fn succeed(&mut self, lease: Lease) -> u32 {
        if let Some(place) = self.place_of(lease) {
            *place = Place::Kept;
        }
        self.succeeded += 1;
        self.succeeded
    }

    /// How many probes have succeeded.
    #[cfg(feature = "config")]
    pub(super) fn succeeded(&self) -> u32 {
        self.succeeded
    }

    fn place_of(&mut self, lease: Lease) -> Option<&mut Place> {
        let is_held = |place: &&mut Place| matches!(place, Place::Leased { lease: held, .. } if *held == lease);
        self.places.iter_mut().find(is_held)
    }
}
