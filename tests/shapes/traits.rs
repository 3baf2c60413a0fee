//! Traits: with native `async fn`s, with futures in their signatures, and under `#[async_trait]`.

macro_rules! traits {
    ($retried:literal, $order:ident, [$($policy:tt)*], [$($cloning:tt)*]) => {
        spawned!($retried, native, |callee| Client(callee).call(7), {
            trait Service {
                async fn call(&self, seven: u32) -> Result<u32, Fault>;
            }

            struct Client(Arc<Callee>);

            impl Service for Client {
                $($policy)*
                async fn call(&self, seven: u32) -> Result<u32, Fault> {
                    assert_eq!(seven, 7);
                    self.0.call().await
                }
            }
        });

        spawned!($retried, native_default, |callee| Client(callee).call(), {
            trait Service {
                fn callee(&self) -> &Callee;

                $($policy)*
                async fn call(&self) -> Result<u32, Fault> {
                    self.callee().call().await
                }
            }

            struct Client(Arc<Callee>);

            impl Service for Client {
                fn callee(&self) -> &Callee {
                    &self.0
                }
            }
        });

        unless_hedged! { [$($policy)*]
            spawned!($retried, native_mutable, |callee| async move {
                Client(callee, 0).call().await
            }, {
                trait Service {
                    fn callee(&mut self) -> &Callee;

                    $($policy)*
                    async fn call(&mut self) -> Result<u32, Fault> {
                        self.callee().call().await
                    }
                }

                struct Client(Arc<Callee>, u32);

                impl Service for Client {
                    fn callee(&mut self) -> &Callee {
                        self.1 += 1;
                        &self.0
                    }
                }
            });
        }

        spawned!($retried, native_without_self, |callee| Client::call(&callee), {
            trait Service {
                async fn call(callee: &Callee) -> Result<u32, Fault>;
            }

            struct Client;

            impl Service for Client {
                $($policy)*
                async fn call(callee: &Callee) -> Result<u32, Fault> {
                    callee.call().await
                }
            }
        });

        spawned!($retried, native_generic, |callee| Client(callee).call("tea"), {
            trait Service<C> {
                async fn call<T: Display + Sync>(&self, tea: T) -> Result<u32, Fault>
                where
                    C: Sync;
            }

            struct Client<C>(C);

            impl<C: AsRef<Callee>> Service<C> for Client<C> {
                $($policy)*
                async fn call<T: Display + Sync>(&self, tea: T) -> Result<u32, Fault>
                where
                    C: Sync,
                {
                    assert_eq!(tea.to_string(), "tea");
                    self.0.as_ref().call().await
                }
            }
        });

        spawned!($retried, native_with_an_associated_error, |callee| Client(callee).call(), {
            trait Service {
                type Value;
                type Error: From<Rejected>;

                async fn call(&self) -> Result<Self::Value, Self::Error>;
            }

            struct Client(Arc<Callee>);

            impl Service for Client {
                type Value = u32;
                type Error = Fault;

                $($policy)*
                async fn call(&self) -> Result<Self::Value, Self::Error> {
                    self.0.call().await
                }
            }
        });

        spawned!($retried, native_default_with_an_associated_error, |callee| Client(callee).call(), {
            trait Service: Sized {
                type Error: From<Rejected>;

                async fn inner(&self) -> Result<u32, Self::Error>;

                $($policy)*
                async fn call(&self) -> Result<u32, Self::Error> {
                    self.inner().await
                }
            }

            struct Client(Arc<Callee>);

            impl Service for Client {
                type Error = Fault;

                async fn inner(&self) -> Result<u32, Fault> {
                    self.0.call().await
                }
            }
        });

        spawned!($retried, native_as_a_future_that_can_be_sent, |callee| call(Client(callee)), {
            trait Service: Sync {
                fn call(&self) -> impl Future<Output = Result<u32, Fault>> + Send;
            }

            struct Client(Arc<Callee>);

            impl Service for Client {
                $($policy)*
                async fn call(&self) -> Result<u32, Fault> {
                    self.0.call().await
                }
            }

            async fn call(service: impl Service) -> Result<u32, Fault> {
                service.call().await
            }
        });

        spawned!($retried, native_default_future, |callee| call(Client(callee)), {
            trait Service {
                fn callee(&self) -> &Callee;

                $($policy)*
                fn call(&self) -> impl Future<Output = Result<u32, Fault>> + Send
                where
                    Self: Sync,
                {
                    async { self.callee().call().await }
                }
            }

            struct Client(Arc<Callee>);

            impl Service for Client {
                fn callee(&self) -> &Callee {
                    &self.0
                }
            }

            async fn call(service: impl Service + Sync) -> Result<u32, Fault> {
                service.call().await
            }
        });

        spawned!($retried, dynamic, |callee| async move {
            let service: Box<dyn Service> = Box::new(Client(callee));
            service.call(7, (8, "tea")).await
        }, {
            #[async_trait]
            trait Service: Send + Sync {
                async fn call(&self, seven: u32, pair: (u32, &str)) -> Result<u32, Fault>;
            }

            struct Client(Arc<Callee>);

            #[async_trait]
            impl Service for Client {
                $($policy)*
                async fn call(&self, seven: u32, (eight, tea): (u32, &str)) -> Result<u32, Fault> {
                    assert_eq!((seven, eight, tea), (7, 8, "tea"));
                    let value = self.0.call().await?;
                    Ok(value)
                }
            }
        });

        spawned!($retried, dynamic_default, |callee| async move {
            let service: Box<dyn Service> = Box::new(Client(callee));
            service.call().await
        }, {
            #[async_trait]
            trait Service: Send + Sync {
                fn callee(&self) -> &Callee;

                /// Documented.
                $($policy)*
                async fn call(&self) -> Result<u32, Fault> {
                    return self.callee().call().await;
                }
            }

            struct Client(Arc<Callee>);

            #[async_trait]
            impl Service for Client {
                fn callee(&self) -> &Callee {
                    &self.0
                }
            }
        });

        unless_hedged! { [$($policy)*]
            spawned!($retried, dynamic_mutable, |callee| async move {
                let mut client = Client { callee, calls: 0 };
                let outcome = client.call().await;
                assert_eq!(client.calls, client.callee.calls());
                outcome
            }, {
                #[async_trait]
                trait Service: Send {
                    async fn call(&mut self) -> Result<u32, Fault>;
                }

                struct Client {
                    callee: Arc<Callee>,
                    calls: usize,
                }

                #[async_trait]
                impl Service for Client {
                    $($policy)*
                    async fn call(&mut self) -> Result<u32, Fault> {
                        self.calls += 1;
                        self.callee.call().await
                    }
                }
            });
        }

        spawned!($retried, dynamic_in_an_arc, |callee| async move {
            let service: Arc<dyn Service> = Arc::new(Client(callee));
            service.call().await
        }, {
            #[async_trait]
            trait Service: Send + Sync {
                async fn call(self: Arc<Self>) -> Result<u32, Fault>;
            }

            struct Client(Arc<Callee>);

            #[async_trait]
            impl Service for Client {
                $($policy)*
                async fn call(self: Arc<Self>) -> Result<u32, Fault> {
                    self.0.call().await
                }
            }
        });

        spawned!($retried, dynamic_without_self, |callee| Client::call(callee, "tea".to_owned()), {
            #[async_trait]
            trait Service {
                async fn call(callee: Arc<Callee>, tea: String) -> Result<u32, Fault>;
            }

            struct Client;

            #[async_trait]
            impl Service for Client {
                $($policy)*
                async fn call(callee: Arc<Callee>, tea: String) -> Result<u32, Fault> {
                    assert_eq!(tea, "tea");
                    callee.call().await
                }
            }
        });

        spawned!($retried, dynamic_and_consumed, |callee| Client(callee).call("tea".to_owned()), {
            #[async_trait]
            trait Service {
                async fn call(&self, order: String) -> Result<u32, Fault>;
            }

            struct Client(Arc<Callee>);

            #[async_trait]
            impl Service for Client {
                $($cloning)*
                async fn call(&self, $order: String) -> Result<u32, Fault> {
                    assert_eq!($order.into_bytes(), b"tea");
                    self.0.call().await
                }
            }
        });

        spawned!($retried, dynamic_and_changed, |callee| Client(callee).call("te".to_owned()), {
            #[async_trait]
            trait Service {
                async fn call(&self, order: String) -> Result<u32, Fault>;
            }

            struct Client(Arc<Callee>);

            #[async_trait]
            impl Service for Client {
                $($cloning)*
                async fn call(&self, mut $order: String) -> Result<u32, Fault> {
                    $order.push('a');
                    assert_eq!($order, "tea", "each attempt has its own");
                    self.0.call().await
                }
            }
        });

        spawned!($retried, dynamic_generic, |callee| Client(callee).call("tea".to_owned()), {
            #[async_trait]
            trait Service<C> {
                async fn call<T: Display + Send + Sync>(&self, tea: T) -> Result<u32, Fault>;
            }

            struct Client<C>(C);

            #[async_trait]
            impl<C: AsRef<Callee> + Send + Sync> Service<C> for Client<C> {
                $($policy)*
                async fn call<T: Display + Send + Sync>(&self, tea: T) -> Result<u32, Fault> {
                    assert_eq!(tea.to_string(), "tea");
                    self.0.as_ref().call().await
                }
            }
        });

        spawned!($retried, dynamic_with_lifetimes, |callee| async move {
            let (outcome, tea) = Client(&callee).call("tea").await?;
            assert_eq!(tea, "tea");
            Ok(outcome)
        }, {
            #[async_trait]
            trait Service {
                async fn call<'a>(&self, tea: &'a str) -> Result<(u32, &'a str), Fault>;
            }

            struct Client<'c>(&'c Callee);

            #[async_trait]
            impl<'c> Service for Client<'c> {
                $($policy)*
                async fn call<'a>(&self, tea: &'a str) -> Result<(u32, &'a str), Fault> {
                    Ok((self.0.call().await?, tea))
                }
            }
        });

        local!($retried, dynamic_that_cannot_leave_the_thread, |callee| async move {
            let service: Rc<dyn Service> = Rc::new(Client(callee));
            service.call().await
        }, {
            #[async_trait(?Send)]
            trait Service {
                async fn call(&self) -> Result<u32, Fault>;
            }

            struct Client(Arc<Callee>);

            #[async_trait(?Send)]
            impl Service for Client {
                $($policy)*
                async fn call(&self) -> Result<u32, Fault> {
                    let seven = Rc::new(7);
                    let outcome = self.0.call().await;
                    assert_eq!(*seven, 7);
                    outcome
                }
            }
        });
    };
}
