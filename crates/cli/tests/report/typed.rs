//! A chair types a worksheet at a terminal of 80 columns.

use std::io::{Read, Write};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use tallylog_rules::{ByGroup, GroupId, Sheet};

use crate::centre::{Centre, Chair};
use crate::support::text;

/// A program at a terminal, as `script` of util-linux gives one.
struct Terminal {
    child: Child,
    keys: ChildStdin,
    screen: Arc<Mutex<String>>,
    seen: usize,
}

impl Terminal {
    /// `None`, said loudly, where `script` is missing.
    fn run(command: &Command) -> Option<Self> {
        let words = std::iter::once(command.get_program()).chain(command.get_args());
        let words: Vec<String> = words.map(|word| format!("'{}'", word.to_str().unwrap())).collect();
        let line = format!("stty cols 80 rows 40; exec {}", words.join(" "));
        let mut script = Command::new("script");
        script.args(["-qfec", &line, "/dev/null"]).env("TERM", "xterm");
        let started = script.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn();
        let Ok(mut child) = started else {
            println!("SKIPPED: no `script` of util-linux to give a terminal");
            return None;
        };
        let screen = Arc::new(Mutex::new(String::new()));
        let (shown, mut out) = (Arc::clone(&screen), child.stdout.take().unwrap());
        std::thread::spawn(move || {
            let mut buffer = [0; 4_096];
            while let Ok(read @ 1..) = out.read(&mut buffer) {
                shown
                    .lock()
                    .unwrap()
                    .push_str(&String::from_utf8_lossy(&buffer[..read]));
            }
        });
        let keys = child.stdin.take().unwrap();
        Some(Self {
            child,
            keys,
            screen,
            seen: 0,
        })
    }

    /// Waits until something new is shown, and answers it.
    #[track_caller]
    fn answer(&mut self, question: &str, typed: &str) {
        self.sees(question);
        self.keys.write_all(format!("{typed}\r").as_bytes()).unwrap();
        self.keys.flush().unwrap();
    }

    #[track_caller]
    fn sees(&mut self, what: &str) {
        let until = Instant::now() + Duration::from_mins(1);
        loop {
            let screen = self.screen.lock().unwrap().clone();
            if let Some(at) = screen[self.seen..].find(what) {
                self.seen += at + what.len();
                return;
            }
            assert!(
                Instant::now() < until,
                "{what:?} is not shown:\n{}",
                &screen[self.seen..]
            );
            std::thread::sleep(Duration::from_millis(5));
        }
    }

    /// How it ended, and all that was shown.
    fn end(mut self) -> (Option<i32>, String) {
        let code = self.child.wait().unwrap().code();
        std::thread::sleep(Duration::from_millis(100));
        let screen = self.screen.lock().unwrap().clone();
        (code, screen)
    }
}

impl Drop for Terminal {
    fn drop(&mut self) {
        let _ended = (self.child.kill(), self.child.wait());
    }
}

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

/// A line as it stands in the end, without what moves the cursor.
fn plain(line: &str) -> String {
    let mut shown = String::new();
    let mut letters = line.chars();
    while let Some(letter) = letters.next() {
        match letter {
            '\u{1b}' => {
                let sequence = letters.by_ref().skip_while(|c| !c.is_ascii_alphabetic());
                drop(sequence.take(1).collect::<String>());
            }
            '\r' => shown.clear(),
            letter => shown.push(letter),
        }
    }
    shown
}
