//! What metrics make of an event.

use std::sync::OnceLock;

use ::metrics::Label;

use super::Event;
use super::heard::{Listener, Wants};
use crate::function::Function;
use crate::meter::{self, Attempt, Did, Meter, names};

/// There from the moment on at which metrics are wanted.
static WANTED: OnceLock<Listener> = OnceLock::new();

/// From now on events are counted.
pub(crate) fn want() {
    WANTED.get_or_init(|| Listener::new(Wants::Calls));
}

fn is_wanted() -> bool {
    WANTED.get().is_some()
}

/// A call begins.
pub(super) fn begun(function: &'static Function) {
    if is_wanted() {
        meter::of(Some(function)).attempt(Attempt::First);
    }
}

/// Counts an event. `meter` is that of the instance that it is of.
pub(super) fn measure(event: &Event, meter: Option<&Meter>) {
    if !is_wanted() {
        return;
    }
    let function = event.function();
    // The entry of the instance, and of this function.
    let instance = || {
        let meter = meter?.of_instance();
        Some(meter.of(function, event.policy()?, event.name()?))
    };
    let did = |did| {
        if let Some(instance) = instance() {
            instance.did(did);
        }
    };
    match event {
        Event::CallFinished {
            ended, duration, ..
        } => meter::of(function).ended(*ended, *duration),
        Event::Admitted { .. } => did(Did::Admit),
        Event::Rejected { .. } => did(Did::Reject),
        Event::WouldReject { .. } => did(Did::WouldReject),
        Event::BulkheadWaited { waited, .. } | Event::RateLimitWaited { waited, .. } => {
            if let Some(instance) = instance() {
                instance.waited(*waited);
            }
        }
        Event::SlowCall { .. } => {
            if let Some(instance) = instance() {
                instance.slow_call();
            }
        }
        Event::BudgetEmpty { .. } => {
            if let Some(instance) = instance() {
                instance.budget_empty();
            }
        }
        Event::RetryScheduled { .. } => meter::of(function).attempt(Attempt::Retry),
        Event::HedgeStarted { .. } => meter::of(function).attempt(Attempt::Hedge),
        Event::HedgeWon { .. } => meter::of(function).hedge_won(),
        Event::DeadlineExpired { .. } => meter::of(function).timed_out(),
        Event::FallbackServed { cause, .. } => meter::of(function).fallback(*cause),
        Event::CircuitTransition { name, from, to, .. } => meter::count(
            names::TRANSITIONS,
            vec![
                Label::new("name", name.without_key().to_owned()),
                Label::from_static_parts("from", from.as_str()),
                Label::from_static_parts("to", to.as_str()),
            ],
        ),
        Event::KeyUnprotected { policy, name, .. } => meter::count(
            names::UNPROTECTED,
            vec![
                Label::from_static_parts("policy", policy),
                Label::new("name", name.without_key().to_owned()),
            ],
        ),
        Event::RetryAmplified { .. }
        | Event::LimitChanged { .. }
        | Event::Undeclared { .. }
        | Event::Conflict { .. }
        | Event::OverrideApplied { .. }
        | Event::Lagged { .. } => {}
    }
}
