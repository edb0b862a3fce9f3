//! A chair types a worksheet at a terminal of 80 columns.

use tallylog_rules::{ByGroup, GroupId, Sheet};

use crate::centre::{Centre, Chair};
use crate::support::terminal::{Terminal, plain};
use crate::support::text;

/// A room that elects several, with no game of chance.
fn plain_room(centre: &Centre) -> usize {
    let rooms = centre.rooms();
    let is_plain = |sheet: &Sheet| sheet.games.is_empty() && sheet.worksheet_delegates.is_some_and(|n| n.0 > 2);
    rooms.iter().position(|id| is_plain(&centre.night.sheets[id])).unwrap()
}

/// What is asked of a room, and what its worksheet says.
fn answers(centre: &Centre, chair: &Chair) -> Vec<(String, String)> {
    let sheet = &centre.night.sheets[&chair.id];
    let attendance = sheet.attendance.unwrap();
    let say = |question: &str, answer: String| (question.to_owned(), answer);
    let mut said = vec![
        say("Delegates to elect", sheet.worksheet_delegates.unwrap().0.to_string()),
        say("People who attended", attendance.people.0.to_string()),
        say("yes or no", if attendance.counted { "yes" } else { "no" }.to_owned()),
        say("needed to be viable", sheet.worksheet_threshold.unwrap().0.to_string()),
    ];
    let name = |group: GroupId| {
        centre.night.contest.candidates[usize::from(group.number()) - 1]
            .name
            .to_string()
    };
    let groups = || (1..=centre.night.contest.candidates.len()).map(|n| GroupId::new(n.try_into().unwrap()).unwrap());
    for column in [&sheet.first_alignment, &sheet.final_alignment] {
        let written = |group| find(column.as_ref().unwrap(), group).map(|people| people.0.to_string());
        said.extend(groups().map(|group| (format!("{}:", name(group)), written(group).unwrap_or_default())));
    }
    let written = |group| find(sheet.awards.as_ref().unwrap(), group).map(|delegates| delegates.0.to_string());
    said.extend(groups().map(|group| (format!("{}:", name(group)), written(group).unwrap_or_default())));
    said
}

fn find<T: Copy>(column: &ByGroup<T>, group: GroupId) -> Option<T> {
    column.iter().find(|(id, _)| *id == group).map(|(_, figure)| *figure)
}

#[test]
fn a_worksheet_is_typed_left_taken_up_again_and_signed() {
    let centre = Centre::served(1, 6);
    let chair = centre.chair(plain_room(&centre), &centre.url());
    let report = || Terminal::run(&centre.signing(&chair, &["report"]));
    let answers = answers(&centre, &chair);

    let Some(mut first) = report() else { return };
    for (question, answer) in &answers[..6] {
        first.answer(question, answer);
    }
    first.answer(&answers[6].0, "quit");
    let (code, said) = first.end();
    assert_eq!(code, Some(1), "{said}");
    assert!(said.contains("What was typed is kept on this device"), "{said}");
    assert!(chair.outbox().is_empty());

    let mut second = report().unwrap();
    second.sees("What was typed before is taken up again.");
    for (at, (question, answer)) in answers.iter().enumerate() {
        second.answer(question.trim_end_matches(':'), if at < 6 { "" } else { answer });
    }
    second.answer("sign, or quit", "sign");
    second.answer("yes signs it", "yes");
    let (code, said) = second.end();
    assert_eq!(code, Some(0), "{said}");
    for expected in [
        "REHEARSAL, not a real night",
        "a group needs",
        "The rules give",
        "report RECEIVED",
        "Short words:",
    ] {
        assert!(said.contains(expected), "{expected}\n{said}");
    }
    let drafts = chair.dir.join("drafts").read_dir().unwrap();
    assert_eq!(drafts.count(), 0, "a draft is left");
    let receipt = text(&chair.dir).len();
    let wide = said
        .lines()
        .filter(|line| plain(line).chars().count() > 80.max(receipt + 60));
    assert_eq!(wide.collect::<Vec<_>>(), Vec::<&str>::new());
    let events = centre.events(chair.id);
    assert_eq!(events.len(), 1);
    let sheet = &events[0].1.event.report().unwrap().sheet;
    assert_eq!(sheet, &centre.night.sheets[&chair.id]);
}
