//! What an honest night's audit says.

use tallylog_verify::{Bundle, Check, Keys, Options, Verdict, audit};

use crate::forge::{Forge, Sealed, chained, report, write};

#[test]
fn an_honest_night_verifies() {
    let forge = Forge::new(1);
    let entries = chained(&forge.taken());
    let report = report(&forge.bundle(&entries));
    assert!(report.verified(), "{}", report.table());
    let night = report.night.as_ref().unwrap();
    assert_eq!(night.size, u64::try_from(entries.len()).unwrap());
    assert_eq!(night.cosigners.len(), 2);
    assert!(night.state.is_some());
    for (check, verdict) in report.checks() {
        let asked = !matches!(
            check,
            Check::Freshness | Check::Contest | Check::Roster | Check::Ruleset
        );
        assert_eq!(*verdict == Verdict::NotAsked, !asked, "{check:?}");
        assert_ne!(*verdict, Verdict::NotRun, "{check:?}");
    }
}

#[test]
fn every_checkpoint_of_a_night_may_be_in_it() {
    let forge = Forge::new(2);
    let entries = chained(&forge.taken());
    let checkpoints: Vec<_> = (0..=entries.len())
        .map(|size| forge.seal(&entries, Sealed::of(size)))
        .collect();
    let report = report(&forge.file(&entries, &checkpoints));
    assert!(report.verified(), "{}", report.table());
}

#[test]
fn a_bundle_encodes_to_the_bytes_it_was_parsed_from() {
    let forge = Forge::new(3);
    let entries = chained(&forge.taken());
    let bytes = forge.bundle(&entries);
    let bundle = Bundle::parse(&bytes).unwrap();
    assert_eq!(bundle.encode().unwrap(), bytes);
    assert_eq!(bundle.entries().count(), u64::try_from(entries.len()).unwrap());
    for (index, entry) in (0..).zip(&entries) {
        assert_eq!(bundle.entries().entry(index), Some(entry.as_slice()));
    }
    assert_eq!(bundle.entries().entry(bundle.entries().count()), None);
}

#[test]
fn a_further_witness_is_shown_and_does_not_count() {
    let forge = Forge::new(4);
    let entries = chained(&forge.taken());
    let further = forge.witnesses[2].key().clone();
    let policy = Keys::new(&forge.contest, &[further]).unwrap().text().to_owned();
    let sealed = Sealed {
        cosigners: &[2],
        ..Sealed::of(entries.len())
    };
    let alone = write(&policy, &entries, &[forge.seal(&entries, sealed)]);
    crate::forge::fails(&alone, 5, "quorum-not-met");
    let sealed = Sealed {
        cosigners: &[1, 2],
        ..sealed
    };
    let both = report(&write(&policy, &entries, &[forge.seal(&entries, sealed)]));
    assert!(both.verified(), "{}", both.table());
    assert_eq!(both.night.unwrap().cosigners.len(), 2);
}

#[test]
fn the_figures_of_a_release_are_those_of_its_entries() {
    let forge = Forge::new(5);
    let taken = forge.taken();
    let bytes = forge.bundle(&chained(&taken));
    let all = report(&bytes).releases;
    let last = all.last().unwrap();
    let options = Options {
        release: Some(last.name.clone()),
        ..Options::default()
    };
    let totals = audit(&bytes, &options).unwrap().totals.unwrap();
    let state = Forge::state(&taken);
    let counted = tallylog_projection::Counted::new(&state, tallylog_projection::Basis::Released);
    let expected = tallylog_projection::Totals::of(&counted, tallylog_projection::Scope::State);
    let lines: Vec<_> = totals.lines.into_iter().map(|(_, line)| line).collect();
    assert_eq!((lines, totals.precincts), (expected.lines, last.precincts));
}

#[test]
fn an_answer_for_programs_says_what_the_one_for_people_says() {
    let forge = Forge::new(6);
    let report = report(&forge.bundle(&chained(&forge.taken())));
    let json: serde_json::Value = serde_json::from_str(&report.json().unwrap()).unwrap();
    assert_eq!(json["verified"], true);
    assert_eq!(json["checks"].as_array().unwrap().len(), 19);
    assert_eq!(json["checks"][7]["name"], "signatures");
    assert_eq!(json["night"]["size"], report.night.as_ref().unwrap().size);
    let enrolled = json["enrolments"].as_array().unwrap();
    assert_eq!(enrolled.len(), report.enrolments.len());
    assert!(
        enrolled
            .iter()
            .any(|key| key["role"] == "chair" && !key["scope"][0].is_null())
    );
    assert!(report.table().ends_with("verified\n"));
}

#[test]
fn checkpoints_come_in_order_of_size_and_none_twice() {
    let forge = Forge::new(8);
    let entries = chained(&forge.taken());
    let [half, whole] = [entries.len() / 2, entries.len()].map(|size| forge.seal(&entries, Sealed::of(size)));
    let bytes = forge.file(&entries, &[half.clone(), whole.clone()]);
    let (one, other) = (half.to_string(), whole.to_string());
    let swap = |order: &str| {
        let text = String::from_utf8_lossy(&bytes);
        assert!(text.contains(&format!("{one}\n{other}")));
        // Only the lengths of the header differ.
        let start = text.find("log ").unwrap();
        let policy = Keys::new(&forge.contest, &[]).unwrap().text().len();
        let header = format!(
            "tallylog/bundle/v1\npolicy {policy}\ncheckpoints {}\nentries {}\n\n",
            order.len(),
            entries.len()
        );
        let after = start + policy + one.len() + 1 + other.len();
        [
            header.as_bytes(),
            &bytes[start..start + policy],
            order.as_bytes(),
            &bytes[after..],
        ]
        .concat()
    };
    assert!(report(&swap(&format!("{one}\n{other}"))).verified());
    crate::forge::fails(&swap(&format!("{one}\n{one}\n{other}")), 1, "night-checkpoint-order");
    crate::forge::fails(&swap(&format!("{other}\n{one}\n{other}")), 1, "night-checkpoint-order");
    crate::forge::fails(&swap(&one), 1, "night-size");
    crate::forge::fails(&swap(&format!("{one}\n\n{other}")), 1, "checkpoint-malformed");
    let refused = tallylog_verify::begin("", &[whole, half]).unwrap_err();
    assert_eq!(refused.code(), "night-checkpoint-order");
}
