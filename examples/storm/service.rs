//! The service: some workers, a queue before them, and the time that each request takes.
//!
//! It does what servers do: first come, first served, and it finds out that a client has gone only when it
//! sends the answer. Until then it works for nobody.

use std::{
    collections::VecDeque,
    sync::{Arc, Mutex},
    time::Duration,
};

use rand::{SeedableRng, rngs::StdRng};
use rand_distr::{Distribution, LogNormal};
use tokio::{sync::oneshot, time::sleep};

use super::{
    fault::Fault,
    record::Log,
    script::{MEDIAN, Script},
};

#[derive(Debug)]
pub(crate) struct Service {
    floor: Mutex<Floor>,
    room: usize,
    log: Log,
}

/// Where the work is done.
#[derive(Debug)]
struct Floor {
    workers: usize,
    busy: usize,
    queue: VecDeque<Request>,
    takes: LogNormal<f64>,
    chance: StdRng,
}

/// A client that waits at the other end, or no longer.
type Request = oneshot::Sender<()>;

impl Service {
    pub(crate) fn new(script: &Script, log: Log) -> Arc<Self> {
        let floor = Floor {
            workers: script.workers,
            busy: 0,
            queue: VecDeque::new(),
            takes: LogNormal::new(MEDIAN.ln(), Script::sigma()).expect("it is finite"),
            chance: StdRng::seed_from_u64(script.seed),
        };
        Arc::new(Self {
            floor: Mutex::new(floor),
            room: script.queue,
            log,
        })
    }

    /// One request. Dropping it closes the connection, and takes nothing off the service.
    pub(crate) async fn ask(self: &Arc<Self>) -> Result<(), Fault> {
        let (request, answer) = oneshot::channel();
        self.log.arrived();
        self.take_in(request)?;
        answer.await.map_err(|_| Fault::Down)
    }

    fn take_in(self: &Arc<Self>, request: Request) -> Result<(), Fault> {
        let mut floor = self.floor.lock().unwrap();
        if floor.busy < floor.workers {
            floor.busy += 1;
            drop(floor);
            tokio::spawn(Arc::clone(self).work(request));
        } else if floor.queue.len() < self.room {
            floor.queue.push_back(request);
        } else {
            return Err(Fault::Busy);
        }
        Ok(())
    }

    /// A worker, from one request to the next, until there is none, or no place for this worker.
    async fn work(self: Arc<Self>, mut request: Request) {
        loop {
            let takes = self.floor.lock().unwrap().time_for_one();
            sleep(takes).await;
            let in_vain = request.send(()).is_err();
            self.log.worked(takes, in_vain);
            match self.floor.lock().unwrap().next() {
                Some(next) => request = next,
                None => return,
            }
        }
    }

    /// From here on there are so many workers: those beyond finish what they are at, and leave.
    pub(crate) fn staff(self: &Arc<Self>, workers: usize) {
        let mut floor = self.floor.lock().unwrap();
        floor.workers = workers;
        while floor.busy < floor.workers {
            let Some(request) = floor.queue.pop_front() else {
                return;
            };
            floor.busy += 1;
            tokio::spawn(Arc::clone(self).work(request));
        }
    }
}

impl Floor {
    fn time_for_one(&mut self) -> Duration {
        Duration::from_secs_f64(self.takes.sample(&mut self.chance))
    }

    /// What the worker that has just become free is to do.
    fn next(&mut self) -> Option<Request> {
        let next = (self.busy <= self.workers)
            .then(|| self.queue.pop_front())
            .flatten();
        if next.is_none() {
            self.busy -= 1;
        }
        next
    }
}
