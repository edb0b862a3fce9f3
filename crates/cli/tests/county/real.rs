//! A county's published figures of 2020, as worksheets.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use serde_json::{Value, json};

use crate::support::rows;

/// The county of the night: eight precincts, of which one could only be settled by a game of chance.
pub(crate) const COUNTY: &str = "Butler";

/// The release whose figures are the truth here.
const RELEASE: &str = "2020-02-29-certified";

/// What one group has on a worksheet: people at first and at final alignment, and delegates.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Line {
    pub(crate) first: u32,
    pub(crate) last: u32,
    pub(crate) delegates: u32,
}

/// A worksheet: figures by group, in the order of the ballot.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Sheet {
    pub(crate) precinct: String,
    pub(crate) lines: Vec<(String, Line)>,
    pub(crate) games: Vec<Value>,
}

/// The county with its precincts, as published.
pub(crate) struct County {
    pub(crate) candidates: Vec<String>,
    pub(crate) sheets: BTreeMap<String, Sheet>,
}

impl County {
    /// Reads the county, and writes the part of the roster that is its own into a folder.
    pub(crate) fn read(published: &Path, roster: &Path) -> Self {
        fs::create_dir(roster).unwrap();
        for name in ["counties.csv", "precincts.csv"] {
            let text = fs::read_to_string(published.join(name)).unwrap();
            let (header, lines) = text.split_once('\n').unwrap();
            let own = lines.lines().filter(|line| line.starts_with(&format!("{COUNTY},")));
            let own: Vec<&str> = std::iter::once(header).chain(own).collect();
            fs::write(roster.join(name), own.join("\n") + "\n").unwrap();
        }
        let county = &rows(&roster.join("counties.csv"))[0];
        let of_county = |number: usize| county[number].parse::<u64>().unwrap();
        let (county_delegates, state_delegates) = (of_county(4), of_county(5));
        let mut read = Self {
            candidates: Vec::new(),
            sheets: BTreeMap::new(),
        };
        for row in rows(&published.join(format!("releases/{RELEASE}.csv"))) {
            if row[0] != COUNTY {
                continue;
            }
            if !read.candidates.contains(&row[2]) {
                read.candidates.push(row[2].clone());
            }
            let equivalents: u64 = row[5].replace('.', "").parse().unwrap();
            // A delegate is worth `state / county` equivalents, published with four decimals.
            let delegates = (equivalents * county_delegates + state_delegates * 5_000) / (state_delegates * 10_000);
            let line = Line {
                first: row[3].parse().unwrap(),
                last: row[4].parse().unwrap(),
                delegates: u32::try_from(delegates).unwrap(),
            };
            let sheet = read.sheets.entry(row[1].clone()).or_insert_with(|| Sheet {
                precinct: row[1].clone(),
                lines: Vec::new(),
                games: Vec::new(),
            });
            sheet.lines.push((row[2].clone(), line));
        }
        read
    }

    /// The worksheet of a precinct, by the beginning of its name.
    pub(crate) fn sheet(&self, name: &str) -> Sheet {
        self.sheets[name].clone()
    }
}

impl Sheet {
    /// The same with other figures of one group.
    pub(crate) fn with(mut self, group: &str, change: impl FnOnce(&mut Line)) -> Self {
        let line = self.lines.iter_mut().find(|(name, _)| name == group);
        change(&mut line.unwrap().1);
        self
    }

    /// The figures of a group.
    pub(crate) fn line(&self, group: &str) -> Line {
        self.lines.iter().find(|(name, _)| name == group).unwrap().1
    }

    /// The file that `--file` reads.
    pub(crate) fn json(&self) -> String {
        let column = |of: fn(&Line) -> u32| -> Value {
            let figures = self.lines.iter().map(|(name, line)| (name.clone(), json!(of(line))));
            Value::Object(figures.collect())
        };
        let people: u32 = self.lines.iter().map(|(_, line)| line.first).sum();
        json!({
            "county": COUNTY,
            "precinct": self.precinct,
            "attendance": people,
            "attendance_counted": true,
            "first_alignment": column(|line| line.first),
            "final_alignment": column(|line| line.last),
            "delegates": column(|line| line.delegates),
            "games": self.games,
        })
        .to_string()
    }
}
