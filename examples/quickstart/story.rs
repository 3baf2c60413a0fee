//! The narrator: makes the calls, and prints what the server and the policies say meanwhile.

use std::{pin::pin, process::ExitCode, time::Duration};

use futures::future::join_all;
use resilient_runtime::event::{self, Subscription};
use tokio::{
    select,
    sync::mpsc::UnboundedReceiver,
    time::{Instant, sleep},
};

use crate::{
    books::{Books, Ending},
    client::{self, Answer},
    line::{Line, wrapped},
};

/// A plain terminal's.
const WIDTH: usize = 80;

pub(crate) struct Story {
    events: Subscription,
    requests: UnboundedReceiver<String>,
    began: Instant,
    chapter_began: Instant,
    pub(crate) books: Books,
}

impl Story {
    /// A story about a server that says each request to `requests`.
    pub(crate) fn new(requests: UnboundedReceiver<String>) -> Self {
        Self {
            events: event::subscribe(),
            requests,
            began: Instant::now(),
            chapter_began: Instant::now(),
            books: Books::default(),
        }
    }

    pub(crate) fn chapter(&mut self, title: &'static str, about: &str) {
        let number = self.books.open(title);
        println!("\n\n{number}  {title}\n{}", "-".repeat(WIDTH));
        for line in wrapped(about, WIDTH) {
            println!("{line}");
        }
        self.chapter_began = Instant::now();
    }

    /// Quotes the attributes of one of the client's methods, as they stand in its source.
    pub(crate) fn quote_attributes(method: &str) {
        let (above, _) = client::SOURCE
            .split_once(&format!("pub(crate) async fn {method}("))
            .expect("the client has this method");
        let attributes = above.rsplit("\n\n").next().unwrap_or(above);
        println!();
        for line in attributes.trim_end().lines() {
            println!("{}", line.strip_prefix("    ").unwrap_or(line));
        }
        println!("async fn {method}(..) -> Result<Quote, PriceError>\n");
    }

    /// A remark on what happens outside of the calls.
    pub(crate) fn remark(&self, remark: &str) {
        self.print("", &format!("({remark})"));
    }

    /// Makes one call, tells what happens in it while it happens, and how it ended.
    pub(crate) async fn call(&mut self, about: &str, call: impl Future<Output = Answer>) -> Ending {
        let number = self.books.calls() + 1;
        self.print("", &format!("call {number}: {about}"));
        let answer = self.listen(call, Self::say).await;
        self.say(&Line::from(&answer));
        let ending = Ending::from(&answer);
        self.books.ended(ending);
        ending
    }

    /// Makes many calls at once, and tells everything that was said once, with how often it was.
    pub(crate) async fn crowd(
        &mut self,
        calls: impl ExactSizeIterator<Item = impl Future<Output = Answer>>,
    ) -> Vec<Ending> {
        self.print("", &format!("{} calls at once", calls.len()));
        let mut said: Vec<(&str, String, usize)> = Vec::new();
        let mut note = |line: &Line| {
            let (speaker, text) = (line.speaker(), line.in_brief());
            let mut lines = said.iter_mut();
            match lines.find(|(by, what, _)| *by == speaker && *what == text) {
                Some((.., times)) => *times += 1,
                None => said.push((speaker, text, 1)),
            }
        };
        let answers = self.listen(join_all(calls), |_, line| note(line)).await;
        for answer in &answers {
            note(&Line::from(answer));
            self.books.ended(Ending::from(answer));
        }
        for (speaker, text, times) in said {
            self.print(&format!("  {speaker}  {times:2} x "), &text);
        }
        answers.iter().map(Ending::from).collect()
    }

    /// Lets time pass, for a breaker's break to end.
    pub(crate) async fn wait(&mut self, wait: Duration) {
        self.remark(&format!("{wait:.0?} pass"));
        self.listen(sleep(wait), Self::say).await;
    }

    /// Tells what is said while the server is about to notice something.
    pub(crate) async fn meanwhile<T>(&mut self, notice: impl Future<Output = T>) -> T {
        self.listen(notice, Self::say).await
    }

    /// Runs a future, and passes on what is said meanwhile.
    async fn listen<T>(
        &mut self,
        future: impl Future<Output = T>,
        mut tell: impl FnMut(&Self, &Line),
    ) -> T {
        let mut future = pin!(future);
        loop {
            // The server speaks before it answers, and the policies once they have its answer.
            let output = select! {
                biased;
                Some(request) = self.requests.recv() => {
                    tell(self, &Line::Server(request));
                    None
                }
                output = &mut future => Some(output),
                event = self.events.recv() => {
                    tell(self, &Line::Policy(event));
                    None
                }
            };
            while let Some(event) = self.events.try_recv() {
                tell(self, &Line::Policy(event));
            }
            if let Some(output) = output {
                while let Ok(request) = self.requests.try_recv() {
                    tell(self, &Line::Server(request));
                }
                return output;
            }
        }
    }

    fn say(&self, line: &Line) {
        self.print(&format!("  {}  ", line.speaker()), &line.to_string());
    }

    fn print(&self, who: &str, text: &str) {
        let at = self.chapter_began.elapsed().as_secs_f64();
        let mut margin = format!("{at:6.3}s  {who}");
        let width = margin.len();
        for line in wrapped(text, WIDTH - width) {
            println!("{margin:width$}{line}");
            margin.clear();
        }
    }

    /// The closing table, and whether the story came out.
    pub(crate) fn end(&self) -> ExitCode {
        println!("\n\nWhat came of it\n{}", "-".repeat(WIDTH));
        self.books.close(self.began.elapsed())
    }
}
