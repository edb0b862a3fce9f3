//! What an operator has typed and not signed: on the device after every answer, and at the server as soon as it answers.
//!
//! Of the two the one with more answers counts. Without a network the device has more; after a hand-over, or at another
//! desk, the server has.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde::{Deserialize, Serialize};
use tallylog_rules::Sheet;
use tokio::runtime::Handle;
use tokio::sync::watch;
use tokio::task::JoinHandle;

use super::ask;
use crate::device::{self, Asking};
use crate::failure::Failure;
use crate::worksheet::{self, Caucus};

/// What was typed, in a form that any version of this desk can take up.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Form {
    /// How many answers it holds.
    pub(super) edits: u64,
    /// The worksheet's file.
    pub(super) sheet: String,
    /// Others who typed into it, as far as this device knows.
    #[serde(default)]
    pub(super) typed_by: Vec<String>,
}

impl Form {
    pub(super) fn read(&self, caucus: &Caucus) -> Option<Sheet> {
        worksheet::read(self.sheet.as_bytes(), caucus).ok()
    }

    fn text(&self) -> String {
        // Strings and a number: nothing here can fail to be written.
        serde_json::to_string(self).unwrap_or_default()
    }
}

/// Where a device keeps the draft of a precinct.
pub(super) struct Draft {
    path: PathBuf,
}

impl Draft {
    pub(super) fn of(device: &Path, caucus: &Caucus) -> Self {
        let name = format!("{}-{}-entry.json", caucus.id.county.0, caucus.id.number);
        Self {
            path: device.join("drafts").join(name),
        }
    }

    /// What lies here. What cannot be read is as good as nothing.
    fn read(&self) -> Option<Form> {
        let bytes = std::fs::read(&self.path).ok()?;
        serde_json::from_slice(&bytes).ok()
    }

    pub(super) fn keep(&self, form: &Form) -> Result<(), Failure> {
        if let Some(folder) = self.path.parent() {
            device::private_folder(folder)?;
        }
        device::write_private(&self.path, form.text().as_bytes())
    }

    /// Takes it away, once what it said is signed or somebody else's.
    pub(super) fn remove(&self) -> Result<(), Failure> {
        match std::fs::remove_file(&self.path) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(Failure::File {
                path: self.path.clone(),
                error,
            }),
            Ok(()) | Err(_) => Ok(()),
        }
    }

    /// What was typed before, here or at the server, with everybody else who typed into it.
    pub(super) async fn begun(
        &self,
        asking: &Asking,
        caucus: &Caucus,
        is_there: bool,
    ) -> Result<Option<Form>, Failure> {
        let here = self.read();
        if !is_there {
            return Ok(here);
        }
        let answer = ask::load(asking, &caucus.county, &caucus.precinct).await?;
        let mut there: Form = serde_json::from_str(&answer.form).unwrap_or_default();
        there.typed_by = answer.typed_by;
        Ok(Some(match here {
            Some(here) if here.edits > there.edits => Form {
                typed_by: there.typed_by,
                ..here
            },
            Some(_) | None => there,
        }))
    }

    /// Brings to the server what it lacks of the draft.
    pub(super) async fn bring(&self, asking: &Asking, caucus: &Caucus) -> Result<(), Failure> {
        let Some(here) = self.read() else { return Ok(()) };
        let there = match ask::load(asking, &caucus.county, &caucus.precinct).await {
            Ok(answer) => serde_json::from_str::<Form>(&answer.form).map_or(0, |form| form.edits),
            Err(failure) if failure.code() == "no-draft" => 0,
            Err(failure) => return Err(failure),
        };
        if here.edits > there {
            ask::save(asking, &caucus.county, &caucus.precinct, here.text()).await?;
        }
        Ok(())
    }
}

/// Saves at the server what is typed while it is typed: nobody waits for the network between two answers.
pub(super) struct Saver {
    latest: watch::Sender<String>,
    saving: JoinHandle<Result<(), Failure>>,
}

impl Saver {
    pub(super) fn start(asking: &Arc<Asking>, caucus: &Caucus) -> Self {
        let (latest, mut forms) = watch::channel(String::new());
        let (asking, county, precinct) = (Arc::clone(asking), caucus.county.clone(), caucus.precinct.clone());
        let runtime = Handle::current();
        let saving = tokio::task::spawn_blocking(move || {
            runtime.block_on(async {
                let mut last = Ok(());
                while forms.changed().await.is_ok() {
                    let form = forms.borrow_and_update().clone();
                    last = ask::save(&asking, &county, &precinct, form).await;
                }
                last
            })
        });
        Self { latest, saving }
    }

    pub(super) fn keep(&self, form: &Form) {
        self.latest.send_replace(form.text());
    }

    /// Waits for the last answer to be saved; says why it could not be.
    pub(super) async fn end(self) -> Result<(), Failure> {
        drop(self.latest);
        self.saving.await.unwrap_or(Ok(()))
    }
}
