//! An order of use: slots in a list that is linked by their numbers. Pure; every step takes constant
//! time, and none allocates but the first push of a slot.

/// Which slots are in the list, the one that was used longest ago first.
#[derive(Debug)]
pub(super) struct Recent {
    links: Vec<Links>,
    first: Option<u32>,
    last: Option<u32>,
}

#[derive(Debug, Clone, Copy, Default)]
struct Links {
    before: Option<u32>,
    after: Option<u32>,
}

impl Recent {
    pub(super) const fn new() -> Self {
        Self {
            links: Vec::new(),
            first: None,
            last: None,
        }
    }

    pub(super) fn first(&self) -> Option<u32> {
        self.first
    }

    /// Puts a slot that is not in the list at its end.
    pub(super) fn push(&mut self, slot: u32) {
        let at = slot as usize;
        if at >= self.links.len() {
            self.links.resize(at + 1, Links::default());
        }
        self.links[at] = Links {
            before: self.last,
            after: None,
        };
        match self.last {
            Some(last) => self.links[last as usize].after = Some(slot),
            None => self.first = Some(slot),
        }
        self.last = Some(slot);
    }

    /// Takes a slot that is in the list out of it.
    pub(super) fn remove(&mut self, slot: u32) {
        let Links { before, after } = self.links[slot as usize];
        match before {
            Some(before) => self.links[before as usize].after = after,
            None => self.first = after,
        }
        match after {
            Some(after) => self.links[after as usize].before = before,
            None => self.last = before,
        }
    }

    /// Moves a slot that is in the list to its end.
    #[inline]
    pub(super) fn touch(&mut self, slot: u32) {
        if self.last != Some(slot) {
            self.remove(slot);
            self.push(slot);
        }
    }
}
