//! Whose files fill the disk: what each person may keep there, and what is kept free for each precinct.
//!
//! A person's files are those that the person sent, whoever named them. Two keys of one name are one person.
//!
//! The room for files is what the disk has but for the log's reserve. Half of it, and no more than 8 MiB a precinct, is
//! divided among the precincts of the roster: only a precinct's own chairs draw on its share. Everybody, chairs beyond
//! their share included, draws on the rest. So nobody fills the disk for everybody: whatever others have sent, a chair
//! whose precinct has sent nothing still has room for her photo.

use std::collections::BTreeMap;

use tallylog_event::{PrecinctId, PublicKey, Role, Text};
use tallylog_projection::Author;
use tallylog_store::Room;

use super::FileProblem;
use crate::access::Known;
use crate::limits::{Limit, bytes, grouped};
use crate::problem::Problem;

/// How many bytes of files a chair may have on the server.
pub const CHAIR_FILES: u64 = 256 << 20;

/// How many bytes of files anybody else may have on the server.
pub const PERSON_FILES: u64 = 8 << 30;

/// How many files a chair, and anybody else, may have there: a disk runs out of names, too.
const MOST_OF_A_CHAIR: usize = 1_024;
const MOST_OF_A_PERSON: usize = 65_536;

/// How many files of a person may have come in part.
const MOST_IN_PART: usize = 64;

/// The most that is kept free for a precinct, in bytes.
const SHARE: u64 = 8 << 20;

/// The fewest further files that a disk must have names for; with two for each precinct where it is no precinct's share.
const FEWEST_NAMES: u64 = 16;

/// How many bytes of files people may have on the server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Quotas {
    /// A chair.
    pub chair: u64,
    /// Anybody else.
    pub person: u64,
}

impl Default for Quotas {
    fn default() -> Self {
        Self {
            chair: CHAIR_FILES,
            person: PERSON_FILES,
        }
    }
}

pub(super) fn limits() -> Vec<Limit> {
    let count = |number: usize| grouped(u64::try_from(number).unwrap_or(u64::MAX));
    vec![
        Limit::new("all files of a chair", bytes(CHAIR_FILES))
            .flag("--chair-files")
            .code("file-quota"),
        Limit::new("all files of anybody else", bytes(PERSON_FILES))
            .flag("--person-files")
            .code("file-quota"),
        Limit::new("how many files a chair may have", count(MOST_OF_A_CHAIR)).code("too-many-uploads"),
        Limit::new("how many files anybody else may have", count(MOST_OF_A_PERSON)).code("too-many-uploads"),
        Limit::new("how many files of a person may have come in part", count(MOST_IN_PART)).code("too-many-uploads"),
        Limit::new(
            "what is kept free for the files of each precinct, at most",
            bytes(SHARE),
        )
        .code("files-full"),
    ]
}

/// What lies on the disk: a file that is whole, or what a key has sent of one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Held {
    /// A whole file, by its hash.
    Whole([u8; 32]),
    /// A part, by the hash of the whole and the key that sends it.
    Part([u8; 32], PublicKey),
}

/// Who sends a file, as far as it is counted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Sender {
    person: Text,
    /// The precincts of a chair; empty for anybody else.
    seats: Vec<PrecinctId>,
    is_chair: bool,
}

impl Sender {
    pub(super) fn of(known: &Known) -> Self {
        Self::new(&known.person, &known.role)
    }

    pub(super) fn author(author: &Author) -> Self {
        Self::new(&author.person, &author.role)
    }

    fn new(person: &Text, role: &Role) -> Self {
        let seats = if let Role::Chair(seats) = role {
            seats.clone()
        } else {
            Vec::new()
        };
        Self {
            person: person.clone(),
            is_chair: matches!(role, Role::Chair(_)),
            seats,
        }
    }
}

/// What is counted of one thing on the disk.
#[derive(Clone, Debug)]
struct Item {
    person: Text,
    /// The precinct on whose share it draws.
    seat: Option<PrecinctId>,
    bytes: u64,
    /// How many of the bytes are still to come.
    to_come: u64,
}

/// The sums of a person.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Sum {
    bytes: u64,
    whole: usize,
    parts: usize,
}

/// Everything that lies on the disk, by whom.
#[derive(Debug, Default)]
pub(super) struct Ledger {
    items: BTreeMap<Held, Item>,
    people: BTreeMap<Text, Sum>,
    seats: BTreeMap<PrecinctId, u64>,
    bytes: u64,
    to_come: u64,
}

/// A file that somebody wants to send, or to go on sending.
#[derive(Clone, Copy, Debug)]
pub(super) struct Wanted<'a> {
    pub(super) part: Held,
    pub(super) sender: &'a Sender,
    /// How many bytes the whole has, and how many of them have come.
    pub(super) size: u64,
    pub(super) offset: u64,
}

/// The disk as it is when somebody wants to send something.
#[derive(Clone, Copy, Debug)]
pub(super) struct Disk {
    /// `None` where nobody looks.
    pub(super) room: Option<Room>,
    /// What is kept free for the log, in bytes.
    pub(super) reserve: u64,
    pub(super) precincts: u64,
    pub(super) quotas: Quotas,
}

impl Ledger {
    /// Notes what lies on the disk.
    pub(super) fn put(&mut self, held: Held, sender: &Sender, bytes: u64) {
        self.note(held, sender, bytes, 0);
    }

    /// Notes that something is gone.
    pub(super) fn remove(&mut self, held: &Held) {
        let Some(item) = self.items.remove(held) else {
            return;
        };
        self.bytes -= item.bytes;
        self.to_come -= item.to_come;
        if let Some(used) = item.seat.and_then(|seat| self.seats.get_mut(&seat)) {
            *used -= item.bytes;
        }
        if let Some(sum) = self.people.get_mut(&item.person) {
            sum.bytes -= item.bytes;
            match held {
                Held::Whole(_) => sum.whole -= 1,
                Held::Part(..) => sum.parts -= 1,
            }
            if *sum == Sum::default() {
                self.people.remove(&item.person);
            }
        }
    }

    /// The parts that are noted.
    pub(super) fn parts(&self) -> Vec<([u8; 32], PublicKey)> {
        let parts = self.items.keys().filter_map(|held| match held {
            Held::Part(hash, key) => Some((*hash, *key)),
            Held::Whole(_) => None,
        });
        parts.collect()
    }

    /// Takes room for all of a file, before its first byte or the next one comes.
    ///
    /// # Errors
    ///
    /// Why there is none; nothing has changed then.
    pub(super) fn want(&mut self, wanted: Wanted<'_>, disk: Disk) -> Result<(), Problem> {
        let before = self.items.get(&wanted.part).cloned();
        // Whatever is there of it is part of what is wanted.
        self.remove(&wanted.part);
        let allowed = self.quota(wanted, disk.quotas).and_then(|()| self.fits(wanted, disk));
        if allowed.is_ok() {
            let to_come = wanted.size.saturating_sub(wanted.offset);
            self.note(wanted.part, wanted.sender, wanted.size, to_come);
        } else if let Some(item) = before {
            self.add(wanted.part, item);
        }
        allowed
    }

    fn quota(&self, wanted: Wanted<'_>, quotas: Quotas) -> Result<(), Problem> {
        let sum = self.people.get(&wanted.sender.person).copied().unwrap_or_default();
        let (allowed, most) = if wanted.sender.is_chair {
            (quotas.chair, MOST_OF_A_CHAIR)
        } else {
            (quotas.person, MOST_OF_A_PERSON)
        };
        if sum.bytes.saturating_add(wanted.size) > allowed {
            return Err(FileProblem::Quota {
                size: wanted.size,
                used: sum.bytes,
                allowed,
            }
            .into());
        }
        if sum.parts >= MOST_IN_PART {
            return Err(FileProblem::TooManyInPart(sum.parts).into());
        }
        if sum.whole + sum.parts >= most {
            return Err(FileProblem::TooMany(sum.whole + sum.parts).into());
        }
        Ok(())
    }

    fn fits(&self, wanted: Wanted<'_>, disk: Disk) -> Result<(), Problem> {
        let Some(room) = disk.room else {
            return Ok(());
        };
        let free = room.bytes.saturating_sub(disk.reserve);
        let needed = wanted.size.saturating_sub(wanted.offset);
        let names = room.files.unwrap_or(u64::MAX);
        if free == 0 || free < needed || names < FEWEST_NAMES {
            return Err(Problem::DiskFull);
        }
        let share = share(
            self.bytes.saturating_sub(self.to_come).saturating_add(free),
            disk.precincts,
        );
        let unfilled = self.seat(wanted.sender).map_or(0, |seat| self.unfilled(seat, share));
        if wanted.size <= unfilled {
            return Ok(());
        }
        let promised = self.promised(share, disk.precincts).saturating_sub(unfilled);
        let demand = needed.saturating_add(promised).saturating_add(self.to_come);
        let names_promised = FEWEST_NAMES.saturating_add(2 * disk.precincts);
        if free < demand || names < names_promised {
            return Err(FileProblem::Full.into());
        }
        Ok(())
    }

    /// What is kept free for all precincts together.
    fn promised(&self, share: u64, precincts: u64) -> u64 {
        let drawn: u64 = self.seats.values().map(|used| share.min(*used)).sum();
        share.saturating_mul(precincts).saturating_sub(drawn)
    }

    fn unfilled(&self, seat: PrecinctId, share: u64) -> u64 {
        share.saturating_sub(self.seats.get(&seat).copied().unwrap_or_default())
    }

    /// The precinct on whose share a chair draws: of several the one that has used least.
    fn seat(&self, sender: &Sender) -> Option<PrecinctId> {
        let used = |seat: &&PrecinctId| self.seats.get(*seat).copied().unwrap_or_default();
        sender.seats.iter().min_by_key(used).copied()
    }

    fn note(&mut self, held: Held, sender: &Sender, bytes: u64, to_come: u64) {
        self.remove(&held);
        let item = Item {
            person: sender.person.clone(),
            seat: self.seat(sender),
            bytes,
            to_come,
        };
        self.add(held, item);
    }

    fn add(&mut self, held: Held, item: Item) {
        self.bytes += item.bytes;
        self.to_come += item.to_come;
        if let Some(seat) = item.seat {
            *self.seats.entry(seat).or_default() += item.bytes;
        }
        let sum = self.people.entry(item.person.clone()).or_default();
        sum.bytes += item.bytes;
        match held {
            Held::Whole(_) => sum.whole += 1,
            Held::Part(..) => sum.parts += 1,
        }
        self.items.insert(held, item);
    }
}

/// What is kept free for each precinct: half of the room for files, and no more than one precinct needs.
fn share(room: u64, precincts: u64) -> u64 {
    (room / 2).checked_div(precincts).unwrap_or_default().min(SHARE)
}

#[cfg(test)]
mod tests {
    use tallylog_event::CountyId;

    use super::*;

    const MIB: u64 = 1 << 20;

    fn id(number: u16) -> PrecinctId {
        PrecinctId {
            county: CountyId(0),
            number,
        }
    }

    fn sender(person: &str, seat: Option<u16>) -> Sender {
        Sender {
            person: Text::new(person).unwrap(),
            seats: seat.map(id).into_iter().collect(),
            is_chair: seat.is_some(),
        }
    }

    /// Files of 64 MiB and less, sent until none more is taken.
    struct Room {
        ledger: Ledger,
        /// What the disk had for files at first.
        size: u64,
        precincts: u64,
        number: u32,
    }

    impl Room {
        fn new(size: u64, precincts: u64) -> Self {
            Self {
                ledger: Ledger::default(),
                size,
                precincts,
                number: 0,
            }
        }

        fn send(&mut self, by: &Sender, size: u64) -> Result<(), &'static str> {
            self.number += 1;
            let hash = *blake3::hash(&self.number.to_be_bytes()).as_bytes();
            let part = Held::Part(hash, PublicKey([1; 32]));
            let free = self.size - self.ledger.bytes;
            let disk = Disk {
                room: Some(tallylog_store::Room {
                    bytes: free + 64 * MIB,
                    files: None,
                }),
                reserve: 64 * MIB,
                precincts: self.precincts,
                quotas: Quotas::default(),
            };
            let wanted = Wanted {
                part,
                sender: by,
                size,
                offset: 0,
            };
            self.ledger.want(wanted, disk).map_err(|problem| problem.code())?;
            self.ledger.remove(&part);
            self.ledger.put(Held::Whole(hash), by, size);
            Ok(())
        }

        /// Fills whatever this person can.
        fn fill(&mut self, by: &Sender) -> &'static str {
            for size in [64 * MIB, MIB, 64 << 10] {
                while self.send(by, size).is_ok() {}
            }
            self.send(by, 64 << 10).unwrap_err()
        }
    }

    #[test]
    fn nobody_has_more_than_the_quota_whatever_keys_the_person_uses() {
        let mut room = Room::new(1 << 50, 12);
        let (chair, staff) = (sender("Carl", Some(3)), sender("Olga", None));
        assert_eq!(room.fill(&chair), "file-quota");
        assert_eq!(room.ledger.people[&chair.person].bytes, CHAIR_FILES);
        let other_key = sender("Carl", Some(4));
        assert_eq!(room.send(&other_key, 1), Err("file-quota"));
        while room.send(&staff, 64 * MIB).is_ok() {}
        assert_eq!(room.ledger.people[&staff.person].bytes, PERSON_FILES);
        // Small ones run out of names first.
        let mut room = Room::new(1 << 50, 12);
        while room.send(&chair, 1).is_ok() {}
        assert_eq!(room.send(&chair, 1), Err("too-many-uploads"));
        assert_eq!(room.ledger.people[&chair.person].whole, MOST_OF_A_CHAIR);
    }

    #[test]
    fn whatever_others_have_sent_every_precinct_has_its_share() {
        for (size, share) in [(10 << 30, 10 * (1 << 30) / 2 / 1_765), (1 << 36, SHARE)] {
            let mut room = Room::new(size, 1_765);
            for number in 0..40 {
                room.fill(&sender(&format!("Staff {number}"), None));
            }
            for number in 0..400 {
                room.fill(&sender(&format!("Chair {number}"), Some(number)));
            }
            assert_eq!(room.send(&sender("Somebody", None), MIB), Err("files-full"));
            for number in 400..1_765 {
                let chair = sender(&format!("Chair {number}"), Some(number));
                assert_eq!(room.send(&chair, share * 9 / 10), Ok(()), "{number}");
            }
        }
    }

    #[test]
    fn what_is_under_way_is_counted_as_if_it_were_there() {
        let mut room = Room::new(1 << 40, 12);
        let chair = sender("Carl", Some(3));
        let disk = Disk {
            room: None,
            reserve: 0,
            precincts: 12,
            quotas: Quotas {
                chair: 100,
                person: 100,
            },
        };
        let wanted = |hash: u8, size, offset| Wanted {
            part: Held::Part([hash; 32], PublicKey([1; 32])),
            sender: &chair,
            size,
            offset,
        };
        assert_eq!(room.ledger.want(wanted(1, 60, 0), disk), Ok(()));
        assert!(room.ledger.want(wanted(2, 60, 0), disk).is_err());
        // To go on with the same file is no other file.
        assert_eq!(room.ledger.want(wanted(1, 60, 30), disk), Ok(()));
        assert_eq!(room.ledger.want(wanted(2, 40, 0), disk), Ok(()));
        room.ledger.put(wanted(1, 0, 0).part, &chair, 10);
        assert_eq!(room.ledger.want(wanted(3, 50, 0), disk), Ok(()));
        for hash in 1..=3 {
            room.ledger.remove(&wanted(hash, 0, 0).part);
        }
        assert!(room.ledger.people.is_empty() && room.ledger.bytes == 0 && room.ledger.to_come == 0);
    }

    #[test]
    fn a_person_has_few_files_in_part() {
        let mut ledger = Ledger::default();
        let staff = sender("Olga", None);
        for number in 0..64 {
            ledger.put(Held::Part([number; 32], PublicKey([1; 32])), &staff, 1);
        }
        let disk = Disk {
            room: None,
            reserve: 0,
            precincts: 12,
            quotas: Quotas::default(),
        };
        let wanted = |number| Wanted {
            part: Held::Part([number; 32], PublicKey([1; 32])),
            sender: &staff,
            size: 2,
            offset: 0,
        };
        assert_eq!(
            ledger.want(wanted(64), disk).map_err(|problem| problem.code()),
            Err("too-many-uploads")
        );
        assert_eq!(
            ledger.want(wanted(7), disk),
            Ok(()),
            "one that is there already goes on"
        );
    }
}
