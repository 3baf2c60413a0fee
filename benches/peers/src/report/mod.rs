//! What was measured, for people: Markdown and plots.

pub mod growth;
pub mod machine;
pub mod plot;
pub mod table;

use crate::{
    instructions::Counts,
    quartiles::Quartiles,
    row::{FLOOR, OURS, Work},
    threads::Scaling,
};

/// What was measured of one row.
#[derive(Debug)]
pub struct Figures {
    pub work: &'static Work,
    pub who: &'static str,
    pub time: Quartiles,
    pub allocations: f64,
    /// Not counted where callgrind is not.
    pub counts: Option<Counts>,
    /// Only of some, and only where there are two threads.
    pub scaling: Option<Scaling>,
}

impl Figures {
    /// Nanoseconds more than the bare call. Less than nothing where a call is rejected: then no body runs.
    #[must_use]
    pub fn above(&self, bare: &Figures) -> f64 {
        self.time.median - bare.time.median
    }

    fn is_of_a_peer(&self) -> bool {
        ![OURS, FLOOR].contains(&self.who)
    }

    #[must_use]
    pub fn instructions_above(&self, bare: &Figures) -> Option<f64> {
        let (own, bare) = self.counts.zip(bare.counts)?;
        Some((own.instructions - bare.instructions).max(0.0))
    }
}

/// What is less than this, in nanoseconds, cannot be told from nothing, and nothing is a share of it.
const SMALLEST: f64 = 0.5;

/// All that was measured of one piece of work.
pub struct Section<'f> {
    pub work: &'static Work,
    pub bare: &'f Figures,
    pub ours: &'f Figures,
    /// The least that can be done, where somebody has tried.
    pub floor: Option<&'f Figures>,
    /// From the fastest on.
    pub peers: Vec<&'f Figures>,
}

impl Section<'_> {
    /// What a row takes above the bare call, over what a peer does.
    #[must_use]
    pub fn share(&self, row: &Figures, peer: &Figures) -> Option<f64> {
        let of = peer.above(self.bare);
        (of > SMALLEST).then(|| row.above(self.bare) / of)
    }

    /// The peer that our target is a share of.
    #[must_use]
    pub fn aim(&self) -> &Figures {
        let named = self.work.target.and_then(|target| target.of);
        let named = self.peers.iter().find(|peer| Some(peer.who) == named);
        named.unwrap_or(&self.peers[0])
    }
}

/// The figures by work, in the order in which they come.
///
/// # Panics
///
/// A piece of work has a bare row, one of ours, and a peer.
#[must_use]
pub fn sections(figures: &[Figures]) -> Vec<Section<'_>> {
    let of = |work: &'static Work| {
        figures
            .iter()
            .filter(move |row| std::ptr::eq(row.work, work))
    };
    let mut sections: Vec<Section<'_>> = Vec::new();
    for row in figures {
        let Some(bare) = row.work.bare else { continue };
        if sections
            .last()
            .is_some_and(|last| std::ptr::eq(last.work, row.work))
        {
            continue;
        }
        let mut peers: Vec<_> = of(row.work).filter(|row| row.is_of_a_peer()).collect();
        peers.sort_by(|one, other| one.time.median.total_cmp(&other.time.median));
        sections.push(Section {
            work: row.work,
            bare: of(bare).next().expect("every bare call is measured"),
            ours: of(row.work)
                .find(|row| row.who == OURS)
                .expect("we do all that is measured"),
            floor: of(row.work).find(|row| row.who == FLOOR),
            peers,
        });
    }
    sections
}
