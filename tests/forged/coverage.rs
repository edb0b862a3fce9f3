//! Whether every rule has a forged night: codes, and the sentences by which admission tells apart what has one code.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use serde_json::Value;
use tallylog_event::EventBody;

use crate::stage::Rule;

/// The kinds of events that there are.
pub(crate) const KINDS: usize = 36;

/// An event's names, as far as one stands directly in the other: `Review(Decided`.
pub(crate) fn kind(body: &EventBody) -> String {
    let told = format!("{:?}", body.event);
    let names = told
        .split('(')
        .take(2)
        .take_while(|name| name.chars().all(char::is_alphanumeric));
    names.collect::<Vec<_>>().join("(")
}

fn read(path: &str) -> String {
    fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(path)).unwrap()
}

/// Every string in double quotes that a line of source has, where the line says so.
fn literals(source: &str, says: impl Fn(&str) -> bool) -> BTreeSet<String> {
    let lines = source.lines().filter(|line| !line.trim_start().starts_with("//"));
    let quoted = lines
        .filter(|line| says(line))
        .flat_map(|line| line.split('"').skip(1).step_by(2));
    quoted.map(str::to_owned).collect()
}

/// The codes of admission.
fn codes() -> BTreeSet<String> {
    let sources = ["refusal.rs", "refusal/desk.rs"].map(|file| read(&format!("crates/projection/src/{file}")));
    sources
        .iter()
        .flat_map(|source| literals(source, |line| line.contains("=> \"")))
        .collect()
}

/// What admission says of itself beside its codes: every sentence in its sources.
fn sentences() -> BTreeSet<String> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("crates/projection/src/admit");
    let files = fs::read_dir(folder).unwrap().map(|file| file.unwrap().path());
    let sources: Vec<String> = files.map(|path| fs::read_to_string(path).unwrap()).collect();
    let mut all: BTreeSet<String> = sources.iter().flat_map(|source| literals(source, |_| true)).collect();
    // The faults of a contest, a county and a commitment are sentences of their own.
    let faults = read("crates/projection/src/refusal.rs");
    let faults = faults
        .split("What is wrong with a contest's first event")
        .nth(1)
        .unwrap();
    let faults = faults.split("fn shown(").next().unwrap();
    all.extend(literals(faults, |line| line.trim_start().starts_with("#[error(")));
    all
}

/// Holds the rules against the sources: a rule that is new in admission is to be broken here too.
pub(crate) fn holds(rules: &[Rule], found: &[Value]) {
    let mut covered: BTreeSet<String> = rules.iter().map(|rule| rule.code.to_owned()).collect();
    for kind in ["unknown-kind", "malformed-event"] {
        covered.remove(kind);
    }
    assert_eq!(covered, codes(), "codes of admission, and those of forged nights");
    let said: Vec<&str> = found.iter().filter_map(|night| night["said"].as_str()).collect();
    let unsaid: Vec<String> = sentences()
        .into_iter()
        .filter(|sentence| !said.iter().any(|said| said.contains(sentence)))
        .collect();
    assert!(unsaid.is_empty(), "no forged night is refused with: {unsaid:#?}");
    let names: BTreeSet<&str> = rules.iter().map(|rule| rule.name).collect();
    assert_eq!(names.len(), rules.len(), "two rules have one name");
}
