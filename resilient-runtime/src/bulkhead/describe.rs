//! A bulkhead as its attribute would declare it.

use std::fmt;

use super::Bulkhead;
use crate::attribute::Attribute;

impl Bulkhead {
    pub(crate) fn describe(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut it = Attribute::new(f, "bulkhead");
        if !self.private {
            it = it.text("name", self.name());
        }
        // What nothing declares has no limit.
        if self.first_limit() < u32::MAX {
            it = it.key("max_concurrent", self.first_limit());
        }
        if let Some(max_wait) = self.max_wait {
            it = it.duration("max_wait", max_wait);
        }
        if self.max_queue < usize::MAX {
            it = it.key("max_queue", self.max_queue);
        }
        it.flag("shadow", self.shadow).finish()
    }
}
