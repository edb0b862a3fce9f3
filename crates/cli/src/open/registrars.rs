//! What it means how many registrars a contest begins with.

use std::collections::BTreeMap;

use tallylog_event::Registrar;

/// What whoever opens a contest is told of its registrars, if there is anything to say.
///
/// Two keys of one name are one person. With two persons, losing one's only key leaves nobody who could sign with the
/// other; a spare key that lies sealed is its owner's.
pub(super) fn warning(registrars: &[Registrar]) -> Option<String> {
    let mut keys: BTreeMap<&str, usize> = BTreeMap::new();
    for registrar in registrars {
        *keys.entry(registrar.person.as_str()).or_default() += 1;
    }
    let without_spare: Vec<&str> = keys
        .iter()
        .filter(|(_, keys)| **keys < 2)
        .map(|(person, _)| *person)
        .collect();
    match (keys.len(), without_spare.as_slice()) {
        (1, _) => Some(
            "WARNING: there is a single registrar, who enrols staff alone; every verdict says so. The key for the log's own events takes a corrections officer besides. Enrol a second and a third registrar with `tallylog key add`".to_owned(),
        ),
        (2, [_, ..]) => Some(format!(
            "WARNING: there are two registrars, and what takes two stands still for good if either key is lost ({}). Name a third in the contest's file, or enrol one; or give each a spare key under the same name, and keep it sealed",
            without_spare.join(" and ")
        )),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use tallylog_event::{PublicKey, Text};

    use super::*;

    fn of(persons: &[&str]) -> Option<String> {
        let registrars = (0..).zip(persons).map(|(number, person)| Registrar {
            person: Text::new(*person).unwrap(),
            key: PublicKey([number; 32]),
        });
        warning(&registrars.collect::<Vec<_>>())
    }

    #[test]
    fn two_registrars_are_asked_for_a_third_or_for_spare_keys_and_three_for_nothing() {
        assert!(of(&["Rhea"]).unwrap().contains("single registrar"));
        assert!(of(&["Rhea", "Rhea"]).unwrap().contains("single registrar"));
        assert!(of(&["Rhea", "Rolf"]).unwrap().contains("Rhea and Rolf"));
        let one_spare = of(&["Rhea", "Rolf", "Rhea"]).unwrap();
        assert!(one_spare.contains("(Rolf)"), "{one_spare}");
        assert_eq!(of(&["Rhea", "Rolf", "Rhea", "Rolf"]), None);
        assert_eq!(of(&["Rhea", "Rolf", "Ruth"]), None);
    }
}
