//! Predicates: what a user says of errors and values, where a policy asks.

/// No hook.
#[derive(Debug, Clone, Copy)]
pub struct Absent;

/// A user's predicate over errors; `None` leaves the question to the error's class.
pub trait OnError<E> {
    /// Whether there is one.
    #[doc(hidden)]
    const IS_THERE: bool = true;

    #[doc(hidden)]
    fn says(&self, error: &E) -> Option<bool>;
}

impl<E> OnError<E> for Absent {
    const IS_THERE: bool = false;

    fn says(&self, _: &E) -> Option<bool> {
        None
    }
}

impl<E, P: Fn(&E) -> bool> OnError<E> for P {
    fn says(&self, error: &E) -> Option<bool> {
        Some(self(error))
    }
}

/// A user's predicate over values.
pub trait OnValue<T> {
    #[doc(hidden)]
    fn says(&self, value: &T) -> bool;
}

impl<T> OnValue<T> for Absent {
    #[inline]
    fn says(&self, _: &T) -> bool {
        false
    }
}

impl<T, P: Fn(&T) -> bool> OnValue<T> for P {
    #[inline]
    fn says(&self, value: &T) -> bool {
        self(value)
    }
}
