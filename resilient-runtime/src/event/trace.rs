//! What `tracing` is told of an event. The fields of each are those of the table in the documentation of
//! `event`: whoever searches logs counts on their names.

use std::time::Duration;

use tracing::Level;

use super::Event;
use crate::cause::Cause;
use crate::circuit::{CircuitState, Reason};
use crate::error::Rejected;
use crate::function::Function;
use crate::name::Name;

macro_rules! say {
    ($event:ident at $level:ident, $($field:ident = $value:expr),* $(,)?) => {
        say!($event of $event.name().map(|name| name.as_str()) => $level, $($field = $value),*)
    };
    ($event:ident of $name:expr => $level:ident, $($field:ident = $value:expr),*) => {
        tracing::event!(
            target: "resilient",
            Level::$level,
            policy = $event.policy(),
            name = $name,
            function = $event.function().map(Function::path),
            $($field = $value,)*
            "{}", $event
        )
    };
}

/// Tells `tracing`, which looks by itself whether anybody listens at this level.
pub(super) fn trace(event: &Event) {
    match event {
        Event::RetryScheduled {
            attempt,
            max,
            delay,
            cause,
            ..
        } => {
            say!(event at DEBUG, attempt = attempt, max_attempts = max, delay_ms = ms(*delay),
                cause = cause.map(Cause::as_str));
        }
        Event::BudgetEmpty { .. } => say!(event at DEBUG,),
        Event::RetryAmplified { outer, inner, .. } => {
            say!(event at WARN, outer = outer.as_str(), inner = inner.as_str());
        }
        Event::HedgeStarted { copy, after, .. } => {
            say!(event at DEBUG, copy = copy, after_ms = ms(*after));
        }
        Event::HedgeWon { copy, .. } => say!(event at DEBUG, copy = copy),
        Event::DeadlineExpired { rejected, .. }
        | Event::Rejected { rejected, .. }
        | Event::WouldReject { rejected, .. } => rejection(event, rejected),
        Event::CircuitTransition {
            from, to, reason, ..
        } => transition(event, *from, *to, reason.as_ref()),
        Event::SlowCall { took, line, .. } => {
            say!(event at DEBUG, took_ms = ms(*took), slow_from_ms = ms(*line));
        }
        Event::BulkheadWaited { waited, .. } | Event::RateLimitWaited { waited, .. } => {
            say!(event at DEBUG, waited_ms = ms(*waited));
        }
        Event::KeyUnprotected { max_keys, .. } => say!(event at WARN, max_keys = max_keys),
        Event::LimitChanged { from, to, .. } => say!(event at DEBUG, from = from, to = to),
        Event::FallbackServed { cause, .. } => say!(event at DEBUG, cause = cause.as_str()),
        Event::Undeclared { .. } => say!(event at ERROR,),
        Event::Conflict { conflict, .. } => say!(event of conflict.name() => ERROR,),
        Event::OverrideApplied {
            key, value, source, ..
        } => say!(
            event at INFO,
            key = key.as_str(),
            value = value.as_ref().map(Name::as_str),
            source = source.as_str()
        ),
        Event::Admitted { .. } | Event::CallFinished { .. } | Event::Lagged { .. } => {}
    }
}

fn rejection(event: &Event, rejected: &Rejected) {
    match rejected {
        Rejected::TimedOut { after, inherited } => {
            say!(event at DEBUG, after_ms = ms(*after), inherited = inherited);
        }
        Rejected::CircuitOpen { reason, .. } => {
            say!(event at DEBUG, retry_after_ms = rejected.retry_after().map(ms), reason = reason.as_str());
        }
        Rejected::BulkheadFull { limit, waited, .. } => {
            say!(event at DEBUG, limit = limit, waited_ms = ms(*waited));
        }
        Rejected::RateLimited { .. } | Rejected::InFlight { .. } => {
            say!(event at DEBUG, retry_after_ms = rejected.retry_after().map(ms));
        }
    }
}

fn transition(event: &Event, from: CircuitState, to: CircuitState, reason: Option<&Reason>) {
    let (calls, failures, slow_calls, threshold) = match reason {
        Some(Reason::FailureRate {
            failures,
            calls,
            threshold,
        }) => (Some(calls), Some(failures), None, Some(threshold)),
        Some(Reason::SlowRate {
            slow,
            calls,
            threshold,
            ..
        }) => (Some(calls), None, Some(slow), Some(threshold)),
        Some(Reason::ConsecutiveFailures { failures }) => (None, Some(failures), None, None),
        Some(
            Reason::ProbeFailed
            | Reason::ProbeSlow { .. }
            | Reason::Probing { .. }
            | Reason::Forced,
        )
        | None => (None, None, None, None),
    };
    macro_rules! say_at {
        ($level:ident) => {
            say!(event at $level, from = from.as_str(), to = to.as_str(), reason = reason.map(Reason::as_str),
                calls = calls, failures = failures, slow_calls = slow_calls, threshold = threshold)
        };
    }
    match to {
        CircuitState::Open | CircuitState::ForcedOpen => say_at!(WARN),
        CircuitState::Closed | CircuitState::HalfOpen | CircuitState::ForcedClosed => say_at!(INFO),
    }
}

fn ms(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}
