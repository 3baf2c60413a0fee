//! How a call can fail.

use resilient_runtime::Rejected;

#[derive(Debug, Clone, thiserror::Error)]
pub(crate) enum Fault {
    #[error("the queue of the service is full")]
    Busy,
    #[error("the service is gone")]
    Down,
    #[error("no answer in time")]
    Late,
    #[error("the circuit is open")]
    Open,
    #[error(transparent)]
    Rejected(#[from] Rejected),
}
