//! The page of the rules says what the code does.

#![expect(clippy::unwrap_used, reason = "a helper that fails fails its test")]

use std::collections::BTreeSet;
use std::path::PathBuf;

use tallylog_rules::{
    Apportionment, Attendees, ByGroup, Code, Delegates, Desk, GroupId, RuleError, Ruleset, Table, apportion,
};

fn read(path: &str) -> String {
    std::fs::read_to_string(PathBuf::from(env!("CARGO_MANIFEST_DIR")).join(path)).unwrap()
}

fn cells(row: &str) -> Vec<&str> {
    row.trim_matches('|').split('|').map(str::trim).collect()
}

/// Numbers in a cell, such as `20, 10, 7`.
fn numbers(cell: &str) -> Vec<u32> {
    cell.split(", ").map_while(|number| number.parse().ok()).collect()
}

#[test]
fn the_page_lists_every_code_with_its_name_and_severity() {
    let page = read("docs/RULES.md");
    let rows = page.lines().filter(|line| line.starts_with("| V")).map(cells);
    let listed: Vec<_> = rows
        .map(|row| (row[0].to_owned(), row[1].to_owned(), row[2].to_owned()))
        .collect();
    // Only these have a lighter form.
    let lighter = [(Code::V03, "info, warn"), (Code::V21, "warn, block")];
    let severity = |code: Code| {
        let found = lighter.iter().find(|(known, _)| *known == code);
        found.map_or_else(|| code.severity().as_str(), |(_, both)| both)
    };
    let of = |code: &Code| {
        (
            code.to_string(),
            format!("`{}`", code.name()),
            severity(*code).to_owned(),
        )
    };
    assert_eq!(listed, Code::ALL.iter().map(of).collect::<Vec<_>>());
}

#[test]
fn the_page_repeats_the_advice_word_for_word() {
    let page = read("docs/RULES.md");
    let starts = ["- **V", "  - operator: ", "  - chair: "];
    let is_advice = |line: &&str| starts.iter().any(|start| line.starts_with(start));
    let listed: Vec<_> = page.lines().filter(is_advice).collect();
    let advice = Code::ALL.iter().flat_map(|code| {
        Desk::ALL.iter().map(move |desk| match desk {
            Desk::Reviewer => format!("- **{code}**: {}", code.advice()),
            Desk::Operator | Desk::Chair => format!("  - {}: {}", desk.as_str(), code.advice_for(*desk)),
        })
    });
    assert_eq!(listed, advice.collect::<Vec<_>>());
}

#[test]
fn nobody_is_told_what_another_desk_is_told() {
    let said: Vec<_> = Code::ALL
        .iter()
        .flat_map(|code| Desk::ALL.iter().map(|desk| code.advice_for(*desk)))
        .collect();
    assert!(
        said.iter().all(|text| text.len() > 50 && text.ends_with('.')),
        "{said:?}"
    );
    assert_eq!(
        said.iter().collect::<BTreeSet<_>>().len(),
        Code::ALL.len() * Desk::ALL.len()
    );
}

#[test]
fn the_names_of_the_codes_are_found_again() {
    for code in Code::ALL {
        assert_eq!(Code::parse(code.as_str()), Some(*code));
    }
    assert_eq!(Code::ALL.len(), 34);
    assert_eq!(Code::parse("V35"), None);
    let names: BTreeSet<_> = Code::ALL.iter().map(|code| code.name()).collect();
    assert_eq!(names.len(), 34);
}

#[test]
fn the_worked_examples_of_the_page_work() {
    let page = read("docs/RULES.md");
    let table = page
        .split("### Worked examples")
        .nth(1)
        .unwrap()
        .split("###")
        .next()
        .unwrap();
    let rows: Vec<_> = table
        .lines()
        .filter(|line| line.starts_with("| "))
        .skip(2)
        .map(cells)
        .collect();
    assert_eq!(rows.len(), 12);
    for row in rows {
        let mut members = numbers(row[2]);
        if row[2] == "10 each of six" {
            members = vec![10; 6];
        }
        let (room, electing) = (row[0].parse().unwrap(), row[1].parse().unwrap());
        let groups = ByGroup::numbered(members.iter().copied().map(Attendees)).unwrap();
        let outcome = apportion(
            &Ruleset::iowa_2020(),
            Attendees(room),
            Delegates(electing),
            &groups,
            &[],
        );
        assert_eq!(
            outcome.tie().is_some(),
            row[3].contains("a game"),
            "{row:?}: {outcome:?}"
        );
        if let Apportionment::Settled(awards) = &outcome {
            let ids = (1..).take(members.len()).map(|number| GroupId::new(number).unwrap());
            let awards: Vec<u32> = ids.map(|group| awards.of(group).0.into()).collect();
            assert_eq!(awards, numbers(row[3]), "{row:?}");
        }
    }
}

#[test]
fn every_rule_that_the_code_cites_is_on_the_page() {
    let page = read("docs/RULES.md");
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("crates/rules/src");
    let mut cited = BTreeSet::new();
    for folder in [folder.clone(), folder.join("check")] {
        for file in std::fs::read_dir(folder).unwrap() {
            let path = file.unwrap().path();
            if path.is_file() {
                let text = std::fs::read_to_string(path).unwrap();
                cited.extend(text.match_indices("Rule: ").map(|(at, _)| {
                    text[at + 6..]
                        .split_whitespace()
                        .next()
                        .unwrap()
                        .trim_matches('.')
                        .to_owned()
                }));
            }
        }
    }
    cited.retain(|rule| rule.starts_with(|first: char| first.is_ascii_digit()));
    assert!(cited.len() > 8, "{cited:?}");
    for rule in cited {
        assert!(
            page.contains(&format!("**Rule {rule}:")),
            "Rule {rule} is cited and not on the page"
        );
    }
}

#[test]
fn the_built_in_ruleset_is_the_one_on_the_page() {
    let rules = Ruleset::iowa_2020();
    assert_eq!(rules.validate(), Ok(()));
    assert_eq!(Ruleset::built_in(&rules.name), Some(rules.clone()));
    assert_eq!(Ruleset::built_in("iowa-2024"), None);
    let viability = rules
        .viability
        .iter()
        .map(|tier| format!("from {}: {}/{}", tier.from, tier.numerator, tier.denominator));
    let satellites = rules
        .satellites
        .iter()
        .map(|tier| format!("{}: {}", tier.from, tier.delegates));
    let page = read("docs/RULES.md");
    assert!(page.contains(&format!(
        "| `viability` | {} |",
        viability.collect::<Vec<_>>().join("; ")
    )));
    assert!(page.contains(&format!(
        "| `satellites` | from {} |",
        satellites.collect::<Vec<_>>().join("; ")
    )));
}

#[test]
fn a_ruleset_that_makes_no_sense_is_refused() {
    let refused = |change: fn(&mut Ruleset)| {
        let mut rules = Ruleset::iowa_2020();
        change(&mut rules);
        rules.validate().unwrap_err()
    };
    assert_eq!(refused(|rules| rules.name.clear()), RuleError::Unnamed);
    assert_eq!(
        refused(|rules| rules.viability.clear()),
        RuleError::Empty(Table::Viability)
    );
    assert_eq!(
        refused(|rules| rules.viability.reverse()),
        RuleError::NotRising(Table::Viability)
    );
    assert_eq!(
        refused(|rules| rules.viability[0].from.0 = 0),
        RuleError::NotRising(Table::Viability)
    );
    let share = |numerator, denominator| RuleError::Share {
        table: Table::Viability,
        numerator,
        denominator,
    };
    assert_eq!(refused(|rules| rules.viability[2].denominator = 0), share(15, 0));
    assert_eq!(refused(|rules| rules.viability[2].numerator = 101), share(101, 100));
    assert_eq!(refused(|rules| rules.viability[2].numerator = 0), share(0, 100));
    assert_eq!(
        refused(|rules| rules.satellites.clear()),
        RuleError::Empty(Table::Satellites)
    );
    assert_eq!(
        refused(|rules| rules.satellites[1].from.0 = 1),
        RuleError::NotRising(Table::Satellites)
    );
    assert_eq!(
        refused(|rules| rules.satellites[0].delegates.0 = 0),
        RuleError::NoDelegates
    );
    let national = RuleError::Share {
        table: Table::National,
        numerator: 15,
        denominator: 0,
    };
    assert_eq!(refused(|rules| rules.national.threshold_denominator = 0), national);
    assert_eq!(refused(|rules| rules.largest_room.0 = 0), RuleError::NoRoom);
}
