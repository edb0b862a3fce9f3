//! A log whose checkpoints real witnesses cosign, and what becomes of one that was set back.

use std::fs;
use std::path::Path;
use std::sync::Arc;

use tallylog_event::{Event, PublicKey, Revocation, Text};
use tallylog_server::witness::{Folder, Witness, serve};
use tallylog_server::{Log, Settings, cosign};
use tallylog_simulate::{Night, Options, night};
use tallylog_tlog::{KeyName, LogKey, Policy, SignedCheckpoint, SigningKey, WitnessSigner};
use tallylog_wire::v1;
use tokio::net::TcpListener;
use tonic::Code;

use crate::checkpoints::copy;
use crate::support::{Served, check_refusal, log_key, report, request, signing};

fn the_night() -> Night {
    night(&Options {
        errors: false,
        ..Options::small(11, 2, 12)
    })
}

fn signer(number: u8) -> WitnessSigner {
    let name = KeyName::new(format!("witness.example/w{number}")).unwrap();
    WitnessSigner::new(name, SigningKey::from_bytes(&[0xB0 + number; 32]))
}

/// A witness on a port of its own, until its runtime ends.
pub(crate) async fn watching(dir: &Path, number: u8, log: LogKey) -> cosign::Witness {
    let folder = Folder::open(&dir.join(format!("w{number}"))).unwrap();
    let signer = signer(number);
    folder.settle(signer.key()).unwrap();
    let witness = Witness::open(folder, signer, vec![log], Arc::new(tallylog_server::now)).unwrap();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("{}@http://{}", witness.key(), listener.local_addr().unwrap());
    tokio::spawn(serve(Arc::new(witness), listener, std::future::pending()));
    address.parse().unwrap()
}

/// One that nobody answers for.
async fn absent(number: u8) -> cosign::Witness {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("{}@http://{}", signer(number).key(), listener.local_addr().unwrap());
    address.parse().unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_published_is_cosigned_and_who_is_missing_is_counted() {
    let dir = tempfile::tempdir().unwrap();
    let key = log_key(&the_night());
    let witnesses = vec![
        watching(dir.path(), 1, key.clone()).await,
        watching(dir.path(), 2, key.clone()).await,
        absent(3).await,
    ];
    let keys: Vec<_> = witnesses.iter().map(|witness| witness.key().clone()).collect();
    let served = Served::signing(|signing| {
        signing.witnesses = witnesses;
        signing.quorum = 2;
    })
    .await;
    let started = std::time::Instant::now();
    for (precinct, chair, sheet) in &served.rooms()[..3] {
        let request = v1::SubmitRequest {
            wait_for_proof: true,
            ..request(&served.pen.sign(chair, report(*precinct, sheet)))
        };
        served.client.intake.clone().submit(request).await.unwrap();
    }
    assert!(
        started.elapsed() < std::time::Duration::from_secs(4),
        "{:?}",
        started.elapsed()
    );
    let size = served.client.size().await;
    let mut latest = served.covered(size).await;
    for _ in 0..300 {
        if latest.quorum_met {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(10)).await;
        latest = served.covered(size).await;
    }
    assert!(latest.quorum_met && latest.quorum == 2, "{latest:?}");
    let note = SignedCheckpoint::parse(&latest.note).unwrap();
    let strict = Policy::of_witnesses(key, keys[..2].iter().map(|key| (key.clone(), None)), 2).unwrap();
    assert_eq!(strict.verify(&note).unwrap().cosigners().len(), 2);
    let cosigned: Vec<bool> = latest.witnesses.iter().map(|witness| witness.cosigned).collect();
    assert_eq!(cosigned, [true, true, false]);
    let missing = &latest.witnesses[2];
    assert_eq!((missing.last_size, missing.cosigned_count), (0, 0));
    assert!(missing.missed_count > 0 && !missing.fault.is_empty(), "{missing:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_log_that_was_set_back_is_stopped_by_its_witness_before_it_signs_anything_new() {
    let dir = tempfile::tempdir().unwrap();
    let witness = watching(dir.path(), 1, log_key(&the_night())).await;
    let asked = witness.clone();
    let served = Served::signing(|signing| {
        signing.witnesses = vec![asked];
        signing.quorum = 1;
    })
    .await;
    served.covered(served.client.size().await).await;
    let settings = served.settings();
    let (here, night, pen) = served.stop().await;
    let old = tempfile::tempdir().unwrap();
    copy(here.path(), old.path());
    let served = Served::open(here, night, pen, settings).await;
    let (precinct, chair, sheet) = served.rooms()[0];
    let envelope = served.pen.sign(chair, report(precinct, sheet));
    served.take(envelope.clone()).await;
    let size = served.client.size().await;
    for _ in 0..500 {
        let latest = served.covered(size).await;
        if latest.witnesses[0].last_size == size {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(10)).await;
    }
    let (_here, night, pen) = served.stop().await;
    // The older copy, with the same keys and all that it knew of what it had signed.
    let signed_before = fs::read(old.path().join("checkpoints")).unwrap();
    let mut again = signing(&night, old.path());
    again.witnesses = vec![witness];
    again.quorum = 1;
    let settings = Settings {
        signing: Some(again),
        ..Settings::default()
    };
    let served = Served::open(old, night, pen, settings).await;
    let (precinct, chair, sheet) = served.rooms()[1];
    let other = served.pen.sign(chair, report(precinct, sheet));
    let waiting = v1::SubmitRequest {
        wait_for_proof: true,
        ..request(&other)
    };
    let refused = served.client.intake.clone().submit(waiting).await.unwrap_err();
    check_refusal(&refused, Code::DataLoss, "log-behind-witness");
    assert_eq!(fs::read(served.dir.path().join("checkpoints")).unwrap(), signed_before);
    let evidence = fs::read_to_string(served.dir.path().join("checkpoints.evidence")).unwrap();
    let note = evidence.split_once("\n\n").unwrap().1.strip_suffix('\n').unwrap();
    let note = SignedCheckpoint::parse(note.as_bytes()).unwrap();
    assert_eq!(note.unverified().size.0, size);
    note.verify(&[log_key(&served.night)], &[]).unwrap();
}

/// Nobody answers there: whoever is asked was taken for a witness.
fn witness_under(key: &SigningKey) -> cosign::Witness {
    let name = KeyName::new("own.example/witness").unwrap();
    let key = WitnessSigner::new(name, key.clone()).key().clone();
    format!("{key}@http://127.0.0.1:9").parse().unwrap()
}

/// The keys of those whom a witness should watch, each with the code of its refusal.
fn own_keys(night: &Night) -> Vec<(SigningKey, &'static str)> {
    let registrars = night.keys.registrars.iter().map(|registrar| registrar.key.clone());
    let others = registrars.chain([night.keys.service.clone()]);
    let others = others.map(|key| (key, "witness-not-independent"));
    others
        .chain([(night.keys.log.clone(), "policy-witness-is-log")])
        .collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_log_does_not_start_with_a_witness_under_a_key_of_its_own_contest() {
    let served = Served::signed().await;
    let settings = served.settings();
    let (dir, night, pen) = served.stop().await;
    for (key, code) in own_keys(&night) {
        let mut settings = settings.clone();
        let signing = settings.signing.as_mut().unwrap();
        signing.witnesses = vec![witness_under(&key)];
        signing.quorum = 1;
        let refused = Log::open_or_create(&dir.path().join("log"), settings).err().unwrap();
        assert_eq!(refused.code(), code, "{refused}");
    }
    // It starts with others, as before.
    let mut settings = settings;
    settings.signing.as_mut().unwrap().witnesses = vec![absent(1).await];
    let served = Served::open(dir, night, pen, settings).await;
    served.covered(served.client.size().await).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_witness_whose_key_was_revoked_as_a_registrars_is_still_none() {
    let served = Served::signed().await;
    let second = served.night.keys.registrars[1].key.clone();
    let gone = Event::KeyRevoked(Revocation {
        key: PublicKey::of(&second),
        reason: Text::new("She left.").unwrap(),
    });
    served.take(served.pen.sign(served.registrar(), gone)).await;
    let mut settings = served.settings();
    let (dir, _, _) = served.stop().await;
    let signing = settings.signing.as_mut().unwrap();
    signing.witnesses = vec![witness_under(&second)];
    let refused = Log::open_or_create(&dir.path().join("log"), settings).err().unwrap();
    assert_eq!(refused.code(), "witness-not-independent");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_contest_that_is_opened_under_such_a_witness_is_not_signed_for() {
    let registrar = the_night().keys.registrars[0].key.clone();
    let served = Served::signing(|signing| {
        signing.witnesses = vec![witness_under(&registrar)];
        signing.quorum = 1;
    })
    .await;
    let (precinct, chair, sheet) = served.rooms()[0];
    let waiting = v1::SubmitRequest {
        wait_for_proof: true,
        ..request(&served.pen.sign(chair, report(precinct, sheet)))
    };
    let refused = served.client.intake.clone().submit(waiting).await.unwrap_err();
    check_refusal(&refused, Code::FailedPrecondition, "witness-not-independent");
}
