//! A bulkhead as its attribute would declare it.

use std::fmt;

use super::Bulkhead;
use crate::attribute::{Attribute, Beside};

impl Bulkhead {
    pub(crate) fn describe(&self, beside: Beside, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let settings = self.settings();
        let mut it = Attribute::new(f, "bulkhead");
        if !self.private {
            it = it.text("name", self.name());
        }
        it = it.off(self.settings.is_off());
        match &settings.adaptive {
            Some(bounds) => {
                let (min, max, initial) = bounds.in_force();
                it = it
                    .say("adaptive")
                    .key("min", min)
                    .key("max", max)
                    .key("initial", initial);
            }
            // What nothing declares has no limit.
            None if settings.max_concurrent == u32::MAX => {}
            None => it = it.key("max_concurrent", settings.max_concurrent),
        }
        if let Some(max_wait) = settings.max_wait {
            it = it.duration("max_wait", max_wait);
        }
        if settings.max_queue < usize::MAX {
            it = it.key("max_queue", settings.max_queue);
        }
        let it = it.flag("shadow", settings.shadow);
        beside.say(it, Some(settings.max_keys)).finish()
    }
}
