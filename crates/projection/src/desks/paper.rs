//! Paper audits: samples drawn by dice, and what the paper of their precincts says.

use sha2::{Digest, Sha256};
use tallylog_event::{EntryIndex, PaperEvent, PaperReading, PrecinctId, Sample, TreeRoot};

use super::signed::{Signed, before};
use crate::accepted::Accepted;
use crate::hash::Form;
use crate::{AuthorId, Roster};

/// What makes a ticket of a sample nothing else.
const TICKET: &[u8] = b"tallylog/sample/v1\0";

/// Paper audits.
#[derive(Clone, Debug, Default)]
pub struct PaperAudit {
    drawn: Vec<Drawn>,
}

/// A sample with what was read of its papers.
#[derive(Clone, Debug)]
pub struct Drawn {
    /// The sample.
    pub sample: Signed<Sample>,
    /// What was read, in the order of the log: a paper that was read again stands here twice.
    pub readings: Vec<Signed<PaperReading>>,
}

/// The precincts that dice and a checkpoint draw out of a roster, in the order of the draw: a sample of k are the first k.
///
/// Each precinct's ticket is SHA-256 over `tallylog/sample/v1` and a zero byte, the dice as they fell, the checkpoint's
/// root, and the numbers of county and precinct, big-endian in two bytes each. The smallest ticket comes first.
///
/// The dice are rolled in public once the checkpoint is out. So nobody who writes the log knows the tickets while it can
/// still be written, and nobody who rolls the dice can choose them.
#[must_use]
pub fn draw(roster: &Roster, dice: &str, root: &TreeRoot) -> Vec<PrecinctId> {
    let mut tickets: Vec<_> = roster.ids().map(|id| (ticket(id, dice, root), id)).collect();
    tickets.sort_unstable();
    tickets.into_iter().map(|(_, id)| id).collect()
}

fn ticket(id: PrecinctId, dice: &str, root: &TreeRoot) -> [u8; 32] {
    let mut hasher = Sha256::new();
    hasher.update(TICKET);
    hasher.update(dice.as_bytes());
    hasher.update(root.0);
    hasher.update(id.county.0.to_be_bytes());
    hasher.update(id.number.to_be_bytes());
    hasher.finalize().into()
}

impl PaperAudit {
    /// Every sample, in the order of the log.
    #[must_use]
    pub fn samples(&self) -> &[Drawn] {
        &self.drawn
    }

    /// The sample that an entry drew.
    #[must_use]
    pub fn sample(&self, entry: EntryIndex) -> Option<&Drawn> {
        self.drawn.get(self.place(entry)?)
    }

    fn place(&self, entry: EntryIndex) -> Option<usize> {
        self.drawn.binary_search_by_key(&entry, |drawn| drawn.sample.entry).ok()
    }

    pub(crate) fn apply(&mut self, accepted: &Accepted<'_>, author: AuthorId, event: &PaperEvent) {
        match event {
            PaperEvent::Drawn(sample) => self.drawn.push(Drawn {
                sample: Signed::new(accepted, author, sample.as_ref()),
                readings: Vec::new(),
            }),
            PaperEvent::Read(reading) => {
                let place = self.place(reading.sample);
                if let Some(drawn) = place.and_then(|place| self.drawn.get_mut(place)) {
                    let signed = Signed::new(accepted, author, reading.as_ref());
                    drawn.readings.push(signed);
                }
            }
        }
    }

    /// As they stood when the log had `size` entries.
    pub(crate) fn at(&self, size: u64) -> Self {
        let drawn = self.drawn.iter().filter(|drawn| drawn.sample.stood_at(size));
        let drawn = drawn.map(|drawn| Drawn {
            sample: drawn.sample.clone(),
            readings: before(&drawn.readings, size),
        });
        Self { drawn: drawn.collect() }
    }

    pub(crate) fn form(&self, form: &mut Form) {
        form.length(self.drawn.len());
        for drawn in &self.drawn {
            drawn.sample.form(form);
            form.length(drawn.readings.len());
            for reading in &drawn.readings {
                reading.form(form);
            }
        }
    }
}

impl Drawn {
    /// The latest reading of a precinct's paper.
    #[must_use]
    pub fn reading(&self, precinct: PrecinctId) -> Option<&Signed<PaperReading>> {
        self.readings.iter().rfind(|reading| reading.what.precinct == precinct)
    }
}
