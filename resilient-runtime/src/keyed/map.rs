//! The entries of a template by their texts, and which of them goes when there is no room. Pure: it
//! asks each entry how it stands, and is told the time.
//!
//! Entries stand in a list by their last use. Who wants room walks it from its old end. What may not go
//! is passed over: it leaves the list, so that nobody walks over it again, until it is used, or until
//! whoever lets go of it asks to have it reconsidered, or until its time has come. So a walk is paid for
//! by the uses that filled the list, and a flood of new keys costs each of them a few steps.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use tokio::time::Instant;

use super::Standing;
use super::recent::Recent;

/// What the map asks of an entry.
pub(super) trait Stand {
    fn standing(&self, now: Instant) -> Standing;
    /// Whether whoever lets go of it has to [reconsider](Map::reconsider) it. Said before it is asked
    /// how it stands: so a change is either seen by the answer or reported after it.
    fn report(&self, to: bool);
}

#[derive(Debug)]
pub(super) struct Map<T> {
    // Seeded at random: strangers choose keys.
    by_text: HashMap<Arc<str>, u32>,
    slots: Vec<Slot<T>>,
    /// Goes up with every use.
    uses: u64,
    recent: Recent,
    /// Passed over, and free since: older than everything in `recent` that was there with them.
    freed: BTreeSet<(u64, u32)>,
    /// Passed over, and good enough where none is free.
    spare: BTreeSet<(u64, u32)>,
    /// Passed over, and to be asked again at this time.
    held: BTreeSet<(Instant, u32)>,
}

#[derive(Debug)]
struct Slot<T> {
    text: Arc<str>,
    value: T,
    used: u64,
    place: Place,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Place {
    Recent,
    Freed,
    Spare,
    Held(Option<Instant>),
}

/// Where there is room for a new entry.
#[derive(Debug, Clone, Copy)]
pub(super) enum Room {
    New,
    InPlaceOf(u32),
}

impl<T> Map<T> {
    pub(super) fn new() -> Self {
        Self {
            by_text: HashMap::new(),
            slots: Vec::new(),
            uses: 0,
            recent: Recent::new(),
            freed: BTreeSet::new(),
            spare: BTreeSet::new(),
            held: BTreeSet::new(),
        }
    }

    pub(super) fn len(&self) -> usize {
        self.slots.len()
    }

    #[inline]
    pub(super) fn find(&self, text: &str) -> Option<u32> {
        self.by_text.get(text).copied()
    }

    pub(super) fn value(&self, slot: u32) -> &T {
        &self.slots[slot as usize].value
    }

    pub(super) fn values(&self) -> impl Iterator<Item = &T> {
        self.slots.iter().map(|slot| &slot.value)
    }

    /// Takes a slot out of wherever it stands.
    fn take(&mut self, slot: u32) {
        let Slot { used, place, .. } = self.slots[slot as usize];
        match place {
            Place::Recent => self.recent.remove(slot),
            Place::Freed => drop(self.freed.remove(&(used, slot))),
            Place::Spare => drop(self.spare.remove(&(used, slot))),
            Place::Held(Some(until)) => drop(self.held.remove(&(until, slot))),
            Place::Held(None) => {}
        }
    }
}

impl<T: Stand> Map<T> {
    /// The entry is used.
    #[inline]
    pub(super) fn touch(&mut self, slot: u32) -> &T {
        self.uses += 1;
        if self.slots[slot as usize].place == Place::Recent {
            self.recent.touch(slot);
        } else {
            self.take(slot);
            self.recent.push(slot);
            self.slots[slot as usize].value.report(false);
        }
        let entry = &mut self.slots[slot as usize];
        entry.used = self.uses;
        entry.place = Place::Recent;
        &entry.value
    }

    /// Puts an entry in, and gives back the one whose place it takes.
    pub(super) fn insert(&mut self, room: Room, text: Arc<str>, value: T) -> Option<T> {
        self.uses += 1;
        let entry = Slot {
            text: Arc::clone(&text),
            value,
            used: self.uses,
            place: Place::Recent,
        };
        let (slot, old) = match room {
            Room::InPlaceOf(slot) => {
                self.take(slot);
                let old = std::mem::replace(&mut self.slots[slot as usize], entry);
                self.by_text.remove(&old.text);
                (slot, Some(old.value))
            }
            Room::New => {
                self.slots.push(entry);
                // The bound on keys is far below.
                let slot = u32::try_from(self.slots.len() - 1).unwrap_or(u32::MAX);
                (slot, None)
            }
        };
        self.recent.push(slot);
        self.by_text.insert(text, slot);
        old
    }

    /// An entry that may go: of those that are free, and else of those that are spare, the one that was
    /// used longest ago.
    pub(super) fn room(&mut self, now: Instant) -> Option<Room> {
        while let Some(&(until, slot)) = self.held.first()
            && until <= now
        {
            self.ask(slot, now);
        }
        while let Some(slot) = self.oldest() {
            if self.ask(slot, now) == Place::Freed {
                return Some(Room::InPlaceOf(slot));
            }
        }
        while let Some(&(_, slot)) = self.spare.first() {
            if matches!(self.ask(slot, now), Place::Freed | Place::Spare) {
                return Some(Room::InPlaceOf(slot));
            }
        }
        None
    }

    /// The entry that was used longest ago, of those not known to be held.
    fn oldest(&self) -> Option<u32> {
        let recent = self.recent.first();
        match (self.freed.first(), recent) {
            (Some(&(used, freed)), Some(recent)) => {
                let is_older = used < self.slots[recent as usize].used;
                Some(if is_older { freed } else { recent })
            }
            (Some(&(_, freed)), None) => Some(freed),
            (None, recent) => recent,
        }
    }

    /// An entry that was passed over may stand otherwise by now.
    pub(super) fn reconsider(&mut self, slot: u32, now: Instant) {
        if matches!(
            self.slots[slot as usize].place,
            Place::Spare | Place::Held(_)
        ) {
            self.ask(slot, now);
        }
    }

    /// Asks an entry how it stands, and puts it where it belongs.
    fn ask(&mut self, slot: u32, now: Instant) -> Place {
        self.take(slot);
        let entry = &mut self.slots[slot as usize];
        entry.value.report(true);
        let place = match entry.value.standing(now) {
            Standing::Free => Place::Freed,
            Standing::Spare => Place::Spare,
            // It could be asked over and over.
            Standing::Held(Some(until)) if until <= now => Place::Spare,
            Standing::Held(until) => Place::Held(until),
        };
        entry.place = place;
        match place {
            Place::Freed => drop(self.freed.insert((entry.used, slot))),
            Place::Spare => drop(self.spare.insert((entry.used, slot))),
            Place::Held(Some(until)) => drop(self.held.insert((until, slot))),
            Place::Held(None) | Place::Recent => {}
        }
        place
    }
}
