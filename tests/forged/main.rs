//! Forged nights: of every rule that admission knows, nights that break it alone, signed by a forger who holds every key.
//!
//! Each is a valid night, with something of every kind in it, into which one event is put that the log would have refused.
//! Everything behind it follows as if it had been taken: times, chain, tree, commitments and signatures hold. Whoever does
//! not know the rule finds nothing.
//!
//! Admission and `tallylog-verify` are asked here and must agree on entry and code. The nights stand in
//! `target/web-vectors/forged` afterwards, with what both said, and `npm test` in `crates/web/ui` asks the browser's verifier.

#![expect(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a helper that fails fails its test"
)]

mod blocks;
#[path = "../desks/centre/mod.rs"]
mod centre;
mod coverage;
#[path = "../support/otherwise.rs"]
mod otherwise;
#[expect(clippy::too_many_lines, reason = "a function is a table with a row a rule")]
mod rules;
mod stage;
#[path = "../trials/mod.rs"]
mod trials;
mod withheld;

use std::collections::BTreeMap;
use std::fs;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::Mutex;

use rayon::prelude::*;
use serde_json::{Value, json};
use tallylog_event::{Contest, Embargo, EntryIndex, Envelope, EventBody, ReleasePolicy, SubmissionId, UnixMillis};
use tallylog_projection::Refusal;
use tallylog_tlog::{Hash, KeyName, LogSigner, Tree};
use tallylog_verify::{Keys, Options, audit, begin, frame};

use crate::blocks::BLOCKS;
use crate::centre::{Centre, contest, log_key, verdict};
use crate::stage::{Forged, Rule, Stage, sealed};
use crate::trials::{Random, seed};

/// How many nights of each rule there are, unless all together are to be so many.
const EACH: u64 = 20;
const ALL: u64 = 10_000;

/// A night with one entry in it that no log would take.
struct Night {
    bytes: Vec<u8>,
    /// Where it stands, and what admission says of it: nothing of what it cannot read.
    entry: EntryIndex,
    said: Option<Refusal>,
    /// The log at its end, where the night could go on.
    end: Option<Box<Centre>>,
}

fn folder() -> PathBuf {
    let target = Path::new(env!("CARGO_TARGET_TMPDIR")).parent().unwrap();
    target.join("web-vectors/forged")
}

/// A contest of some version and policy, or of the one in which the rule can be broken.
fn setting(rule: &Rule, number: u64, random: &mut Random) -> Contest {
    let mut contest = contest();
    contest.fold = u16::try_from(2 + random.below(2)).unwrap();
    if random.below(3) == 0 {
        contest.release = ReleasePolicy::AsListed;
    }
    if withheld::is_under_an_embargo(number) {
        contest.embargo = Embargo::OnRelease;
    }
    if let Some(setting) = rule.setting {
        setting(&mut contest);
    }
    contest
}

/// The centre as it is when the contest and its keys are there. Many nights begin in the same one.
fn opened(contest: &Contest) -> Centre {
    static OPENED: Mutex<BTreeMap<String, Centre>> = Mutex::new(BTreeMap::new());
    let name = format!("{contest:?}");
    let known = OPENED.lock().unwrap().get(&name).cloned();
    known.unwrap_or_else(|| {
        let mut centre = Centre::with(|of| *of = contest.clone());
        (centre.watched, centre.follows) = (false, false);
        OPENED.lock().unwrap().insert(name, centre.clone());
        centre
    })
}

fn night(rule: &Rule, number: u64, seed: u64) -> Night {
    let mut random = Random(seed);
    let contest = setting(rule, number, &mut random);
    let mut stage = Stage {
        centre: opened(&contest),
        random,
        number: usize::try_from(number).unwrap(),
    };
    let mut blocks = BLOCKS.to_vec();
    for last in (1..blocks.len()).rev() {
        blocks.swap(last, stage.random.place(last + 1));
    }
    let before = stage.random.place(blocks.len() + 1);
    for block in &blocks[..before] {
        let _left_out = block(&mut stage);
    }
    let forged = (rule.forge)(&mut stage);
    put(&mut stage, forged, &blocks[before..])
}

/// Puts it there, and lets the rest of the night follow.
fn put(stage: &mut Stage, forged: Forged, rest: &[blocks::Block]) -> Night {
    stage.centre.pass(1_000);
    let now = stage.centre.now();
    let (at, envelope) = match forged {
        Forged::Opening(key, contest) => return opening(&key, &contest),
        Forged::First(key, event) => {
            let envelope = stage.centre.sign(&key, event);
            let said = Centre::first(&envelope).unwrap_err();
            return of_one(&stage.centre.contest, &envelope, said);
        }
        Forged::Bytes(key, body) => {
            let entry = EntryIndex(stage.centre.size());
            stage.centre.chain_on(now, &sealed(&key, body));
            let bytes = bundle(&stage.centre.contest, &stage.centre.entries);
            return Night {
                bytes,
                entry,
                said: None,
                end: None,
            };
        }
        Forged::Event(key, event) => (now, stage.centre.sign(&key, event)),
        Forged::Signed(envelope) => (now, envelope),
        Forged::Early(key, event) => {
            let before = stage.centre.state().last_received_at().unwrap();
            let early = stage.random.below(1_500) + 1;
            (UnixMillis(before.0 - early), stage.centre.sign(&key, event))
        }
    };
    let entry = EntryIndex(stage.centre.size());
    let said = stage.centre.force(at, &envelope).err();
    let forged = stage.centre.entries.clone();
    // Admission keeps the fold from what it is not made for. Where that is so the night ends here.
    let followed = catch_unwind(AssertUnwindSafe(|| {
        stage.centre.believe(at, &envelope);
        for block in rest {
            let _left_out = block(stage);
        }
        blocks::end(stage);
    }));
    let end = followed.is_ok().then(|| Box::new(stage.centre.clone()));
    let entries = end.as_ref().map_or(&forged, |end| &end.entries);
    Night {
        bytes: bundle(&stage.centre.contest, entries),
        entry,
        said,
        end,
    }
}

fn opening(key: &tallylog_event::SigningKey, contest: &Contest) -> Night {
    let body = EventBody {
        contest: crate::centre::contest().id,
        submission: SubmissionId([0xD5; 16]),
        recorded_at: UnixMillis(0),
        event: tallylog_event::Event::ContestOpened(Box::new(contest.clone())),
    };
    let envelope = Envelope::seal(&body, key);
    let said = Centre::first(&envelope).unwrap_err();
    of_one(contest, &envelope, said)
}

/// A night of one entry.
fn of_one(contest: &Contest, envelope: &Envelope, said: Refusal) -> Night {
    let entry = tallylog_event::Entry {
        index: EntryIndex(0),
        received_at: UnixMillis(1_833_584_400_000),
        previous: tallylog_event::EntryHash::NONE,
        envelope: envelope.clone(),
    };
    Night {
        bytes: bundle(contest, &[entry.encode()]),
        entry: EntryIndex(0),
        said: Some(said),
        end: None,
    }
}

/// The bundle of a log, with the policy of its contest; of the honest one where it has none.
fn bundle(of: &Contest, entries: &[Vec<u8>]) -> Vec<u8> {
    let honest = contest();
    let (of, keys) = match Keys::new(of, &[]) {
        Ok(keys) => (of, keys),
        Err(_) => (&honest, Keys::new(&honest, &[]).unwrap()),
    };
    let mut tree = Tree::new();
    for entry in entries {
        tree.append(Hash::leaf(entry));
    }
    let origin = KeyName::new(of.log.origin.as_str()).unwrap();
    let checkpoint = LogSigner::new(origin, log_key()).sign_checkpoint(tree.size(), tree.root());
    let mut bytes = begin(keys.text(), &[checkpoint]).unwrap();
    for entry in entries {
        bytes.extend(frame(entry).unwrap());
        bytes.extend(entry);
    }
    bytes
}

/// Where the verifier meets the fault before admission would: what it says of it there.
fn sooner(rule: &Rule) -> Option<&'static str> {
    match rule.name {
        "something else stands before the contest" => Some("entry-0-no-contest"),
        "an origin that is none" => Some("key-name-character"),
        _ => None,
    }
}

/// Forges the night of a number, asks admission and the verifier, and writes what they said.
fn tried(rule: &Rule, number: u64, seed: u64) -> Result<Value, String> {
    let night = catch_unwind(AssertUnwindSafe(|| night(rule, number, seed)));
    let night = night.map_err(|_| format!("{}: the night before it could not be made (seed {seed})", rule.name))?;
    let name = format!("{}-{number:03}", rule.name.replace(|c: char| !c.is_alphanumeric(), "-"));
    fs::write(folder().join(format!("{name}.tallylog")), &night.bytes).unwrap();
    withheld::written(&name, &night, number, seed);
    let report = audit(&night.bytes, &Options::default()).unwrap();
    let verdict = verdict(&report);
    let server = night.said.as_ref().map(Refusal::code);
    let expected = json!({
        "exit": if ["unknown-kind", "unknown-fold"].contains(&rule.code) { 2 } else { 1 },
        "entry": night.entry.0,
        "code": sooner(rule).unwrap_or(rule.code),
    });
    let found = json!({
        "exit": verdict["exit"],
        "entry": verdict["first"]["entry"],
        "code": verdict["first"]["code"],
    });
    let admitted = server.is_none() && rule.code != "unknown-kind";
    if admitted || server.is_some_and(|code| code != rule.code) || found != expected {
        let table = report.table();
        let said = night.said.map(|refusal| refusal.to_string());
        return Err(format!(
            "{name} (seed {seed}): admission {server:?} {said:?}, found {found}, expected {expected}\n{table}"
        ));
    }
    Ok(json!({ "name": name, "rule": rule.name, "verdict": verdict, "said": night.said.map(|said| said.to_string()) }))
}

#[test]
fn admission_and_the_verifier_find_every_rule_that_is_broken_alone() {
    let rules = rules::all();
    let seed = seed();
    let full = std::env::var("TALLYLOG_TRIALS").is_ok_and(|trials| trials == "full");
    let count = u64::try_from(rules.len()).unwrap();
    let asked = std::env::var("TALLYLOG_FORGED_NIGHTS").ok();
    let asked = asked.map(|nights| nights.parse().unwrap());
    let each = asked.unwrap_or(if full { ALL.div_ceil(count) } else { EACH });
    let _none_there = fs::remove_dir_all(folder());
    fs::create_dir_all(folder()).unwrap();
    withheld::cleared("forged-");
    let nights: Vec<(u64, u64)> = (0..count).flat_map(|rule| (0..each).map(move |n| (rule, n))).collect();
    let outcomes: Vec<Result<Value, String>> = nights
        .into_par_iter()
        .map(|(at, number)| {
            let of = seed.wrapping_add((at * each + number).wrapping_mul(0x9E37_79B9));
            tried(&rules[usize::try_from(at).unwrap()], number, of)
        })
        .collect();
    let (found, wrong): (Vec<_>, Vec<_>) = outcomes.into_iter().partition(Result::is_ok);
    let wrong: Vec<String> = wrong.into_iter().filter_map(Result::err).collect();
    assert!(
        wrong.is_empty(),
        "{} nights:\n{}",
        wrong.len(),
        wrong
            .iter()
            .map(|wrong| wrong.split('\n').next().unwrap())
            .collect::<Vec<_>>()
            .join("\n")
    );
    let found: Vec<Value> = found.into_iter().map(Result::unwrap).collect();
    println!("{count} rules, {} nights", found.len());
    fs::write(folder().join("index.json"), json!(found).to_string()).unwrap();
    coverage::holds(&rules, &found);
}

/// Without a forgery the same nights verify: whatever is found in them is the forgery.
#[test]
fn the_same_nights_verify_where_nothing_is_forged() {
    let mut kinds = std::collections::BTreeSet::new();
    for seed in 0..20 {
        let mut random = Random(seed);
        let contest = setting(&rules::all()[0], seed, &mut random);
        let centre = opened(&contest);
        let mut stage = Stage {
            centre,
            random,
            number: 0,
        };
        for block in BLOCKS {
            let _left_out = block(&mut stage);
        }
        blocks::end(&mut stage);
        let report = audit(&bundle(&contest, &stage.centre.entries), &Options::default()).unwrap();
        assert!(report.verified(), "{}", report.table());
        kinds.extend(stage.centre.bodies.iter().map(coverage::kind));
    }
    assert_eq!(kinds.len(), coverage::KINDS, "{kinds:?}");
}
