//! The reference model of a breaker, plain and slow: a list of everything that was recorded, and no
//! state that could be worked out from it. Random sequences must end the same in both.

use std::time::Duration;

use proptest::prelude::*;
use tokio::time::Instant;

use super::gate::Gate;
use super::in_flight::Watched;
use super::settings::Settings;
use super::state::{Leave, Machine, Refusal, Verdict};
use super::sync::{AtomicU64, Mutex};
use crate::circuit::{CircuitState, Reason};
use crate::moment::Moment;

/// Time goes in units of a 32nd of the time window, so that no two moments share a slot of it.
const UNIT: Duration = Duration::from_millis(100);

#[derive(Debug, Clone, Copy)]
enum Step {
    Wait(u32),
    /// So many calls that succeed at once.
    Succeed(u32),
    /// What threads hold back is gathered for it.
    Count,
    Enter,
    Watch(usize),
    End(usize, Verdict),
    ForceOpen,
    ForceClosed,
    Reset,
    Auto,
}

fn step() -> impl Strategy<Value = Step> {
    let verdict = prop_oneof![
        5 => Just(Verdict::Success),
        5 => Just(Verdict::Failure),
        1 => Just(Verdict::Nothing),
    ];
    prop_oneof![
        6 => (0..12_u32).prop_map(Step::Wait),
        1 => (12..60_u32).prop_map(Step::Wait),
        2 => (1..10_u32).prop_map(Step::Succeed),
        1 => (10..200_u32).prop_map(Step::Succeed),
        1 => Just(Step::Count),
        14 => Just(Step::Enter),
        6 => any::<usize>().prop_map(Step::Watch),
        14 => (any::<usize>(), verdict).prop_map(|(call, verdict)| Step::End(call, verdict)),
        1 => prop_oneof![Just(Step::ForceOpen), Just(Step::ForceClosed), Just(Step::Reset), Just(Step::Auto)],
    ]
}

/// What a breaker is set to, in plain numbers.
#[derive(Debug, Clone)]
struct Numbers {
    by_calls: Option<u32>,
    min_calls: u32,
    rate: Option<f64>,
    run: Option<u32>,
    slow: Option<(u32, f64)>,
    backoff: u32,
    probes: u32,
}

/// In units.
const WINDOW: u32 = 32;
const BREAK: u32 = 10;
const LONGEST: u32 = 35;

fn numbers() -> impl Strategy<Value = Numbers> {
    let rate = || prop_oneof![Just(0.25), Just(0.28), Just(0.5), Just(0.55), Just(1.0)];
    (
        prop_oneof![
            4 => Just(None),
            4 => (1..70_u32).prop_map(Some),
            1 => (70..400_u32).prop_map(Some),
        ],
        prop_oneof![4 => 1..10_u32, 1 => 10..60_u32],
        proptest::option::of(rate()),
        proptest::option::of(1..5_u32),
        proptest::option::of((1..15_u32, rate())),
        1..=2_u32,
        1..4_u32,
    )
        .prop_map(
            |(by_calls, min_calls, rate, run, slow, backoff, probes)| Numbers {
                by_calls,
                min_calls: min_calls.min(by_calls.unwrap_or(u32::MAX)),
                rate: rate.or(if run.is_some() { None } else { Some(0.5) }),
                run,
                slow,
                backoff,
                probes,
            },
        )
}

impl Numbers {
    fn settings(&self) -> Settings {
        let mut settings = Settings::new()
            .min_calls(self.min_calls)
            .half_open_calls(self.probes);
        settings = match self.by_calls {
            Some(calls) => settings.window_calls(calls),
            None => settings.window_time(UNIT * WINDOW),
        };
        if let Some(rate) = self.rate {
            settings = settings.failure_rate(rate);
        }
        if let Some(run) = self.run {
            settings = settings.consecutive_failures(run);
        }
        if let Some((line, rate)) = self.slow {
            settings = settings.slow_call(UNIT * line, rate);
        }
        settings
            .break_duration(UNIT * BREAK)
            .break_backoff(f64::from(self.backoff))
            .max_break_duration(UNIT * LONGEST)
    }
}

#[derive(Debug, Clone, Copy)]
struct Recorded {
    at: u32,
    call: usize,
    failed: bool,
    slow: bool,
}

/// A call that was let in.
#[derive(Debug, Clone, Copy)]
struct Call {
    generation: u64,
    /// For a probe: until when its place is its own. None once it has none.
    place: Option<u32>,
    watched: Option<u32>,
    /// Of calls that were seen in the same moment the one in the lower slot is the earlier one: what is
    /// watched without a lock has no other order.
    slot: Option<Watched>,
    ended: bool,
}

struct Model {
    numbers: Numbers,
    now: u32,
    state: CircuitState,
    generation: u64,
    /// Everything recorded since the circuit was closed last.
    records: Vec<Recorded>,
    run: u32,
    calls: Vec<Call>,
    /// Calls that did not end at once, in the order in which that was seen.
    suspended: Vec<usize>,
    succeeded: u32,
    /// Places of probes that succeeded.
    kept: u32,
    until: u32,
    reopened: u32,
    rejected: u64,
}

impl Model {
    fn new(numbers: Numbers) -> Self {
        Self {
            numbers,
            now: 0,
            state: CircuitState::Closed,
            generation: 0,
            records: Vec::new(),
            run: 0,
            calls: Vec::new(),
            suspended: Vec::new(),
            succeeded: 0,
            kept: 0,
            until: 0,
            reopened: 0,
            rejected: 0,
        }
    }

    /// The records that the window holds, out of all.
    fn window(&self) -> Vec<Recorded> {
        match self.numbers.by_calls {
            Some(size) => {
                let from = self.records.len().saturating_sub(size as usize);
                self.records[from..].to_vec()
            }
            // Not looked at while it is open: what made it open is shown as it was.
            None => self
                .records
                .iter()
                .copied()
                .filter(|record| record.at + WINDOW > self.now)
                .collect(),
        }
    }

    fn change(&mut self, to: CircuitState) {
        self.state = to;
        self.generation += 1;
        self.succeeded = 0;
        self.kept = 0;
        if matches!(to, CircuitState::Closed | CircuitState::ForcedClosed) {
            self.records.clear();
            self.run = 0;
            self.reopened = 0;
        }
    }

    fn open(&mut self) {
        self.open_at(self.now);
    }

    fn open_at(&mut self, at: u32) {
        if self.state == CircuitState::HalfOpen {
            self.reopened += 1;
        }
        self.change(CircuitState::Open);
        let growth = self.numbers.backoff.saturating_pow(self.reopened);
        self.until = at + BREAK.saturating_mul(growth).min(LONGEST);
    }

    fn verdict(&mut self) {
        let window = self.window();
        let float = |count: usize| f64::from(u32::try_from(count).unwrap());
        let share = |count: usize| float(count) / float(window.len());
        let enough = window.len() >= self.numbers.min_calls as usize;
        let failures = window.iter().filter(|record| record.failed).count();
        let slow = window.iter().filter(|record| record.slow).count();
        let by_run = self.numbers.run.is_some_and(|run| self.run >= run);
        let by_rate = enough
            && self
                .numbers
                .rate
                .is_some_and(|rate| share(failures) >= rate);
        let by_slow = enough
            && self
                .numbers
                .slow
                .is_some_and(|(_, rate)| share(slow) >= rate);
        if by_run || by_rate || by_slow {
            self.open();
        }
    }

    /// Records the calls under way that have become slow.
    fn look(&mut self) {
        let Some((line, _)) = self.numbers.slow else {
            return;
        };
        let mut slowed = false;
        let mut suspended = self.suspended.clone();
        suspended.sort_by_key(|at| (self.calls[*at].watched, self.calls[*at].slot));
        for at in suspended {
            let call = self.calls[at];
            let heard = !call.ended && call.generation == self.generation;
            let passed = call.watched.is_some_and(|since| self.now - since >= line);
            if !(heard && passed) || self.records.iter().any(|record| record.call == at) {
                continue;
            }
            if self.state == CircuitState::HalfOpen {
                // It failed when it passed the line, not when somebody came to see it.
                return self.open_at(call.watched.unwrap_or(self.now) + line);
            }
            self.records.push(Recorded {
                at: self.now,
                call: at,
                failed: false,
                slow: true,
            });
            slowed = true;
        }
        if slowed {
            self.verdict();
        }
    }

    /// The number of the call, if it is let in.
    fn enter(&mut self) -> Option<usize> {
        self.look();
        if self.state == CircuitState::Open && self.now >= self.until {
            self.change(CircuitState::HalfOpen);
        }
        let probe = self.state == CircuitState::HalfOpen;
        let (now, generation) = (self.now, self.generation);
        let admitted = match self.state {
            CircuitState::Closed | CircuitState::ForcedClosed => true,
            CircuitState::HalfOpen => {
                let held = |call: &&Call| {
                    call.generation == generation && call.place.is_some_and(|until| now < until)
                };
                let taken = self.calls.iter().filter(held).count();
                taken + (self.kept as usize) < self.numbers.probes as usize
            }
            CircuitState::Open | CircuitState::ForcedOpen => false,
        };
        if !admitted {
            self.rejected += 1;
            return None;
        }
        if probe {
            self.displace();
        }
        let place = probe.then_some(self.now + BREAK);
        self.calls.push(Call {
            generation: self.generation,
            place,
            watched: None,
            slot: None,
            ended: false,
        });
        Some(self.calls.len() - 1)
    }

    /// When no place is free, one whose lease is over is given away: its holder no longer has it.
    fn displace(&mut self) {
        let generation = self.generation;
        let holders: Vec<usize> = (0..self.calls.len())
            .filter(|at| {
                self.calls[*at].generation == generation && self.calls[*at].place.is_some()
            })
            .collect();
        if holders.len() + self.kept as usize >= self.numbers.probes as usize {
            let over = holders
                .into_iter()
                .find(|at| self.calls[*at].place.is_some_and(|until| self.now >= until));
            if let Some(over) = over {
                self.calls[over].place = None;
            }
        }
    }

    /// In how many units it makes sense to come back, as a call is told that was not let in.
    fn retry_after(&self) -> Option<u32> {
        match self.state {
            CircuitState::Open => Some(self.until - self.now),
            CircuitState::HalfOpen => {
                let held = |call: &&Call| call.generation == self.generation;
                let places = self.calls.iter().filter(held).filter_map(|call| call.place);
                places.min().map(|until| until - self.now)
            }
            _ => None,
        }
    }

    fn watch(&mut self, at: usize, slot: Option<Watched>) {
        let call = &mut self.calls[at];
        let heard = matches!(self.state, CircuitState::Closed | CircuitState::HalfOpen);
        if self.numbers.slow.is_some()
            && heard
            && call.generation == self.generation
            && call.watched.is_none()
        {
            call.watched = Some(self.now);
            call.slot = slot;
            self.suspended.push(at);
        }
    }

    fn end(&mut self, at: usize, verdict: Verdict) {
        let call = self.calls[at];
        self.calls[at].ended = true;
        let place = self.calls[at].place.take();
        if call.generation != self.generation {
            return;
        }
        let slow = self
            .numbers
            .slow
            .zip(call.watched)
            .is_some_and(|((line, _), since)| self.now - since >= line);
        match self.state {
            CircuitState::Closed => {
                if let Some(record) = self.records.iter_mut().find(|record| record.call == at) {
                    record.failed = verdict == Verdict::Failure;
                } else if verdict != Verdict::Nothing {
                    let failed = verdict == Verdict::Failure;
                    self.records.push(Recorded {
                        at: self.now,
                        call: at,
                        failed,
                        slow,
                    });
                }
                match verdict {
                    Verdict::Success => self.run = 0,
                    Verdict::Failure => self.run += 1,
                    Verdict::Nothing => return,
                }
                self.verdict();
            }
            CircuitState::HalfOpen => match verdict {
                Verdict::Nothing => {}
                Verdict::Success if !slow => {
                    self.kept += u32::from(place.is_some());
                    self.succeeded += 1;
                    if self.succeeded >= self.numbers.probes {
                        self.change(CircuitState::Closed);
                    }
                }
                Verdict::Success | Verdict::Failure => self.open(),
            },
            _ => {}
        }
    }
}

fn enter(gate: &Gate, settings: &Settings, now: Instant) -> Result<Leave, Refusal> {
    if let Some(leave) = gate.admit() {
        return Ok(leave);
    }
    match gate.refuse(&mut None, || now) {
        Some(refusal) => Err(refusal),
        None => gate.enter(settings, || now).leave,
    }
}

/// Whether both let a call in, and if so which; if not, whether it is told the truth.
fn entered(
    gate: &Gate,
    settings: &Settings,
    model: &mut Model,
    now: Instant,
) -> Result<Option<(Leave, usize)>, TestCaseError> {
    match (enter(gate, settings, now), model.enter()) {
        (Ok(leave), Some(number)) => Ok(Some((leave, number))),
        (Err(refusal), None) => {
            let retry_after = model.retry_after().map(|units| UNIT * units);
            prop_assert_eq!(refusal.retry_after, retry_after, "{:?}", gate);
            let state = match refusal.reason {
                Reason::Forced => CircuitState::ForcedOpen,
                reason => reason.state(),
            };
            prop_assert_eq!(state, model.state, "{:?}", gate);
            Ok(None)
        }
        (entered, _) => {
            let fault = format!("{entered:?} by {gate:?}");
            Err(TestCaseError::fail(fault))
        }
    }
}

fn exit(
    gate: &Gate,
    settings: &Settings,
    leave: Leave,
    watched: Option<Watched>,
    verdict: Verdict,
    now: Instant,
) {
    if !gate.is_done_with(leave, watched, verdict, || now) {
        gate.exit(settings, leave, watched, verdict, || now);
    }
}

fn same(numbers: Numbers, steps: &[Step]) -> Result<(), TestCaseError> {
    let (settings, start) = (numbers.settings(), Instant::now());
    let gate = Gate::of(AtomicU64::new(0), Mutex::new(Machine::new()));
    let mut model = Model::new(numbers);
    // Calls let in, by the model's numbers.
    let mut leaves: Vec<(Leave, Option<Watched>)> = Vec::new();
    let mut open: Vec<usize> = Vec::new();
    for (at, step) in steps.iter().enumerate() {
        let now = start + UNIT * model.now;
        match *step {
            Step::Wait(units) => model.now += units,
            Step::Succeed(calls) => {
                for _ in 0..calls {
                    let entered = entered(&gate, &settings, &mut model, now)?;
                    let Some((leave, number)) = entered else {
                        break;
                    };
                    leaves.push((leave, None));
                    exit(&gate, &settings, leave, None, Verdict::Success, now);
                    model.end(number, Verdict::Success);
                }
            }
            Step::Count => counts(&gate, &settings, &model, now)?,
            Step::Enter => {
                if let Some((leave, number)) = entered(&gate, &settings, &mut model, now)? {
                    leaves.push((leave, None));
                    open.push(number);
                }
            }
            Step::Watch(pick) if !open.is_empty() => {
                let number = open[pick % open.len()];
                let (leave, watched) = &mut leaves[number];
                if watched.is_none() {
                    *watched = gate.watch(&settings, *leave, || Moment::at(now));
                    model.watch(number, *watched);
                }
            }
            Step::End(pick, verdict) if !open.is_empty() => {
                let number = open.swap_remove(pick % open.len());
                let (leave, watched) = leaves[number];
                exit(&gate, &settings, leave, watched, verdict, now);
                model.end(number, verdict);
            }
            Step::Watch(_) | Step::End(..) => {}
            Step::ForceOpen => {
                gate.with(&settings, |machine, _| {
                    machine.force(&settings, CircuitState::ForcedOpen, now)
                });
                if model.state != CircuitState::ForcedOpen {
                    model.change(CircuitState::ForcedOpen);
                }
            }
            Step::ForceClosed => {
                gate.with(&settings, |machine, _| {
                    machine.force(&settings, CircuitState::ForcedClosed, now)
                });
                if model.state != CircuitState::ForcedClosed {
                    model.change(CircuitState::ForcedClosed);
                }
            }
            Step::Reset => {
                gate.with(&settings, |machine, _| machine.reset(now));
                model.change(CircuitState::Closed);
            }
            Step::Auto => {
                gate.with(&settings, |machine, _| machine.auto(now));
                match model.state {
                    CircuitState::ForcedClosed => model.change(CircuitState::Closed),
                    CircuitState::ForcedOpen => {
                        model.change(CircuitState::Open);
                        model.until = model.now;
                    }
                    _ => {}
                }
            }
        }
        let (state, generation) = gate.peek(|machine| (machine.state(), machine.generation()));
        prop_assert_eq!(state, model.state, "step {}: {:?}", at, step);
        prop_assert_eq!(generation, model.generation, "step {}", at);
        prop_assert_eq!(gate.refused(), model.rejected, "step {}", at);
    }
    counts(&gate, &settings, &model, start + UNIT * model.now)
}

/// Not after every step: it gathers what is held back.
fn counts(
    gate: &Gate,
    settings: &Settings,
    model: &Model,
    now: Instant,
) -> Result<(), TestCaseError> {
    if model.state != CircuitState::Closed {
        return Ok(());
    }
    let tally = gate.with(settings, |machine, _| machine.tally(settings, now));
    let window = model.window();
    let failures = window.iter().filter(|record| record.failed).count();
    let slow = window.iter().filter(|record| record.slow).count();
    prop_assert_eq!(
        (
            tally.calls as usize,
            tally.failures as usize,
            tally.slow as usize
        ),
        (window.len(), failures, slow),
        "{:?}",
        gate
    );
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 10_000, max_shrink_iters: 20_000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_breaker_does_what_its_model_does(numbers in numbers(), steps in prop::collection::vec(step(), 200..260)) {
        same(numbers, &steps)?;
    }
}
