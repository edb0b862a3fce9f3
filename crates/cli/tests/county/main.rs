//! One county of 2020 on its real figures, from the first report to the second release: every step by a whole command,
//! and the bundle verified in the end.

#![expect(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a helper that fails fails its test"
)]

mod look;
mod real;
#[path = "../support/mod.rs"]
mod support;

use std::fs;
use std::path::PathBuf;

use serde_json::{Value, json};

use self::look::{Looks, Stage};
use self::real::{COUNTY, County, Sheet};
use self::support::centre::{Centre, PEOPLE, Rules};
use self::support::{iowa, run, text};

/// The night, and what is known of it beforehand.
struct Night {
    centre: Centre,
    county: County,
    /// Whether the contest withholds what no release lists.
    withholds: bool,
}

impl Night {
    fn new(published: &std::path::Path, rules: Rules) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let roster = folder.path().join("roster");
        let county = County::read(published, &roster);
        let centre = Centre::open(folder, &roster, &county.candidates.clone(), rules);
        for (device, person, role) in PEOPLE {
            centre.enrol(device, person, role, &[]);
        }
        Self {
            centre,
            county,
            withholds: rules.embargo == "on-release",
        }
    }

    /// A file of the night.
    fn file(&self, name: &str, content: &str) -> PathBuf {
        let path = self.centre.path(name);
        fs::write(&path, content).unwrap();
        path
    }

    /// The chair of a precinct reports with the app.
    fn report(&self, sheet: &Sheet, confirm: &[&str]) -> Value {
        let device = format!("chair-{}", sheet.precinct);
        self.centre.chair(&device, COUNTY, &sheet.precinct);
        let file = self.file(&format!("{device}.sheet"), &sheet.json());
        let mut args = vec!["report", "--file", text(&file)];
        for code in confirm {
            args.extend(["--confirm", code]);
        }
        self.centre.json(&device, &args)
    }

    /// An operator enters what came by phone, photo or paper.
    fn enter(&self, device: &str, sheet: &Sheet, how: &[&str], confirm: &[&str]) -> Value {
        let file = self.file(&format!("{device}-{}.sheet", sheet.precinct), &sheet.json());
        let mut args = vec!["enter", "--file", text(&file)];
        args.extend(how);
        for code in confirm {
            args.extend(["--confirm", code]);
        }
        self.centre.json(device, &args)
    }

    /// The codes that wait for a reviewer.
    fn queue(&self) -> Vec<String> {
        let queue = self.centre.json("vera", &["review", "queue"]);
        let items = queue["items"].as_array().unwrap().iter();
        items
            .map(|item| {
                format!(
                    "{} {}",
                    item["precinct"].as_str().unwrap(),
                    item["code"].as_str().unwrap()
                )
            })
            .collect()
    }

    /// What a candidate has in the whole county.
    fn totals(&self, candidate: &str, args: &[&str]) -> Value {
        let asked = [&["totals", "--county", COUNTY], args].concat();
        let totals = if self.withholds {
            self.centre.json("vera", &asked)
        } else {
            self.centre.public(&asked)
        };
        let lines = totals["candidates"].as_array().unwrap();
        lines.iter().find(|line| line["name"] == candidate).unwrap().clone()
    }
}

const PHONE: [&str; 5] = ["--channel", "phone", "--caller", "called-back", "--read-back"];

#[test]
fn a_county_of_2020_is_reported_entered_reviewed_released_and_corrected_by_whole_commands() {
    let Some(published) = iowa() else { return };
    play(&Night::new(&published, Rules::default()), &mut |_, _, _| {});
}

#[test]
fn the_same_county_under_embargo_tells_the_public_what_is_released_and_that_the_rest_is_withheld() {
    let Some(published) = iowa() else { return };
    let night = Night::new(
        &published,
        Rules {
            embargo: "on-release",
            ..Rules::default()
        },
    );
    let mut looks = Looks::default();
    play(&night, &mut |step, stage, precincts| {
        looks.look(&night.centre, step, stage, precincts);
    });
    looks.print();
}

/// The night from the first report to its certification; `look` is called at each step, with a precinct that has reported and
/// one that has not, or is held.
#[expect(
    clippy::too_many_lines,
    reason = "one night, step by step, is read from top to bottom"
)]
fn play(night: &Night, look: &mut dyn FnMut(&str, Stage, [&str; 2])) {
    let centre = &night.centre;
    let sheet = |name: &str| night.county.sheet(name);

    // By app, by phone and by photo, each as it was.
    look("Nothing is reported", Stage::Withheld, ["1-GR", "2-CL"]);
    night.report(&sheet("1-GR"), &[]);
    look("1-GR has reported, and 2-CL has not", Stage::Withheld, ["1-GR", "2-CL"]);
    night.enter("olga", &sheet("2-CL"), &PHONE, &[]);
    let photo = night.file("worksheet.jpg", "\u{1}not read, only hashed");
    fs::write(&photo, [&b"\xff\xd8\xff"[..], b"a worksheet"].concat()).unwrap();
    night.enter(
        "olga",
        &sheet("3-DU"),
        &["--channel", "photo", "--photo", text(&photo)],
        &[],
    );

    // A swapped column: at final alignment, the figures of Biden stand under Bennet's neighbour in the list.
    let right = sheet("4-AL");
    let moved = right.line("Biden");
    let swapped = right
        .clone()
        .with("Biden", |line| {
            (line.last, line.delegates) = (0, 0);
        })
        .with("Bloomberg", |line| {
            (line.last, line.delegates) = (moved.last, moved.delegates);
        });
    night.enter("omar", &swapped, &["--channel", "paper"], &["V04", "V19"]);

    // A tie, and the coin that decided it.
    let mut tied = sheet("5-AP");
    tied.games = vec![json!({
        "among": ["Buttigieg", "Warren"], "delegates": 1, "winners": ["Buttigieg"], "means": "coin", "witnesses": ["Wanda"],
    })];
    night.report(&tied, &[]);

    // Two operators, of whom one mistypes.
    let typed = sheet("6-SR").with("Sanders", |line| (line.first, line.last) = (21, 21));
    night.enter("olga", &sheet("6-SR"), &PHONE, &[]);
    night.enter("omar", &typed, &PHONE, &[]);

    // More people at final alignment than at first.
    let more = sheet("7-PB").with("Uncommitted", |line| line.last = 4);
    night.report(&more, &["V01", "V02"]);

    // A worksheet that gives one group a delegate too many at the cost of another.
    let broken = sheet("8-NH")
        .with("Sanders", |line| line.delegates += 1)
        .with("Buttigieg", |line| line.delegates -= 1);
    night.report(&broken, &["V11", "V12"]);

    let queue = night.queue();
    for wanted in ["4-AL V19", "6-SR V29", "7-PB V01", "8-NH V11"] {
        assert!(queue.contains(&wanted.to_owned()), "{wanted}: {queue:?}");
    }
    assert!(!queue.iter().any(|found| found.starts_with("5-AP")), "{queue:?}");
    centre.refused(
        "vera",
        &["review", "accept", COUNTY, "8-NH", "V11", "--reason", "it is so"],
        "blocking-discrepancy",
    );

    // A reviewer settles the two entries, and another holds a precinct.
    centre.done(
        "vera",
        &[
            "review",
            "resolve",
            COUNTY,
            "6-SR",
            "keep-first",
            "--reason",
            "the photo shows 22",
        ],
    );
    centre.done(
        "viktor",
        &["review", "hold", COUNTY, "1-GR", "--reason", "the chair calls back"],
    );
    look(
        "Every precinct has reported, and 1-GR is held",
        Stage::Withheld,
        ["2-CL", "1-GR"],
    );
    let dry = centre.json("vera", &["release", "--name", "first night", "--dry-run"]);
    assert_eq!(dry["released"], false);
    assert_eq!(dry["listed"], 4, "{dry}");
    let held: Vec<&str> = dry["held"]
        .as_array()
        .unwrap()
        .iter()
        .map(|held| held["precinct"].as_str().unwrap())
        .collect();
    assert_eq!(held, ["1-GR", "4-AL", "7-PB", "8-NH"]);
    let output = centre.path("first");
    let made = centre.json(
        "vera",
        &["release", "--name", "first night", "--yes", "--output", text(&output)],
    );
    assert_eq!((&made["released"], &made["listed"]), (&json!(true), &json!(4)));
    look(
        "The first release lists four precincts, and 1-GR is held",
        Stage::Released("first night"),
        ["2-CL", "1-GR"],
    );
    let checked = run(&[
        "export",
        "check",
        text(&output.join("results.json")),
        "--server",
        centre.url(),
    ]);
    assert_eq!(checked.code, Some(0), "{}", checked.err);
    centre.refused(
        "vera",
        &["release", "--name", "first night", "--yes"],
        "release-name-taken",
    );

    // A campaign asks, with the figures of its own captain.
    let own = night.file("captain.json", &sheet("8-NH").json());
    let asked = centre.json(
        "ada",
        &[
            "inquiry",
            "file",
            COUNTY,
            "8-NH",
            "--question",
            "Who has the last delegate?",
            "--file",
            text(&own),
        ],
    );
    let inquiry = asked["receipt"].to_string();
    let open = centre.json("ada", &["inquiry", "list", "--open"]);
    assert_eq!(open.as_array().unwrap().len(), 1);

    // The swapped column is set right by two people: the paper says something else than the log.
    let scan = night.file("4-AL.scan", "the signed worksheet of 4-AL");
    let case = centre.json(
        "cleo",
        &[
            "correct",
            "open",
            "--precinct",
            "Butler/4-AL",
            "--kind",
            "transcription",
            "--requested-by",
            "Omar",
            "--reason",
            "a column slipped",
            "--evidence",
            text(&scan),
        ],
    )["receipt"]
        .to_string();
    let file = night.file("4-AL.right", &right.json());
    let propose = [
        "correct",
        "propose",
        &case,
        COUNTY,
        "4-AL",
        "--file",
        text(&file),
        "--reason",
        "as the worksheet says",
        "--evidence",
        text(&scan),
        "--yes",
    ];
    let before = night.totals("Biden", &[]);
    let proposal = centre.json("cleo", &propose)["receipt"].to_string();
    let shown = centre.json("carl", &["correct", "show", &case]);
    let lines = shown["proposals"][0]["moves"].as_array().unwrap();
    let state = lines
        .iter()
        .find(|line| line["scope"] == "county" && line["group"] == "Biden")
        .unwrap();
    let approve = [
        "correct",
        "approve",
        &proposal,
        "--notice",
        "4-AL was typed in wrongly.",
        "--yes",
    ];
    centre.refused("cleo", &approve, "same-person");
    assert_eq!(
        night.totals("Biden", &[])["sde_exact"],
        before["sde_exact"],
        "nobody alone changes a figure"
    );
    centre.done("carl", &approve);
    assert_eq!(state["sde_exact"][0], before["sde_exact"]);
    assert_eq!(state["sde_exact"][1], night.totals("Biden", &[])["sde_exact"]);
    centre.done(
        "cleo",
        &["correct", "close", &case, "--notice", "4-AL is as its worksheet."],
    );

    // The worksheet's own arithmetic: without the committee nobody may touch it.
    let rule = |authority: &'static [&str]| {
        let args = [
            "correct",
            "open",
            "--precinct",
            "Butler/8-NH",
            "--kind",
            "rule",
            "--requested-by",
            "Ada of Alder",
            "--reason",
            "the award breaks the rules",
            "--evidence",
            text(&scan),
        ];
        [&args[..], authority].concat()
    };
    centre.refused("cleo", &rule(&[]), "unjustified");
    let case =
        centre.json("cleo", &rule(&["--authority", "Resolution 7 of the central committee"]))["receipt"].to_string();
    let file = night.file("8-NH.right", &sheet("8-NH").json());
    let propose = [
        "correct",
        "propose",
        &case,
        COUNTY,
        "8-NH",
        "--file",
        text(&file),
        "--reason",
        "by the plan",
        "--evidence",
        text(&scan),
        "--yes",
    ];
    let proposal = centre.json("carl", &propose)["receipt"].to_string();
    centre.done(
        "cleo",
        &[
            "correct",
            "approve",
            &proposal,
            "--notice",
            "8-NH follows the plan.",
            "--yes",
        ],
    );
    centre.done(
        "vera",
        &[
            "inquiry",
            "answer",
            &inquiry,
            "--text",
            "Buttigieg has it.",
            "--case",
            &case,
        ],
    );

    // The hold is lifted, and the second release supersedes the first.
    centre.done(
        "vera",
        &["review", "lift", COUNTY, "1-GR", "--reason", "the chair called back"],
    );
    let made = centre.json("vera", &["release", "--name", "second night", "--yes"]);
    assert_eq!(made["before"], "first night");
    assert_eq!(
        (&made["listed"], &made["open_inquiries"]),
        (&json!(7), &json!(0)),
        "{made}"
    );
    look(
        "The second release lists seven precincts, and 7-PB is held",
        Stage::Released("second night"),
        ["1-GR", "7-PB"],
    );
    let releases = centre.public(&["releases"]);
    assert_eq!(releases[0]["superseded_by"], "second night");
    assert_eq!(
        (&releases[0]["precincts"], &releases[1]["precincts"]),
        (&json!(4), &json!(7))
    );

    // All that was released is what was published, but for the one precinct that is still held.
    let mut expected = 0;
    for (name, sheet) in &night.county.sheets {
        if name != "7-PB" {
            expected += sheet.line("Buttigieg").delegates;
        }
    }
    assert_eq!(
        night.totals("Buttigieg", &["--release", "second night"])["delegates"],
        expected
    );

    let certificate = night.file("certificate.txt", "signed by the committee");
    centre.done(
        "rolf",
        &[
            "night",
            "certify",
            "second night",
            "--statement",
            "The committee certifies these results.",
            "--evidence",
            text(&certificate),
        ],
    );
    look("The results are certified", Stage::Certified, ["1-GR", "7-PB"]);
    let bundle = centre.path("night.tallylog");
    let ended = run(&["bundle", "--server", centre.url(), "--output", text(&bundle)]);
    assert_eq!(ended.code, Some(0), "{}", ended.err);
    let ended = run(&["verify", text(&bundle), "--log-key", &centre.log_key]);
    assert_eq!(ended.code, Some(0), "{}{}", ended.out, ended.err);
}
