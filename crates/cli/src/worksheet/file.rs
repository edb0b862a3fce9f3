//! A worksheet as a JSON file. `docs/OPERATIONS.md` has its fields.

use std::fmt;
use std::marker::PhantomData;

use serde::de::{Error as _, MapAccess, Visitor};
use serde::ser::SerializeMap;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use tallylog_rules::{Attendance, Attendees, ByGroup, Delegates, Game, GameMeans, GroupId, Sheet};

use super::{Caucus, SheetFault};

/// The file, field by field. A field that it does not know is refused: a slip in a name would lose a figure.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Paper {
    county: String,
    precinct: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    worksheet_delegates: Option<u16>,
    #[serde(skip_serializing_if = "Option::is_none")]
    attendance: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    attendance_counted: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    worksheet_threshold: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    first_alignment: Option<Column<u32>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    final_alignment: Option<Column<u32>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    delegates: Option<Column<u16>>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    games: Vec<Toss>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Toss {
    among: Vec<String>,
    delegates: u16,
    winners: Vec<String>,
    means: Means,
    #[serde(default)]
    witnesses: Vec<String>,
}

#[derive(Clone, Copy, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Means {
    Coin,
    Lot,
    Other,
}

/// Figures by name, each name once: of two figures under one name, neither is dropped unseen.
struct Column<T>(Vec<(String, T)>);

/// The county and the precinct that a file names.
pub(crate) fn named_place(bytes: &[u8]) -> Result<(String, String), SheetFault> {
    parse(bytes).map(|paper| (paper.county, paper.precinct))
}

/// Reads the worksheet of a caucus.
pub(crate) fn read(bytes: &[u8], caucus: &Caucus) -> Result<Sheet, SheetFault> {
    let paper = parse(bytes)?;
    if (&paper.county, &paper.precinct) != (&caucus.county, &caucus.precinct) {
        return Err(SheetFault::OtherPrecinct {
            found: format!("{}, {}", paper.county, paper.precinct),
            meant: caucus.title(),
        });
    }
    Ok(Sheet {
        attendance: attendance(paper.attendance, paper.attendance_counted)?,
        first_alignment: column("first_alignment", paper.first_alignment, Attendees, caucus)?,
        final_alignment: column("final_alignment", paper.final_alignment, Attendees, caucus)?,
        awards: column("delegates", paper.delegates, Delegates, caucus)?,
        worksheet_delegates: paper.worksheet_delegates.map(Delegates),
        worksheet_threshold: paper.worksheet_threshold.map(Attendees),
        games: paper
            .games
            .into_iter()
            .enumerate()
            .map(|(at, toss)| game(at, toss, caucus))
            .collect::<Result<_, _>>()?,
        claimed: None,
    })
}

/// Writes a worksheet such that [`read`] gives it back.
pub(crate) fn write(sheet: &Sheet, caucus: &Caucus) -> String {
    let paper = Paper {
        county: caucus.county.clone(),
        precinct: caucus.precinct.clone(),
        worksheet_delegates: sheet.worksheet_delegates.map(|delegates| delegates.0),
        attendance: sheet.attendance.map(|attendance| attendance.people.0),
        attendance_counted: sheet.attendance.map(|attendance| attendance.counted),
        worksheet_threshold: sheet.worksheet_threshold.map(|people| people.0),
        first_alignment: by_name(sheet.first_alignment.as_ref(), |people| people.0, caucus),
        final_alignment: by_name(sheet.final_alignment.as_ref(), |people| people.0, caucus),
        delegates: by_name(sheet.awards.as_ref(), |delegates| delegates.0, caucus),
        games: sheet.games.iter().map(|game| toss(game, caucus)).collect(),
    };
    // Strings and numbers alone: nothing here can fail to be written.
    serde_json::to_string_pretty(&paper).unwrap_or_default() + "\n"
}

/// An empty worksheet of a caucus, to be filled in.
///
/// Every figure is null, which [`read`] refuses in a column: 0 would be a figure that nobody wrote.
pub(crate) fn template(caucus: &Caucus) -> String {
    let column = |name: &str| {
        let rows = caucus.groups().map(|(_, group)| format!("    {}: null", quoted(group)));
        format!("  {}: {{\n{}\n  }}", quoted(name), rows.collect::<Vec<_>>().join(",\n"))
    };
    let null = |name: &str| format!("  {}: null", quoted(name));
    let mut fields = vec![
        format!("  \"county\": {}", quoted(&caucus.county)),
        format!("  \"precinct\": {}", quoted(&caucus.precinct)),
        null("worksheet_delegates"),
        null("attendance"),
        "  \"attendance_counted\": true".to_owned(),
    ];
    if !caucus.elects_one() {
        fields.push(null("worksheet_threshold"));
    }
    fields.extend(["first_alignment", "final_alignment", "delegates"].map(column));
    fields.push("  \"games\": []".to_owned());
    format!("{{\n{}\n}}\n", fields.join(",\n"))
}

fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

fn parse(bytes: &[u8]) -> Result<Paper, SheetFault> {
    let mut reader = serde_json::Deserializer::from_slice(bytes);
    let paper = serde_path_to_error::deserialize(&mut reader).map_err(|error| SheetFault::Field {
        field: match error.path().to_string().as_str() {
            "." => "the file".to_owned(),
            path => path.to_owned(),
        },
        message: error.inner().to_string(),
    })?;
    reader.end().map_err(|error| SheetFault::Field {
        field: "the file".to_owned(),
        message: error.to_string(),
    })?;
    Ok(paper)
}

fn attendance(people: Option<u32>, counted: Option<bool>) -> Result<Option<Attendance>, SheetFault> {
    match (people, counted) {
        (Some(people), Some(counted)) => Ok(Some(Attendance {
            people: Attendees(people),
            counted,
        })),
        (None, None) => Ok(None),
        (Some(_), None) => Err(SheetFault::NotSaidCounted),
        (None, Some(_)) => Err(SheetFault::NothingCounted),
    }
}

fn column<T, U>(
    name: &str,
    column: Option<Column<T>>,
    of: impl Fn(T) -> U,
    caucus: &Caucus,
) -> Result<Option<ByGroup<U>>, SheetFault> {
    let Some(Column(figures)) = column else { return Ok(None) };
    let figures = figures.into_iter();
    let named = figures.map(|(group, figure)| Ok((known(name, &group, caucus)?, of(figure))));
    let mut figures = named.collect::<Result<Vec<_>, SheetFault>>()?;
    figures.sort_by_key(|(group, _)| *group);
    // Names are different, so the groups are.
    ByGroup::new(figures).map(Some).map_err(|error| SheetFault::Field {
        field: name.to_owned(),
        message: error.to_string(),
    })
}

fn known(column: &str, name: &str, caucus: &Caucus) -> Result<GroupId, SheetFault> {
    caucus.group_named(name).ok_or_else(|| SheetFault::Group {
        column: column.to_owned(),
        name: name.to_owned(),
        known: caucus.groups().map(|(_, name)| name).collect::<Vec<_>>().join(", "),
    })
}

fn game(at: usize, toss: Toss, caucus: &Caucus) -> Result<Game, SheetFault> {
    let groups = |field: &str, names: &[String]| {
        let column = format!("games[{at}].{field}");
        let known = names.iter().map(|name| known(&column, name, caucus));
        let mut groups = known.collect::<Result<Vec<_>, _>>()?;
        groups.sort_unstable();
        Ok(groups)
    };
    Ok(Game {
        among: groups("among", &toss.among)?,
        delegates: Delegates(toss.delegates),
        winners: groups("winners", &toss.winners)?,
        means: match toss.means {
            Means::Coin => GameMeans::Coin,
            Means::Lot => GameMeans::Lot,
            Means::Other => GameMeans::Other,
        },
        witnesses: toss.witnesses,
    })
}

fn toss(game: &Game, caucus: &Caucus) -> Toss {
    let names = |groups: &[GroupId]| groups.iter().map(|group| caucus.group(*group)).collect();
    Toss {
        among: names(&game.among),
        delegates: game.delegates.0,
        winners: names(&game.winners),
        means: match game.means {
            GameMeans::Coin => Means::Coin,
            GameMeans::Lot => Means::Lot,
            GameMeans::Other => Means::Other,
        },
        witnesses: game.witnesses.clone(),
    }
}

fn by_name<T, U>(figures: Option<&ByGroup<T>>, of: impl Fn(&T) -> U, caucus: &Caucus) -> Option<Column<U>> {
    let figures = figures?.iter();
    let named = figures.map(|(group, figure)| (caucus.group(*group), of(figure)));
    Some(Column(named.collect()))
}

impl<T: Serialize> Serialize for Column<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.0.len()))?;
        for (name, figure) in &self.0 {
            map.serialize_entry(name, figure)?;
        }
        map.end()
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Column<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(Names(PhantomData))
    }
}

struct Names<T>(PhantomData<T>);

impl<'de, T: Deserialize<'de>> Visitor<'de> for Names<T> {
    type Value = Column<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a whole number for each group, by its name")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut figures: Vec<(String, T)> = Vec::new();
        while let Some((name, figure)) = map.next_entry::<String, T>()? {
            if figures.iter().any(|(known, _)| *known == name) {
                return Err(A::Error::custom(format!("{name:?} stands twice")));
            }
            figures.push((name, figure));
        }
        Ok(Column(figures))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::worksheet::samples::caucus;

    #[track_caller]
    fn check(change: impl FnOnce(&mut serde_json::Value), expected: &str) {
        let caucus = caucus(6);
        let mut file = serde_json::to_value(full(&caucus)).unwrap();
        change(&mut file);
        let said = match read(file.to_string().as_bytes(), &caucus) {
            Ok(_) => "read".to_owned(),
            Err(fault) => format!("{}: {fault}", fault.code()),
        };
        assert!(said.contains(expected), "{said}");
    }

    fn full(caucus: &Caucus) -> Paper {
        let names: Vec<_> = caucus.groups().map(|(_, name)| name.to_owned()).collect();
        let column = |figures: [u32; 3]| Some(Column(names.iter().cloned().zip(figures).collect()));
        Paper {
            county: caucus.county.clone(),
            precinct: caucus.precinct.clone(),
            worksheet_delegates: Some(6),
            attendance: Some(200),
            attendance_counted: Some(true),
            worksheet_threshold: Some(30),
            first_alignment: column([100, 50, 50]),
            final_alignment: column([100, 50, 50]),
            delegates: Some(Column(names.iter().cloned().zip([3, 2, 1]).collect())),
            games: vec![Toss {
                among: names[1..3].to_vec(),
                delegates: 1,
                winners: names[1..2].to_vec(),
                means: Means::Coin,
                witnesses: vec!["Ada Marsh".to_owned()],
            }],
        }
    }

    #[test]
    fn what_is_written_is_read_again() {
        let caucus = caucus(6);
        let file = serde_json::to_string(&full(&caucus)).unwrap();
        let sheet = read(file.as_bytes(), &caucus).unwrap();
        assert_eq!(sheet.games.len(), 1);
        assert_eq!(read(write(&sheet, &caucus).as_bytes(), &caucus).unwrap(), sheet);
        // Nothing written is not the same as nobody there.
        let blank = Sheet::default();
        assert_eq!(read(write(&blank, &caucus).as_bytes(), &caucus).unwrap(), blank);
    }

    #[test]
    fn an_empty_worksheet_is_none_until_every_figure_is_filled_in() {
        let caucus = caucus(6);
        let empty = template(&caucus);
        let fault = read(empty.as_bytes(), &caucus).unwrap_err();
        assert!(fault.to_string().contains("first_alignment"), "{fault}");
        let filled = empty.replace("null", "0");
        let sheet = read(filled.as_bytes(), &caucus).unwrap();
        assert_eq!(sheet.awards.unwrap().iter().count(), caucus.groups().count());
    }

    #[test]
    fn an_error_names_the_field() {
        check(|file| file["atendance"] = 12.into(), "worksheet-field: atendance");
        check(|file| file["attendance"] = "12".into(), "worksheet-field: attendance");
        check(|file| file["attendance"] = (-1).into(), "worksheet-field: attendance");
        check(|file| file["attendance"] = 12.5.into(), "worksheet-field: attendance");
        check(
            |file| file["games"][0]["means"] = "dice".into(),
            "worksheet-field: games[0].means",
        );
        check(
            |file| file["games"][0]["who"] = "Ada".into(),
            "worksheet-field: games[0].who",
        );
        check(
            |file| file["delegates"] = vec![1, 2].into(),
            "worksheet-field: delegates",
        );
        check(
            |file| file["first_alignment"]["Nobody"] = 5.into(),
            "worksheet-group: first_alignment has \"Nobody\"",
        );
        check(
            |file| file["games"][0]["winners"][0] = "Nobody".into(),
            "games[0].winners has \"Nobody\"",
        );
        check(
            |file| file["precinct"] = "Elsewhere".into(),
            "worksheet-precinct: the file is about",
        );
    }

    #[test]
    fn whether_people_were_counted_is_said_where_there_is_an_attendance() {
        let remove = |name: &'static str| {
            move |file: &mut serde_json::Value| {
                file.as_object_mut().unwrap().remove(name);
            }
        };
        check(
            remove("attendance_counted"),
            "worksheet-counted: attendance_counted is missing",
        );
        check(remove("attendance"), "worksheet-counted: attendance_counted says");
    }

    #[test]
    fn a_group_that_stands_twice_is_refused_though_programs_would_take_the_last() {
        let caucus = caucus(6);
        let name = caucus.groups().next().unwrap().1.to_owned();
        let file = format!(
            r#"{{"county": "{}", "precinct": "{}", "first_alignment": {{"{name}": 5, "{name}": 6}}}}"#,
            caucus.county, caucus.precinct
        );
        let fault = read(file.as_bytes(), &caucus).unwrap_err().to_string();
        assert!(
            fault.contains("first_alignment") && fault.contains("stands twice"),
            "{fault}"
        );
    }
}
