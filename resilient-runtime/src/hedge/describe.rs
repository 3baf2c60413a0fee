//! A hedge as its attribute would say it.

use std::fmt;

use super::{After, Hedge};
use crate::attribute::{Attribute, Beside, Budget};

impl Hedge {
    pub(crate) fn describe(&self, beside: Beside, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let settings = self.settings();
        let mut it = Attribute::new(f, "hedge").off(self.settings.is_off());
        it = match &settings.after {
            After::Fixed(after) => it.duration("after", *after),
            After::Measured(percentile) => it
                .text("after", &format!("p{}", percentile.percent()))
                .duration("initial", percentile.initial()),
            After::AtRunTime => it.key("after", ".."),
        };
        it = if settings.max_at_run_time {
            it.key("max", "..")
        } else {
            it.key("max", settings.max)
        };
        let own = self.shared.map(|budget| Budget::Named(budget.name()));
        let budget = beside.budget.or(own);
        Beside { budget, ..beside }.say(it, None).finish()
    }
}
