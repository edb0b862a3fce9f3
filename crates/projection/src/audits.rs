//! What a paper audit found.

use tallylog_event::{Basis, EntryIndex, PaperReading, PrecinctId, Text};

use crate::desks::{Announced, Drawn, Signed};
use crate::state::sheet;
use crate::{Difference, State, Version, differences};

/// What a paper audit found on one precinct of its sample.
#[derive(Clone, Debug)]
pub struct PaperFinding {
    /// The precinct.
    pub precinct: PrecinctId,
    /// What its paper says, by the latest reading; absent while nobody has read it.
    pub reading: Option<Signed<PaperReading>>,
    /// The record when the sample's checkpoint was signed, with what differs: the log first, then the paper.
    pub sampled: Option<(EntryIndex, Vec<Difference>)>,
    /// The record now, with what still differs.
    pub record: Option<(EntryIndex, Vec<Difference>)>,
}

/// A sample that was announced and given up. Whoever reads a verdict is told: dice may have been rolled for it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AbandonedSample {
    /// The entry that announced it.
    pub announcement: EntryIndex,
    /// The entry by which the second person gave it up.
    pub abandoned: EntryIndex,
    /// Who gave it up, and why: the first of the two, then the second.
    pub by: Vec<(Text, Text)>,
}

impl PaperFinding {
    /// Whether the paper was read, and there was a record of the same figures when the sample was drawn.
    #[must_use]
    pub fn agrees(&self) -> bool {
        let same = |(_, differing): &(EntryIndex, Vec<Difference>)| differing.is_empty();
        self.reading.is_some() && self.sampled.as_ref().is_some_and(same)
    }
}

impl State {
    /// What a paper audit found, in the order of the draw; `None` where the entry is no sample.
    ///
    /// The audit speaks of what stood in the log when its checkpoint was signed: what was corrected since is shown beside
    /// it, and hides nothing.
    #[must_use]
    pub fn paper_findings(&self, sample: EntryIndex) -> Option<Vec<PaperFinding>> {
        let drawn = self.desks().paper.sample(sample)?;
        if drawn.sample.what.size > self.size() {
            return None;
        }
        let precincts = drawn.sample.what.precincts.iter();
        Some(precincts.map(|id| self.paper_finding(drawn, *id)).collect())
    }

    /// Every sample that was announced and given up, in the order of the log.
    #[must_use]
    pub fn abandoned_samples(&self) -> Vec<AbandonedSample> {
        let announced = self.desks().paper.announcements().iter();
        announced
            .filter_map(|announced| self.abandoned_sample(announced))
            .collect()
    }

    fn abandoned_sample(&self, announced: &Announced) -> Option<AbandonedSample> {
        let abandoned = announced.abandoned()?;
        let (second, others) = announced.given_up.split_last()?;
        let first = others.iter().find(|first| Some(first.entry) == second.what.seconds)?;
        let said = [first, second].map(|one| (self.author(one.author).person.clone(), one.what.reason.clone()));
        Some(AbandonedSample {
            announcement: announced.announcement.entry,
            abandoned,
            by: said.to_vec(),
        })
    }

    fn paper_finding(&self, drawn: &Drawn, precinct: PrecinctId) -> PaperFinding {
        let reading = drawn.reading(precinct);
        let compared = |version: &Version| {
            let differing = reading.map_or_else(Vec::new, |reading| {
                differences(sheet(&version.filing()), &reading.what.sheet)
            });
            (version.entry, differing)
        };
        PaperFinding {
            precinct,
            sampled: self
                .history(precinct)
                .and_then(|history| history.record_at(drawn.sample.what.size))
                .map(compared),
            record: self.counted(precinct, Basis::Recorded).map(compared),
            reading: reading.cloned(),
        }
    }
}
