//! Generics, lifetimes, where clauses, const generics; a delegate adds the bound that it needs.
#![deny(warnings)]

use resilient_runtime::{Class, Classify};
use std::fmt::Debug;
use std::sync::Arc;

#[derive(Classify)]
enum Wrapped<'a, E, T: Debug + 'a = (), const N: usize = 3>
where
    T: Clone,
{
    #[answered]
    Answer([T; N]),
    #[classify(delegate)]
    Borrowed(&'a E),
    #[classify(delegate)]
    Own(E),
    #[classify(delegate = 1)]
    Shared(u8, Arc<E>),
}

trait Service {
    type Error;
}

#[derive(Classify)]
enum Called<S: Service> {
    #[transient]
    Lost,
    #[classify(delegate)]
    Service(S::Error),
    #[classify(delegate)]
    Qualified(<S as Service>::Error),
}

#[derive(Classify)]
#[classify(delegate)]
struct Unsized<E: ?Sized>(E);

#[derive(Classify)]
enum Tree<E> {
    #[classify(delegate)]
    Leaf(E),
    #[classify(delegate)]
    Node(Box<Tree<E>>),
    #[classify(delegate)]
    Same(Box<Self>),
}

/// Without a delegate nothing is asked of the parameter.
#[derive(Classify)]
#[transient]
struct Unasked<T>(T);

#[derive(Classify)]
#[permanent]
struct Broken;

struct Client;
impl Service for Client {
    type Error = Broken;
}

fn main() {
    let answer: Wrapped<'_, Broken> = Wrapped::Answer([(), (), ()]);
    assert_eq!(answer.class(), Class::Answered);
    let broken: [Wrapped<'_, Broken>; 3] =
        [Wrapped::Borrowed(&Broken), Wrapped::Own(Broken), Wrapped::Shared(1, Arc::new(Broken))];
    let called: [Called<Client>; 2] = [Called::Service(Broken), Called::Qualified(Broken)];
    assert!(broken.iter().all(|error| error.class() == Class::Permanent));
    assert!(called.iter().all(|error| error.class() == Class::Permanent));
    assert_eq!(Called::<Client>::Lost.class(), Class::Transient);
    let dynamic: &Unsized<dyn Classify> = &Unsized(Broken);
    assert_eq!(dynamic.class(), Class::Permanent);
    let tree = Tree::Same(Box::new(Tree::Node(Box::new(Tree::Leaf(Broken)))));
    assert_eq!(tree.class(), Class::Permanent);
    assert_eq!(Unasked(std::rc::Rc::new(1)).class(), Class::Transient);
}
