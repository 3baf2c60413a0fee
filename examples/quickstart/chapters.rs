//! The chapters, one a policy and one for all: each makes calls, and checks what came of them.

use resilient_runtime::{CircuitBreaker, CircuitState, registry};

use crate::{
    books::Ending::{
        self, BulkheadFull, CircuitOpen, Failed, Fallback, Live, NoPriceKnown, NoSuchProduct,
        TimedOut,
    },
    client::{PRICING, PricingClient},
    server::Server,
    story::Story,
};

pub(crate) async fn retry(story: &mut Story, server: &Server, client: &PricingClient) {
    story.chapter(
        "retry",
        "Repeats a call that failed in a way that may pass. What may pass is the error's own \
         business: `PriceError` implements `Classify`.",
    );
    Story::quote_attributes("retried");

    let flaky = client.retried("flaky", "apple");
    let flaky = story.call("it fails twice, and recovers", flaky).await;
    let busy = client.retried("busy", "apple");
    let busy = story.call("it is busy, and asks for a second", busy).await;
    let unicorn = client.retried("prices", "unicorn");
    let unicorn = story.call("it has no unicorns", unicorn).await;

    let books = &mut story.books;
    let requests = books.requests(server.requests());
    books.fact("what failed twice was answered", flaky, Live);
    books.fact("what was busy was answered", busy, Live);
    books.fact("a 404 is an answer, too", unicorn, NoSuchProduct);
    books.fact("3 + 2 + 1 requests reached the service", requests, 6);
}

pub(crate) async fn timeout(story: &mut Story, server: &Server, client: &PricingClient) {
    story.chapter(
        "timeout",
        "Drops a call that takes too long, wherever it stands. Above a retry it limits the whole \
         call with all its waits, beneath it each attempt.",
    );
    Story::quote_attributes("in_time");
    let hang = client.in_time("hang", "apple");
    let hang = story.call("it never answers", hang).await;
    let crawl = client.in_time("crawl", "apple");
    let crawl = story.call("it answers, one digit a second", crawl).await;
    let hang_ups = story.meanwhile(server.hang_ups(2)).await;
    let requests = server.requests();

    Story::quote_attributes("in_time_each");
    let retried = client.in_time_each("hang", "apple");
    let retried = story.call("it never answers", retried).await;
    let attempts = server.requests();
    story.meanwhile(server.hang_ups(attempts)).await;

    let books = &mut story.books;
    books.requests(requests + attempts);
    books.fact("who never answers is not waited for", hang, TimedOut);
    books.fact("nor who is too slow", crawl, TimedOut);
    books.fact("both were one request", requests, 2);
    books.fact("which the service saw hang up", hang_ups, 2);
    books.fact("the last call timed out as well", retried, TimedOut);
    let several = attempts.clamp(2, 5);
    books.fact("tried again, but not five times", attempts, several);
}

pub(crate) async fn circuit_breaker(story: &mut Story, server: &Server, client: &PricingClient) {
    story.chapter(
        "circuit_breaker",
        "Stops asking a service that is down, and finds out when it is back. Meanwhile callers \
         are told at once, and the service is left alone.",
    );
    Story::quote_attributes("guarded");
    let breaker = registry::circuit_breaker("stock").expect("an attribute names it");

    server.outage(true);
    story.remark("the service goes down");
    let mut outage = Vec::new();
    for _ in 0..6 {
        outage.push(story.call("an apple?", client.guarded("apple")).await);
    }
    let opened = breaker.state();

    wait_for_a_probe(story, breaker).await;
    let probe = story.call("an apple?", client.guarded("apple")).await;
    let opened_again = breaker.state();

    server.outage(false);
    story.remark("the service is back");
    wait_for_a_probe(story, breaker).await;
    let mut recovery = Vec::new();
    for _ in 0..3 {
        recovery.push(story.call("an apple?", client.guarded("apple")).await);
    }
    let closed = breaker.state();

    let books = &mut story.books;
    let requests = books.requests(server.requests());
    books.fact("three calls failed", count(&outage, Failed), 3);
    books.fact("which opened the breaker", opened, CircuitState::Open);
    books.fact("three were told at once", count(&outage, CircuitOpen), 3);
    books.fact("the first probe failed", probe, Failed);
    books.fact("and opened it again", opened_again, CircuitState::Open);
    books.fact("the next two succeeded", count(&recovery, Live), 3);
    books.fact("and closed it", closed, CircuitState::Closed);
    books.fact("3 + 1 + 3 requests reached the service", requests, 7);
}

pub(crate) async fn bulkhead(story: &mut Story, server: &Server, client: &PricingClient) {
    story.chapter(
        "bulkhead",
        "Bounds how many calls run at once, and how many wait, so that one slow service cannot \
         take everything that the caller has.",
    );
    Story::quote_attributes("ten_at_once");

    let crowd = (0..50).map(|_| client.ten_at_once("apple"));
    let crowd = story.crowd(crowd).await;

    let books = &mut story.books;
    let requests = books.requests(server.requests());
    books.fact("10 ran at once, 15 after them", count(&crowd, Live), 25);
    books.fact("25 were told at once", count(&crowd, BulkheadFull), 25);
    books.fact("10 + 15 requests reached the service", requests, 25);
    books.fact("never more than 10 at once", server.peak().max(10), 10);
}

pub(crate) async fn fallback(story: &mut Story, server: &Server, client: &PricingClient) {
    story.chapter(
        "fallback",
        "Answers in the place of an error: here with the last price known, and only when the \
         service is at fault.",
    );
    Story::quote_attributes("backed_up");

    let pear = story.call("a pear?", client.backed_up("pear")).await;
    let unicorn = story.call("a unicorn?", client.backed_up("unicorn")).await;
    server.outage(true);
    story.remark("the service goes down");
    let again = story.call("a pear?", client.backed_up("pear")).await;
    let plum = story.call("a plum?", client.backed_up("plum")).await;
    server.outage(false);
    story.remark("the service is back");

    let books = &mut story.books;
    let requests = books.requests(server.requests());
    books.fact("the first answer was live", pear, Live);
    books.fact("a 404 stays a 404", unicorn, NoSuchProduct);
    books.fact("in the outage, memory answered", again, Fallback);
    books.fact("a fallback may fail itself", plum, NoPriceKnown);
    books.fact("4 requests reached the service", requests, 4);
}

pub(crate) async fn stack(story: &mut Story, server: &Server, client: &PricingClient) {
    story.chapter(
        "all of them",
        "Read it from the top, which is the outermost: a fallback for a call of two seconds, of \
         four attempts, each of which asks the breaker and the bulkhead and has half a second.",
    );
    Story::quote_attributes("quote");

    let first = story.call("an apple?", client.quote("apple")).await;

    server.outage(true);
    story.remark("the service goes down");
    let mut outage = Vec::new();
    for _ in 0..5 {
        outage.push(story.call("an apple?", client.quote("apple")).await);
    }
    let opened = PRICING.state();

    server.outage(false);
    story.remark("the service is back");
    wait_for_a_probe(story, &PRICING).await;
    let mut recovery = Vec::new();
    for _ in 0..3 {
        recovery.push(story.call("an apple?", client.quote("apple")).await);
    }
    let closed = PRICING.state();

    let crowd = (0..50).map(|_| client.quote("apple"));
    let crowd = story.crowd(crowd).await;
    let still_closed = PRICING.state();

    let books = &mut story.books;
    let requests = books.requests(server.requests());
    books.fact("all was well at first", first, Live);
    books.fact(
        "5 failed attempts opened the breaker",
        opened,
        CircuitState::Open,
    );
    books.fact(
        "in the outage, memory answered",
        count(&outage, Fallback),
        5,
    );
    books.fact("then answers were live again", count(&recovery, Live), 3);
    books.fact("and the breaker closed", closed, CircuitState::Closed);
    books.fact("of the 50, 20 were live", count(&crowd, Live), 20);
    books.fact("and 30 from memory", count(&crowd, Fallback), 30);
    books.fact(
        "which is no failure to the breaker",
        still_closed,
        CircuitState::Closed,
    );
    books.fact("1 + 5 + 3 + 20 requests reached the service", requests, 29);
}

/// Lets a breaker's break go by, as long as the breaker itself says that it is.
async fn wait_for_a_probe(story: &mut Story, breaker: &CircuitBreaker) {
    let left = breaker.snapshot().retry_after.unwrap_or_default();
    story.wait(left).await;
}

fn count(endings: &[Ending], sought: Ending) -> usize {
    endings.iter().filter(|ending| **ending == sought).count()
}
