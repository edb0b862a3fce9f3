//! The crate graph is the one that the architecture page draws.

#![expect(clippy::unwrap_used, reason = "a helper that fails fails its test")]

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::process::Command;

use cargo_metadata::{DependencyKind, Metadata, MetadataCommand, Package, PackageId};

/// What no pure crate may reach, not even through others.
const OUT_OF_REACH: [&str; 6] = ["tokio", "tonic", "axum", "hyper", "sled", "rand"];

/// What every crate may use without a line on the page.
const FREE: [&str; 3] = ["serde", "thiserror", "zeroize"];

/// What a pure crate's lints must ban.
const BANNED: [&str; 8] = [
    "f32",
    "f64",
    "std::collections::HashMap",
    "std::collections::HashSet",
    "std::time::Instant",
    "std::time::SystemTime",
    "std::env::var",
    "std::env::vars",
];

type Names = BTreeSet<String>;

/// A row of the table of crates.
struct Row {
    pure: bool,
    third_party: Names,
    may_depend_on: Names,
}

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// The names in backticks of a cell.
fn names(cell: &str) -> Names {
    cell.split('`').skip(1).step_by(2).map(str::to_owned).collect()
}

fn page() -> BTreeMap<String, Row> {
    let text = std::fs::read_to_string(root().join("docs/ARCHITECTURE.md")).unwrap();
    let table = text
        .lines()
        .skip_while(|line| !line.starts_with("| crate |"))
        .skip(2)
        .take_while(|line| line.starts_with('|'));
    let row = |line: &str| {
        let cells: Vec<&str> = line.trim_matches('|').split('|').collect();
        let name = names(cells[0]).pop_first().unwrap();
        let row = Row {
            pure: cells[0].contains("(pure)"),
            third_party: names(cells[3]),
            may_depend_on: names(cells[4]),
        };
        (name, row)
    };
    table.map(row).collect()
}

/// What cargo says, for this machine's target alone: so that nothing is fetched that the build did not need.
fn cargo() -> Metadata {
    let version = Command::new("rustc").arg("-vV").output().unwrap();
    let version = String::from_utf8(version.stdout).unwrap();
    let host = version.lines().find_map(|line| line.strip_prefix("host: ")).unwrap();
    MetadataCommand::new()
        .manifest_path(root().join("Cargo.toml"))
        .other_options(["--locked", "--filter-platform", host].map(str::to_owned))
        .exec()
        .unwrap()
}

/// The workspace's crates by the names of their folders; the root package, which has no sources, is none.
fn crates(metadata: &Metadata) -> BTreeMap<String, &Package> {
    let folders = root().join("crates");
    let packages = metadata.workspace_packages().into_iter();
    let in_folder = packages.filter(|package| package.manifest_path.starts_with(&folders));
    in_folder
        .map(|package| {
            let folder = package.manifest_path.parent().unwrap().file_name().unwrap();
            (folder.to_owned(), package)
        })
        .collect()
}

/// The names of what a crate uses when it is built and run, its tests apart.
fn uses(package: &Package) -> Names {
    let dependencies = package.dependencies.iter();
    dependencies
        .filter(|dependency| dependency.kind == DependencyKind::Normal)
        .map(|dependency| dependency.name.clone())
        .collect()
}

/// Everything that a package reaches when it is built and run.
fn reaches(metadata: &Metadata, from: &PackageId) -> Names {
    let nodes: BTreeMap<_, _> = metadata
        .resolve
        .as_ref()
        .unwrap()
        .nodes
        .iter()
        .map(|node| (&node.id, node))
        .collect();
    let mut found = BTreeSet::new();
    let mut open = vec![from];
    while let Some(id) = open.pop() {
        for dependency in &nodes[id].deps {
            let normal = |kind: &cargo_metadata::DepKindInfo| kind.kind == DependencyKind::Normal;
            if dependency.dep_kinds.iter().any(normal) && found.insert(&dependency.pkg) {
                open.push(&dependency.pkg);
            }
        }
    }
    found.into_iter().map(|id| metadata[id].name.to_string()).collect()
}

/// A package's name as the page has it: the crate's folder, if it is one of ours.
fn folder_of(crates: &BTreeMap<String, &Package>, name: &str) -> Option<String> {
    let (folder, _) = crates.iter().find(|(_, package)| package.name == name)?;
    Some(folder.clone())
}

#[test]
fn every_crate_is_on_the_page_and_nothing_else() {
    let metadata = cargo();
    let ours: Names = crates(&metadata).into_keys().collect();
    assert_eq!(page().into_keys().collect::<Names>(), ours);
}

#[test]
fn a_crate_depends_on_exactly_the_crates_that_the_page_allows() {
    let metadata = cargo();
    let ours = crates(&metadata);
    for (name, row) in page() {
        let depends_on: Names = uses(ours[&name])
            .iter()
            .filter_map(|used| folder_of(&ours, used))
            .collect();
        assert_eq!(depends_on, row.may_depend_on, "{name}");
    }
}

#[test]
fn a_pure_crate_uses_nothing_beyond_what_the_page_allows_and_no_row_names_what_is_not_used() {
    let metadata = cargo();
    let ours = crates(&metadata);
    for (name, row) in page() {
        let used = uses(ours[&name]);
        let idle: Vec<_> = row.third_party.difference(&used).collect();
        assert!(idle.is_empty(), "{name} does not use {idle:?}");
        let foreign = used
            .iter()
            .filter(|used| folder_of(&ours, used).is_none() && !FREE.contains(&used.as_str()));
        let more: Vec<_> = foreign.filter(|used| !row.third_party.contains(*used)).collect();
        assert!(!row.pure || more.is_empty(), "{name} also uses {more:?}");
    }
}

#[test]
fn a_pure_crate_reaches_no_network_no_engine_no_runtime_and_no_randomness() {
    let metadata = cargo();
    let ours = crates(&metadata);
    let pure: Vec<_> = page().into_iter().filter(|(_, row)| row.pure).collect();
    assert!(!pure.is_empty());
    for (name, _) in pure {
        let reached = reaches(&metadata, &ours[&name].id);
        let barred: Vec<_> = OUT_OF_REACH
            .iter()
            .filter(|barred| reached.contains(**barred))
            .collect();
        assert!(barred.is_empty(), "{name} reaches {barred:?}");
    }
    // The walk itself finds such things where they are.
    assert!(reaches(&metadata, &ours["store"].id).contains("sled"));
    assert!(reaches(&metadata, &ours["cli"].id).contains("tokio"));
}

#[test]
fn one_crate_names_the_engine() {
    let metadata = cargo();
    let naming = crates(&metadata).into_iter().filter(|(_, package)| {
        let mut named = package.dependencies.iter();
        named.any(|dependency| dependency.name == "sled")
    });
    assert_eq!(naming.map(|(name, _)| name).collect::<Vec<_>>(), ["store"]);
}

#[test]
fn every_pure_crate_has_the_same_lints_and_they_ban_what_is_not_pure() {
    let rows = page();
    let pure = rows.iter().filter(|(_, row)| row.pure);
    let lints: BTreeMap<&String, String> = pure
        .map(|(name, _)| {
            let path = root().join(format!("crates/{name}/clippy.toml"));
            (name, std::fs::read_to_string(path).unwrap())
        })
        .collect();
    let (_, first) = lints.first_key_value().unwrap();
    for (name, text) in &lints {
        assert_eq!(text, first, "{name}");
    }
    for banned in BANNED {
        assert!(first.contains(&format!("path = \"{banned}\"")), "{banned} is allowed");
    }
}

#[test]
fn the_root_package_has_no_sources_and_depends_on_crates_for_its_tests_alone() {
    let metadata = cargo();
    let package = metadata.root_package().unwrap();
    assert_eq!(uses(package), Names::new());
    let targets = package.targets.iter();
    let others: Vec<_> = targets
        .filter(|target| !target.is_test() && !target.is_bench())
        .map(|target| &target.name)
        .collect();
    assert!(others.is_empty(), "{others:?}");
}
