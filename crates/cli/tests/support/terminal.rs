//! A program at a terminal, and somebody who types.

use std::io::{Read, Write};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use super::means::Means;

/// A program at a terminal, as `script` of util-linux gives one.
pub(crate) struct Terminal {
    child: Child,
    keys: ChildStdin,
    screen: Arc<Mutex<String>>,
    seen: usize,
}

impl Terminal {
    /// `None` where `script` is missing, which is noted.
    #[track_caller]
    pub(crate) fn run(command: &Command) -> Option<Self> {
        let words = std::iter::once(command.get_program()).chain(command.get_args());
        let words: Vec<String> = words.map(|word| format!("'{}'", word.to_str().unwrap())).collect();
        let line = format!("stty cols 80 rows 40; exec {}", words.join(" "));
        let mut script = Command::new("script");
        script.args(["-qfec", &line, "/dev/null"]).env("TERM", "xterm");
        let started = script.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn();
        let mut child = Means::Script.noted(started.is_ok()).then(|| started.unwrap())?;
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
    pub(crate) fn answer(&mut self, question: &str, typed: &str) {
        self.sees(question);
        self.keys.write_all(format!("{typed}\r").as_bytes()).unwrap();
        self.keys.flush().unwrap();
    }

    #[track_caller]
    pub(crate) fn sees(&mut self, what: &str) {
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

    /// Waits until something new is shown with a whole word behind it, and returns that word.
    #[track_caller]
    pub(crate) fn word_after(&mut self, what: &str) -> String {
        self.sees(what);
        let until = Instant::now() + Duration::from_mins(1);
        loop {
            let screen = self.screen.lock().unwrap().clone();
            if let Some((word, _)) = screen[self.seen..].split_once(char::is_whitespace) {
                return word.to_owned();
            }
            assert!(Instant::now() < until, "nothing follows {what:?}:\n{screen}");
            std::thread::sleep(Duration::from_millis(5));
        }
    }

    /// How it ended, and all that was shown.
    pub(crate) fn end(mut self) -> (Option<i32>, String) {
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

/// A line as it stands in the end, without what moves the cursor.
pub(crate) fn plain(line: &str) -> String {
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
