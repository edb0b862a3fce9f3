//! Simulated nights, folded, and how long a proof of a whole one is.

use tallylog_event::{EntryIndex, Envelope, UnixMillis};
use tallylog_projection::{Accepted, Basis, Fold, ResultsProof, ResultsTree};
use tallylog_simulate::{Options, What, night};

/// The first `share` hundredths of what arrives in a night.
pub(crate) fn fold(options: &Options, share: usize) -> Fold {
    let night = night(options);
    let mut fold = Fold::default();
    for envelope in &night.setup {
        take(&mut fold, envelope.decode().unwrap().recorded_at, envelope);
    }
    let arrivals = night.plan.iter().filter_map(|planned| match &planned.what {
        What::Arrival(arrival) if !arrival.retry => Some((planned.at, &arrival.envelope)),
        What::Arrival(_) | What::Correction(_) | What::Case(_) | What::Release(_) => None,
    });
    for (at, envelope) in arrivals.take(night.plan.len() * share / 100) {
        take(&mut fold, at, envelope);
    }
    fold
}

pub(crate) fn take(fold: &mut Fold, at: UnixMillis, envelope: &Envelope) {
    let body = envelope.decode().unwrap();
    let accepted = Accepted::new(EntryIndex(fold.state().size()), at, envelope, &body);
    fold.admit(&accepted).unwrap();
    fold.apply(&accepted);
}

/// 37 precincts, of which some have not reported.
pub(crate) fn small() -> ResultsTree {
    let fold = fold(&Options::small(7, 21, 37), 60);
    ResultsTree::of(fold.state(), Basis::Recorded).unwrap()
}

#[test]
fn every_precinct_of_a_night_is_proven_inside_the_total() {
    let tree = small();
    let (root, sums) = (tree.root(), tree.sums());
    assert!(
        tree.leaves().iter().any(|leaf| leaf.tally.is_none()),
        "some have not reported"
    );
    for (position, leaf) in tree.leaves().iter().enumerate() {
        let proof = tree.prove(position).unwrap();
        assert_eq!(ResultsProof::decode(&proof.encode()).as_ref(), Ok(&proof));
        let proven = proof.verify(&root).unwrap();
        assert_eq!((&proven.leaf, &proven.totals), (leaf, &sums));
    }
    assert_eq!(tree.prove(tree.leaves().len()), None);
}

/// With the log's own proofs and a checkpoint beside it, a file for one precinct is to stay under 6 KiB.
#[test]
fn a_proof_of_the_whole_night_takes_less_than_4_kib() {
    let fold = fold(&Options::full(2028), 100);
    let tree = ResultsTree::of(fold.state(), Basis::Recorded).unwrap();
    assert_eq!((tree.leaves().len(), tree.sums().groups.len()), (1_765, 14));
    let lengths = (0..1_765).map(|position| tree.prove(position).unwrap().encode().len());
    let (shortest, longest) = (lengths.clone().min().unwrap(), lengths.max().unwrap());
    println!("a proof has {shortest} to {longest} bytes");
    assert!(longest < 4_096, "{longest}");
    assert!(tree.prove(1_000).unwrap().verify(&tree.root()).is_ok());
}
