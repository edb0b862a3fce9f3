use tallylog_event::{Entry, EntryHash, EntryIndex, Envelope, Event, EventBody, FileRef, MAX_ENTRY_BYTES, UnixMillis};
use tonic::Code;

use crate::support::{Served, document, report, request, text};

/// Signs a report of the first room that makes an entry of exactly `bytes`, at the log's present size.
async fn of_size(served: &Served, bytes: usize) -> Envelope {
    let (precinct, chair, sheet) = served.rooms()[0];
    let index = EntryIndex(served.client.size().await);
    let length = |envelope: &Envelope| {
        let entry = Entry {
            index,
            // As long as every time of this century.
            received_at: UnixMillis(1_833_584_400_000),
            previous: EntryHash::NONE,
            envelope: envelope.clone(),
        };
        entry.encode().len()
    };
    let file = |length: usize| FileRef {
        media_type: text(&"x".repeat(length)),
        ..document()
    };
    let mut body = served.pen.body(report(precinct, sheet));
    loop {
        let envelope = Envelope::seal(&body, chair);
        let missing = bytes - length(&envelope);
        if missing == 0 {
            return envelope;
        }
        let EventBody {
            event: Event::Reported(report),
            ..
        } = &mut body
        else {
            unreachable!("a report");
        };
        // A file takes 36 bytes beside its type; the last one is filled up to fit.
        match report.files.last_mut() {
            Some(last) if missing <= 1_000 => {
                *last = file(last.media_type.as_str().len() + missing);
            }
            _ => report.files.push(file((missing - 36).min(900))),
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_largest_entry_is_taken_and_one_byte_more_is_refused() {
    let served = Served::small().await;
    let over = of_size(&served, MAX_ENTRY_BYTES + 1).await;
    served.refuse(over, Code::InvalidArgument, "entry-too-large").await;
    let largest = of_size(&served, MAX_ENTRY_BYTES).await;
    let entry = served.take(largest.clone()).await;
    let entries = served.client.entries(entry, entry + 1).await.unwrap();
    assert_eq!(entries[0].1.len(), MAX_ENTRY_BYTES);
    let served = served.restart().await;
    assert!(served.client.submit(&largest).await.unwrap().known);
    let precinct = served.rooms()[0].0;
    assert!(!served.precinct(precinct).await.versions[0].files.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn an_envelope_of_70000_bytes_is_refused() {
    let served = Served::small().await;
    let event = of_size(&served, 70_000).await;
    served
        .refuse(event.clone(), Code::InvalidArgument, "entry-too-large")
        .await;
    // Whoever signed it: no signature is looked at for what cannot be taken.
    let mut unsigned = request(&event);
    unsigned.signature[0] ^= 1;
    served
        .refuse_request(unsigned, Code::InvalidArgument, "entry-too-large")
        .await;
    // The log goes on after it.
    served.take(of_size(&served, 5_000).await).await;
}

/// Such a message never reaches the log: it is refused before its bytes are read.
#[tokio::test(flavor = "multi_thread")]
async fn a_message_of_5_megabytes_is_refused() {
    let served = Served::small().await;
    let before = served.client.position().await;
    let huge = Envelope {
        body: vec![0; 5_000_000],
        ..of_size(&served, 5_000).await
    };
    let status = served.client.submit(&huge).await.unwrap_err();
    assert_eq!(status.code(), Code::ResourceExhausted);
    assert_eq!(served.client.position().await, before);
}

/// A stream that breaks says so; it does not end as if everything had been answered.
#[tokio::test(flavor = "multi_thread")]
async fn a_message_of_5_megabytes_ends_its_stream_with_an_error() {
    let served = Served::small().await;
    let good = of_size(&served, 5_000).await;
    let huge = Envelope {
        body: vec![0; 5_000_000],
        ..good.clone()
    };
    let requests = tokio_stream::iter([&good, &huge, &good].map(request));
    let status = match served.client.intake.clone().submit_many(requests).await {
        // The stream broke before the server had begun to answer.
        Err(status) => status,
        Ok(answers) => {
            let mut answers = answers.into_inner();
            let first = answers.message().await;
            match first {
                Ok(first) => {
                    assert_eq!(first.unwrap().request, 0);
                    answers.message().await.unwrap_err()
                }
                Err(status) => status,
            }
        }
    };
    assert_eq!(status.code(), Code::ResourceExhausted, "{status:?}");
}
