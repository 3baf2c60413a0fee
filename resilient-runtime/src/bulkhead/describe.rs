//! A bulkhead as its attribute would declare it.

use std::fmt;

use super::Bulkhead;
use crate::attribute::{Attribute, Beside};

impl Bulkhead {
    pub(crate) fn describe(&self, beside: Beside, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut it = Attribute::new(f, "bulkhead");
        if !self.private {
            it = it.text("name", self.name());
        }
        match &self.adaptive {
            Some(adaptive) => {
                let (min, max, initial) = adaptive.settings().in_force();
                it = it
                    .say("adaptive")
                    .key("min", min)
                    .key("max", max)
                    .key("initial", initial);
            }
            // What nothing declares has no limit.
            None if self.first_limit() == u32::MAX => {}
            None => it = it.key("max_concurrent", self.first_limit()),
        }
        if let Some(max_wait) = self.max_wait {
            it = it.duration("max_wait", max_wait);
        }
        if self.max_queue < usize::MAX {
            it = it.key("max_queue", self.max_queue);
        }
        let it = it.flag("shadow", self.shadow);
        beside.say(it, Some(self.max_keys)).finish()
    }
}
