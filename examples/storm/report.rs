//! The report: `report.md` beside this file, with the figures of a run, and a picture of each quantity.

use std::fmt::Write as _;

use super::{
    contender::{GROUPS, all},
    plot::plot,
    quantity,
    record::Record,
    script::{
        ATTEMPT, BREAK, DELAY, MEDIAN, MIN_PER_SECOND, P99, PATIENCE, PLACES, RATIO, RETRIES,
        Script, WINDOW,
    },
};

/// The files of the report, by name; the records are those of all contenders, in order.
pub(crate) fn report(script: &Script, records: &[Record]) -> Vec<(&'static str, String)> {
    let quantities = quantity::all(script);
    let pictures = quantities.iter().map(|one| (one.file, plot(one, records)));
    let text = ("report.md", text(script, records));
    pictures.chain([text]).collect()
}

fn text(script: &Script, records: &[Record]) -> String {
    let of = |name: &str| {
        let place = all().position(|contender| contender.name == name);
        &records[place.expect("a contender of this name")]
    };
    let back = |name| of(name).back();
    let lost: Vec<_> = all()
        .zip(records)
        .filter(|(_, record)| record.recovery().is_none())
        .map(|(contender, _)| format!("“{}”", contender.name))
        .collect();
    let in_gateways = f64::from(script.gateways * MIN_PER_SECOND);
    let budget = script.rate() * (1.0 + RATIO);

    format!(
        include_str!("report.md"),
        contenders = records.len(),
        lost = lost.len(),
        lost_names = lost.join(", "),
        seed = script.seed,
        clients = grouped(script.clients as usize),
        pause = Script::PAUSE,
        rate = script.rate(),
        gateways = script.gateways,
        workers = script.workers,
        capacity = script.capacity(),
        median = MEDIAN * 1000.0,
        p99 = P99 * 1000.0,
        queue = grouped(script.queue),
        queue_time = u32::try_from(script.queue).map_or(f64::MAX, f64::from) / script.capacity(),
        outage = Script::OUTAGE.len(),
        from = Script::OUTAGE.start,
        to = Script::OUTAGE.end,
        end = Script::ALL.end,
        patience = PATIENCE.as_secs_f64(),
        attempt = ATTEMPT.as_secs_f64(),
        retries = RETRIES,
        delay = DELAY.as_secs_f64() * 1000.0,
        ratio = RATIO * 100.0,
        minimum = MIN_PER_SECOND,
        window = WINDOW.as_secs_f64(),
        pause_of_breaker = BREAK.as_secs_f64(),
        places = PLACES,
        ways = ways(),
        figures = figures(records),
        times = times(records),
        at_once_load = of("at once").load(Script::AFTER),
        at_once_rate = of("at once").rate(Script::AFTER, |second| second.arrivals),
        at_once_in_vain = of("at once").in_vain(Script::AFTER) * 100.0,
        at_once_before = of("at once").good(Script::BEFORE) * 100.0,
        exponential_load = of("exponential").load(Script::AFTER),
        jitter_load = of("jitter").load(Script::AFTER),
        jitter_load_outage = of("jitter").load(Script::OUTAGE),
        timeout_in_vain = of("timeout").in_vain(Script::OUTAGE) * 100.0,
        timeout_back = back("timeout"),
        nothing_back = back("nothing"),
        nothing_wait = of("nothing").waits(Script::OUTAGE, [1.0])[0],
        budget_load = of("budget").load(Script::OUTAGE),
        budget_back = back("budget"),
        budget_most = budget + in_gateways,
        budget_peak = Script::OUTAGE
            .map(|second| of("budget").rate(second..second + 1, |second| second.arrivals))
            .fold(0.0, f64::max),
        budget_default = budget + f64::from(script.gateways * 10),
        tower_back = back("tower"),
        breaker_back = back("breaker"),
        breaker_good = of("breaker").good(Script::OUTAGE) * 100.0,
        possible = script.capacity() / 2.0 / script.rate() * 100.0,
        seatbelt_back = back("seatbelt"),
        bulkhead_good = of("bulkhead").good(Script::OUTAGE) * 100.0,
        bulkhead_wait = of("bulkhead").waits(Script::OUTAGE, [0.99])[0],
        adaptive_away = (1.0 - of("adaptive").good(Script::BEFORE)) * 100.0,
    )
}

fn ways() -> String {
    let mut table = "| | way | what it does |\n|---|---|---|\n".to_owned();
    for group in GROUPS {
        let mut name = group.name;
        for contender in group.contenders {
            let _ = writeln!(
                table,
                "| {name} | {} | {} |",
                contender.name, contender.does
            );
            name = "";
        }
    }
    table
}

fn figures(records: &[Record]) -> String {
    let mut table = "\
| way | good: before | in the outage | after | back | requests: in the outage | after | in vain: in the outage | after |
|---|---|---|---|---|---|---|---|---|
"
    .to_owned();
    for (contender, record) in all().zip(records) {
        let good = |range| format!("{:.0} %", record.good(range) * 100.0);
        let in_vain = |range| format!("{:.0} %", record.in_vain(range) * 100.0);
        let load = |range| format!("{:.2}", record.load(range));
        let cells = [
            contender.name.to_owned(),
            good(Script::BEFORE),
            good(Script::OUTAGE),
            good(Script::AFTER),
            record.back(),
            load(Script::OUTAGE),
            load(Script::AFTER),
            in_vain(Script::OUTAGE),
            in_vain(Script::AFTER),
        ];
        let _ = writeln!(table, "| {} |", cells.join(" | "));
    }
    table
}

fn times(records: &[Record]) -> String {
    let mut table = "\
| way | before | | | in the outage | | | after | | |
|---|---|---|---|---|---|---|---|---|---|
"
    .to_owned();
    for (contender, record) in all().zip(records) {
        let _ = write!(table, "| {} |", contender.name);
        for range in [Script::BEFORE, Script::OUTAGE, Script::AFTER] {
            for time in record.waits(range, [0.5, 0.99, 0.999]) {
                let _ = write!(table, " {time:.2} |");
            }
        }
        table.push('\n');
    }
    table
}

/// `10,000`.
fn grouped(count: usize) -> String {
    match count {
        0..1000 => count.to_string(),
        _ => format!("{},{:03}", grouped(count / 1000), count % 1000),
    }
}
