//! Annotated functions that nobody calls, in places where a linker could lose them.

mod private {
    use resilient_runtime::{Rejected, retry, timeout};

    /// Of a type that is never made.
    pub(crate) struct Client<T>(T);

    impl<T: Sync> Client<T> {
        #[retry(max = 1)]
        #[timeout("1s")]
        #[expect(dead_code, reason = "this is the point")]
        async fn fetch(&self) -> Result<(), Rejected> {
            Ok(())
        }
    }

    #[retry]
    #[expect(dead_code, reason = "this is the point")]
    async fn generic<T: Send>(_: T) -> Result<(), Rejected> {
        Ok(())
    }
}

/// Has a default body, and no implementor.
pub trait Ship {
    /// Ships it.
    fn ship(&self) -> impl Future<Output = Result<(), resilient_runtime::Rejected>>
    where
        Self: Sync,
    {
        #[resilient_runtime::circuit_breaker(name = "payments", failure_rate = "30%")]
        async fn pay() -> Result<(), resilient_runtime::Rejected> {
            Ok(())
        }
        pay()
    }
}
