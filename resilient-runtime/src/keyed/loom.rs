//! Every interleaving of who lets go of an entry and who passes it over, within the bounds of loom.

use ::loom::sync::{Arc, Mutex};
use ::loom::thread;

/// The same source as the entries', over loom's atomics.
#[path = "users.rs"]
#[expect(clippy::duplicate_mod, reason = "once over each kind of atomics")]
mod users;

mod sync {
    pub(super) use ::loom::sync::atomic::{AtomicUsize, Ordering};
}

use users::Users;

/// What a map knows of its one entry: whether it was passed over.
struct Map {
    users: Users,
    is_passed_over: Mutex<bool>,
}

impl Map {
    fn held_by(users: usize) -> Arc<Self> {
        let map = Self {
            users: Users::none(),
            is_passed_over: Mutex::new(false),
        };
        (0..users).for_each(|_| map.users.join());
        Arc::new(map)
    }

    fn lock(&self) -> ::loom::sync::MutexGuard<'_, bool> {
        self.is_passed_over.lock().expect("nothing panics under it")
    }

    /// What `Map::ask` does.
    fn ask(&self, is_passed_over: &mut bool) {
        self.users.report(true);
        *is_passed_over = self.users.any();
    }

    fn leave(&self) {
        if self.users.leave(true) {
            let mut is_passed_over = self.lock();
            self.ask(&mut is_passed_over);
        }
    }
}

#[test]
fn an_entry_that_is_let_go_of_does_not_stay_passed_over() {
    ::loom::model(|| {
        let map = Map::held_by(2);
        let leave = || {
            let map = Arc::clone(&map);
            thread::spawn(move || map.leave())
        };
        let (one, other) = (leave(), leave());
        map.ask(&mut map.lock());
        one.join().expect("it ends");
        other.join().expect("it ends");
        assert!(!*map.lock(), "nobody holds it, and nobody will ask again");
    });
}

#[test]
fn an_entry_that_is_held_is_passed_over() {
    ::loom::model(|| {
        let map = Map::held_by(2);
        let one = {
            let map = Arc::clone(&map);
            thread::spawn(move || map.leave())
        };
        map.ask(&mut map.lock());
        one.join().expect("it ends");
        assert!(*map.lock(), "one still holds it");
    });
}

/// What a breaker is to the map: not counted, and changed under a lock of its own.
#[test]
fn a_change_before_an_entry_is_let_go_of_is_seen_or_reported() {
    ::loom::model(|| {
        let users = Arc::new(Users::none());
        let is_free = Arc::new(Mutex::new(false));
        let holder = {
            let (users, is_free) = (Arc::clone(&users), Arc::clone(&is_free));
            thread::spawn(move || {
                *is_free.lock().expect("nothing panics under it") = true;
                users.leave(false)
            })
        };
        users.report(true);
        let is_seen = *is_free.lock().expect("nothing panics under it");
        let is_reported = holder.join().expect("it ends");
        assert!(is_seen || is_reported);
    });
}
