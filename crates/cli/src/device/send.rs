//! Sends one event, and believes that it was received when the pinned key says so.

use std::time::{Duration, Instant};

use tallylog_event::{Envelope, Event, EventBody, SigningKey, SubmissionId};
use tallylog_tlog::{LogKey, Policy};
use tallylog_verify::verify_receipt;
use tallylog_wire::v1;
use tallylog_wire::v1::intake_client::IntakeClient;
use tonic::Code;
use tonic::transport::Channel;
use tonic_types::StatusExt;

use super::{Device, DeviceFault, Since, short_words};
use crate::failure::Failure;
use crate::source::connect;

/// How long a command goes on trying. Somebody sits before it: after that, doing it again by hand is clearer.
const PATIENCE: Duration = Duration::from_secs(30);

/// How long one answer may take: it waits for a checkpoint, and that perhaps for witnesses.
pub(crate) const ANSWER: Duration = Duration::from_secs(15);

/// The first pause between two tries; each later one is twice as long, to the longest.
const FIRST_PAUSE: Duration = Duration::from_millis(200);
const LONGEST_PAUSE: Duration = Duration::from_secs(5);

/// What the log has, proved against the key that the device trusts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Received {
    /// The entry's place in the log: the number of the receipt.
    pub(crate) entry: u64,
    /// When the log took it.
    pub(crate) at_ms: u64,
    /// Short words that can be read over a telephone.
    pub(crate) words: String,
    /// The receipt, a `.tlog-proof`.
    pub(crate) proof: Vec<u8>,
    /// What became of it, as the server says, where the log had it before.
    pub(crate) since: Option<Since>,
}

impl Received {
    /// Says what became of it where that is more than that it is received.
    pub(crate) fn news(&self) -> Option<&str> {
        let since = self.since.as_ref().filter(|since| since.is_news());
        since.map(|since| since.message.as_str())
    }
}

/// Signs an event under a random submission id, sends it until it is answered, and checks the receipt.
///
/// Every try sends the same bytes: however often the network is lost, the log takes them once.
pub(crate) async fn send(device: &Device, event: Event) -> Result<Received, Failure> {
    let envelope = envelope(device.about().contest, device.key(), event)?;
    deliver(&device.about().server, &device.about().log_key, &envelope).await
}

/// Signs an event under a random submission id.
pub(crate) fn envelope(
    contest: tallylog_event::ContestId,
    key: &SigningKey,
    event: Event,
) -> Result<Envelope, Failure> {
    let mut submission = [0; 16];
    getrandom::fill(&mut submission).map_err(|_| Failure::Randomness)?;
    let body = EventBody {
        contest,
        submission: SubmissionId(submission),
        recorded_at: tallylog_server::now(),
        event,
    };
    Ok(Envelope::seal(&body, key))
}

/// Sends what was signed until it is answered, and checks the receipt.
pub(crate) async fn deliver(server: &str, log: &LogKey, envelope: &Envelope) -> Result<Received, Failure> {
    let until = Instant::now() + PATIENCE;
    let mut pause = FIRST_PAUSE;
    loop {
        let failure = match once(server, envelope).await {
            Ok(receipt) => return prove(envelope, receipt, log),
            Err(failure) => failure,
        };
        let left = until.saturating_duration_since(Instant::now());
        if left.is_zero() || !may_pass(&failure) {
            return Err(failure);
        }
        tokio::time::sleep(pause.min(left)).await;
        pause = (pause * 2).min(LONGEST_PAUSE);
    }
}

async fn once(server: &str, envelope: &Envelope) -> Result<v1::Receipt, Failure> {
    Handing::to(server, ANSWER).await?.submit(envelope, true).await
}

/// A connection to a server on which signed events are handed over.
pub(crate) struct Handing {
    server: String,
    intake: IntakeClient<Channel>,
    /// How long one answer may take.
    answer: Duration,
}

impl Handing {
    /// Connects; a server that takes the connection and says nothing does not hold anybody up for ever.
    pub(crate) async fn to(server: &str, answer: Duration) -> Result<Self, Failure> {
        let connecting = tokio::time::timeout(answer, connect(server)).await;
        let channel = connecting.map_err(|_| DeviceFault::NoAnswer(server.to_owned()))??;
        Ok(Self {
            server: server.to_owned(),
            intake: IntakeClient::new(channel),
            answer,
        })
    }

    /// Hands an event over: the server says that it is on its disk. That is no receipt.
    pub(crate) async fn hand_over(&mut self, envelope: &Envelope) -> Result<(), Failure> {
        self.submit(envelope, false).await.map(|_| ())
    }

    /// Hands over again what the log has as this entry: the server says what became of it.
    pub(crate) async fn since(&mut self, envelope: &Envelope, entry: u64) -> Result<Since, Failure> {
        let receipt = self.submit(envelope, false).await?;
        if receipt.entry != entry {
            return Ok(Since::unknown(
                "the server names another entry for it than the receipt; keep the receipt and tell the party",
            ));
        }
        let unsaid = || Since::unknown("the server does not say");
        Ok(receipt.since.as_ref().map_or_else(unsaid, Since::of))
    }

    /// Hands it over again, and checks the receipt.
    pub(crate) async fn receipt(&mut self, envelope: &Envelope, log: &LogKey) -> Result<Received, Failure> {
        prove(envelope, self.submit(envelope, true).await?, log)
    }

    async fn submit(&mut self, envelope: &Envelope, wait_for_proof: bool) -> Result<v1::Receipt, Failure> {
        let mut request = tonic::Request::new(v1::SubmitRequest {
            author: envelope.author.0.to_vec(),
            body: envelope.body.clone(),
            signature: envelope.signature.0.to_vec(),
            wait_for_proof,
        });
        request.set_timeout(self.answer);
        // The request's own limit ends with the answer's first bytes: a network that is lost after them would be waited
        // for without end.
        let answered = tokio::time::timeout(self.answer, self.intake.submit(request)).await;
        let answer = answered.map_err(|_| DeviceFault::NoAnswer(self.server.clone()))??;
        Ok(answer.into_inner().receipt.unwrap_or_default())
    }
}

/// Whether nobody answered at all.
pub(crate) fn is_unreachable(failure: &Failure) -> bool {
    matches!(
        failure,
        Failure::Unreachable { .. } | Failure::Device(DeviceFault::NoAnswer(_))
    )
}

/// Whether the same bytes may have another answer in a moment.
pub(crate) fn may_pass(failure: &Failure) -> bool {
    let Failure::Server(status) = failure else {
        return is_unreachable(failure);
    };
    // A night that is paused stays so for longer than anybody waits before a screen, and so does a clock that somebody
    // has to look at.
    if status
        .get_error_details()
        .error_info()
        .is_some_and(|info| ["entry-paused", "clock-unconfirmed"].contains(&info.reason.as_str()))
    {
        return false;
    }
    let lost = matches!(
        status.code(),
        Code::Unavailable | Code::DeadlineExceeded | Code::Cancelled | Code::Unknown | Code::Aborted
    );
    // Whoever answers for a server that is gone gives no code of ours, and is not believed to refuse.
    let is_ours = status.get_details_error_info().is_some();
    lost || !is_ours || status.get_details_retry_info().is_some()
}

/// Checks a receipt that lies on disk.
pub(crate) fn check_receipt(envelope: &Envelope, proof: Vec<u8>, log: &LogKey) -> Result<Received, Failure> {
    let receipt = v1::Receipt {
        proof,
        ..v1::Receipt::default()
    };
    prove(envelope, receipt, log)
}

/// A receipt counts when it proves that the log of the pinned key has this very body, signed by the same key. The signature
/// may be another of that key: some devices sign with randomness, and the one in the log was checked with the receipt.
fn prove(envelope: &Envelope, receipt: v1::Receipt, log: &LogKey) -> Result<Received, Failure> {
    if receipt.proof.is_empty() {
        return Err(DeviceFault::NoReceipt(receipt.entry).into());
    }
    let proven = verify_receipt(&receipt.proof, &Policy::of_log(log.clone())).map_err(DeviceFault::BadReceipt)?;
    let entry = proven.entry();
    if (entry.envelope.author, &entry.envelope.body) != (envelope.author, &envelope.body) {
        return Err(DeviceFault::OtherReceipt.into());
    }
    Ok(Received {
        entry: entry.index.0,
        at_ms: entry.received_at.0,
        words: short_words(&tallylog_event::chain(&entry.encode())),
        since: receipt.since.as_ref().map(Since::of),
        proof: receipt.proof,
    })
}

#[cfg(test)]
mod tests {
    use tallylog_event::{ContestId, Entry, EntryHash, EntryIndex, PublicKey, Revocation, Text, UnixMillis};
    use tallylog_tlog::{Hash, Index, KeyName, LogSigner, Receipt, Size};

    use super::*;

    fn signer(seed: u8) -> LogSigner {
        LogSigner::new(
            KeyName::new("caucus.example/2028").unwrap(),
            SigningKey::from_bytes(&[seed; 32]),
        )
    }

    fn signed(reason: &str) -> Envelope {
        let key = SigningKey::from_bytes(&[9; 32]);
        let event = Event::KeyRevoked(Revocation {
            key: PublicKey::of(&key),
            reason: Text::new(reason).unwrap(),
        });
        envelope(ContestId([1; 16]), &key, event).unwrap()
    }

    /// The answer of a server whose log is that of `log` and has `envelope` alone.
    fn answer(log: &LogSigner, envelope: &Envelope) -> v1::Receipt {
        let entry = Entry {
            index: EntryIndex(0),
            received_at: UnixMillis(5),
            previous: EntryHash::NONE,
            envelope: envelope.clone(),
        };
        let checkpoint = log.sign_checkpoint(Size(1), Hash::leaf(&entry.encode()));
        let receipt = Receipt::new(Index(0), Vec::new(), checkpoint).unwrap();
        v1::Receipt {
            proof: receipt.with_extra(entry.encode()).to_string().into_bytes(),
            // What the server says beside the proof counts for nothing.
            entry: 77,
            received_at_ms: 77,
            ..v1::Receipt::default()
        }
    }

    #[track_caller]
    fn refused(sent: &Envelope, receipt: v1::Receipt, expected: &str) {
        let refused = prove(sent, receipt, signer(1).key()).unwrap_err();
        assert_eq!(refused.code(), expected);
    }

    #[test]
    fn a_receipt_of_the_pinned_log_for_what_was_sent_counts() {
        let sent = signed("lost");
        let received = prove(&sent, answer(&signer(1), &sent), signer(1).key()).unwrap();
        assert_eq!((received.entry, received.at_ms), (0, 5));
        assert_eq!(received.words.split(' ').count(), 4);
    }

    /// Some devices sign with randomness, and the log keeps the signature that came first.
    #[test]
    fn a_receipt_counts_when_the_log_has_the_same_body_under_another_signature_of_the_same_key() {
        let first = signed("lost");
        let mut again = first.clone();
        again.signature.0[7] ^= 1;
        let received = prove(&again, answer(&signer(1), &first), signer(1).key()).unwrap();
        assert_eq!(received.entry, 0);
        let other = Envelope::seal(&first.decode().unwrap(), &SigningKey::from_bytes(&[8; 32]));
        refused(&other, answer(&signer(1), &first), "receipt-of-another");
        // Nobody signed what that log has.
        refused(&first, answer(&signer(1), &again), "receipt-does-not-hold");
    }

    #[test]
    fn a_receipt_of_another_log_or_for_something_else_or_none_does_not_count() {
        let sent = signed("lost");
        refused(&sent, answer(&signer(2), &sent), "receipt-does-not-hold");
        refused(&sent, answer(&signer(1), &signed("stolen")), "receipt-of-another");
        refused(&sent, v1::Receipt::default(), "receipt-missing");
        let mut cut = answer(&signer(1), &sent);
        cut.proof.pop();
        refused(&sent, cut, "receipt-does-not-hold");
    }
}
