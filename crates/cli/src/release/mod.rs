//! Releases: what is in and what is held back, every figure read back, and then announced.

mod parity;
mod show;

use tallylog_event::{EntryIndex, Event, PublicKey, Release, Text};
use tallylog_wire::v1;
use tallylog_wire::v1::cases_client::CasesClient;

use self::parity::Rehearsed;
pub(crate) use self::show::list;
use crate::args::release::ReleaseArgs;
use crate::desk::{confirm, said};
use crate::device::{Asking, Device, deliver};
use crate::failure::{Failure, Outcome};
use crate::show::talk;

/// Makes a release.
///
/// What would be announced is written in every form, read back and compared with the log before anything is signed away:
/// a disparity ends here, and nothing is announced.
pub(crate) async fn run(args: &ReleaseArgs) -> Result<Outcome, Failure> {
    let name = said("--name", &args.name)?;
    let device = Device::open(&args.device)?;
    let asking = device.asking().await?;
    let preview = preview(&asking, &device).await?;
    talk(&show::preview(&preview, &name));
    if args.dry_run {
        show::answer(&preview, &name, None, args.format)?;
        return Ok(Outcome::Yes);
    }
    let rehearsed = Rehearsed::of(&device, &asking, event(&preview, name.clone())?).await?;
    let figures = rehearsed.agrees(&preview)?;
    talk(&format!(
        "{figures} figures were written in every form, read back, and are those of the log and of the server"
    ));
    confirm(args.yes, "Announce this release?")?;
    let about = device.about();
    let received = deliver(&about.server, &about.log_key, rehearsed.envelope()).await?;
    received.news().into_iter().for_each(crate::show::talk);
    if let Some(folder) = &args.output {
        parity::keep(&asking, received.entry, folder).await?;
    }
    show::answer(&preview, &name, Some(&received), args.format)?;
    Ok(Outcome::Yes)
}

async fn preview(asking: &Asking, device: &Device) -> Result<v1::ReleasePreviewResponse, Failure> {
    let request = v1::ReleasePreviewRequest {
        key: PublicKey::of(device.key()).0.to_vec(),
    };
    asking
        .ask(async |service| {
            // Every figure of a night is more than the 4 MiB that a client takes by default.
            let mut cases = CasesClient::new(service).max_decoding_message_size(256 << 20);
            cases.release_preview(request.clone()).await
        })
        .await
}

fn event(preview: &v1::ReleasePreviewResponse, name: Text) -> Result<Event, Failure> {
    let entries = preview.entries.iter().map(|entry| EntryIndex(*entry)).collect();
    let release = Release::new(name, entries).map_err(|error| Failure::Output(std::io::Error::other(error)))?;
    Ok(Event::Released(release))
}
