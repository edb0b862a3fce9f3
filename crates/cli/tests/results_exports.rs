//! Exports of results are those of the log, and whatever is changed in one is found (V34), by whole commands.

#![expect(clippy::unwrap_used, reason = "a helper that fails fails its test")]

mod support;

use std::fs;
use std::path::Path;

use serde_json::{Value, json};

use crate::support::centre::{Centre, Rules, sheet};
use crate::support::{rows, run, text};

/// A rehearsal in which a precinct was reported and released.
fn released() -> Centre {
    let centre = Centre::new(Rules {
        kind: "rehearsal",
        ..Rules::default()
    });
    centre.chair("cher", "Adams", "Adams 1");
    let file = centre.path("sheet.json");
    fs::write(&file, sheet("Adams", "Adams 1", 20, 20, [2, 2]).to_string()).unwrap();
    centre.done("cher", &["report", "--file", text(&file)]);
    centre.done("vera", &["release", "--name", "first", "--yes"]);
    centre
}

fn export(centre: &Centre, form: &str, to: &Path) {
    let ended = run(&["export", form, "--server", centre.url(), "--output", text(to)]);
    assert_eq!(ended.code, Some(0), "{}", ended.err);
}

/// How `export check` ends: 0 if everything in the file is the log's.
fn checked(centre: &Centre, file: &Path) -> (i32, String) {
    let ended = run(&["export", "check", text(file), "--server", centre.url()]);
    (ended.code.unwrap(), ended.err)
}

/// Another value of the same kind.
fn another(value: &Value) -> Value {
    match value {
        Value::Bool(value) => json!(!value),
        Value::Number(number) => json!(number.as_u64().unwrap() + 1),
        Value::String(text) => json!(format!("{text}x")),
        Value::Null => json!(7),
        Value::Array(_) | Value::Object(_) => unreachable!("{value}"),
    }
}

/// The pointers of everything that an object says itself, without what is said in lists below it.
fn said(object: &Value, at: &str) -> Vec<String> {
    let fields = object.as_object().unwrap().iter();
    let plain = fields.filter(|(_, value)| !value.is_array());
    plain.map(|(name, _)| format!("{at}/{name}")).collect()
}

#[test]
fn whatever_is_changed_in_a_json_export_is_found() {
    let centre = released();
    let file = centre.path("results.json");
    export(&centre, "json", &file);
    assert_eq!(checked(&centre, &file).0, 0);
    let good: Value = serde_json::from_str(&fs::read_to_string(&file).unwrap()).unwrap();
    assert_eq!((&good["rehearsal"], &good["release"]), (&json!(true), &json!("first")));
    let precinct = "/counties/0/precincts/0";
    let places = [
        "",
        "/totals/0",
        "/counties/0",
        "/counties/0/totals/0",
        precinct,
        &format!("{precinct}/groups/0"),
    ];
    let mut tried = 0;
    for at in places.iter().flat_map(|at| said(good.pointer(at).unwrap(), at)) {
        let mut bad = good.clone();
        let value = bad.pointer_mut(&at).unwrap();
        *value = another(value);
        fs::write(&file, bad.to_string()).unwrap();
        let (code, err) = checked(&centre, &file);
        assert_ne!(code, 0, "{at}: {err}");
        tried += 1;
    }
    assert!(tried > 30, "{tried}");
}

#[test]
fn whatever_is_changed_in_a_csv_export_is_found() {
    let centre = released();
    let folder = centre.path("results");
    export(&centre, "csv", &folder);
    assert_eq!(checked(&centre, &folder).0, 0);
    for name in ["REHEARSAL-precincts.csv", "REHEARSAL-totals.csv"] {
        let file = folder.join(name);
        let good = fs::read_to_string(&file).unwrap();
        let header: Vec<&str> = good.lines().next().unwrap().split(',').collect();
        let lines = rows(&file);
        for (column, title) in header.iter().enumerate() {
            let mut bad = lines.clone();
            bad[0][column] = match bad[0][column].parse::<u64>() {
                Ok(number) => (number + 1).to_string(),
                Err(_) => format!("{}x", bad[0][column]),
            };
            let mut writer = csv::Writer::from_path(&file).unwrap();
            writer.write_record(&header).unwrap();
            for row in &bad {
                writer.write_record(row).unwrap();
            }
            writer.flush().unwrap();
            let (code, err) = checked(&centre, &folder);
            assert_ne!(code, 0, "{name}, {title}: {err}");
        }
        fs::write(&file, good).unwrap();
    }
    assert_eq!(checked(&centre, &folder).0, 0);
}

#[test]
fn a_figure_a_mark_or_a_count_that_is_changed_in_the_common_data_format_is_found() {
    let centre = released();
    let file = centre.path("results.cdf.json");
    export(&centre, "cdf", &file);
    assert_eq!(checked(&centre, &file).0, 0);
    let good = fs::read_to_string(&file).unwrap();
    for (from, to) in [
        ("\"IsTest\": true", "\"IsTest\": false"),
        ("\"Status\": \"unofficial-partial\"", "\"Status\": \"certified\""),
        ("\"VotersParticipated\": 40", "\"VotersParticipated\": 41"),
        ("\"TotalSubUnits\": 7", "\"TotalSubUnits\": 6"),
        ("\"Count\": 20", "\"Count\": 21"),
    ] {
        assert!(good.contains(from), "{from}");
        fs::write(&file, good.replacen(from, to, 1)).unwrap();
        let (code, err) = checked(&centre, &file);
        assert_ne!(code, 0, "{from}: {err}");
    }
}
