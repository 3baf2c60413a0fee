//! The limiter against callees and callers, in steps of a millisecond and without a runtime.

use std::time::Duration;

use super::limiter::{Bounds, End, Limiter, Load as Seen};

/// What a callee does with its load.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Callee {
    /// A call that begins with more than `knee` in flight takes twice as long.
    AtStart,
    /// While more than `knee` are in flight all of them take twice as long.
    AllAlong,
    /// Calls take as much longer as more than `knee` are in flight: they wait for one resource.
    Queues,
}

/// What its calls take, in the place of one and the same.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Scatter {
    /// So much more or less, evenly.
    By(f64),
    /// A tenth of the calls takes twenty times as long: a cache.
    Cache,
    /// A few calls take very long: the logarithm is a bell curve of this width. At 1 the hundredth call
    /// takes ten times as long as the middle one, at 0.6 four times.
    Tail(f64),
}

/// Who calls.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Callers {
    /// So many, each of which waits for its place and comes back as soon as it is served.
    Waiting(usize),
    /// So many, each of which comes back after a millisecond when it is rejected.
    Retrying(usize),
    /// So many at once, and again when all have ended.
    Batches(usize),
    /// So many a millisecond, at random.
    Open(f64),
}

/// What happens to a call, besides being served.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Trouble {
    None,
    /// All fail, after so long.
    Fails(u64),
    /// None is answered; a timeout gives them up after so long.
    Hangs(u64),
}

#[derive(Debug, Clone, Copy)]
struct Call {
    since: u64,
    /// How much is left of it, in milliseconds without load.
    work: f64,
    seen: Seen,
    trouble: Trouble,
}

struct Simulation {
    limiter: Limiter,
    limit: u32,
    bounds: Bounds,
    callee: Callee,
    callers: Callers,
    knee: f64,
    base: f64,
    scatter: Scatter,
    trouble: Trouble,
    now: u64,
    running: Vec<Call>,
    /// Callers who come at the next step.
    outside: usize,
    next: f64,
    ended: usize,
    /// Callers at random for whom there was no room.
    rejected: usize,
    seed: u64,
}

impl Simulation {
    fn new(initial: u32, callee: Callee, callers: Callers) -> Self {
        let mut simulation = Self {
            limiter: Limiter::new(),
            limit: initial,
            bounds: Bounds { min: 1, max: 1_000 },
            callee,
            callers,
            knee: 40.0,
            base: 20.0,
            scatter: Scatter::By(0.0),
            trouble: Trouble::None,
            now: 0,
            running: Vec::new(),
            outside: 0,
            next: 0.0,
            ended: 0,
            rejected: 0,
            seed: 0x9e37_79b9_7f4a_7c15,
        };
        simulation.is_called_by(callers);
        simulation
    }

    fn is_called_by(&mut self, callers: Callers) {
        self.callers = callers;
        self.next = f64::from(u32::try_from(self.now).unwrap());
        self.outside = match callers {
            Callers::Waiting(all) | Callers::Retrying(all) => {
                all.saturating_sub(self.running.len())
            }
            Callers::Batches(_) | Callers::Open(_) => 0,
        };
    }

    /// Nobody calls until none is in flight, and then all come back.
    fn pauses(&mut self) {
        let callers = std::mem::replace(&mut self.callers, Callers::Batches(0));
        while self.in_flight() > 0 {
            self.step(&mut |_, _| {});
        }
        self.is_called_by(callers);
    }

    /// Between nothing and one.
    fn random(&mut self) -> f64 {
        self.seed ^= self.seed << 13;
        self.seed ^= self.seed >> 7;
        self.seed ^= self.seed << 17;
        f64::from(u32::try_from(self.seed >> 32).unwrap()) / f64::from(u32::MAX)
    }

    fn work(&mut self) -> f64 {
        let factor = match self.scatter {
            Scatter::By(share) => 1.0 + share * (2.0 * self.random() - 1.0),
            Scatter::Cache => {
                if self.random() < 0.1 {
                    20.0
                } else {
                    1.0
                }
            }
            Scatter::Tail(width) => {
                let bell: f64 = (0..12).map(|_| self.random()).sum::<f64>() - 6.0;
                (bell * width).exp()
            }
        };
        self.base * factor
    }

    fn has_room(&self) -> bool {
        self.in_flight() < self.limit
    }

    fn in_flight(&self) -> u32 {
        u32::try_from(self.running.len()).unwrap()
    }

    fn load(&self, in_flight: u32) -> f64 {
        let over = f64::from(in_flight) / self.knee;
        match self.callee {
            Callee::Queues => over.max(1.0),
            Callee::AtStart | Callee::AllAlong if over > 1.0 => 2.0,
            Callee::AtStart | Callee::AllAlong => 1.0,
        }
    }

    fn begin(&mut self) {
        let at_start = self.in_flight() + 1;
        let ms = |time: u64| f64::from(u32::try_from(time).unwrap());
        let work = match self.trouble {
            Trouble::Fails(after) | Trouble::Hangs(after) => ms(after),
            Trouble::None if self.callee == Callee::AllAlong => self.work(),
            Trouble::None => self.work() * self.load(at_start),
        };
        self.running.push(Call {
            since: self.now,
            work,
            seen: Seen {
                at_start,
                at_end: 0,
                epoch: self.limiter.epoch(),
            },
            trouble: self.trouble,
        });
    }

    fn arrive(&mut self) {
        match self.callers {
            Callers::Waiting(_) | Callers::Retrying(_) => {
                while self.outside > 0 && self.has_room() {
                    self.outside -= 1;
                    self.begin();
                }
            }
            Callers::Batches(all) if self.running.is_empty() => {
                for _ in 0..all {
                    if self.has_room() {
                        self.begin();
                    }
                }
            }
            Callers::Batches(_) => {}
            Callers::Open(rate) => {
                while self.next <= f64::from(u32::try_from(self.now).unwrap()) {
                    if self.has_room() {
                        self.begin();
                    } else {
                        self.rejected += 1;
                    }
                    self.next -= self.random().max(1e-9).ln() / rate;
                }
            }
        }
    }

    /// One millisecond. What each call that ends has made of the limit goes to `see`.
    fn step(&mut self, see: &mut impl FnMut(usize, u32)) {
        self.arrive();
        self.now += 1;
        let speed = match self.callee {
            Callee::AllAlong => 1.0 / self.load(self.in_flight()),
            Callee::AtStart | Callee::Queues => 1.0,
        };
        for call in &mut self.running {
            call.work -= if call.trouble == Trouble::None {
                speed
            } else {
                1.0
            };
        }
        let mut at = 0;
        while at < self.running.len() {
            if self.running[at].work > 1e-6 {
                at += 1;
                continue;
            }
            let call = self.running[at];
            let latency = Duration::from_millis(self.now - call.since);
            let end = match call.trouble {
                Trouble::None => End::Served(latency),
                Trouble::Fails(_) => End::Failed(latency),
                Trouble::Hangs(_) => End::TimedOut,
            };
            let seen = Seen {
                at_end: self.in_flight(),
                ..call.seen
            };
            self.limit = self.limiter.observe(self.bounds, self.limit, seen, end);
            self.running.remove(at);
            self.ended += 1;
            match self.callers {
                Callers::Waiting(_) => {
                    self.outside += 1;
                    self.arrive();
                }
                // The others come back later.
                Callers::Retrying(_) if self.has_room() => self.begin(),
                Callers::Retrying(_) => self.outside += 1,
                Callers::Batches(_) | Callers::Open(_) => {}
            }
            see(self.ended, self.limit);
        }
    }

    /// The least and the most that the limit is during so many calls, after so many others.
    fn range(&mut self, after: usize, calls: usize) -> (u32, u32) {
        let from = self.ended + after;
        let (mut least, mut most) = (u32::MAX, 0);
        while self.ended < from + calls {
            self.step(&mut |ended, limit| {
                if ended > from {
                    least = least.min(limit);
                    most = most.max(limit);
                }
            });
        }
        (least, most)
    }

    /// Holds the limit between 32 and 48 from the two hundredth call from now on.
    fn is_held(&mut self, what: &str) {
        self.is_held_within(200, 1_000, what);
    }

    /// Holds the limit within a fifth of where the callee becomes slow, after so many calls and for so many.
    fn is_held_within(&mut self, after: usize, calls: usize, what: &str) {
        let (least, most) = self.range(after, calls);
        assert!(
            f64::from(least) >= 0.8 * self.knee && f64::from(most) <= 1.2 * self.knee,
            "{least}..{most} {what}: {:?} called by {:?}, {} ms, {:?}",
            self.callee,
            self.callers,
            self.base,
            self.scatter,
        );
    }
}

const CALLERS: [Callers; 6] = [
    Callers::Waiting(60),
    Callers::Waiting(200),
    Callers::Retrying(60),
    Callers::Retrying(200),
    Callers::Batches(60),
    Callers::Batches(200),
];

/// Every kind of callers, latency and scatter.
fn everyone(callee: Callee, initial: u32, run: impl Fn(Simulation)) {
    for callers in CALLERS {
        for base in [10.0, 20.0, 100.0] {
            for scatter in [Scatter::By(0.0), Scatter::By(0.1)] {
                run(Simulation {
                    base,
                    scatter,
                    ..Simulation::new(initial, callee, callers)
                });
            }
        }
    }
}

#[test]
fn a_callee_that_doubles_above_40_is_held_from_below() {
    for callee in [Callee::AtStart, Callee::AllAlong] {
        everyone(callee, 4, |mut simulation| simulation.is_held("from below"));
    }
}

#[test]
fn a_callee_that_doubles_above_40_is_held_from_above() {
    everyone(Callee::AtStart, 200, |mut simulation| {
        simulation.is_held("from above");
    });
    // Where calls suffer from those that come after them, they have to have been seen without.
    everyone(Callee::AllAlong, 200, |mut simulation| {
        let callers = simulation.callers;
        simulation.is_called_by(Callers::Waiting(30));
        simulation.range(0, 200);
        simulation.is_called_by(callers);
        // From what has been seen to be good it goes up in small steps.
        simulation.range(0, 200);
        simulation.is_held("from above");
    });
}

#[test]
fn a_callee_that_becomes_slower_or_faster_for_good_is_held_again() {
    for initial in [4, 200] {
        everyone(Callee::AtStart, initial, |mut simulation| {
            simulation.range(0, 1_000);
            simulation.base *= 3.0;
            simulation.is_held("three times as slow");
            simulation.base /= 3.0;
            simulation.is_held("as fast as before");
        });
    }
}

#[test]
fn a_callee_that_is_as_fast_again_hides_no_congestion() {
    for initial in [5, 20, 200] {
        for callers in CALLERS {
            for scatter in [Scatter::By(0.0), Scatter::By(0.1)] {
                // In which part of the saw tooth it happens makes a difference.
                for calls in [1_000, 1_007, 1_050] {
                    let mut simulation = Simulation {
                        base: 50.0,
                        scatter,
                        ..Simulation::new(initial, Callee::AtStart, callers)
                    };
                    simulation.range(0, calls);
                    simulation.base = 100.0;
                    simulation.range(0, 2_000);
                    simulation.base = 50.0;
                    simulation.is_held_within(200, 20_000, "as fast as before");
                }
            }
        }
    }
}

#[test]
fn a_capacity_that_grows_is_found_without_going_far_beyond() {
    for (from, to, within) in [(20.0, 40.0, 200), (40.0, 60.0, 325), (40.0, 80.0, 425)] {
        for initial in [5, 20, 200] {
            for callers in [Callers::Waiting(200), Callers::Retrying(200)] {
                for scatter in [Scatter::By(0.0), Scatter::By(0.1)] {
                    for calls in [1_000, 1_007, 1_050] {
                        let mut simulation = Simulation {
                            scatter,
                            knee: from,
                            ..Simulation::new(initial, Callee::AtStart, callers)
                        };
                        simulation.range(0, calls);
                        simulation.knee = to;
                        let (_, most) = simulation.range(0, within);
                        assert!(f64::from(most) <= 1.2 * to, "{most} of {to}");
                        simulation.is_held_within(0, 1_000, "larger");
                    }
                }
            }
        }
    }
}

/// A callee whose capacity changes while calls go on, in different parts of the saw tooth.
fn moved(from: f64, to: f64, callers: &[Callers], scatter: f64, run: impl Fn(Simulation)) {
    for initial in [5, 20, 50, 80, 200] {
        for callers in callers {
            for calls in (1_000..1_060).step_by(7) {
                let mut simulation = Simulation {
                    scatter: Scatter::By(scatter),
                    knee: from,
                    ..Simulation::new(initial, Callee::AtStart, *callers)
                };
                simulation.range(0, calls);
                simulation.knee = to;
                run(simulation);
            }
        }
    }
}

#[test]
fn a_capacity_that_falls_by_a_third_under_calls_that_go_on_is_found() {
    let callers = [150, 200].map(|all| [Callers::Waiting(all), Callers::Retrying(all)]);
    for (scatter, within) in [(0.0, 200), (0.1, 300)] {
        moved(
            60.0,
            40.0,
            callers.as_flattened(),
            scatter,
            |mut simulation| {
                simulation.is_held_within(within, 1_000, "less by a third");
            },
        );
    }
}

#[test]
fn a_capacity_that_falls_while_nobody_calls_is_found_by_those_who_come_next() {
    let callers = [150, 200].map(|all| [Callers::Waiting(all), Callers::Retrying(all)]);
    for (to, within) in [(10.0, 200), (20.0, 190), (40.0, 60)] {
        moved(60.0, to, callers.as_flattened(), 0.0, |mut simulation| {
            simulation.knee = 60.0;
            simulation.pauses();
            simulation.knee = to;
            simulation.is_held_within(within, 1_000, "after a break");
        });
    }
}

#[test]
fn a_cut_goes_further_than_to_half_where_slow_calls_began_with_fewer() {
    let bounds = Bounds { min: 1, max: 60 };
    for (first, limit) in [(60, 30), (25, 24), (11, 15)] {
        let mut limiter = Limiter::new();
        let mut observe = |at_start, millis| {
            let load = Seen {
                at_start,
                at_end: 60,
                epoch: 0,
            };
            let end = End::Served(Duration::from_millis(millis));
            limiter.observe(bounds, 60, load, end)
        };
        assert!((0..200).all(|_| observe(60, 20) == 60));
        let cut = (first..).map(|at_start| observe(at_start.min(60), 40));
        let cut = cut.take(8).find(|limit| *limit < 60);
        assert_eq!(cut, Some(limit), "from {first} on");
    }
}

#[test]
fn a_batch_shows_how_far_a_capacity_has_fallen() {
    let callers = [60, 100, 150, 200].map(Callers::Batches);
    for to in [10.0, 20.0, 40.0] {
        moved(60.0, to, &callers, 0.0, |mut simulation| {
            // A batch that is far from the limit says little of it.
            if simulation.limit <= 100 {
                simulation.is_held_within(200, 1_000, "less");
            }
        });
    }
}

#[test]
fn a_capacity_that_changes_is_found_again() {
    for callers in [Callers::Waiting(60), Callers::Retrying(60)] {
        for scatter in [Scatter::By(0.0), Scatter::By(0.1)] {
            for other in [10.0, 20.0, 1_000.0] {
                let mut simulation = Simulation {
                    scatter,
                    ..Simulation::new(20, Callee::AtStart, callers)
                };
                simulation.range(0, 1_000);
                simulation.knee = other;
                simulation.range(0, 1_000);
                simulation.knee = 40.0;
                simulation.is_held("as before");
            }
        }
    }
}

/// A callee that doubles above 40, does not for long enough to let all of them in, and is to do so again; in
/// different parts of the saw tooth.
fn set_free(all: usize, run: impl Fn(Simulation)) {
    for callers in [Callers::Waiting(all), Callers::Retrying(all)] {
        for scatter in [Scatter::By(0.0), Scatter::By(0.1)] {
            for calls in [1_000, 1_007, 1_050] {
                let mut simulation = Simulation {
                    scatter,
                    ..Simulation::new(10, Callee::AtStart, callers)
                };
                simulation.range(0, calls);
                simulation.knee = 1_000_000.0;
                simulation.range(0, 4_000);
                simulation.knee = 40.0;
                run(simulation);
            }
        }
    }
}

#[test]
fn a_limit_that_far_more_are_under_is_back_as_soon_as_calls_tell() {
    for all in [50, 60, 150, 200] {
        set_free(all, |mut simulation| {
            // Those in flight began before, and are as fast as they were then.
            simulation.is_held_within(all + 16, 1_000, "after those in flight");
        });
    }
}

#[test]
fn a_limit_that_is_far_too_high_is_back_with_the_first_calls() {
    for all in [60, 150, 200] {
        set_free(all, |mut simulation| {
            simulation.pauses();
            simulation.is_held_within(60, 1_000, "after none was in flight");
        });
    }
}

#[test]
fn what_was_too_much_once_does_not_bind() {
    for callers in [Callers::Waiting(60), Callers::Retrying(60)] {
        for scatter in [Scatter::By(0.0), Scatter::By(0.1)] {
            for knees in [[5.0, 40.0, 20.0], [40.0, 10.0, 20.0], [10.0, 40.0, 20.0]] {
                let mut simulation = Simulation {
                    scatter,
                    ..Simulation::new(10, Callee::AtStart, callers)
                };
                for knee in knees {
                    simulation.knee = knee;
                    simulation.is_held_within(250, 1_000, "after others");
                }
            }
        }
    }
}

#[test]
fn outages_and_fast_failures_leave_nothing_behind() {
    everyone(Callee::AtStart, 20, |mut simulation| {
        simulation.range(0, 1_000);
        let before = simulation.limit;
        simulation.trouble = Trouble::Fails(1);
        // What has begun before may end as it would have.
        let (_, most) = simulation.range(0, 1_000);
        assert!(most <= 48, "fast failures raise it from {before} to {most}");
        simulation.trouble = Trouble::None;
        simulation.is_held("after fast failures");
        simulation.trouble = Trouble::Hangs(500);
        simulation.range(0, 300);
        assert!(simulation.limit <= 4, "{} in an outage", simulation.limit);
        simulation.trouble = Trouble::None;
        simulation.is_held("after an outage");
    });
}

#[test]
fn fast_failures_alone_never_move_it() {
    everyone(Callee::AtStart, 20, |mut simulation| {
        simulation.trouble = Trouble::Fails(1);
        assert_eq!(simulation.range(0, 1_000), (20, 20));
    });
}

#[test]
fn a_limit_that_is_not_in_use_does_not_grow() {
    for (callers, most) in [(1, 20), (9, 20), (30, 61)] {
        let mut simulation = Simulation::new(20, Callee::AtStart, Callers::Waiting(callers));
        let range = simulation.range(0, 1_000);
        assert!(range.1 <= most, "{range:?} with {callers} callers");
        assert_eq!(range.0, 20);
    }
}

#[test]
fn a_lone_caller_s_callee_may_become_slower() {
    let mut simulation = Simulation::new(20, Callee::AtStart, Callers::Waiting(1));
    simulation.range(0, 100);
    simulation.base *= 5.0;
    assert_eq!(simulation.range(0, 500), (20, 20));
}

#[test]
fn a_limit_that_is_far_from_use_is_not_cut_by_chance() {
    for initial in [20, 27] {
        let (mut calls, mut rejected, mut cut) = (0, 0, 0);
        for seed in 1..=50_u64 {
            let mut simulation = Simulation {
                base: 50.0,
                scatter: Scatter::Tail(0.6),
                knee: 1_000_000.0,
                // About four in flight.
                ..Simulation::new(initial, Callee::AtStart, Callers::Open(0.067))
            };
            simulation.seed ^= seed << 32;
            let (least, _) = simulation.range(0, 5_000);
            calls += simulation.ended;
            rejected += simulation.rejected;
            cut += u32::from(least < initial);
        }
        assert!(rejected * 1_000 <= calls, "{rejected} of {calls}");
        assert!(cut <= 10, "in {cut} of 50 runs");
    }
}

#[test]
fn callers_at_random_are_held_as_well() {
    for base in [10.0, 100.0] {
        for scatter in [Scatter::By(0.0), Scatter::By(0.1)] {
            let mut simulation = Simulation {
                base,
                scatter,
                ..Simulation::new(4, Callee::AtStart, Callers::Open(80.0 / base))
            };
            simulation.is_held("from below");
            simulation.is_called_by(Callers::Open(20.0 / base));
            simulation.range(0, 500);
            simulation.is_called_by(Callers::Open(150.0 / base));
            simulation.is_held("from less");
        }
    }
}

#[test]
fn a_queue_does_not_grow_bit_by_bit() {
    for callers in [Callers::Waiting(400), Callers::Retrying(400)] {
        let mut simulation = Simulation::new(4, Callee::Queues, callers);
        let (least, most) = simulation.range(500, 20_000);
        assert!(least >= 30 && most <= 90, "{least}..{most}");
    }
}

#[test]
fn latencies_that_scatter_do_not_bring_it_down() {
    for scatter in [Scatter::Cache, Scatter::Tail(0.6), Scatter::Tail(1.0)] {
        for callers in [Callers::Waiting(60), Callers::Waiting(400)] {
            let mut simulation = Simulation {
                scatter,
                knee: 1_000_000.0,
                ..Simulation::new(20, Callee::AtStart, callers)
            };
            let (least, most) = simulation.range(2_000, 20_000);
            assert!(least >= 20, "{least}..{most} {scatter:?} {callers:?}");
        }
    }
}

#[test]
fn it_stays_between_its_bounds() {
    for bounds in [Bounds { min: 3, max: 30 }, Bounds { min: 7, max: 7 }] {
        let mut simulation = Simulation {
            bounds,
            ..Simulation::new(7, Callee::AtStart, Callers::Waiting(100))
        };
        assert_eq!(simulation.range(0, 500).1, bounds.max);
        simulation.trouble = Trouble::Hangs(500);
        assert_eq!(simulation.range(0, 500).0, bounds.min);
        simulation.trouble = Trouble::None;
        assert_eq!(simulation.range(0, 500).1, bounds.max);
    }
}
