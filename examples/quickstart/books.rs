//! The books of the story: how each call ended, which facts held, and the closing table.

use std::{fmt::Debug, process::ExitCode, time::Duration};

use resilient_runtime::Rejected;

use crate::client::{Answer, PriceError};

/// How a call ended, for the caller.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Ending {
    Live,
    Fallback,
    TimedOut,
    CircuitOpen,
    BulkheadFull,
    NoSuchProduct,
    NoPriceKnown,
    Failed,
}

impl From<&Answer> for Ending {
    fn from(answer: &Answer) -> Self {
        match answer {
            Ok(quote) if quote.live => Self::Live,
            Ok(_) => Self::Fallback,
            Err(PriceError::NoSuchProduct) => Self::NoSuchProduct,
            Err(PriceError::NoPriceKnown) => Self::NoPriceKnown,
            Err(PriceError::Rejected(Rejected::TimedOut { .. })) => Self::TimedOut,
            Err(PriceError::Rejected(Rejected::CircuitOpen { .. })) => Self::CircuitOpen,
            Err(PriceError::Rejected(Rejected::BulkheadFull { .. })) => Self::BulkheadFull,
            Err(_) => Self::Failed,
        }
    }
}

/// A chapter's row of the closing table.
struct Chapter {
    title: &'static str,
    endings: Vec<Ending>,
    requests: usize,
}

#[derive(Default)]
pub(crate) struct Books {
    chapters: Vec<Chapter>,
    facts: usize,
    untrue: Vec<String>,
}

impl Books {
    /// Opens a chapter, and says its number.
    pub(crate) fn open(&mut self, title: &'static str) -> usize {
        self.chapters.push(Chapter {
            title,
            endings: Vec::new(),
            requests: 0,
        });
        self.chapters.len()
    }

    fn chapter(&mut self) -> &mut Chapter {
        self.chapters.last_mut().expect("a chapter is open")
    }

    /// How many calls this chapter has made.
    pub(crate) fn calls(&mut self) -> usize {
        self.chapter().endings.len()
    }

    pub(crate) fn ended(&mut self, ending: Ending) {
        self.chapter().endings.push(ending);
    }

    /// Ends the calls of this chapter, which were so many requests to the server.
    pub(crate) fn requests(&mut self, requests: usize) -> usize {
        println!();
        self.chapter().requests = requests;
        requests
    }

    /// Checks a claim. One that does not hold shows what was found instead, and fails the story.
    pub(crate) fn fact<T: Copy + PartialEq + Debug>(&mut self, claim: &str, found: T, expected: T) {
        self.facts += 1;
        if found == expected {
            println!("  ✓ {claim}");
        } else {
            println!("  ✗ {claim}: NO, {found:?}");
            let title = self.chapter().title;
            let untrue = format!("{title}: {claim}: expected {expected:?}, found {found:?}");
            self.untrue.push(untrue);
        }
    }

    /// The closing table, and whether the story came out.
    pub(crate) fn close(&self, took: Duration) -> ExitCode {
        let columns = ["calls", "requests", "live", "fallback", "error"];
        row("", columns.map(String::from));
        for chapter in &self.chapters {
            let calls = chapter.endings.len();
            let count = |sought| chapter.endings.iter().filter(|e| **e == sought).count();
            let (live, fallback) = (count(Ending::Live), count(Ending::Fallback));
            let errors = calls - live - fallback;
            let numbers = [calls, chapter.requests, live, fallback, errors];
            row(chapter.title, numbers.map(|number| number.to_string()));
        }
        if self.untrue.is_empty() {
            let seconds = took.as_secs_f64();
            println!("\nAll {} facts held, in {seconds:.1} seconds.", self.facts);
            return ExitCode::SUCCESS;
        }
        let (untrue, all) = (self.untrue.len(), self.facts);
        eprintln!("\nThe story did not come out: {untrue} of {all} facts did not hold.");
        for fact in &self.untrue {
            eprintln!("  {fact}");
        }
        ExitCode::FAILURE
    }
}

fn row(title: &str, cells: [String; 5]) {
    let cells = cells.map(|cell| format!("{cell:>10}")).concat();
    println!("{title:26}{cells}");
}
