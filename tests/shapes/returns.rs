//! Return types: aliases, foreign errors, `impl Trait`; and functions that return a future.

macro_rules! returns {
    ($retried:literal, $order:ident, [$($policy:tt)*], [$($cloning:tt)*]) => {
        spawned!($retried, alias, |callee| shape(&callee), {
            type Outcome<T = u32> = Result<T, Fault>;

            $($policy)*
            async fn shape(callee: &Callee) -> Outcome {
                callee.call().await
            }
        });

        spawned!($retried, absolute_path, |callee| shape(&callee), {
            $($policy)*
            async fn shape(callee: &Callee) -> ::core::result::Result<u32, crate::support::Fault> {
                callee.call().await
            }
        });

        spawned!($retried, anyhow, |callee| async move {
            shape(&callee).await.map_err(|error| error.downcast::<Fault>().unwrap())
        }, {
            $($policy)*
            async fn shape(callee: &Callee) -> anyhow::Result<u32> {
                Ok(callee.call().await?)
            }
        });

        spawned!($retried, io, |callee| async move {
            shape(&callee).await.map_err(|error| error.downcast::<Fault>().unwrap())
        }, {
            $($policy)*
            async fn shape(callee: &Callee) -> std::io::Result<u32> {
                callee.call().await.map_err(std::io::Error::other)
            }
        });

        spawned!($retried, boxed_error, |callee| async move {
            shape(&callee).await.map_err(|error| *error.downcast::<Fault>().unwrap())
        }, {
            $($policy)*
            async fn shape(callee: &Callee) -> Result<u32, Box<dyn std::error::Error + Send + Sync>> {
                Ok(callee.call().await?)
            }
        });

        spawned!($retried, generic_error, |callee| shape::<Fault>(&callee), {
            $($policy)*
            async fn shape<E>(callee: &Callee) -> Result<u32, E>
            where
                E: From<Fault> + From<Rejected> + Classify + Send + Sync,
            {
                Ok(callee.call().await?)
            }
        });

        spawned!($retried, generic_value, |callee| shape(&callee, |outcome| outcome), {
            $($policy)*
            async fn shape<T: Send>(callee: &Callee, map: fn(u32) -> T) -> Result<T, Fault> {
                callee.call().await.map(map)
            }
        });

        spawned!($retried, nothing, |callee| async move {
            shape(&callee).await.map(|()| 2)
        }, {
            $($policy)*
            async fn shape(callee: &Callee) -> Result<(), Fault> {
                callee.call().await?;
                Ok(())
            }
        });

        spawned!($retried, result_in_a_result, |callee| async move {
            shape(&callee).await.map(|inner| inner.unwrap_err().unwrap())
        }, {
            $($policy)*
            async fn shape(callee: &Callee) -> Result<Result<(), Option<u32>>, Fault> {
                Ok(Err(Some(callee.call().await?)))
            }
        });

        spawned!($retried, borrowed_value, |callee| async move {
            let teas = ["green".to_owned(), "black".to_owned()];
            let (outcome, first) = shape(&callee, &teas).await?;
            assert_eq!(first, Some("green"));
            Ok(outcome)
        }, {
            $($policy)*
            async fn shape<'a>(callee: &Callee, teas: &'a [String]) -> Result<(u32, Option<&'a str>), Fault> {
                Ok((callee.call().await?, teas.first().map(String::as_str)))
            }
        });

        spawned!($retried, impl_trait, |callee| async move {
            shape(&callee).await.map(|value| value.to_string().parse().unwrap())
        }, {
            $($policy)*
            async fn shape(callee: &Callee) -> Result<impl Display + Send, Fault> {
                callee.call().await
            }
        });

        spawned!($retried, impl_trait_that_borrows, |callee| async move {
            let numbers = [1, 2];
            let mut twice = shape(&callee, &numbers).await?;
            twice.nth(1).ok_or(Fault::Unexpected).map(|four| four / 2)
        }, {
            $($policy)*
            async fn shape<'a>(callee: &Callee, numbers: &'a [u32]) -> Result<impl Iterator<Item = u32> + 'a, Fault> {
                callee.call().await?;
                Ok(numbers.iter().map(|number| 2 * number))
            }
        });

        spawned!($retried, future, |callee| shape(callee), {
            $($policy)*
            fn shape(callee: Arc<Callee>) -> impl Future<Output = Result<u32, Fault>> {
                async move { callee.call().await }
            }
        });

        spawned!($retried, future_that_can_be_sent, |callee| shape(&callee), {
            $($policy)*
            fn shape(callee: &Callee) -> impl Future<Output = Result<u32, Fault>> + Send + '_ {
                async { callee.call().await }
            }
        });

        spawned!($retried, future_that_lives_long_enough, |callee| shape(&callee), {
            $($policy)*
            fn shape<'a>(callee: &'a Callee) -> impl Future<Output = Result<u32, Fault>> + Send + 'a {
                async move { callee.call().await }
            }
        });

        spawned!($retried, future_that_uses, |callee| shape(&callee, "tea"), {
            $($policy)*
            fn shape<'a>(callee: &'a Callee, tea: &str) -> impl Future<Output = Result<u32, Fault>> + use<'a> {
                assert_eq!(tea, "tea");
                async move { callee.call().await }
            }
        });

        spawned!($retried, future_with_a_preamble_that_runs_once, |callee| async move {
            let mut runs = 0;
            let call = shape(&callee, &mut runs);
            assert!(callee.calls() == 0, "nothing but the preamble runs before the first poll");
            let outcome = call.await;
            assert_eq!(runs, 1);
            outcome
        }, {
            $($policy)*
            fn shape<'a>(callee: &'a Callee, runs: &mut u32) -> impl Future<Output = Result<u32, Fault>> + use<'a> {
                *runs += 1;
                let text = runs.to_string();
                async move {
                    assert_eq!(text, "1");
                    callee.call().await
                }
            }
        });
    };
}
