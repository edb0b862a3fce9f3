//! What it costs to keep the results tree up to date, in a precinct and at a satellite site, for rosters of several
//! sizes; and to build it anew, to prove a precinct and to check the proof.
//!
//! `cargo bench --bench results` prints microseconds, and how each grows from the smallest roster on, beside how the depth
//! of the tree grows. All of it is measured in one run, round by round.

#![expect(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a bench prints, and a bench that fails stops"
)]

mod support;

use std::time::{Duration, Instant};

use tallylog_event::{
    Channel, County, CountyId, District, Enrolment, EntryIndex, Envelope, Event, EventBody, Precinct, PrecinctId,
    Report, Role, SigningKey, SiteKind, SubmissionId, Text, UnixMillis,
};
use tallylog_projection::{Accepted, Basis, Fold, ResultsTree};
use tallylog_rules::{Attendance, Attendees, ByGroup, Delegates, Sheet};
use tallylog_simulate::{Night, Options, night};

use support::median;

/// Precincts of counties; a pool with [`SITES`] sites comes beside them. The second is that of Iowa.
const PRECINCTS: [u16; 4] = [256, 1_765, 8_192, 65_535];
const IN_A_COUNTY: usize = 256;
const SITES: u16 = 87;

/// How many of each kind report last, one by one, with the clock running.
const MEASURED: usize = 40;

fn main() {
    println!("microseconds, medians of {MEASURED}; in brackets: as a multiple of the smallest roster");
    println!(
        "precincts   depth        precinct            site           prove          verify      anew (ms)   proof (bytes)"
    );
    let mut smallest = None;
    for precincts in PRECINCTS {
        let row = Row::of(precincts);
        row.print(smallest.get_or_insert_with(|| row.clone()));
    }
}

/// What was measured for a roster, in microseconds.
#[derive(Clone)]
struct Row {
    precincts: usize,
    depth: f64,
    precinct: f64,
    site: f64,
    prove: f64,
    verify: f64,
    anew: f64,
    bytes: usize,
}

impl Row {
    fn of(precincts: u16) -> Self {
        let mut desk = Desk::new(precincts);
        let all: Vec<PrecinctId> = desk.fold.state().roster().ids().collect();
        let (sites, places): (Vec<PrecinctId>, Vec<PrecinctId>) = all.iter().partition(|id| desk.is_site(**id));
        let (early, late) = places.split_at(places.len() - MEASURED);
        let (early_sites, late_sites) = sites.split_at(sites.len() - MEASURED);
        early.iter().chain(early_sites).for_each(|id| desk.report(*id));
        let mut tree = ResultsTree::of(desk.fold.state(), Basis::Recorded).unwrap();
        let precinct = desk.follow(&mut tree, late);
        let site = desk.follow(&mut tree, late_sites);
        let started = Instant::now();
        let anew = ResultsTree::of(desk.fold.state(), Basis::Recorded).unwrap();
        let took = started.elapsed();
        assert_eq!(anew.root(), tree.root());
        let positions = (0..MEASURED).map(|number| number * all.len() / MEASURED);
        let (prove, verify): (Vec<f64>, Vec<f64>) = positions.map(|position| proofs(&tree, position)).unzip();
        Self {
            precincts: all.len(),
            depth: f64::from(u32::try_from(tree.prove(0).unwrap().path.len()).unwrap()),
            precinct: median(precinct.into_iter()),
            site: median(site.into_iter()),
            prove: median(prove.into_iter()),
            verify: median(verify.into_iter()),
            anew: micros(took) / 1_000.0,
            bytes: tree.prove(1).unwrap().encode().len(),
        }
    }

    fn print(&self, smallest: &Self) {
        let of = |pick: fn(&Self) -> f64| format!("{:>8.1} ({:>4.2})", pick(self), pick(self) / pick(smallest));
        println!(
            "{:>9} {:>7} {} {} {} {} {:>14.1} {:>15}",
            self.precincts,
            format!("{:.0} ({:.2})", self.depth, self.depth / smallest.depth),
            of(|row| row.precinct),
            of(|row| row.site),
            of(|row| row.prove),
            of(|row| row.verify),
            self.anew,
            self.bytes
        );
    }
}

fn micros(took: Duration) -> f64 {
    took.as_secs_f64() * 1e6
}

/// How long it takes to build a proof, and to check it.
fn proofs(tree: &ResultsTree, position: usize) -> (f64, f64) {
    let root = tree.root();
    let started = Instant::now();
    let proof = tree.prove(position).unwrap();
    let built = started.elapsed();
    let started = Instant::now();
    proof.verify(&root).unwrap();
    (micros(built), micros(started.elapsed()))
}

/// A log without storage, whose one operator enters everything.
struct Desk {
    night: Night,
    operator: SigningKey,
    fold: Fold,
}

impl Desk {
    fn new(precincts: u16) -> Self {
        let mut desk = Self {
            night: night(&Options::small(1, 1, 1)),
            operator: SigningKey::from_bytes(&[77; 32]),
            fold: Fold::default(),
        };
        let registrar = desk.night.keys.registrars[0].key.clone();
        desk.offer(&registrar, Event::ContestOpened(Box::new(desk.night.contest.clone())));
        let numbers: Vec<usize> = (0..usize::from(precincts)).collect();
        let counties: Vec<County> = (0..)
            .zip(numbers.chunks(IN_A_COUNTY))
            .map(|(id, numbers)| county(id, numbers.len()))
            .collect();
        let pool = pool(u16::try_from(counties.len()).unwrap());
        for county in counties.into_iter().chain([pool]) {
            desk.offer(&registrar, Event::CountyListed(Box::new(county)));
        }
        let enrolment = Enrolment::new(desk.night.contest.id, text("Ada"), Role::Operator, &desk.operator);
        desk.offer(&registrar, Event::KeyEnrolled(Box::new(enrolment)));
        desk
    }

    fn is_site(&self, id: PrecinctId) -> bool {
        let county = self.fold.state().roster().county(id.county).unwrap();
        county.kind == SiteKind::Satellites
    }

    fn offer(&mut self, key: &SigningKey, event: Event) {
        let size = self.fold.state().size();
        let mut submission = [0; 16];
        submission[..8].copy_from_slice(&size.to_be_bytes());
        let body = EventBody {
            contest: self.night.contest.id,
            submission: SubmissionId(submission),
            recorded_at: UnixMillis(0),
            event,
        };
        let envelope = Envelope::seal(&body, key);
        let accepted = Accepted::new(EntryIndex(size), UnixMillis(0), &envelope, &body);
        self.fold.admit(&accepted).unwrap();
        self.fold.apply(&accepted);
    }

    fn report(&mut self, precinct: PrecinctId) {
        let report = Report {
            precinct,
            channel: Channel::Phone,
            sheet: sheet(precinct),
            files: Vec::new(),
        };
        self.offer(&self.operator.clone(), Event::Reported(Box::new(report)));
    }

    /// Reports one by one; how long the tree takes to follow each.
    fn follow(&mut self, tree: &mut ResultsTree, late: &[PrecinctId]) -> Vec<f64> {
        let late = late.iter();
        late.map(|id| {
            self.report(*id);
            let started = Instant::now();
            tree.follow(self.fold.state());
            micros(started.elapsed())
        })
        .collect()
    }
}

fn text(text: &str) -> Text {
    Text::new(text).unwrap()
}

fn county(id: u16, precincts: usize) -> County {
    let precinct = |number| Precinct {
        name: text(&format!("Precinct {number}")),
        code: text(""),
        delegates: Delegates(6),
    };
    County {
        id: CountyId(id),
        name: text(&format!("County {id}")),
        kind: SiteKind::Precincts {
            county_delegates: Delegates(u16::try_from(precincts * 6).unwrap()),
        },
        fips: None,
        district: District::Congressional(1),
        state_delegates: Delegates(50),
        precincts: (0..precincts).map(precinct).collect(),
    }
}

fn pool(id: u16) -> County {
    let site = |number| Precinct {
        name: text(&format!("Site {number}")),
        code: text(""),
        delegates: Delegates(0),
    };
    County {
        name: text("Pool"),
        kind: SiteKind::Satellites,
        precincts: (0..SITES).map(site).collect(),
        ..county(id, 0)
    }
}

/// A room of some hundred people in 14 groups, another for each precinct of a county.
fn sheet(precinct: PrecinctId) -> Sheet {
    let more = |group: u32| u32::from(precinct.number) * (group + 3) % 29;
    let people = (0..14).map(|group| Attendees(2 + more(group)));
    let room = ByGroup::numbered(people).unwrap();
    let attendance = Attendance {
        people: Attendees(u32::try_from(room.total()).unwrap()),
        counted: true,
    };
    Sheet {
        attendance: Some(attendance),
        first_alignment: Some(room.clone()),
        final_alignment: Some(room),
        awards: Some(ByGroup::numbered([1, 1, 1, 1, 1, 1].map(Delegates)).unwrap()),
        ..Sheet::default()
    }
}
