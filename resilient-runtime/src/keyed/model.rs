//! The reference model of the keys, plain and slow: a list in order of use, walked anew each time.
//! Random sequences must end the same in both.

use std::cell::Cell;
use std::rc::Rc;
use std::sync::Arc;
use std::time::Duration;

use proptest::prelude::*;
use tokio::time::Instant;

use super::Standing;
use super::map::{Map, Room, Stand};

/// How an entry stands from now on, in plain numbers.
#[derive(Debug, Clone, Copy)]
enum State {
    Free,
    Spare,
    Held,
    /// Held until then, and spare from then on, as an open breaker is.
    Break(u64),
    /// Held until then, and free from then on, as what was used up comes back.
    Refill(u64),
}

impl State {
    fn standing(self, now: u64, start: Instant) -> Standing {
        let until = |at| Standing::Held(Some(start + Duration::from_secs(at)));
        match self {
            Self::Break(at) if now >= at => Standing::Spare,
            Self::Refill(at) if now >= at => Standing::Free,
            Self::Break(at) | Self::Refill(at) => until(at),
            Self::Free => Standing::Free,
            Self::Spare => Standing::Spare,
            Self::Held => Standing::Held(None),
        }
    }
}

#[derive(Debug, Clone)]
struct Entry {
    state: Rc<Cell<State>>,
    report: Rc<Cell<bool>>,
    start: Instant,
}

impl Entry {
    fn new(start: Instant) -> Self {
        Self {
            state: Rc::new(Cell::new(State::Free)),
            report: Rc::default(),
            start,
        }
    }
}

impl Stand for Entry {
    fn standing(&self, now: Instant) -> Standing {
        let now = now.duration_since(self.start).as_secs();
        self.state.get().standing(now, self.start)
    }

    fn report(&self, to: bool) {
        self.report.set(to);
    }
}

#[derive(Debug, Clone, Copy)]
enum Step {
    Use(u8),
    Change(u8, State),
    Wait(u64),
}

fn step() -> impl Strategy<Value = Step> {
    let state = prop_oneof![
        3 => Just(State::Free),
        1 => Just(State::Spare),
        3 => Just(State::Held),
        3 => (1..20_u64).prop_map(State::Break),
        2 => (1..20_u64).prop_map(State::Refill),
    ];
    prop_oneof![
        6 => (0..12_u8).prop_map(Step::Use),
        5 => (0..12_u8, state).prop_map(|(key, state)| Step::Change(key, state)),
        1 => (1..8_u64).prop_map(Step::Wait),
    ]
}

/// The keys in order of use, the last used at the end.
#[derive(Default)]
struct Model {
    keys: Vec<(u8, State)>,
    now: u64,
}

impl Model {
    /// Uses a key, and says which one is forgotten for it; `Err` if it runs unprotected.
    fn uses(&mut self, key: u8, max: usize, start: Instant) -> Result<Option<u8>, ()> {
        if let Some(at) = self.keys.iter().position(|(known, _)| *known == key) {
            let used = self.keys.remove(at);
            self.keys.push(used);
            return Ok(None);
        }
        let mut forgotten = None;
        if self.keys.len() == max {
            let first = |standing| {
                let mut keys = self.keys.iter();
                keys.position(|(_, state)| state.standing(self.now, start) == standing)
            };
            let at = first(Standing::Free).or(first(Standing::Spare)).ok_or(())?;
            forgotten = Some(self.keys.remove(at).0);
        }
        self.keys.push((key, State::Free));
        Ok(forgotten)
    }
}

/// The same on the map.
fn uses(
    map: &mut Map<(u8, Entry)>,
    key: u8,
    max: usize,
    now: Instant,
    start: Instant,
) -> Result<Option<u8>, ()> {
    let text = key.to_string();
    if let Some(slot) = map.find(&text) {
        let (_, entry) = map.touch(slot);
        assert!(!entry.report.get(), "what is used is not passed over");
        return Ok(None);
    }
    let room = if map.len() < max {
        Room::New
    } else {
        map.room(now).ok_or(())?
    };
    let forgotten = map.insert(room, text.into(), (key, Entry::new(start)));
    Ok(forgotten.map(|(key, _)| key))
}

impl Stand for (u8, Entry) {
    fn standing(&self, now: Instant) -> Standing {
        self.1.standing(now)
    }

    fn report(&self, to: bool) {
        self.1.report(to);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(4096))]

    #[test]
    fn the_map_forgets_what_a_plain_list_would(
        max in 1..6_usize,
        steps in prop::collection::vec(step(), 0..120),
    ) {
        let start = Instant::now();
        let mut model = Model::default();
        let mut map = Map::new();
        for step in steps {
            let now = start + Duration::from_secs(model.now);
            match step {
                Step::Use(key) => {
                    let expected = model.uses(key, max, start);
                    prop_assert_eq!(uses(&mut map, key, max, now, start), expected);
                }
                Step::Change(key, state) => {
                    let state = match state {
                        State::Break(after) => State::Break(model.now + after),
                        State::Refill(after) => State::Refill(model.now + after),
                        state => state,
                    };
                    if let Some(slot) = map.find(&key.to_string()) {
                        let (_, entry) = map.value(slot);
                        entry.state.set(state);
                        if entry.report.get() {
                            map.reconsider(slot, now);
                        }
                    }
                    for (_, known) in model.keys.iter_mut().filter(|(known, _)| *known == key) {
                        *known = state;
                    }
                }
                Step::Wait(seconds) => model.now += seconds,
            }
            prop_assert!(map.len() <= max);
            prop_assert_eq!(map.len(), model.keys.len());
        }
    }
}

/// An entry that counts how often it is asked.
struct Counted {
    standing: Rc<Cell<Standing>>,
    asked: Rc<Cell<u64>>,
}

impl Stand for Counted {
    fn standing(&self, _now: Instant) -> Standing {
        self.asked.set(self.asked.get() + 1);
        self.standing.get()
    }

    fn report(&self, _to: bool) {}
}

/// Fills a map with a thousand entries that stand like this, floods it with ten thousand new keys, and
/// says how many entries were asked, and how many keys found room.
fn flood(standing: Standing) -> (u64, u64) {
    let asked = Rc::new(Cell::new(0));
    let entry = |standing| Counted {
        standing: Rc::new(Cell::new(standing)),
        asked: Rc::clone(&asked),
    };
    let mut map = Map::new();
    for key in 0..1_000 {
        map.insert(Room::New, key.to_string().into(), entry(standing));
    }
    let (now, mut found) = (Instant::now(), 0);
    for key in 0..10_000 {
        if let Some(room) = map.room(now) {
            found += 1;
            let text: Arc<str> = format!("new {key}").into();
            drop(map.insert(room, text, entry(Standing::Free)));
        }
        assert_eq!(map.len(), 1_000);
    }
    (asked.get(), found)
}

#[test]
fn a_flood_over_closed_ones_asks_one_of_them_a_key() {
    assert_eq!(flood(Standing::Free), (10_000, 10_000));
}

#[test]
fn a_flood_over_open_ones_asks_each_of_them_once() {
    let later = Instant::now() + Duration::from_secs(60);
    assert_eq!(flood(Standing::Held(Some(later))), (1_000, 0));
    assert_eq!(flood(Standing::Held(None)), (1_000, 0));
}

#[test]
fn a_flood_over_breaks_that_are_over_asks_a_few_of_them_a_key() {
    // Each once, then the first again: its place is then taken by closed ones, one after another.
    assert_eq!(flood(Standing::Spare), (1_000 + 10_000, 10_000));
}
