//! What the public, a campaign and the staff see of an embargoed night, step by step, in the words of the commands.

use std::fmt::Write as _;
use std::fs;

use crate::real::COUNTY;
use crate::support::centre::Centre;
use crate::support::{Ended, run, text};

/// What is said to the public of whatever no release lists.
const WITHHELD: &str = "withheld until released";

/// What would tell the public of a report, or say that there is none.
const LIES: [&str; 8] = [
    "reported, ",
    "0 held",
    "0 confirmed",
    "Nothing is reported",
    "pre-election",
    "not-processed",
    "awaiting",
    "not released",
];

/// How much of a long answer is kept for reading.
const LINES: usize = 24;

/// Everything that was said so far.
#[derive(Default)]
pub(crate) struct Looks {
    texts: String,
}

/// Where the night stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Stage {
    Withheld,
    Released(&'static str),
    Certified,
}

impl Looks {
    /// Looks as the public, as a campaign and as a reviewer, at a precinct that has reported and at one that has not, or is
    /// held.
    pub(crate) fn look(&mut self, centre: &Centre, step: &str, stage: Stage, precincts: [&str; 2]) {
        writeln!(self.texts, "\n## {step}").unwrap();
        let public = |args: &[&str]| run(&[args, &["--server", centre.url()]].concat());
        let mut pages = Vec::new();
        for args in [
            vec!["totals"],
            vec!["totals", "--format", "csv"],
            vec!["precinct", COUNTY, precincts[0]],
            vec!["precinct", COUNTY, precincts[1]],
            vec!["discrepancies"],
        ] {
            for (who, ended) in [
                ("the public", public(&args)),
                ("a campaign", centre.run("ada", &args)),
                ("a reviewer", centre.run("vera", &args)),
            ] {
                self.keep(who, &args, &ended);
                if who == "the public" {
                    pages.push(ended);
                }
            }
        }
        let [totals, _, one, other, found] = pages.as_slice() else {
            unreachable!("five questions were put");
        };
        if stage == Stage::Certified {
            for page in [totals, one, other, found] {
                assert_eq!(page.code, Some(0), "{step}: {}", page.err);
                assert!(
                    !page.out.contains(WITHHELD) && !page.err.contains(WITHHELD),
                    "{step}: {}{}",
                    page.out,
                    page.err
                );
            }
            assert!(totals.out.contains("reported, "), "{step}: {}", totals.out);
        } else {
            assert!(totals.out.contains(WITHHELD), "{step}: {}", totals.out);
            assert_eq!(found.code, Some(2), "{step}: {}", found.out);
            assert!(
                found.err.contains(WITHHELD) && found.err.contains("[embargoed]"),
                "{step}: {}",
                found.err
            );
            assert_honest(step, totals);
            assert_honest(step, other);
        }
        if stage == Stage::Withheld {
            // Name and delegates stand in the roster; the rest must be the same, word for word.
            let said = |page: &Ended| {
                let last = page.out.lines().last().and_then(|line| line.rsplit_once(", "));
                (
                    page.out.lines().count(),
                    last.map(|(_, status)| status.to_owned()),
                    page.err.clone(),
                )
            };
            assert_eq!(said(one), said(other), "{step}");
            assert_eq!(said(one).1.as_deref(), Some(WITHHELD), "{step}: {}", one.out);
        }
        self.files(centre, step, stage);
    }

    /// Exports, a bundle and what verifies of it.
    fn files(&mut self, centre: &Centre, step: &str, stage: Stage) {
        let public = |args: &[&str]| run(&[args, &["--server", centre.url()]].concat());
        for (form, output) in [
            ("json", "public.json"),
            ("csv", "public-csv"),
            ("cdf", "public.cdf.json"),
        ] {
            let path = centre.path(output);
            let mut args = vec!["export", form, "--output", text(&path)];
            if let Stage::Released(name) = stage {
                args.extend(["--release", name]);
            }
            let ended = public(&args);
            assert_eq!(ended.code, Some(0), "{step}, {form}: {}", ended.err);
            self.keep("the public", &["export", form], &ended);
            let read = if path.is_dir() {
                path.join("totals.csv")
            } else {
                path.clone()
            };
            let written = fs::read_to_string(&read).unwrap();
            self.shown(&format!("the public's {output}"), &written);
            if stage != Stage::Certified {
                let precincts = path.join("precincts.csv");
                let whole = if path.is_dir() {
                    written.clone() + &fs::read_to_string(precincts).unwrap()
                } else {
                    written
                };
                assert!(whole.contains(WITHHELD), "{step}, {form}");
                for lie in LIES.iter().skip(1) {
                    assert!(!whole.contains(lie), "{step}, {form}: {lie}");
                }
            }
            let ended = public(&["export", "check", text(&path)]);
            assert_eq!(ended.code, Some(0), "{step}, {form}: {}", ended.err);
        }
        let bundle = centre.path("public.tallylog");
        let ended = public(&["bundle", "--output", text(&bundle)]);
        assert_eq!(ended.code, Some(0), "{step}: {}", ended.err);
        self.keep("the public", &["bundle"], &ended);
        let mut verify = vec!["verify", text(&bundle), "--log-key", &centre.log_key];
        if let Stage::Released(name) = stage {
            verify.extend(["--release", name]);
        }
        let ended = run(&verify);
        assert_eq!(ended.code, Some(0), "{step}: {}{}", ended.out, ended.err);
        assert!(ended.out.contains("\nverified"), "{step}: {}", ended.out);
        // Before the first report nothing is there to be withheld.
        let in_part = fs::read(&bundle).unwrap().starts_with(b"tallylog/bundle/v2");
        assert_eq!(ended.out.contains(WITHHELD), in_part, "{step}: {}", ended.out);
        assert!(!in_part || stage != Stage::Certified, "{step}");
        self.keep("the public", &["verify", "public.tallylog"], &ended);
    }

    fn keep(&mut self, who: &str, args: &[&str], ended: &Ended) {
        let said = format!("{}{}", ended.err, ended.out);
        self.shown(&format!("{who}: {} (exit {:?})", args.join(" "), ended.code), &said);
    }

    fn shown(&mut self, what: &str, said: &str) {
        let lines: Vec<_> = said.lines().take(LINES).collect();
        writeln!(self.texts, "\n### {what}\n\n```\n{}\n```", lines.join("\n")).unwrap();
    }

    /// For whoever reads what was said.
    pub(crate) fn print(&self) {
        println!("{}", self.texts);
    }
}

#[track_caller]
fn assert_honest(step: &str, page: &Ended) {
    for lie in LIES {
        assert!(!page.out.contains(lie), "{step}: {lie}: {}", page.out);
    }
}
