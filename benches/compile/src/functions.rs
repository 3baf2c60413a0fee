//! What an annotated function costs over a plain one, at a thousand functions in a crate.

use std::{error::Error, fmt::Write};

use crate::{
    Options,
    project::{Folder, Project, ours},
    spent::{self, Spent},
};

/// What stands over each function.
struct Kind {
    who: &'static str,
    dependencies: String,
    attributes: &'static str,
}

fn kinds() -> Vec<Kind> {
    let kind = |who, dependencies: String, attributes| Kind {
        who,
        dependencies,
        attributes,
    };
    let backon = "backon = { version = \"=1.6.0\", default-features = false, features = [\"tokio-sleep\"] }\n\
                  backon-macros = \"=1.0.0\"";
    let retrying = "retrying = { version = \"=0.1.0\", features = [\"tokio\"] }\n\
                    tokio = { version = \"1\", features = [\"time\"] }";
    vec![
        kind("plain", ours(), ""),
        kind("retry", ours(), "#[resilient_runtime::retry(max = 3)]"),
        kind("timeout", ours(), "#[resilient_runtime::timeout(\"1s\")]"),
        kind(
            "breaker",
            ours(),
            "#[resilient_runtime::circuit_breaker(name = \"one\")]",
        ),
        kind(
            "bulkhead",
            ours(),
            "#[resilient_runtime::bulkhead(name = \"one\", max_concurrent = 20)]",
        ),
        kind(
            "retry, breaker, timeout",
            ours(),
            "#[resilient_runtime::retry(max = 3)] #[resilient_runtime::circuit_breaker(name = \"one\")] \
             #[resilient_runtime::timeout(\"1s\")]",
        ),
        kind(
            "backon-macros: retry",
            backon.to_owned(),
            "#[backon_macros::backon]",
        ),
        kind(
            "retrying: retry",
            retrying.to_owned(),
            "#[retrying::retry(stop = attempts(4), wait = fixed(0.1))]",
        ),
    ]
}

/// A program of so many functions, each of which is polled somewhere: one that is not costs nothing but its check.
fn program(kind: &Kind, functions: usize) -> String {
    let mut text = String::from(HEAD);
    if kind.dependencies.contains("resilient-runtime") {
        text.push_str(OF_OURS);
    }
    for n in 0..functions {
        // Two awaits and a `?`: what a call to a service looks like.
        let _ = writeln!(
            text,
            "{} async fn call_{n}(order: u64) -> Result<u64, Fault> {{ \
                 let price = ask(order).await?; ask(price + {n}).await }}",
            kind.attributes,
        );
    }
    text.push_str("fn main() { let calls: Vec<Call> = vec![\n");
    for n in 0..functions {
        let _ = writeln!(text, "Box::pin(call_{n}({n})),");
    }
    text.push_str("]; std::hint::black_box(calls); }\n");
    text
}

const HEAD: &str = "\
#[derive(Debug)] pub struct Fault(u64);
type Call = std::pin::Pin<Box<dyn Future<Output = Result<u64, Fault>> + Send>>;
#[inline(never)] async fn ask(order: u64) -> Result<u64, Fault> {
    std::future::ready(if order == 0 { Err(Fault(order)) } else { Ok(order) }).await
}
";

const OF_OURS: &str = "\
impl From<resilient_runtime::Rejected> for Fault { fn from(_: resilient_runtime::Rejected) -> Self { Fault(1) } }
";

struct Measured {
    kind: Kind,
    project: Project,
    checks: Vec<Spent>,
    builds: Vec<Spent>,
}

pub(crate) fn measure(folder: &Folder, options: &Options) -> Result<String, Box<dyn Error>> {
    let functions = if options.quick { 100 } else { 1000 };
    let rounds = options.rounds;
    let mut all = Vec::new();
    for (at, kind) in kinds().into_iter().enumerate() {
        let name = format!("functions-{at}");
        let project = folder.project(&name, &kind.dependencies, &program(&kind, functions))?;
        // What it depends on is compiled here, once.
        spent::on(&mut project.cargo("check"))?;
        spent::on(project.cargo("build").arg("--release"))?;
        all.push(Measured {
            kind,
            project,
            checks: Vec::new(),
            builds: Vec::new(),
        });
    }
    for _ in 0..rounds {
        for Measured {
            project,
            checks,
            builds,
            ..
        } in &mut all
        {
            project.touch()?;
            checks.push(spent::on(&mut project.cargo("check"))?);
            project.touch()?;
            builds.push(spent::on(project.cargo("build").arg("--release"))?);
        }
    }
    let mut lines = Vec::new();
    for (at, kind) in kinds().into_iter().enumerate() {
        let name = format!("lines-{at}");
        let project = folder.project(&name, &kind.dependencies, &program(&kind, LINES_OF))?;
        lines.push(project.llvm_lines()?);
    }
    report(&all, &lines, functions, rounds)
}

/// Lines are the same for each function: a hundred are enough.
const LINES_OF: usize = 100;

fn report(
    all: &[Measured],
    lines: &[usize],
    functions: usize,
    rounds: usize,
) -> Result<String, Box<dyn Error>> {
    let mut text = String::new();
    writeln!(text, "# What an annotated function costs to compile\n")?;
    writeln!(
        text,
        "Generated by `just compile`: do not edit. A program of {functions} functions, each with two awaits and a `?`; milliseconds a"
    )?;
    writeln!(
        text,
        "function more than without the attribute, of processors and (in parentheses) on the clock. {rounds} interleaved rounds,"
    )?;
    writeln!(
        text,
        "medians. LLVM lines are what rustc hands on for a function in a release build, those of the plain one taken off. Peers' attributes"
    )?;
    writeln!(
        text,
        "come after ours; that of retrying does not retry an error that leaves by `?`.\n"
    )?;
    writeln!(
        text,
        "| attribute | check, ms | build --release, ms | LLVM lines |\n|---|--:|--:|--:|"
    )?;
    let plain = &all[0];
    for (measured, count) in all.iter().zip(lines) {
        let check = more(&measured.checks, &plain.checks, functions);
        let build = more(&measured.builds, &plain.builds, functions);
        if std::ptr::eq(measured, plain) {
            writeln!(
                text,
                "| none: what a whole function takes | {:.2} | {:.2} | {} |",
                whole(&plain.checks, functions),
                whole(&plain.builds, functions),
                count / LINES_OF,
            )?;
            continue;
        }
        writeln!(
            text,
            "| {} | {:.2} ({:.2}) | {:.2} ({:.2}) | {} |",
            measured.kind.who,
            check.0,
            check.1,
            build.0,
            build.1,
            count.saturating_sub(lines[0]) / LINES_OF,
        )?;
    }
    Ok(text)
}

/// Milliseconds a function, of processors and on the clock.
#[expect(clippy::cast_precision_loss, reason = "a thousand")]
fn more(runs: &[Spent], plain: &[Spent], functions: usize) -> (f64, f64) {
    let ((clock, processors), (plain_clock, plain_processors)) =
        (spent::seconds(runs), spent::seconds(plain));
    let each = |more: f64| 1000.0 * more / functions as f64;
    (
        each(processors.median - plain_processors.median),
        each(clock.median - plain_clock.median),
    )
}

#[expect(clippy::cast_precision_loss, reason = "a thousand")]
fn whole(runs: &[Spent], functions: usize) -> f64 {
    1000.0 * spent::seconds(runs).1.median / functions as f64
}
