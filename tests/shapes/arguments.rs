//! Arguments: by value, by reference and by pattern; with lifetimes and generics.

macro_rules! arguments {
    ($retried:literal, $order:ident, [$($policy:tt)*], [$($cloning:tt)*]) => {
        spawned!($retried, by_reference, |callee| shape(&callee), {
            $($policy)*
            async fn shape(callee: &Callee) -> Result<u32, Fault> {
                callee.call().await
            }
        });

        spawned!($retried, by_value, |callee| shape(callee, "tea".to_owned()), {
            $($policy)*
            async fn shape(callee: Arc<Callee>, tea: String) -> Result<u32, Fault> {
                assert_eq!(tea, "tea");
                callee.call().await
            }
        });

        spawned!($retried, by_value_and_consumed, |callee| shape(&callee, vec![7]), {
            $($cloning)*
            async fn shape(callee: &Callee, $order: Vec<u32>) -> Result<u32, Fault> {
                assert_eq!($order.into_iter().sum::<u32>(), 7);
                callee.call().await
            }
        });

        spawned!($retried, by_value_and_changed, |callee| shape(&callee, vec![7]), {
            $($cloning)*
            async fn shape(callee: &Callee, mut $order: Vec<u32>) -> Result<u32, Fault> {
                $order.push(8);
                let outcome = callee.call().await;
                assert_eq!($order, [7, 8], "each attempt has its own");
                outcome
            }
        });

        spawned!($retried, by_pattern_and_changed, |callee| shape((1, vec![7]), &callee), {
            $($cloning)*
            async fn shape((one, mut $order): (u32, Vec<u32>), callee: &Callee) -> Result<u32, Fault> {
                $order.push(one);
                assert_eq!($order, [7, 1], "each attempt has its own");
                drop($order);
                callee.call().await
            }
        });

        unless_hedged! { [$($policy)*]
            spawned!($retried, by_mutable_reference, |callee| async move {
                let mut log = Vec::new();
                let outcome = shape(&callee, &mut log).await;
                assert_eq!(log.len(), callee.calls(), "all attempts have the same");
                outcome
            }, {
                $($policy)*
                async fn shape(callee: &Callee, log: &mut Vec<u32>) -> Result<u32, Fault> {
                    log.push(1);
                    callee.call().await
                }
            });
        }

        unless_hedged! { [$($policy)*]
            spawned!($retried, by_mutable_reference_that_moves_on, |callee| shape(&callee, &mut [0; 2]), {
                $($policy)*
                async fn shape(callee: &Callee, mut rest: &mut [u32]) -> Result<u32, Fault> {
                    let (first, others) = std::mem::take(&mut rest).split_first_mut().unwrap();
                    *first += 1;
                    rest = others;
                    assert!(rest.len() < 2);
                    callee.call().await
                }
            });
        }

        spawned!($retried, by_tuple_pattern, |callee| shape((&callee, 7)), {
            $($policy)*
            async fn shape((callee, seven): (&Callee, u32)) -> Result<u32, Fault> {
                assert_eq!(seven, 7);
                callee.call().await
            }
        });

        spawned!($retried, by_struct_pattern, |callee| shape(Order { callee: &callee, lines: (7, 8) }), {
            struct Order<'a> {
                callee: &'a Callee,
                lines: (u32, u32),
            }

            $($policy)*
            async fn shape(Order { callee, lines: (seven, _) }: Order<'_>) -> Result<u32, Fault> {
                assert_eq!(seven, 7);
                callee.call().await
            }
        });

        spawned!($retried, by_reference_pattern, |callee| shape(&7, &&*callee), {
            $($policy)*
            async fn shape(&seven: &u32, &callee: &&Callee) -> Result<u32, Fault> {
                assert_eq!(seven, 7);
                callee.call().await
            }
        });

        spawned!($retried, by_array_pattern, |callee| shape([7, 8], &callee), {
            $($policy)*
            async fn shape([seven, ..]: [u32; 2], callee: &Callee) -> Result<u32, Fault> {
                assert_eq!(seven, 7);
                callee.call().await
            }
        });

        spawned!($retried, by_binding_pattern, |callee| shape(&callee, (7, 8)), {
            $($policy)*
            async fn shape(callee: &Callee, pair @ (seven, _): (u32, u32)) -> Result<u32, Fault> {
                assert_eq!(pair, (seven, 8));
                callee.call().await
            }
        });

        spawned!($retried, unnamed, |callee| shape(7, "tea", &callee), {
            $($policy)*
            async fn shape(_: u32, _tea: &str, callee: &Callee) -> Result<u32, Fault> {
                callee.call().await
            }
        });

        spawned!($retried, raw_identifiers, |callee| shape(7, &callee), {
            $($policy)*
            async fn shape(r#type: u32, r#match: &Callee) -> Result<u32, Fault> {
                assert_eq!(r#type, 7);
                r#match.call().await
            }
        });

        spawned!($retried, without_any, |callee| STATIC.scope(callee, shape()), {
            tokio::task_local! {
                static STATIC: Arc<Callee>;
            }

            $($policy)*
            async fn shape() -> Result<u32, Fault> {
                STATIC.get().call().await
            }
        });

        spawned!($retried, named_lifetime, |callee| async move {
            let (outcome, tea) = shape(&callee, "tea").await?;
            assert_eq!(tea, "tea");
            Ok(outcome)
        }, {
            $($policy)*
            async fn shape<'a>(callee: &Callee, tea: &'a str) -> Result<(u32, &'a str), Fault> {
                Ok((callee.call().await?, tea))
            }
        });

        spawned!($retried, two_lifetimes, |callee| async move {
            shape(&callee, &"tea".to_owned(), "te").await.map(|(outcome, _)| outcome)
        }, {
            $($policy)*
            async fn shape<'a, 'b>(callee: &'a Callee, tea: &'a str, te: &'b str) -> Result<(u32, &'b str), Fault>
            where
                'a: 'b,
            {
                let shorter: &'b str = tea.strip_suffix('a').unwrap_or(te);
                Ok((callee.call().await?, shorter))
            }
        });

        spawned!($retried, anonymous_lifetime, |callee| shape(View(&callee)), {
            struct View<'a>(&'a Callee);

            $($policy)*
            async fn shape(view: View<'_>) -> Result<u32, Fault> {
                view.0.call().await
            }
        });

        spawned!($retried, generic_by_value, |callee| shape(&callee, 7_u8), {
            $($policy)*
            async fn shape<T: Display + PartialEq<u8> + Sync>(callee: &Callee, seven: T) -> Result<u32, Fault> {
                assert!(seven == 7, "{seven}");
                callee.call().await
            }
        });

        spawned!($retried, generic_and_consumed, |callee| shape(&callee, vec![7_u8]), {
            $($cloning)*
            async fn shape<T>(callee: &Callee, $order: T) -> Result<u32, Fault>
            where
                T: IntoIterator<Item = u8> + Clone + Send + Sync,
            {
                assert_eq!($order.into_iter().map(u32::from).sum::<u32>(), 7);
                callee.call().await
            }
        });

        spawned!($retried, generic_by_reference, |callee| shape(&callee, "tea"), {
            $($policy)*
            async fn shape<T>(callee: &Callee, tea: &T) -> Result<u32, Fault>
            where
                T: AsRef<str> + ?Sized + Sync,
            {
                assert_eq!(tea.as_ref(), "tea");
                callee.call().await
            }
        });

        spawned!($retried, const_generic, |callee| shape(&callee, [7; 3]), {
            $($policy)*
            async fn shape<const N: usize>(callee: &Callee, sevens: [u32; N]) -> Result<u32, Fault> {
                assert_eq!(sevens, [7; N]);
                callee.call().await
            }
        });

        spawned!($retried, impl_trait, |callee| shape(&callee, "tea".to_owned(), &"tea"), {
            $($policy)*
            async fn shape(
                callee: &Callee,
                tea: impl Display + Sync,
                also: &(impl Display + Sync),
            ) -> Result<u32, Fault> {
                assert_eq!(tea.to_string(), also.to_string());
                callee.call().await
            }
        });

        spawned!($retried, callbacks, |callee| shape(&callee, |tea| &tea[1..], &|seven| seven + 1), {
            $($policy)*
            async fn shape(
                callee: &Callee,
                tail: impl for<'a> Fn(&'a str) -> &'a str + Sync,
                next: &(dyn Fn(u32) -> u32 + Sync),
            ) -> Result<u32, Fault> {
                assert_eq!((tail("tea"), next(7)), ("ea", 8));
                callee.call().await
            }
        });

        spawned!($retried, boxed_callback, |callee| shape(&callee, Box::new(|seven| seven + 1)), {
            $($policy)*
            async fn shape(callee: &Callee, next: Box<dyn Fn(u32) -> u32 + Send + Sync>) -> Result<u32, Fault> {
                assert_eq!(next(7), 8);
                callee.call().await
            }
        });

        local!($retried, that_cannot_leave_the_thread, |callee| shape(Rc::new(7), &callee), {
            $($policy)*
            async fn shape(seven: Rc<u32>, callee: &Callee) -> Result<u32, Fault> {
                let also = Rc::clone(&seven);
                let outcome = callee.call().await;
                assert_eq!(*also, 7);
                outcome
            }
        });
    };
}
