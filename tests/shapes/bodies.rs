//! Bodies: by every way that an error leaves one, and with everything that one may hold.

macro_rules! bodies {
    ($retried:literal, $order:ident, [$($policy:tt)*], [$($cloning:tt)*]) => {
        spawned!($retried, by_question_mark, |callee| shape(&callee), {
            $($policy)*
            async fn shape(callee: &Callee) -> Result<u32, Fault> {
                let value = callee.call().await?;
                Ok(value)
            }
        });

        spawned!($retried, by_return, |callee| shape(&callee), {
            $($policy)*
            async fn shape(callee: &Callee) -> Result<u32, Fault> {
                return callee.call().await;
            }
        });

        spawned!($retried, by_early_return, |callee| shape(&callee), {
            $($policy)*
            async fn shape(callee: &Callee) -> Result<u32, Fault> {
                let outcome = callee.call().await;
                if let Err(error) = outcome {
                    return Err(error);
                }
                outcome
            }
        });

        spawned!($retried, from_inside_vec, |callee| shape(&callee), {
            $($policy)*
            async fn shape(callee: &Callee) -> Result<u32, Fault> {
                let values = vec![callee.call().await?];
                Ok(values[0])
            }
        });

        spawned!($retried, from_a_match_arm, |callee| shape(&callee), {
            $($policy)*
            async fn shape(callee: &Callee) -> Result<u32, Fault> {
                let value = match callee.call().await {
                    Ok(value) => value,
                    Err(error) => return Err(error),
                };
                Ok(value)
            }
        });

        spawned!($retried, from_let_else, |callee| shape(&callee), {
            $($policy)*
            async fn shape(callee: &Callee) -> Result<u32, Fault> {
                let Ok(value) = callee.call().await else {
                    return Err(Failed(1));
                };
                Ok(value)
            }
        });

        spawned!($retried, from_labelled_loops, |callee| shape(&callee), {
            $($policy)*
            async fn shape(callee: &Callee) -> Result<u32, Fault> {
                'outer: for turn in 0.. {
                    let value = 'inner: loop {
                        if turn < 2 {
                            continue 'outer;
                        }
                        break 'inner callee.call().await?;
                    };
                    if value == 2 {
                        break 'outer;
                    }
                }
                Ok(2)
            }
        });

        spawned!($retried, from_a_labelled_block, |callee| shape(&callee), {
            $($policy)*
            async fn shape(callee: &Callee) -> Result<u32, Fault> {
                'block: {
                    if let Ok(value) = callee.call().await {
                        break 'block Ok(value);
                    }
                    Err(Failed(1))
                }
            }
        });

        spawned!($retried, from_while_let, |callee| shape(&callee), {
            $($policy)*
            async fn shape(callee: &Callee) -> Result<u32, Fault> {
                let mut turns = 3;
                while let Some(left) = u32::checked_sub(turns, 1) {
                    turns = left;
                    tokio::task::yield_now().await;
                }
                callee.call().await
            }
        });

        spawned!($retried, from_a_loop_without_end, |callee| shape(&callee), {
            $($policy)*
            async fn shape(callee: &Callee) -> Result<u32, Fault> {
                loop {
                    let value = callee.call().await?;
                    if value > 0 {
                        return Ok(value);
                    }
                }
            }
        });

        spawned!($retried, not_from_nested_closures, |callee| shape(&callee), {
            $($policy)*
            async fn shape(callee: &Callee) -> Result<u32, Fault> {
                let refused = |value: u32| -> Result<u32, Fault> {
                    if value == 7 {
                        return Err(Failed(7));
                    }
                    Ok([value].map(|value| value + 1)[0])
                };
                assert_eq!(refused(7), Err(Failed(7)));
                assert_eq!((|| Some(refused(1).ok()? + 1))(), Some(3));
                callee.call().await
            }
        });

        spawned!($retried, not_from_nested_async_blocks, |callee| shape(&callee), {
            $($policy)*
            async fn shape(callee: &Callee) -> Result<u32, Fault> {
                let refused: Result<u32, Fault> = async { Err(Failed(7))? }.await;
                assert_eq!(refused, Err(Failed(7)));
                async move { callee.call().await }.await
            }
        });

        spawned!($retried, through_an_async_closure, |callee| shape(&callee), {
            $($policy)*
            async fn shape(callee: &Callee) -> Result<u32, Fault> {
                let call = async || callee.call().await;
                call().await
            }
        });

        spawned!($retried, with_items, |callee| shape(&callee), {
            $($policy)*
            async fn shape(callee: &Callee) -> Result<u32, Fault> {
                use std::mem::swap;

                const SEVEN: u32 = 7;
                static EIGHT: u32 = 8;

                struct Pair(u32, u32);

                impl Pair {
                    fn swapped(mut self) -> Self {
                        swap(&mut self.0, &mut self.1);
                        self
                    }
                }

                async fn call(callee: &Callee) -> Result<u32, Fault> {
                    callee.call().await
                }

                let Pair(first, _) = Pair(SEVEN, EIGHT).swapped();
                assert_eq!(first, 8);
                call(callee).await
            }
        });

        spawned!($retried, that_borrows_across_await, |callee| shape(&callee), {
            $($policy)*
            async fn shape(callee: &Callee) -> Result<u32, Fault> {
                let mut teas = vec!["green".to_owned()];
                let tea = &mut teas[0];
                let outcome = callee.call().await;
                tea.push('!');
                assert_eq!(teas, ["green!"]);
                outcome
            }
        });

        spawned!($retried, that_shadows_its_arguments, |callee| shape(&callee, 7), {
            $($policy)*
            async fn shape(callee: &Callee, value: u32) -> Result<u32, Fault> {
                let value = value + 1;
                let callee = callee.call();
                assert_eq!(value, 8);
                callee.await
            }
        });

        spawned!($retried, that_is_inferred_from_the_return_type, |callee| shape(&callee), {
            $($policy)*
            async fn shape(callee: &Callee) -> Result<u32, Fault> {
                let mut values = Vec::new();
                values.push(callee.call().await?);
                Ok(values.into_iter().sum())
            }
        });

        spawned!($retried, that_joins, |callee| shape(&callee), {
            $($policy)*
            async fn shape(callee: &Callee) -> Result<u32, Fault> {
                let (value, ()) = tokio::try_join!(callee.call(), async { Ok::<_, Fault>(()) })?;
                Ok(value)
            }
        });

        spawned!($retried, that_selects, |callee| shape(&callee), {
            $($policy)*
            async fn shape(callee: &Callee) -> Result<u32, Fault> {
                tokio::select! {
                    outcome = callee.call() => Ok(outcome?),
                    () = std::future::pending() => return Err(Fault::Unexpected),
                }
            }
        });

        spawned!($retried, that_spawns, |callee| shape(callee), {
            $($policy)*
            async fn shape(callee: Arc<Callee>) -> Result<u32, Fault> {
                let callee = Arc::clone(&callee);
                tokio::spawn(async move { callee.call().await }).await.unwrap()
            }
        });

        spawned!($retried, that_matches_on_await, |callee| shape(&callee), {
            $($policy)*
            async fn shape(callee: &Callee) -> Result<u32, Fault> {
                match (callee.call().await, Duration::ZERO) {
                    (Ok(value), wait) if wait.is_zero() => Ok(value),
                    (outcome, _) => outcome,
                }
            }
        });

        spawned!($retried, that_converts_by_question_mark, |callee| async move {
            shape(&callee).await.map_err(|Wide(fault)| fault)
        }, {
            struct Wide(Fault);

            impl<T: Into<Fault>> From<T> for Wide {
                fn from(fault: T) -> Self {
                    Self(fault.into())
                }
            }

            $($policy)*
            async fn shape(callee: &Callee) -> Result<u32, Wide> {
                Ok(callee.call().await?)
            }
        });

        spawned!($retried, that_recurses, |callee| shape(&callee, 3), {
            $($policy)*
            async fn shape(callee: &Callee, depth: u32) -> Result<u32, Fault> {
                if depth == 0 {
                    return callee.call().await;
                }
                Box::pin(shape(callee, depth - 1)).await
            }
        });

        spawned!($retried, that_calls_another, |callee| shape(&callee), {
            $($policy)*
            async fn shape(callee: &Callee) -> Result<u32, Fault> {
                inner(callee).await
            }

            $($policy)*
            async fn inner(callee: &Callee) -> Result<u32, Fault> {
                callee.call().await
            }
        });

        spawned!($retried, that_holds_another, |callee| shape(&callee), {
            $($policy)*
            async fn shape(callee: &Callee) -> Result<u32, Fault> {
                $($policy)*
                async fn inner(callee: &Callee) -> Result<u32, Fault> {
                    callee.call().await
                }

                inner(callee).await
            }
        });

        spawned!($retried, with_other_attributes, |callee| shape(&callee), {
            /// Documented,
            #[allow(unused_variables, reason = "to have an attribute above")]
            $($policy)*
            #[cfg_attr(all(), inline)]
            /// and again,
            #[must_use = "as it can fail"]
            #[cfg(all())]
            #[doc = "with others in between."]
            async fn shape(callee: &Callee) -> Result<u32, Fault> {
                #![allow(unused_mut, reason = "to have an attribute inside")]
                let mut seven = 7;
                callee.call().await
            }
        });

        local!($retried, that_cannot_leave_the_thread, |callee| shape(&callee), {
            $($policy)*
            async fn shape(callee: &Callee) -> Result<u32, Fault> {
                let seven = Rc::new(7);
                let outcome = callee.call().await;
                assert_eq!(*seven, 7);
                outcome
            }
        });
    };
}
