//! The text of an event: one line, for people.

use std::fmt;

use super::Event;
use crate::circuit::Reason;
use crate::rounded::Rounded;

impl fmt::Display for Event {
    #[expect(clippy::too_many_lines, reason = "it is one table")]
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Admitted { policy, name, .. } => write!(f, "{name}: its {policy} lets a call in"),
            Self::CallFinished {
                ended, duration, ..
            } => write!(f, "the call ended {ended}, after {duration:?}"),
            Self::SlowCall {
                name, took, line, ..
            } => write!(
                f,
                "{name}: a call took {}, which is slow from {line:?} on",
                Rounded(*took)
            ),
            Self::RetryScheduled {
                attempt,
                max,
                delay,
                cause,
                ..
            } => {
                write!(f, "retry {attempt} of {max} ")?;
                if delay.is_zero() {
                    f.write_str("at once, after ")?;
                } else {
                    write!(f, "in {}, after ", Rounded(*delay))?;
                }
                match cause {
                    Some(cause) => cause.fmt(f),
                    None => f.write_str("a value that is retried"),
                }
            }
            Self::BudgetEmpty { name, .. } => write!(f, "the retry budget {name} is empty"),
            Self::RetryAmplified { outer, inner, .. } => write!(
                f,
                "{inner} retries within an attempt of {outer}, which retries: their attempts multiply"
            ),
            Self::HedgeStarted { copy, after, .. } if after.is_zero() => {
                write!(f, "copy {copy} is started in the place of one that failed")
            }
            Self::HedgeStarted { copy, after, .. } => {
                write!(f, "copy {copy} is started after {}", Rounded(*after))
            }
            Self::HedgeWon { copy, .. } => write!(f, "copy {copy} answered first"),
            Self::DeadlineExpired { rejected, .. } => rejected.fmt(f),
            Self::Rejected { rejected, .. } => write!(f, "rejected: {rejected}"),
            Self::WouldReject { rejected, .. } => {
                write!(f, "would reject, and lets through: {rejected}")
            }
            Self::CircuitTransition {
                name,
                from,
                to,
                reason,
                ..
            } => {
                write!(f, "{name}: {from} → {to}")?;
                match reason {
                    Some(Reason::Forced) | None => Ok(()),
                    Some(reason) => write!(f, ", as {reason}"),
                }
            }
            Self::BulkheadWaited { name, waited, .. } => {
                write!(f, "{name}: a place came free after {}", Rounded(*waited))
            }
            Self::RateLimitWaited { name, waited, .. } => {
                write!(f, "{name}: its turn came after {}", Rounded(*waited))
            }
            Self::KeyUnprotected { name, max_keys, .. } => write!(
                f,
                "{name}: this call runs unprotected, as none of the {max_keys} keys may be forgotten for this one"
            ),
            Self::LimitChanged { name, from, to, .. } => {
                write!(f, "{name}: the limit is {to} calls at once, after {from}")
            }
            Self::FallbackServed { cause, .. } => {
                write!(f, "a fallback takes the place of {cause}")
            }
            Self::Undeclared { policy, name, .. } => {
                write!(
                    f,
                    "`#[{policy}(name = \"{name}\")]` refers to what nothing declares; it admits all calls"
                )
            }
            Self::Conflict { conflict, .. } => conflict.fmt(f),
            Self::OverrideApplied {
                policy,
                name,
                key,
                value,
                source,
            } => {
                write!(f, "{policy} of {name}: {key} ")?;
                match value {
                    Some(value) => write!(f, "= {value}, by {source}"),
                    None => write!(
                        f,
                        "is as it is written again, {source} overrides it no more"
                    ),
                }
            }
            Self::Lagged { missed } => write!(
                f,
                "{missed} events were missed: this subscription is too slow"
            ),
        }
    }
}
