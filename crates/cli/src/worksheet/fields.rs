//! A worksheet field by field: to read back, and to lay two of them side by side.

use tallylog_rules::{ByGroup, Game, GameMeans, GroupId, Sheet};

use super::{Caucus, wrap};

/// One field of two worksheets.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Beside {
    pub(crate) field: String,
    pub(crate) old: String,
    pub(crate) new: String,
}

/// What stands where nothing was written.
const NOTHING: &str = "-";

/// Every field that stands on either of two worksheets, in worksheet order.
pub(crate) fn beside(caucus: &Caucus, old: &Sheet, new: &Sheet) -> Vec<Beside> {
    let pairs = fields(caucus, old).into_iter().zip(fields(caucus, new));
    let pairs = pairs.map(|((field, old), (_, new))| Beside { field, old, new });
    pairs
        .filter(|pair| pair.old != NOTHING || pair.new != NOTHING)
        .collect()
}

/// Every field with what stands there. The fields are the same for all worksheets of a caucus.
fn fields(caucus: &Caucus, sheet: &Sheet) -> Vec<(String, String)> {
    let attendance = sheet.attendance.map(|attendance| {
        let how = if attendance.counted {
            "counted"
        } else {
            "not counted on its own"
        };
        format!("{}, {how}", attendance.people)
    });
    let mut fields = vec![
        field("delegates on the worksheet", sheet.worksheet_delegates),
        field("attendance", attendance),
        field("threshold on the worksheet", sheet.worksheet_threshold),
    ];
    column(&mut fields, "first alignment", sheet.first_alignment.as_ref(), caucus);
    column(&mut fields, "final alignment", sheet.final_alignment.as_ref(), caucus);
    column(&mut fields, "delegates", sheet.awards.as_ref(), caucus);
    let games: Vec<_> = sheet.games.iter().map(|game| in_words(game, caucus)).collect();
    fields.push(field("games of chance", (!games.is_empty()).then(|| games.join(" "))));
    fields
}

fn field(name: &str, value: Option<impl ToString>) -> (String, String) {
    let value = value.map_or_else(|| NOTHING.to_owned(), |value| value.to_string());
    (name.to_owned(), value)
}

fn column<T: ToString>(fields: &mut Vec<(String, String)>, name: &str, figures: Option<&ByGroup<T>>, caucus: &Caucus) {
    for (group, called) in caucus.groups() {
        let figure = figures.and_then(|figures| figures.iter().find(|(id, _)| *id == group));
        fields.push(field(
            &format!("{name}, {called}"),
            figure.map(|(_, figure)| figure.to_string()),
        ));
    }
}

/// The whole worksheet in sentences, to be read aloud and agreed to.
pub(crate) fn read_back(caucus: &Caucus, sheet: &Sheet) -> Vec<String> {
    let mut said = vec![format!("{}.", caucus.title())];
    said.push(match sheet.attendance {
        None => "No attendance.".to_owned(),
        Some(room) if room.counted => format!("Attendance {}, counted on its own.", room.people),
        Some(room) => format!("Attendance {}, not counted on its own.", room.people),
    });
    said.push(match sheet.worksheet_delegates {
        None => "No number of delegates on the worksheet.".to_owned(),
        Some(delegates) => format!("The worksheet elects {delegates}."),
    });
    if !caucus.elects_one() {
        said.push(match sheet.worksheet_threshold {
            None => "No viability number on the worksheet.".to_owned(),
            Some(people) => format!("The worksheet asks {people} people of a viable group."),
        });
    }
    said.push(round("First alignment", sheet.first_alignment.as_ref(), caucus));
    said.push(round("Final alignment", sheet.final_alignment.as_ref(), caucus));
    said.push(round("Delegates", sheet.awards.as_ref(), caucus));
    said.extend(sheet.games.iter().map(|game| in_words(game, caucus)));
    said.iter().flat_map(|sentence| wrap(sentence, 2)).collect()
}

fn round<T: Copy + Default + PartialEq + ToString + Into<u64>>(
    name: &str,
    figures: Option<&ByGroup<T>>,
    caucus: &Caucus,
) -> String {
    let Some(figures) = figures else {
        return format!("{name}: nothing written.");
    };
    let written = figures.iter().filter(|(_, figure)| *figure != T::default());
    let mut said: Vec<_> = written
        .map(|(group, figure)| format!("{} {}", caucus.group(*group), figure.to_string()))
        .collect();
    if said.len() < caucus.groups().count() {
        said.push("no others".to_owned());
    }
    format!("{name}: {}; together {}.", said.join("; "), figures.total())
}

/// A game of chance in a sentence.
fn in_words(game: &Game, caucus: &Caucus) -> String {
    let list = |groups: &[GroupId]| caucus.list(groups);
    let means = match game.means {
        GameMeans::Coin => "A coin",
        GameMeans::Lot => "A lot",
        GameMeans::Other => "A game of chance",
    };
    let seen = if game.witnesses.is_empty() {
        "nobody is named who saw it".to_owned()
    } else {
        format!("seen by {}", game.witnesses.join(", "))
    };
    format!(
        "{means} decided {} among {}: won by {}, {seen}.",
        game.delegates,
        list(&game.among),
        list(&game.winners)
    )
}
