//! Methods: by every kind of `self`, in every kind of `impl`.

macro_rules! methods {
    ($retried:literal, $order:ident, [$($policy:tt)*], [$($cloning:tt)*]) => {
        spawned!($retried, self_by_value, |callee| Client(callee).call(), {
            struct Client(Arc<Callee>);

            impl Client {
                $($policy)*
                async fn call(self) -> Result<u32, Fault> {
                    self.0.call().await
                }
            }
        });

        spawned!($retried, self_by_reference, |callee| Client(callee).call(7), {
            struct Client(Arc<Callee>);

            impl Client {
                $($policy)*
                async fn call(&self, seven: u32) -> Result<u32, Fault> {
                    assert_eq!(seven, 7);
                    self.0.call().await
                }
            }
        });

        unless_hedged! { [$($policy)*]
            spawned!($retried, self_by_mutable_reference, |callee| async move {
                let mut client = Client { callee, calls: 0 };
                let outcome = client.call().await;
                assert_eq!(client.calls, client.callee.calls());
                outcome
            }, {
                struct Client {
                    callee: Arc<Callee>,
                    calls: usize,
                }

                impl Client {
                    $($policy)*
                    async fn call(&mut self) -> Result<u32, Fault> {
                        self.calls += 1;
                        self.callee.call().await
                    }
                }
            });
        }

        spawned!($retried, self_in_an_arc, |callee| Arc::new(Client(callee)).call(), {
            struct Client(Arc<Callee>);

            impl Client {
                $($policy)*
                async fn call(self: Arc<Self>) -> Result<u32, Fault> {
                    self.0.call().await
                }
            }
        });

        spawned!($retried, self_in_a_borrowed_arc, |callee| async move {
            Arc::new(Client(callee)).call().await
        }, {
            struct Client(Arc<Callee>);

            impl Client {
                $($policy)*
                async fn call(self: &Arc<Self>) -> Result<u32, Fault> {
                    let other = Arc::clone(self);
                    other.0.call().await
                }
            }
        });

        spawned!($retried, self_in_a_box, |callee| Box::new(Client(callee)).call(), {
            struct Client(Arc<Callee>);

            impl Client {
                $($policy)*
                async fn call(self: Box<Self>) -> Result<u32, Fault> {
                    self.0.call().await
                }
            }
        });

        unless_hedged! { [$($policy)*]
            spawned!($retried, self_pinned, |callee| async move {
                std::pin::pin!(Client(callee)).as_mut().call().await
            }, {
                struct Client(Arc<Callee>);

                impl Client {
                    $($policy)*
                    async fn call(self: Pin<&mut Self>) -> Result<u32, Fault> {
                        self.0.call().await
                    }
                }
            });
        }

        spawned!($retried, self_by_its_type, |callee| Client(callee).call(), {
            struct Client(Arc<Callee>);

            impl Client {
                $($policy)*
                async fn call(self: &Self) -> Result<u32, Fault> {
                    self.0.call().await
                }
            }
        });

        local!($retried, self_in_an_rc, |callee| Rc::new(Client(callee)).call(), {
            struct Client(Arc<Callee>);

            impl Client {
                $($policy)*
                async fn call(self: Rc<Self>) -> Result<u32, Fault> {
                    self.0.call().await
                }
            }
        });

        spawned!($retried, without_self, |callee| Client::call(&callee), {
            struct Client;

            impl Client {
                $($policy)*
                async fn call(callee: &Callee) -> Result<u32, Fault> {
                    callee.call().await
                }
            }
        });

        spawned!($retried, with_self_in_its_types, |callee| async move {
            let client = Client(callee);
            client.call(&client).await.map(|other| other.1)
        }, {
            struct Client(Arc<Callee>);
            struct Other<T>(std::marker::PhantomData<T>, u32);

            impl Client {
                const SEVEN: u32 = 7;

                $($policy)*
                async fn call(&self, other: &Self) -> Result<Other<Self>, Fault> {
                    assert_eq!(Self::SEVEN, 7);
                    Ok(Other(std::marker::PhantomData, other.0.call().await?))
                }
            }
        });

        spawned!($retried, in_a_generic_impl, |callee| Client(callee).call("tea"), {
            struct Client<C>(C);

            impl<C> Client<C>
            where
                C: AsRef<Callee> + Sync,
            {
                $($policy)*
                async fn call<T: Display + Sync>(&self, tea: T) -> Result<u32, Fault> {
                    assert_eq!(tea.to_string(), "tea");
                    self.0.as_ref().call().await
                }
            }
        });

        spawned!($retried, in_a_const_generic_impl, |callee| Client([callee]).call(), {
            struct Client<const N: usize>([Arc<Callee>; N]);

            impl<const N: usize> Client<N> {
                $($policy)*
                async fn call(&self) -> Result<u32, Fault> {
                    self.0[N - 1].call().await
                }
            }
        });

        spawned!($retried, in_an_impl_with_a_lifetime, |callee| async move {
            let (outcome, tea) = Client { callee: &callee, tea: "tea" }.call().await?;
            assert_eq!(tea, "tea");
            Ok(outcome)
        }, {
            struct Client<'a> {
                callee: &'a Callee,
                tea: &'a str,
            }

            impl<'a> Client<'a> {
                $($policy)*
                async fn call(&self) -> Result<(u32, &'a str), Fault> {
                    Ok((self.callee.call().await?, self.tea))
                }
            }
        });

        spawned!($retried, that_lend_from_self, |callee| async move {
            let client = Client(callee, "tea".to_owned());
            let tea = client.call("other").await?;
            assert_eq!(tea, "tea");
            Ok(2)
        }, {
            struct Client(Arc<Callee>, String);

            impl Client {
                $($policy)*
                async fn call(&self, other: &str) -> Result<&str, Fault> {
                    assert_ne!(self.1, other);
                    self.0.call().await?;
                    Ok(&self.1)
                }
            }
        });

        spawned!($retried, that_consume_an_argument, |callee| Client(callee).call("tea".to_owned()), {
            struct Client(Arc<Callee>);

            impl Client {
                $($cloning)*
                async fn call(&self, $order: String) -> Result<u32, Fault> {
                    assert_eq!($order.into_bytes(), b"tea");
                    self.0.call().await
                }
            }
        });

        spawned!($retried, that_return_a_future, |callee| async move {
            Client(callee).call().await
        }, {
            struct Client(Arc<Callee>);

            impl Client {
                $($policy)*
                fn call(&self) -> impl Future<Output = Result<u32, Fault>> + Send + '_ {
                    async { self.0.call().await }
                }
            }
        });

        spawned!($retried, that_recurse, |callee| Client(callee).call(3), {
            struct Client(Arc<Callee>);

            impl Client {
                $($policy)*
                async fn call(&self, depth: u32) -> Result<u32, Fault> {
                    match depth {
                        0 => self.0.call().await,
                        _ => Box::pin(self.call(depth - 1)).await,
                    }
                }
            }
        });

        spawned!($retried, of_every_visibility, |callee| client::Client.call(&callee), {
            mod client {
                use crate::parts::*;

                pub(super) struct Client;

                impl Client {
                    /// Only above this module.
                    $($policy)*
                    pub(super) async fn call(&self, callee: &Callee) -> Result<u32, Fault> {
                        self.inner(callee).await
                    }

                    $($policy)*
                    pub(in crate) async fn inner(&self, callee: &Callee) -> Result<u32, Fault> {
                        callee.call().await
                    }
                }
            }
        });
    };
}
