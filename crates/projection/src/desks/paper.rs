//! Paper audits: samples that are announced, drawn by dice or given up, and what the paper of their precincts says.

use std::sync::Arc;

use sha2::{Digest, Sha256};
use tallylog_event::{
    Abandonment, AnnouncedSample, Announcement, EntryIndex, PaperEvent, PaperReading, PrecinctId, Sample, TreeRoot,
};
use tallylog_tlog::Hash;

use super::signed::{Signed, before, form_of, form_of_all};
use crate::accepted::Accepted;
use crate::hash::Form;
use crate::{AuthorId, Roster};

/// What makes a ticket of a sample nothing else.
const TICKET: &[u8] = b"tallylog/sample/v1\0";

/// The same for samples that were announced: their tickets are made of lines of text, for anybody with `sha256sum`.
const ANNOUNCED_TICKET: &str = "tallylog/sample/v2";

/// Paper audits.
#[derive(Clone, Debug, Default)]
pub struct PaperAudit {
    announced: Vec<Announced>,
    drawn: Vec<Drawn>,
}

/// An announcement, and what came of it.
#[derive(Clone, Debug)]
pub struct Announced {
    /// The announcement.
    pub announcement: Signed<Announcement>,
    /// Whoever gave it up, in the order of the log. It takes two, of whom the second names the first.
    pub given_up: Vec<Signed<Abandonment>>,
    /// How it ended; absent while it is open.
    pub ended: Option<AnnouncementEnd>,
}

/// How an announcement ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AnnouncementEnd {
    /// This entry drew its sample.
    Drawn(EntryIndex),
    /// By this entry the second of two persons gave it up.
    Abandoned(EntryIndex),
}

/// A sample with what was read of its papers.
#[derive(Clone, Debug)]
pub struct Drawn {
    /// The sample, with the checkpoint that it was drawn from.
    pub sample: Signed<Sample>,
    /// The entry that announced it; absent in logs whose samples were not announced.
    pub announcement: Option<EntryIndex>,
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
    let tickets = roster.ids().map(|id| (ticket(id, dice, root), id));
    in_order(tickets.collect())
}

/// The precincts that dice and the checkpoint of an announcement draw out of a roster, in the order of the draw.
///
/// Each precinct's ticket is SHA-256 over five lines of text, each with a newline behind it: `tallylog/sample/v2`, the
/// checkpoint's root in base64 as the checkpoint has it, the dice as they fell, and the names of county and precinct. The
/// smallest ticket comes first.
#[must_use]
pub fn draw_announced(roster: &Roster, dice: &str, root: &TreeRoot) -> Vec<PrecinctId> {
    let root = Hash(root.0).to_string();
    let tickets = roster.ids().filter_map(|id| {
        let (county, precinct) = roster.precinct(id)?;
        let lines = format!(
            "{ANNOUNCED_TICKET}\n{root}\n{dice}\n{}\n{}\n",
            county.name, precinct.name
        );
        Some((Sha256::digest(lines).into(), id))
    });
    in_order(tickets.collect())
}

fn in_order(mut tickets: Vec<([u8; 32], PrecinctId)>) -> Vec<PrecinctId> {
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
    /// Every announcement, in the order of the log.
    #[must_use]
    pub fn announcements(&self) -> &[Announced] {
        &self.announced
    }

    /// The announcement that was neither drawn nor given up. There is never more than one.
    #[must_use]
    pub fn open(&self) -> Option<&Announced> {
        self.announced.last().filter(|announced| announced.ended.is_none())
    }

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

    fn open_mut(&mut self) -> Option<&mut Announced> {
        self.announced.last_mut().filter(|announced| announced.ended.is_none())
    }

    pub(crate) fn apply(&mut self, accepted: &Accepted<'_>, author: AuthorId, event: &PaperEvent) {
        match event {
            PaperEvent::Drawn(sample) => self.drawn.push(Drawn {
                sample: Signed::new(accepted, author, sample.as_ref()),
                announcement: None,
                readings: Vec::new(),
            }),
            PaperEvent::Read(reading) => {
                let place = self.place(reading.sample);
                if let Some(drawn) = place.and_then(|place| self.drawn.get_mut(place)) {
                    let signed = Signed::new(accepted, author, reading.as_ref());
                    drawn.readings.push(signed);
                }
            }
            PaperEvent::Announced(announcement) => self.announced.push(Announced {
                announcement: Signed::new(accepted, author, announcement.as_ref()),
                given_up: Vec::new(),
                ended: None,
            }),
            PaperEvent::DrawnFrom(sample) => self.draw(accepted, author, sample),
            PaperEvent::Abandoned(abandonment) => {
                if let Some(open) = self.open_mut() {
                    open.given_up.push(Signed::new(accepted, author, abandonment.as_ref()));
                    let by_two = abandonment.seconds.is_some();
                    open.ended = by_two.then_some(AnnouncementEnd::Abandoned(accepted.entry));
                }
            }
        }
    }

    fn draw(&mut self, accepted: &Accepted<'_>, author: AuthorId, sample: &AnnouncedSample) {
        let Some(open) = self.open_mut() else {
            return;
        };
        open.ended = Some(AnnouncementEnd::Drawn(accepted.entry));
        let what = Sample {
            dice: sample.dice.clone(),
            size: open.announcement.what.size,
            root: open.announcement.what.root,
            precincts: sample.precincts.clone(),
        };
        self.drawn.push(Drawn {
            sample: Signed::new(accepted, author, &what),
            announcement: Some(sample.announcement),
            readings: Vec::new(),
        });
    }

    /// As they stood when the log had `size` entries.
    pub(crate) fn at(&self, size: u64) -> Self {
        let announced = self.announced.iter().filter(|one| one.announcement.stood_at(size));
        let announced = announced.map(|one| Announced {
            announcement: one.announcement.clone(),
            given_up: before(&one.given_up, size),
            ended: one.ended.filter(|end| end.entry().0 < size),
        });
        let drawn = self.drawn.iter().filter(|drawn| drawn.sample.stood_at(size));
        let drawn = drawn.map(|drawn| Drawn {
            sample: drawn.sample.clone(),
            announcement: drawn.announcement,
            readings: before(&drawn.readings, size),
        });
        Self {
            announced: announced.collect(),
            drawn: drawn.collect(),
        }
    }

    /// Samples that were not announced: version 3 has none of them.
    pub(crate) fn form(&self, form: &mut Form) {
        let drawn: Vec<_> = self.drawn.iter().filter(|drawn| drawn.announcement.is_none()).collect();
        form.length(drawn.len());
        for drawn in drawn {
            drawn.sample.form(form);
            form_of_all(&drawn.readings, form);
        }
    }

    /// Announcements with what came of them, since version 3.
    pub(crate) fn form_of_announced(&self, form: &mut Form) {
        form.length(self.announced.len());
        for announced in &self.announced {
            announced.announcement.form(form);
            form_of_all(&announced.given_up, form);
            let drawn = announced.drawn().and_then(|entry| self.sample(entry));
            let signed = drawn.and_then(Drawn::as_announced);
            form_of(signed.as_ref(), form);
            form_of_all(drawn.map_or(&[], |drawn| drawn.readings.as_slice()), form);
        }
    }
}

impl Announced {
    /// The entry of its sample.
    #[must_use]
    pub fn drawn(&self) -> Option<EntryIndex> {
        match self.ended? {
            AnnouncementEnd::Drawn(entry) => Some(entry),
            AnnouncementEnd::Abandoned(_) => None,
        }
    }

    /// The entry by which it was given up.
    #[must_use]
    pub fn abandoned(&self) -> Option<EntryIndex> {
        match self.ended? {
            AnnouncementEnd::Drawn(_) => None,
            AnnouncementEnd::Abandoned(entry) => Some(entry),
        }
    }
}

impl AnnouncementEnd {
    /// The entry that ended it.
    #[must_use]
    pub const fn entry(self) -> EntryIndex {
        match self {
            Self::Drawn(entry) | Self::Abandoned(entry) => entry,
        }
    }
}

impl Drawn {
    /// The latest reading of a precinct's paper.
    #[must_use]
    pub fn reading(&self, precinct: PrecinctId) -> Option<&Signed<PaperReading>> {
        self.readings.iter().rfind(|reading| reading.what.precinct == precinct)
    }

    /// What was signed, if it was announced.
    fn as_announced(&self) -> Option<Signed<AnnouncedSample>> {
        let Signed { entry, author, what } = &self.sample;
        let sample = AnnouncedSample {
            announcement: self.announcement?,
            dice: what.dice.clone(),
            precincts: what.precincts.clone(),
        };
        Some(Signed {
            entry: *entry,
            author: *author,
            what: Arc::new(sample),
        })
    }
}
