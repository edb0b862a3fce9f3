//! The pages say what the sources say, both ways: codes, statuses, calls, commands, flags and links.
//!
//! The pages on rules, bytes and crates have tests of their own beside this one.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a helper that fails fails its test")]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

type Names = BTreeSet<String>;

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

#[track_caller]
fn read(path: impl AsRef<Path>) -> String {
    let path = root().join(path);
    fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// Every file of a folder and the folders in it that ends so.
fn files(folder: &Path, end: &str) -> Vec<PathBuf> {
    let entries = fs::read_dir(root().join(folder)).unwrap();
    let found = entries.flat_map(|entry| {
        let path = entry.unwrap().path();
        if path.is_dir() { files(&path, end) } else { vec![path] }
    });
    found.filter(|path| path.to_str().unwrap().ends_with(end)).collect()
}

/// The cells of the rows under a heading, header apart.
fn rows(page: &str, heading: &str) -> Vec<Vec<String>> {
    let text = read(page);
    let lines = text.lines().skip_while(|line| *line != heading).skip(1);
    let section = lines.take_while(|line| !line.starts_with("## "));
    let rows: Vec<Vec<String>> = section
        .filter(|line| line.starts_with("| `"))
        .map(|line| {
            line.trim_matches('|')
                .split('|')
                .map(|cell| cell.trim().to_owned())
                .collect()
        })
        .collect();
    assert!(!rows.is_empty(), "{page} has no table under {heading}");
    let full = rows.iter().flatten().all(|cell| !cell.is_empty());
    assert!(full, "{page} has an empty cell under {heading}");
    rows
}

/// The names in backticks of a cell.
fn names(cell: &str) -> Names {
    cell.split('`').skip(1).step_by(2).map(str::to_owned).collect()
}

fn name(cell: &str) -> String {
    cell.trim_matches('`').to_owned()
}

/// The lines of a function, from its signature to the brace that closes it.
fn body(source: &str, signature: &str) -> String {
    let lines = source.lines().skip_while(|line| !line.contains(signature));
    let indent: String = lines
        .clone()
        .next()
        .unwrap()
        .chars()
        .take_while(|c| *c == ' ')
        .collect();
    lines
        .take_while(|line| *line != format!("{indent}}}"))
        .collect::<Vec<_>>()
        .join("\n")
}

/// What a match gives for each variant, where the outcome is written down in the arm itself.
fn arms(body: &str, variants: &str, outcomes: &str) -> Vec<(String, String)> {
    let mut found = Vec::new();
    let (mut pending, mut decided) = (Vec::new(), false);
    for word in body.split(|c: char| !c.is_alphanumeric() && !"_:\"-=>".contains(c)) {
        if let Some(variant) = word.strip_prefix(variants) {
            if decided {
                pending.clear();
            }
            decided = false;
            pending.push(variant.to_owned());
        } else if let (true, Some(outcome)) = (decided, word.strip_prefix(outcomes)) {
            let outcome = outcome.trim_matches('"').to_owned();
            found.extend(pending.iter().map(|variant| (variant.clone(), outcome.clone())));
        }
        decided |= word == "=>";
    }
    found
}

/// The codes of an error's variants, as its `code` gives them: a variant may have several.
fn codes(path: &str) -> Vec<(String, String)> {
    arms(&body(&read(path), "fn code(&self)"), "Self::", "\"")
}

fn statuses(signature: &str, variants: &str) -> BTreeMap<String, String> {
    let source = read("crates/server/src/problem.rs");
    let given = arms(&body(&source, signature), variants, "Code::");
    given
        .into_iter()
        .map(|(variant, code)| (variant, shouted(&code)))
        .collect()
}

/// `InvalidArgument` as gRPC writes it: `INVALID_ARGUMENT`.
fn shouted(name: &str) -> String {
    let mut text = String::new();
    for letter in name.chars() {
        if letter.is_uppercase() && !text.is_empty() {
            text.push('_');
        }
        text.push(letter.to_ascii_uppercase());
    }
    text
}

#[track_caller]
fn check_codes(heading: &str, expected: &BTreeSet<(String, String)>) {
    let listed = rows("docs/PROBLEMS.md", heading);
    let count = listed.len();
    let listed: BTreeSet<_> = listed.into_iter().map(|row| (name(&row[0]), row[1].clone())).collect();
    assert_eq!(&listed, expected);
    assert_eq!(listed.len(), count, "a code stands twice");
}

#[track_caller]
fn check_codes_without_status(heading: &str, path: &str) {
    let listed = rows("docs/PROBLEMS.md", heading);
    let count = listed.len();
    let listed: Names = listed.iter().map(|row| name(&row[0])).collect();
    assert_eq!(listed, codes(path).into_iter().map(|(_, code)| code).collect());
    assert_eq!(listed.len(), count, "a code stands twice");
}

#[test]
fn every_refusal_is_on_the_page_with_its_status() {
    let statuses = statuses("const fn refused(", "Refusal::");
    let codes = codes("crates/projection/src/refusal.rs");
    let expected = codes
        .into_iter()
        .map(|(variant, code)| (code, statuses[&variant].clone()));
    check_codes("## The log refuses the event", &expected.collect());
}

#[test]
fn every_refusal_of_a_desk_is_on_the_page_with_its_status() {
    let statuses = statuses("const fn refused_at_desk(", "DeskRefusal::");
    let codes = codes("crates/projection/src/refusal/desk.rs");
    let expected = codes
        .into_iter()
        .map(|(variant, code)| (code, statuses[&variant].clone()));
    check_codes("## A desk refuses the event", &expected.collect());
}

#[test]
fn every_problem_of_the_server_is_on_the_page_with_its_status() {
    let statuses = statuses("const fn status_code(", "Self::");
    let codes = codes("crates/server/src/problem.rs").into_iter();
    let with_status = codes.map(|(variant, code)| (code, statuses[&variant].clone()));
    let mut expected: BTreeSet<_> = with_status.collect();
    for path in files(Path::new("crates/server/src"), ".rs") {
        let source = read(path);
        let literals = source.split("Unreadable(\"").skip(1);
        let codes = literals.map(|rest| rest.split('"').next().unwrap().to_owned());
        expected.extend(codes.map(|code| (code, statuses["Unreadable"].clone())));
    }
    check_codes("## The server", &expected);
}

#[test]
fn every_problem_with_a_file_is_on_the_page_with_its_status() {
    let statuses = statuses("const fn file_refused(", "FileProblem::");
    let codes = codes("crates/server/src/shelf/problem.rs");
    let expected = codes
        .into_iter()
        .map(|(variant, code)| (code, statuses[&variant].clone()));
    check_codes("## Photos and documents", &expected.collect());
}

#[test]
fn every_error_of_the_store_is_on_the_page() {
    check_codes_without_status("## The store", "crates/store/src/error.rs");
}

#[test]
fn every_way_to_doubt_a_proof_of_results_is_on_the_page() {
    check_codes_without_status("## A proof of results", "crates/projection/src/results/proof.rs");
}

#[test]
fn every_failure_of_the_command_line_is_on_the_page() {
    let listed = rows("docs/PROBLEMS.md", "## The command line");
    let count = listed.len();
    let listed: Names = listed.iter().map(|row| name(&row[0])).collect();
    let paths = ["failure.rs", "verify/doubt.rs"].map(|path| format!("crates/cli/src/{path}"));
    let mut expected: Names = paths
        .iter()
        .flat_map(|path| codes(path))
        .map(|(_, code)| code)
        .collect();
    // Several kinds of faults may stand in one file.
    for path in files(Path::new("crates/cli/src"), "fault.rs") {
        let faults = read(path);
        let literals = faults.split("=> \"").skip(1);
        expected.extend(literals.map(|rest| rest.split('"').next().unwrap().to_owned()));
    }
    assert_eq!(listed, expected);
    assert_eq!(listed.len(), count, "a code stands twice");
}

#[test]
fn every_call_is_on_the_page() {
    let mut calls = Names::new();
    for path in files(Path::new("proto"), ".proto") {
        let mut service = String::new();
        for line in read(path).lines() {
            if let Some(rest) = line.strip_prefix("service ") {
                rest.trim_end_matches(" {").clone_into(&mut service);
            } else if let Some(rest) = line.strip_prefix("  rpc ") {
                calls.insert(format!("{service}.{}", rest.split('(').next().unwrap()));
            }
        }
    }
    let listed = rows("docs/ARCHITECTURE.md", "## Interface");
    assert_eq!(listed.iter().map(|row| name(&row[0])).collect::<Names>(), calls);
}

#[test]
fn every_path_is_on_the_page() {
    // A witness is a program of its own.
    let sources = files(Path::new("crates/server/src"), ".rs").into_iter();
    let sources = sources.filter(|path| !path.components().any(|part| part.as_os_str() == "witness"));
    let sources: Vec<_> = sources.map(read).collect();
    let routes = sources.iter().flat_map(|source| source.split(".route(\"").skip(1));
    let routes: Names = routes
        .map(|rest| rest.split(['"', '{']).next().unwrap().to_owned())
        .collect();
    let listed = rows("docs/ARCHITECTURE.md", "## Over HTTP");
    assert_eq!(listed.iter().map(|row| name(&row[0])).collect::<Names>(), routes);
}

#[test]
fn every_flag_of_a_precinct_is_on_the_page_and_the_words_have_the_order_of_the_page() {
    let table = |header: &str| -> Vec<Vec<String>> {
        let page = read("docs/ARCHITECTURE.md");
        let section = page.split("## The flags of a precinct\n").nth(1).unwrap();
        let table = section.split(&format!("{header}\n")).nth(1).unwrap();
        let rows = table.lines().skip(1).take_while(|line| line.starts_with('|'));
        let cells = rows.map(|row| row.trim_matches('|').split('|').map(|cell| cell.trim().to_owned()));
        cells.map(Iterator::collect).collect()
    };
    let source = read("crates/projection/src/review.rs");
    let fields = body(&source, "pub struct PrecinctStatus {");
    let fields = fields.lines().filter_map(|line| line.trim().strip_prefix("pub "));
    let fields = fields.filter_map(|line| line.split_once(": "));
    let flags: Vec<String> = fields.map(|(field, _)| format!("`{field}`")).collect();
    let listed: Vec<String> = table("| flag | set when |")
        .into_iter()
        .map(|row| row[0].clone())
        .collect();
    assert_eq!(listed, flags);
    // `PrecinctStatus { held: true, .. } => v1::PrecinctState::Held`, in the order in which they apply.
    let source = read("crates/server/src/query/moment.rs");
    let word = body(&source, "fn word(");
    let arms = word
        .lines()
        .filter_map(|line| line.trim().split_once(" => v1::PrecinctState::"));
    let arms: Vec<_> = arms
        .map(|(pattern, word)| {
            let pattern = pattern.trim_start_matches("PrecinctStatus { ").trim_end_matches(".. }");
            let when = match pattern.trim_end_matches(", ").split_once(": ") {
                Some((flag, "None")) => format!("`{flag}` is not set"),
                Some((flag, "true")) => format!("`{flag}` is set"),
                None => "otherwise".to_owned(),
                Some(other) => panic!("{other:?}"),
            };
            (format!("`{}`", kebab(word.trim_end_matches(','))), when)
        })
        .collect();
    let listed = table("| word | applies when | may become |").into_iter();
    let listed: Vec<_> = listed.map(|row| (row[0].clone(), row[1].clone())).collect();
    assert_eq!(listed, arms);
}

/// What one struct of arguments takes.
#[derive(Default)]
struct Takes {
    /// With their environment variables.
    flags: BTreeSet<(String, String)>,
    places: Vec<String>,
    others: Vec<String>,
    /// The enum of the commands below it, if it takes one.
    commands: Option<String>,
}

fn kebab(name: &str) -> String {
    shouted(name).to_lowercase().replace('_', "-")
}

/// Where commands and their arguments are declared.
fn args() -> String {
    let mut paths = files(Path::new("crates/cli/src/args"), ".rs");
    paths.push(Path::new("crates/cli/src/args.rs").to_owned());
    paths.iter().map(read).collect()
}

/// The structs of arguments by name.
fn arguments() -> BTreeMap<String, Takes> {
    let source = args();
    let structs = source.split("pub(crate) struct ").skip(1);
    structs
        .map(|rest| {
            let (name, rest) = rest.split_once(" {\n").unwrap();
            (name.to_owned(), takes(rest.split("\n}").next().unwrap()))
        })
        .collect()
}

fn takes(fields: &str) -> Takes {
    let mut takes = Takes::default();
    let mut said = String::new();
    for line in fields.lines().map(str::trim) {
        let Some(field) = line.strip_prefix("pub(crate) ") else {
            if !line.starts_with("//") {
                said.push_str(line);
            }
            continue;
        };
        let (name, of) = field.trim_end_matches(',').split_once(": ").unwrap();
        let said = std::mem::take(&mut said);
        if said.contains("flatten") {
            takes.others.push(of.to_owned());
        } else if said.contains("long") {
            let env = said
                .split_once("env = \"")
                .unwrap_or_else(|| panic!("--{name} has no environment variable"));
            let env = env.1.split('"').next().unwrap();
            takes
                .flags
                .insert((format!("--{}", name.replace('_', "-")), env.to_owned()));
        } else if said.contains("subcommand") {
            takes.commands = Some(of.to_owned());
        } else {
            takes.places.push(name.to_uppercase());
        }
    }
    takes
}

/// Each command: what the help says of it, and its struct of arguments. A command of commands is those alone.
fn commands() -> BTreeMap<String, (String, String)> {
    let arguments = arguments();
    let mut found = BTreeMap::new();
    for (command, (help, of)) in commands_of("Command") {
        match &arguments[&of].commands {
            Some(below) => {
                let named = commands_of(below).into_iter();
                found.extend(named.map(|(name, rest)| (format!("{command} {name}"), rest)));
            }
            None => {
                found.insert(command, (help, of));
            }
        }
    }
    found
}

fn commands_of(name: &str) -> BTreeMap<String, (String, String)> {
    let source = args();
    let variants = body(&source, &format!("enum {name} {{"));
    let lines: Vec<_> = variants.lines().skip(1).map(str::trim).collect();
    let commands = lines.chunks(2).map(|pair| {
        let (variant, of) = pair[1].split_once('(').unwrap();
        let help = pair[0].trim_start_matches("/// ").trim_end_matches('.');
        (kebab(variant), (help.to_owned(), of.trim_end_matches("),").to_owned()))
    });
    commands.collect()
}

#[test]
fn every_command_is_on_its_pages() {
    let arguments = arguments();
    let (mut with_places, mut with_help) = (Names::new(), BTreeSet::new());
    for (command, (help, of)) in commands() {
        let mut words = vec![command.clone()];
        words.extend(arguments[&of].places.clone());
        with_places.insert(words.join(" "));
        with_help.insert((format!("tallylog {command}"), help));
    }
    let operations = rows("docs/OPERATIONS.md", "## Commands").into_iter();
    let listed = operations
        .map(|row| name(&row[0]))
        .filter(|name| !name.starts_with("--"));
    assert_eq!(listed.collect::<Names>(), with_places);
    let readme = rows("README.md", "## What it does");
    let listed: BTreeSet<_> = readme.into_iter().map(|row| (name(&row[0]), row[1].clone())).collect();
    assert_eq!(listed, with_help);
}

#[test]
fn every_flag_is_on_the_page_with_its_environment_variable_and_its_commands() {
    let arguments = arguments();
    let mut flags: BTreeMap<(String, String), Names> = BTreeMap::new();
    for (command, (_, of)) in commands() {
        let all = arguments[&of].others.iter().chain([&of]);
        for flag in all.flat_map(|takes| &arguments[takes].flags) {
            flags.entry(flag.clone()).or_default().insert(command.clone());
        }
    }
    let rows = rows("docs/OPERATIONS.md", "## Commands").into_iter();
    // A flag may stand in several tables of the section, each with commands of its own.
    let mut listed: BTreeMap<_, Names> = BTreeMap::new();
    for row in rows.filter(|row| row[0].starts_with("`--")) {
        let commands = listed.entry((name(&row[0]), name(&row[1]))).or_default();
        for command in names(&row[2]) {
            assert!(commands.insert(command.clone()), "{} of {command} stands twice", row[0]);
        }
    }
    assert_eq!(listed, flags);
}

/// The cell of something that may be absent.
fn cell(text: Option<&str>) -> String {
    text.map_or_else(|| "-".to_owned(), |text| format!("`{text}`"))
}

#[test]
fn every_limit_is_on_the_page_with_its_default_flag_and_code() {
    let page = read("docs/OPERATIONS.md");
    let lines = page.lines().skip_while(|line| *line != "## Limits").skip(1);
    let section = lines.take_while(|line| !line.starts_with("## "));
    let rows = section.filter(|line| line.starts_with("| ")).skip(2);
    let listed: Vec<Vec<String>> = rows
        .map(|row| {
            row.trim_matches('|')
                .split('|')
                .map(|cell| cell.trim().to_owned())
                .collect()
        })
        .collect();
    let expected: Vec<Vec<String>> = tallylog_server::limits()
        .into_iter()
        .map(|limit| vec![limit.what.to_owned(), limit.default, cell(limit.flag), cell(limit.code)])
        .collect();
    let figures: Vec<_> = listed.iter().map(|row| row[..4].to_vec()).collect();
    assert_eq!(figures, expected);
    let arguments = arguments();
    let serve = &arguments["ServeArgs"];
    let groups = serve.others.iter().map(|of| &arguments[of]).chain([serve]);
    let served: Names = groups
        .flat_map(|takes| takes.flags.iter().map(|(flag, _)| flag.clone()))
        .collect();
    let problems = read("docs/PROBLEMS.md");
    for row in listed {
        assert!(row.len() == 5 && !row[4].is_empty(), "{row:?}: it says what to do");
        assert!(names(&row[2]).is_subset(&served), "{row:?}: a flag of serve");
        let code = &row[3];
        assert!(
            code == "-" || problems.contains(&format!("| {code} |")),
            "{row:?}: a known code"
        );
    }
}

fn pages() -> Vec<PathBuf> {
    let mut pages = files(Path::new("docs"), ".md");
    pages.push(root().join("README.md"));
    pages
}

/// A heading as a link names it.
fn anchor(heading: &str) -> String {
    let kept = heading.chars().filter(|c| c.is_alphanumeric() || " -_".contains(*c));
    kept.map(|c| if c == ' ' { '-' } else { c.to_ascii_lowercase() })
        .collect()
}

#[test]
fn every_link_resolves() {
    for page in pages() {
        let text = read(&page);
        let links = text.split("](").skip(1).map(|rest| rest.split(')').next().unwrap());
        for link in links.filter(|link| !link.starts_with("http")) {
            let (path, wanted) = link.split_once('#').unwrap_or((link, ""));
            let target = if path.is_empty() {
                page.clone()
            } else {
                page.with_file_name(path)
            };
            assert!(target.exists(), "{}: {link}", page.display());
            let found = wanted.is_empty()
                || read(&target)
                    .lines()
                    .any(|line| line.starts_with('#') && anchor(line.trim_start_matches('#').trim_start()) == wanted);
            assert!(found, "{}: {link}", page.display());
        }
    }
}

#[test]
fn every_file_that_a_page_names_is_there() {
    let entries = fs::read_dir(root()).unwrap().map(|entry| entry.unwrap());
    let folders = entries.filter(|entry| entry.path().is_dir());
    let folders: Names = folders
        .map(|folder| format!("{}/", folder.file_name().to_str().unwrap()))
        .filter(|folder| !["target/", ".git/"].contains(&folder.as_str()))
        .collect();
    for page in pages() {
        for line in read(&page).lines() {
            let named = names(line).into_iter();
            for path in named.filter(|path| folders.iter().any(|folder| path.starts_with(folder))) {
                assert!(root().join(&path).exists(), "{}: {path}", page.display());
            }
        }
    }
}

#[test]
fn the_gate_runs_the_command_of_the_readme() {
    let readme = read("README.md");
    let section = readme.split("## Test it").nth(1).unwrap();
    let command = section.split("```sh\n").nth(1).unwrap().lines().next().unwrap();
    let gate = read(".ci/run");
    assert!(gate.lines().any(|line| line == format!("run {command}")), "{command}");
}

#[test]
fn the_short_form_of_the_program_is_the_one_that_the_page_gives() {
    let config = read(".cargo/config.toml");
    let alias = config
        .lines()
        .find_map(|line| line.strip_prefix("tallylog = "))
        .unwrap();
    let long = format!("`cargo tallylog` stands for `cargo {}`", alias.trim_matches('"'));
    assert!(read("docs/OPERATIONS.md").contains(&long), "{long}");
}

/// A number with thousands set apart, as pages write it.
fn grouped(number: &str) -> String {
    number.trim().replace('_', ",")
}

#[test]
fn the_page_gives_the_counts_of_the_long_suites() {
    let page = read("docs/CONTRIBUTING.md");
    let mut suites = Names::new();
    let folders = ["tests", "crates"].map(|folder| files(Path::new(folder), ".rs"));
    for path in folders.concat() {
        let source = read(&path);
        // Calls alone, and not where the function is declared.
        for call in source.replace("fn trials(", "").split("trials(").skip(1) {
            let Some((quick, full)) = call.split(')').next().unwrap().split_once(", ") else {
                continue;
            };
            let is_number = |text: &str| text.chars().all(|c| c.is_ascii_digit() || c == '_');
            if !is_number(quick) || !is_number(full) {
                continue;
            }
            suites.insert(path.display().to_string());
            let (quick, full) = (grouped(quick), grouped(full));
            let said = format!("{full} times instead of {quick}");
            assert!(page.contains(&said), "{}: {said}", path.display());
        }
    }
    assert!(suites.len() >= 10, "{suites:?}");
}
