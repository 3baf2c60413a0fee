//! One run: a contender goes through the script.

use std::{sync::Arc, time::Duration};

use rand::{RngExt, SeedableRng, rngs::StdRng};
use rand_distr::{Distribution, Exp};
use resilient_runtime::testing::seed_jitter;
use tokio::{
    runtime::Builder,
    time::{Instant, sleep, sleep_until},
};

use super::{
    contender::Contender,
    gateway::Gateway,
    record::{Log, Record},
    script::Script,
    service::Service,
};

/// Each in a thread of its own, as the chance of policies is kept by threads.
pub(crate) fn run<'a>(
    contenders: impl IntoIterator<Item = &'a Contender>,
    script: &Script,
) -> Vec<Record> {
    std::thread::scope(|scope| {
        let start = |contender| scope.spawn(move || alone(contender, script));
        let runs: Vec<_> = contenders.into_iter().map(start).collect();
        let ends = runs.into_iter().map(std::thread::ScopedJoinHandle::join);
        ends.map(|end| end.expect("a run does not panic")).collect()
    })
}

fn alone(contender: &Contender, script: &Script) -> Record {
    seed_jitter(script.seed);
    fastrand::seed(script.seed);
    let mut runtime = Builder::new_current_thread();
    let runtime = runtime.enable_time().start_paused(true).build();
    runtime.expect("a runtime").block_on(go(contender, script))
}

async fn go(contender: &Contender, script: &Script) -> Record {
    let log = Log::new();
    let service = Service::new(script, log.clone());
    let gateways: Vec<_> = (0..script.gateways)
        .map(|_| Gateway::new(&service))
        .collect();
    tokio::spawn(outage(service, script.workers));

    // Clients that ask at random times, each by itself, are together one stream of calls at random times
    // (a Poisson process), each by one of them at random. It does not wait for answers: an open loop.
    let mut chance = StdRng::seed_from_u64(script.seed);
    let pause = Exp::new(script.rate()).expect("it is positive");
    let start = Instant::now();
    let end = Duration::from_secs((Script::ALL.end + Script::BEYOND) as u64);
    let mut at = Duration::ZERO;
    loop {
        at += Duration::from_secs_f64(pause.sample(&mut chance));
        if at > end {
            return log.record();
        }
        let client = chance.random_range(0..script.clients);
        let gateway = Arc::clone(&gateways[(client % script.gateways) as usize]);
        sleep_until(start + at).await;
        let (log, call) = (log.clone(), contender.call);
        tokio::spawn(async move {
            let began = Instant::now();
            log.called(began);
            let outcome = call(gateway).await;
            log.ended(began, outcome.is_ok());
        });
    }
}

/// Half of the workers are gone for a while.
async fn outage(service: Arc<Service>, workers: usize) {
    sleep(Duration::from_secs(Script::OUTAGE.start as u64)).await;
    service.staff(workers / 2);
    sleep(Duration::from_secs(Script::OUTAGE.len() as u64)).await;
    service.staff(workers);
}
