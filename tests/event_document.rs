//! `docs/EVENTS.md` says what the code says: every type, field and index; and its example is the golden entry.

#![expect(clippy::expect_used, clippy::panic, reason = "a helper that fails fails its test")]

mod means;

use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;
use std::process::{Command, Output};

use means::{Means, has_program};

/// Where the rules declare what an event holds; of the events' own crate, every file is read.
const RULES: [&str; 4] = ["by_group.rs", "count.rs", "ruleset.rs", "sheet.rs"];

/// Where a proof of results and what is in it are declared.
const RESULTS: [&str; 4] = ["hash.rs", "leaf.rs", "proof.rs", "sums.rs"];

/// Rows of a type: (field, type), (index and variant, what it holds), or the one thing that a newtype is written as.
type Shape = Vec<(String, String)>;

fn read(path: &str) -> String {
    let root = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
    fs::read_to_string(root.join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// Every file of the events' crate.
fn event_sources() -> Vec<String> {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("crates/event/src");
    let files = fs::read_dir(folder).expect("the sources");
    let names = files.map(|file| file.expect("a source").file_name());
    names
        .map(|name| format!("crates/event/src/{}", name.to_str().expect("a name")))
        .collect()
}

fn page() -> String {
    read("docs/EVENTS.md")
}

fn golden(file: &str) -> BTreeMap<String, String> {
    golden_lines(&format!("crates/event/golden/{file}.txt"))
}

fn golden_lines(path: &str) -> BTreeMap<String, String> {
    let text = read(path);
    let lines = text.lines().filter_map(|line| line.split_once(' '));
    lines
        .filter(|(name, _)| *name != "#")
        .map(|(name, hex)| (name.to_owned(), hex.to_owned()))
        .collect()
}

fn row(left: impl Into<String>, right: impl Into<String>) -> (String, String) {
    (left.into(), right.into())
}

/// A type as the page has it: a box is not on the wire.
fn on_the_wire(rust: &str) -> String {
    let slices = rust.replace("Box<[(GroupId, T)]>", "Vec<(GroupId, T)>");
    match slices.strip_prefix("Box<").and_then(|inner| inner.strip_suffix('>')) {
        Some(inner) => inner.to_owned(),
        None => slices,
    }
}

/// What the code reads from bytes: everything that derives `Deserialize`.
fn in_code() -> BTreeMap<String, Shape> {
    let mut types = BTreeMap::new();
    let rules = RULES.map(|file| format!("crates/rules/src/{file}"));
    let results = RESULTS.map(|file| format!("crates/projection/src/results/{file}"));
    for source in event_sources().into_iter().chain(rules).chain(results) {
        let text = read(&source);
        let code = text.split("#[cfg(test)]").next().unwrap_or_default();
        types.extend(declared(code));
        types.extend(byte_ids(code));
    }
    // The entry's layout is the page's entry; and a release is read from parts in the same order.
    let entry = types.remove("Layout").expect("the layout of an entry");
    types.insert(String::from("Entry"), entry);
    assert_eq!(types.remove("ReleaseParts"), types.get("Release").cloned());
    types
}

/// Types whose declaration follows a derive of `Deserialize`.
fn declared(code: &str) -> BTreeMap<String, Shape> {
    let items = code.split("#[derive(").skip(1).filter(|item| {
        let derives = item.split(')').next().unwrap_or_default();
        derives.contains("Deserialize")
    });
    let declarations = items.filter_map(|item| {
        let lines: Vec<_> = item.lines().skip(1).skip_while(|line| line.starts_with('#')).collect();
        let first = lines.first()?.trim_start_matches("pub ");
        let (kind, rest) = first.split_once(' ')?;
        let name: String = rest
            .chars()
            .take_while(|c| c.is_alphanumeric() || "<>".contains(*c))
            .collect();
        let body = || lines.iter().skip(1).take_while(|line| **line != "}").copied();
        match kind {
            _ if name.is_empty() => None,
            "struct" if rest.ends_with(';') => Some((name, newtype(rest))),
            "struct" => Some((name, fields(body()))),
            "enum" => Some((name, variants(body()))),
            _ => panic!("{first}"),
        }
    });
    declarations.collect()
}

/// `X(pub u64);`
fn newtype(declaration: &str) -> Shape {
    let (_, inner) = declaration.split_once('(').expect("a newtype");
    let inner = inner.trim_end_matches(");").trim_start_matches("pub ");
    vec![row("", on_the_wire(inner))]
}

/// Lines of declarations, without comments and attributes.
fn said<'a>(lines: impl Iterator<Item = &'a str>) -> impl Iterator<Item = &'a str> {
    lines
        .map(str::trim)
        .filter(|line| !line.starts_with("//") && !line.starts_with('#') && !line.is_empty())
}

fn fields<'a>(lines: impl Iterator<Item = &'a str>) -> Shape {
    let one = |line: &str| {
        let (name, of) = line
            .trim_start_matches("pub ")
            .split_once(": ")
            .unwrap_or_else(|| panic!("{line}"));
        row(name, on_the_wire(of.trim_end_matches(',')))
    };
    said(lines).map(one).collect()
}

fn variants<'a>(lines: impl Iterator<Item = &'a str>) -> Shape {
    let mut shape = Shape::new();
    for line in said(lines) {
        let next = shape.len();
        if let Some((name, of)) = line.split_once('(') {
            shape.push(row(format!("{next} {name}"), on_the_wire(of.trim_end_matches("),"))));
        } else if let Some(name) = line.strip_suffix(" {") {
            shape.push(row(format!("{next} {name}"), ""));
        } else if line.contains(": ") {
            let last = shape.last_mut().expect("a field follows its variant");
            last.1.push_str(line.trim_end_matches(','));
        } else if line != "}," {
            shape.push(row(format!("{next} {}", line.trim_end_matches(',')), "-"));
        }
    }
    shape
}

/// `ContestId, 16`, within the macro that declares strings of bytes.
fn byte_ids(code: &str) -> BTreeMap<String, Shape> {
    let calls = code.split("byte_id! {").skip(1);
    let names = calls.filter_map(|call| said(call.lines()).next()?.split_once(", "));
    names
        .map(|(name, length)| (name.to_owned(), vec![row("", format!("[u8; {length}]"))]))
        .collect()
}

/// The cells of a table's row, without the ticks.
fn cells(line: &str) -> Vec<String> {
    let inner = line.trim_start_matches("| ").trim_end_matches(" |");
    inner.split(" | ").map(|cell| cell.replace('`', "")).collect()
}

/// What the page says: a section for each struct and enum, and one table of names.
fn on_the_page() -> BTreeMap<String, Shape> {
    let page = page();
    let mut types = BTreeMap::new();
    for section in page.split("\n### `").skip(1) {
        let (name, rest) = section.split_once("`\n").expect("a heading");
        let rest = rest.split("\n## ").next().unwrap_or_default();
        let rest = rest.split("\n### ").next().unwrap_or_default();
        let rows = rest.lines().filter(|line| line.starts_with("| ")).skip(2).map(cells);
        let shape = rows.map(|cells| match cells[0].parse::<u32>() {
            Ok(index) => row(format!("{index} {}", cells[1]), &cells[2]),
            Err(_) => row(&cells[0], &cells[1]),
        });
        types.insert(name.to_owned(), shape.collect());
    }
    let (_, names) = page.split_once("| type | written as |").expect("the table of names");
    for line in names.lines().skip(2).take_while(|line| line.starts_with("| ")) {
        let cells = cells(line);
        types.insert(cells[0].clone(), vec![row("", &cells[1])]);
    }
    types
}

#[test]
fn every_type_of_the_code_is_on_the_page_and_nothing_more() {
    let code = in_code();
    let page = on_the_page();
    for (name, shape) in &code {
        assert_eq!(page.get(name), Some(shape), "{name}");
    }
    assert_eq!(page.keys().collect::<Vec<_>>(), code.keys().collect::<Vec<_>>());
}

#[test]
fn the_contexts_and_limits_of_the_code_are_on_the_page() {
    let page = page();
    let code = ["envelope", "people", "read", "entry", "text"]
        .map(|file| read(&format!("crates/event/src/{file}.rs")))
        .concat();
    for context in ["event", "possession", "read"].map(|purpose| format!("\"tallylog/{purpose}/v1\\0\"")) {
        assert!(
            code.contains(&format!("b{context};")) && page.contains(&format!("`{context}`")),
            "{context}"
        );
    }
    let results = read("crates/projection/src/results/hash.rs");
    for kind in ["signed", "leaf", "node", "root"] {
        let context = format!("\"tallylog/results-{kind}/v1\\0\"");
        assert!(
            results.contains(&format!("b{context};")) && page.contains(&format!("`{context}`")),
            "{context}"
        );
    }
    let proof = read("crates/projection/src/results/proof.rs");
    assert!(proof.contains("MAX_RESULTS_PROOF_BYTES: usize = 1 << 20;") && page.contains("At most 1,048,576 bytes"));
    assert!(code.contains("MAX_ENTRY_BYTES: usize = 65_535;") && page.contains("At most 65,535 bytes"));
    assert!(code.contains("MAX_BYTES: usize = 2_000;") && page.contains("At most 2,000 bytes"));
}

#[test]
fn the_worked_example_is_the_golden_entry() {
    let page = page();
    let (_, example) = page.split_once("| offset | bytes | value |").expect("the example");
    let mut bytes = String::new();
    for line in example.lines().skip(2).take_while(|line| line.starts_with("| ")) {
        let cells = cells(line);
        assert_eq!(cells[0], (bytes.len() / 2).to_string(), "{line}");
        bytes.push_str(&cells[1]);
    }
    assert_eq!(bytes, golden("entries")["entry-1"]);
}

/// The text of the first block of `language` on the page.
fn block(language: &str) -> String {
    blocks(language).swap_remove(0)
}

/// The texts of all of them.
fn blocks(language: &str) -> Vec<String> {
    let (page, fence) = (page(), format!("```{language}\n"));
    let blocks = page.split(&fence).skip(1);
    blocks
        .map(|rest| rest.split("```").next().unwrap_or_default().to_owned())
        .collect()
}

/// Runs the page's decoder; absent where there is no Python.
#[track_caller]
fn python<'a>(kind: &str, hex: impl IntoIterator<Item = &'a String>) -> Option<Output> {
    run(&block("python"), kind, hex)
}

#[track_caller]
fn run<'a>(program: &str, kind: &str, hex: impl IntoIterator<Item = &'a String>) -> Option<Output> {
    let mut command = Command::new("python3");
    command.args(["-c", program, kind]).args(hex);
    has_program(Means::Python).then(|| command.output().expect("it is installed"))
}

fn without_space(text: &str) -> String {
    text.split_whitespace().collect()
}

#[test]
fn the_pages_python_decodes_the_golden_entry_as_the_page_says() {
    let Some(output) = python("Entry", [&golden("entries")["entry-1"]]) else {
        return;
    };
    let printed = String::from_utf8(output.stdout).expect("text");
    assert_eq!(without_space(&printed), without_space(&block("json")));
}

#[test]
fn the_pages_python_decodes_every_golden_event() {
    let events = golden("events");
    let Some(output) = python("EventBody", events.values()) else {
        return;
    };
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let printed = String::from_utf8(output.stdout).expect("text");
    assert_eq!(printed.lines().count(), events.len());
}

#[test]
fn the_pages_python_refuses_a_second_spelling() {
    let bytes = &golden("events")["released-nothing"];
    let shorter = &bytes[..bytes.len() - 2];
    for end in ["", "8000", "0000", "0105", "020101", "020201"] {
        let Some(output) = python("EventBody", [&format!("{shorter}{end}")]) else {
            return;
        };
        // One entry under a release's name is an event; everything else here is none.
        assert_eq!(output.status.success(), end == "0105", "{end}");
    }
}

#[test]
fn the_pages_python_verifies_every_golden_proof_of_results_and_no_other() {
    let golden = golden_lines("crates/projection/golden/results.txt");
    let proofs = |basis: &str| -> Vec<&String> {
        let name = format!("proof-{basis}-");
        let named = golden.iter().filter(|(line, _)| line.starts_with(&name));
        named.map(|(_, proof)| proof).collect()
    };
    for basis in ["recorded", "released"] {
        let Some(output) = run(&blocks("python").concat(), "ResultsProof", proofs(basis)) else {
            return;
        };
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        let printed = String::from_utf8(output.stdout).expect("text");
        let roots: Vec<_> = printed.lines().filter_map(|line| line.strip_prefix("root ")).collect();
        assert_eq!(roots.len(), 5);
        assert!(
            roots
                .iter()
                .all(|root| root.starts_with(&golden[&format!("root-{basis}")]))
        );
    }
    // The last byte is a figure of the last sibling: some other root, or no proof at all.
    let other = proofs("recorded")[0].strip_suffix("00").map(|rest| format!("{rest}01"));
    let other = other.expect("nobody stood in the last group");
    let output = run(&blocks("python").concat(), "ResultsProof", [&other]).expect("ran before");
    let printed = String::from_utf8(output.stdout).expect("text");
    assert!(!printed.contains(&golden["root-recorded"]));
}

/// The page's schema in short, `Name = field:type ...` and `Name | variant[:type] ...`, against its tables.
#[test]
fn the_pages_python_names_what_its_tables_name() {
    let tables = on_the_page();
    let python = block("python");
    let schema = python.split("\"\"\"").nth(1).expect("the schema");
    let mut named = 0;
    for line in schema.lines().filter(|line| !line.is_empty()) {
        let mut words = line.split(' ');
        let (name, mark) = (words.next().expect("a name"), words.next().expect("a mark"));
        let parts = words.map(|word| word.split(':').next().unwrap_or_default());
        let rows = tables[name]
            .iter()
            .map(|(left, _)| left.split(' ').next_back().unwrap_or_default());
        assert!(parts.eq(rows), "{name} {mark}");
        named += 1;
    }
    let composed = tables
        .values()
        .filter(|shape| shape.first().is_some_and(|(left, _)| !left.is_empty()));
    assert_eq!(named, composed.count());
}
