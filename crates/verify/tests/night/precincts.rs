//! Proofs that a precinct's figures are inside a total.

use sha2::{Digest, Sha256};
use tallylog_event::{Basis, Channel, Envelope, Event, PrecinctId, PublicKey, Report, ResultsRoot, SigningKey};
use tallylog_projection::{Node, ResultsProof, ResultsTree, State, Sums, Tally};
use tallylog_rules::Sheet;
use tallylog_simulate::Options;
use tallylog_tlog::{Index, Policy, SignedCheckpoint, Size, prove_inclusion};
use tallylog_verify::{Included, PrecinctProof};

use crate::forge::{Forge, Sealed, Taken, chained, nodes};

/// The most bytes of a proof for 1,765 precincts and 14 candidates.
const MOST: usize = 6 * 1_024;

/// A night with all that a proof of one of its precincts is made from.
struct Prover {
    forge: Forge,
    entries: Vec<Vec<u8>>,
    /// The state that the last entry commits to.
    state: State,
    tree: ResultsTree,
    checkpoint: SignedCheckpoint,
    nodes: std::collections::BTreeMap<tallylog_tlog::Node, tallylog_tlog::Hash>,
}

impl Prover {
    fn new(forge: Forge, taken: &Taken) -> Self {
        let entries = chained(taken);
        let state = Forge::state(&taken[..taken.len() - 1].to_vec());
        Self {
            tree: ResultsTree::of(&state, Basis::Recorded).unwrap(),
            nodes: nodes(&entries),
            checkpoint: forge.seal(&entries, Sealed::of(entries.len())),
            state,
            entries,
            forge,
        }
    }

    fn include(&self, place: usize) -> Included {
        let size = Size(self.entries.len().try_into().unwrap());
        Included {
            entry: self.entries[place].clone(),
            path: prove_inclusion(Index(place.try_into().unwrap()), size, &self.nodes).unwrap(),
        }
    }

    fn last(&self) -> usize {
        self.entries.len() - 1
    }

    fn report(&self, position: usize) -> Option<usize> {
        let tally = self.tree.leaves()[position].tally.as_ref()?;
        Some(tally.entry.0.try_into().unwrap())
    }

    fn results(&self, position: usize) -> ResultsProof {
        self.tree.prove(position).unwrap()
    }

    fn put(&self, results: ResultsProof, commitment: usize, report: Option<usize>) -> PrecinctProof {
        let report = report.map(|place| self.include(place));
        PrecinctProof::new(results, self.include(commitment), report, self.checkpoint.clone())
    }

    fn prove(&self, position: usize) -> PrecinctProof {
        self.put(self.results(position), self.last(), self.report(position))
    }

    fn code(&self, proof: &PrecinctProof) -> Option<&'static str> {
        let policy = Policy::of_log(self.forge.log.key().clone());
        let service = PublicKey::of(&self.forge.night.keys.service);
        let parsed = PrecinctProof::parse(proof.to_string().as_bytes());
        let verified = parsed.and_then(|proof| proof.verify(&policy, Some(&service)));
        verified.err().map(|flaw| flaw.code())
    }
}

/// A night in which one precinct never reports.
fn prover(seed: u64) -> Prover {
    let forge = Forge::new(seed);
    let silent = *forge.night.sheets.keys().next().unwrap();
    let about = |event: &Event| event.report().map(|report| report.precinct);
    let mut taken = forge.uncommitted();
    // Releases would speak of it, and corrections name entries by number.
    taken.retain(|(_, envelope)| {
        let event = envelope.decode().unwrap().event;
        let kept = !matches!(
            event,
            Event::Released(_) | Event::ResultsCommitted(_) | Event::Corrected(_)
        );
        kept && about(&event) != Some(silent)
    });
    let state = Forge::state(&taken);
    let at = taken.last().unwrap().0;
    taken.push((at, forge.commit(&state, Basis::Recorded)));
    Prover::new(forge, &taken)
}

#[test]
fn every_precinct_is_shown_to_be_inside_the_total() {
    let prover = prover(51);
    let policy = Policy::of_log(prover.forge.log.key().clone());
    let mut silent = 0;
    for position in 0..prover.state.roster().precincts() {
        let bytes = prover.prove(position).to_string();
        let proof = PrecinctProof::parse(bytes.as_bytes()).unwrap();
        assert_eq!(proof.to_string(), bytes);
        let figures = proof.verify(&policy, None).unwrap();
        assert_eq!(*figures.leaf(), prover.tree.leaves()[position]);
        assert_eq!(*figures.totals(), prover.tree.sums());
        silent += usize::from(figures.report().is_none());
        assert!(figures.table().ends_with("verified\n"));
        let json: serde_json::Value = serde_json::from_str(&figures.json().unwrap()).unwrap();
        assert_eq!(json["precincts"], prover.state.roster().precincts());
        assert_eq!(prover.code(&proof), None);
    }
    assert_eq!(silent, 1);
}

#[test]
fn a_proof_of_a_whole_state_is_small() {
    let forge = Forge::of(&Options::full(52), |_| {});
    let mut taken = forge.uncommitted();
    let state = Forge::state(&taken);
    taken.push((taken.last().unwrap().0, forge.commit(&state, Basis::Recorded)));
    let prover = Prover::new(forge, &taken);
    assert_eq!(prover.state.roster().precincts(), 1_765);
    let largest = (0..1_765)
        .map(|position| prover.prove(position).to_string().len())
        .max()
        .unwrap();
    println!("the largest proof has {largest} bytes");
    assert!(largest < MOST, "{largest}");
    assert_eq!(prover.code(&prover.prove(1_764)), None);
}

#[test]
fn parts_that_do_not_belong_together_prove_nothing() {
    let prover = prover(53);
    let reported: Vec<_> = (0..prover.state.roster().precincts())
        .filter(|position| prover.report(*position).is_some())
        .collect();
    let (one, other) = (reported[0], reported[1]);
    let silent = (0..20).find(|position| prover.report(*position).is_none()).unwrap();
    let code = |results: ResultsProof, commitment, report| prover.code(&prover.put(results, commitment, report));
    let last = prover.last();
    assert_eq!(code(prover.results(one), last, prover.report(one)), None);
    assert_eq!(code(prover.results(one), last, None), Some("precinct-no-report"));
    assert_eq!(
        code(prover.results(silent), last, prover.report(one)),
        Some("precinct-more-report")
    );
    assert_eq!(
        code(prover.results(one), last, prover.report(other)),
        Some("precinct-other-report")
    );
    assert_eq!(code(prover.results(one), last, Some(0)), Some("precinct-other-report"));
    assert_eq!(
        code(prover.results(one), 0, prover.report(one)),
        Some("precinct-other-event")
    );
    let mut moved = prover.results(one);
    moved.position = prover.results(other).position;
    assert_eq!(code(moved, last, prover.report(one)), Some("results-proof-wrong-root"));
    let mut larger = prover.results(one);
    larger.precincts += 1;
    assert_eq!(code(larger, last, prover.report(one)), Some("precinct-other-results"));
    let mut released = prover.results(one);
    released.basis = Basis::Released;
    assert_eq!(code(released, last, prover.report(one)), Some("precinct-other-results"));
}

#[test]
fn results_that_a_stranger_commits_prove_nothing() {
    let prover = prover(54);
    let position = (0..20).find(|position| prover.report(*position).is_some()).unwrap();
    let mut taken: Taken = prover
        .entries
        .iter()
        .map(|entry| {
            let entry = tallylog_event::Entry::decode(entry).unwrap();
            (entry.received_at, entry.envelope)
        })
        .collect();
    let forge = prover.forge;
    let (at, honest) = taken.pop().unwrap();
    let stranger = SigningKey::from_bytes(&[9; 32]);
    let body = honest.decode().unwrap();
    taken.push((at, tallylog_event::Envelope::seal(&body, &stranger)));
    let lying = Prover::new(forge, &taken);
    assert_eq!(lying.code(&lying.prove(position)), Some("precinct-not-the-service"));
}

/// The root to which a proof of the first precinct leads, by the page's description: every sibling stands to the right.
fn root_of(proof: &ResultsProof) -> ResultsRoot {
    let digest = |parts: &[&[u8]]| -> [u8; 32] { Sha256::digest(parts.concat()).into() };
    let encode = |sums: &Sums| postcard::to_stdvec(sums).unwrap();
    let leaf = postcard::to_stdvec(&proof.leaf).unwrap();
    let mut sums = proof.leaf.sums(proof.groups.len());
    let mut hash = digest(&[b"tallylog/results-leaf/v1\0", &leaf]);
    for sibling in &proof.path {
        let (own, theirs) = (encode(&sums), encode(&sibling.sums));
        hash = digest(&[b"tallylog/results-node/v1\0", &hash, &own, &sibling.hash, &theirs]);
        sums = sums.checked_add(&sibling.sums).unwrap();
    }
    let whole = (
        proof.contest,
        proof.basis,
        &proof.groups,
        proof.precincts,
        Node { hash, sums },
    );
    let whole = postcard::to_stdvec(&whole).unwrap();
    ResultsRoot(digest(&[b"tallylog/results-root/v1\0", &whole]))
}

/// What a server proves of the first precinct that commits, with the right key, to a root over figures of its own
/// making. A report of the precinct stands after the commitment as well.
#[track_caller]
fn forges(change: impl FnOnce(&mut Tally, &Envelope), of_the_later: bool, code: Option<&'static str>) {
    let forge = Forge::new(56);
    let mut taken = forge.uncommitted();
    let state = Forge::state(&taken);
    let mut results = ResultsTree::of(&state, Basis::Recorded).unwrap().prove(0).unwrap();
    let first = state.roster().ids().next().unwrap();
    let event = report(first, &forge.night.sheets[&first]);
    let later = forge.sign(1, &forge.night.keys.chair(first).unwrap().key, event);
    change(results.leaf.tally.as_mut().unwrap(), &later);
    let mut commitment = ResultsTree::of(&state, Basis::Recorded)
        .unwrap()
        .commitment(&state)
        .unwrap();
    commitment.root = root_of(&results);
    let at = taken.last().unwrap().0;
    taken.push((at, forge.sign_commitment(state.size(), commitment)));
    taken.push((at, later));
    let place = if of_the_later {
        taken.len() - 1
    } else {
        state.versions(first).last().unwrap().entry.0.try_into().unwrap()
    };
    let prover = Prover::new(forge, &taken);
    let committed = prover.entries.len() - 2;
    assert_eq!(prover.code(&prover.put(results, committed, Some(place))), code);
}

fn report(precinct: PrecinctId, sheet: &Sheet) -> Event {
    Event::Reported(Box::new(Report {
        precinct,
        channel: Channel::App,
        sheet: sheet.clone(),
        files: Vec::new(),
    }))
}

fn signed(envelope: &Envelope) -> [u8; 32] {
    let parts = [
        b"tallylog/results-signed/v1\0".as_slice(),
        &envelope.author.0,
        &envelope.body,
    ];
    Sha256::digest(parts.concat()).into()
}

#[test]
fn figures_that_are_not_those_of_their_entry_prove_nothing_though_the_log_committed_to_them() {
    forges(|_, _| {}, false, None);
    let other = Some("precinct-other-figures");
    forges(|tally, _| tally.groups[0].first_alignment += 1, false, other);
    forges(|tally, _| tally.groups[1].final_alignment += 1, false, other);
    forges(|tally, _| tally.groups[13].delegates += 1, false, other);
}

#[test]
fn figures_from_another_entry_prove_nothing_though_the_log_committed_to_them() {
    let other = Some("precinct-other-report");
    forges(|tally, _| tally.signed[0] ^= 1, false, other);
    forges(|tally, _| tally.entry.0 -= 1, false, other);
    // The entry is there and says so, and it came after the figures were committed.
    let ahead = |tally: &mut Tally, later: &Envelope| {
        tally.entry.0 = u64::try_from(Forge::new(56).uncommitted().len() + 1).unwrap();
        tally.signed = signed(later);
    };
    forges(ahead, true, other);
}

#[test]
fn every_bit_of_a_proof_counts() {
    let prover = prover(55);
    let position = (0..20).find(|position| prover.report(*position).is_some()).unwrap();
    let sealed = Sealed {
        cosigners: &[],
        ..Sealed::of(prover.entries.len())
    };
    let report = prover.report(position).map(|place| prover.include(place));
    let checkpoint = prover.forge.seal(&prover.entries, sealed);
    let proof = PrecinctProof::new(
        prover.results(position),
        prover.include(prover.last()),
        report,
        checkpoint,
    );
    let policy = Policy::of_log(prover.forge.log.key().clone());
    let bytes = proof.to_string().into_bytes();
    assert!(proof.verify(&policy, None).is_ok());
    for place in 0..bytes.len() {
        let mut flipped = bytes.clone();
        flipped[place] ^= 1 << (place % 8);
        let verified = PrecinctProof::parse(&flipped).and_then(|proof| proof.verify(&policy, None));
        assert!(verified.is_err(), "byte {place}");
    }
}
