//! V34, before a release is announced: the log as it would be with the release, computed here from its entries.

use std::path::Path;

use tallylog_event::{Entry, EntryIndex, Envelope, Event, UnixMillis, chain};
use tallylog_projection::{Accepted, Basis, Signatures, State};
use tallylog_server::{Problem, Replay, query};
use tallylog_tlog::{Hash, Tree};
use tallylog_wire::v1;
use tallylog_wire::v1::log_client::LogClient;

use crate::desk::DeskFault;
use crate::device::{Asking, Device, envelope};
use crate::entries::{Entries, Past};
use crate::exports::{self, FORMS, Form, verify_parity};
use crate::failure::Failure;

/// A release that is signed and not sent, and the log as it would be with it.
pub(super) struct Rehearsed {
    envelope: Envelope,
    state: State,
    root: Hash,
}

impl Rehearsed {
    /// Reads the whole log, every signature too, and lets it take the release, as the server will.
    pub(super) async fn of(device: &Device, asking: &Asking, event: Event) -> Result<Self, Failure> {
        let mut entries = Entries::of_asking(asking, 0).await?.0;
        let envelope = envelope(device.about().contest, device.key(), event)?;
        let entry = Entry {
            index: EntryIndex(u64::try_from(entries.len()).unwrap_or(u64::MAX)),
            received_at: last_time(&entries).max(tallylog_server::now()),
            previous: chain(entries.last().map_or(&[], Vec::as_slice)),
            envelope: envelope.clone(),
        };
        let mut fold = Replay::of_bytes(&entries, Signatures::Check)?;
        let body = envelope.decode().map_err(Problem::MalformedEvent)?;
        let accepted = Accepted::new(entry.index, entry.received_at, &envelope, &body);
        fold.admit(&accepted).map_err(Problem::from)?;
        fold.apply(&accepted);
        entries.push(entry.encode());
        let mut tree = Tree::new();
        for entry in &entries {
            tree.append(Hash::leaf(entry));
        }
        Ok(Self {
            envelope,
            state: fold.into_state(),
            root: tree.root(),
        })
    }

    pub(super) const fn envelope(&self) -> &Envelope {
        &self.envelope
    }

    /// Compares every figure in every form with the log, and what the server shows with what is computed here. Returns
    /// how many figures were compared.
    pub(super) fn agrees(&self, preview: &v1::ReleasePreviewResponse) -> Result<usize, Failure> {
        let state = &self.state;
        let figures = verify_parity(state, self.root, Basis::Released)?;
        let request = v1::FiguresRequest {
            moment: None,
            basis: v1::Basis::Released.into(),
            county: String::new(),
        };
        let here = query::figures(state, &request)?.places;
        let differs = here.iter().zip(&preview.places).find(|(here, there)| here != there);
        match differs {
            Some((here, _)) => Err(DeskFault::ServerDiffers(format!("{} {}", here.county, here.precinct)).into()),
            None if here.len() != preview.places.len() => {
                Err(DeskFault::ServerDiffers("the list of places".to_owned()).into())
            }
            None => Ok(figures),
        }
    }
}

/// A rehearsed entry is not older than the last one, as the log has it.
fn last_time(entries: &[Vec<u8>]) -> UnixMillis {
    let last = entries.last().and_then(|bytes| Entry::decode(bytes).ok());
    last.map_or(UnixMillis(0), |entry| entry.received_at)
}

/// Writes every form of the release that an entry made into a folder.
pub(super) async fn keep(asking: &Asking, entry: u64, folder: &Path) -> Result<(), Failure> {
    let past = Past::of(&Entries::of_asking(asking, entry + 1).await?)?;
    let state = past.state();
    for form in FORMS {
        let name = match form {
            Form::Csv => "csv",
            Form::Json => "results.json",
            Form::Cdf => "results.cdf.json",
        };
        exports::place(
            state,
            past.root(state.size()),
            Basis::Released,
            form,
            &folder.join(name),
        )?;
    }
    Ok(())
}

impl Entries {
    /// Reads the entries before a size in a person's name; 0 for all.
    pub(crate) async fn of_asking(asking: &Asking, until: u64) -> Result<Self, Failure> {
        let request = v1::EntriesRequest { from: 0, until };
        let mut stream = asking
            .ask(async |service| LogClient::new(service).entries(request).await)
            .await?;
        let mut entries = Vec::new();
        while let Some(entry) = stream.message().await? {
            entries.push(entry.bytes);
        }
        Ok(Self(entries))
    }
}
