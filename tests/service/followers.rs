//! Readers who follow the figures.

use std::time::Duration;

use tallylog_wire::v1;
use tokio_stream::StreamExt;

use crate::support::{Served, report, with_more_people};

/// Every step that somebody who comes now is told until the log has `size` entries.
async fn told(served: &Served, size: u64) -> Vec<v1::TimelineStep> {
    let from = served.client.size().await;
    let request = v1::TimelineRequest {
        from,
        follow: true,
        ..v1::TimelineRequest::default()
    };
    let mut results = served.client.clone().results;
    let answers = results.timeline(request).await.unwrap().into_inner();
    let mut steps = Vec::new();
    let mut answers = std::pin::pin!(answers);
    while steps.last().is_none_or(|step: &v1::TimelineStep| step.size < size) {
        steps.extend(answers.next().await.unwrap().unwrap().steps);
    }
    steps
}

#[tokio::test(flavor = "multi_thread")]
async fn all_who_follow_are_told_the_same_steps_whenever_they_came() {
    let served = Served::small().await;
    let rooms = served.rooms();
    let reports = 40;
    let size = served.client.size().await + reports;
    let growing = async {
        for (number, (precinct, chair, sheet)) in (0..reports).zip(rooms.iter().cycle()) {
            let people = u32::try_from(number).unwrap();
            let changed = report(*precinct, &with_more_people(sheet, people));
            served.take(served.pen.sign(chair, changed)).await;
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    };
    let later = async {
        tokio::time::sleep(Duration::from_millis(400)).await;
        told(&served, size).await
    };
    let ((), first, second) = tokio::join!(growing, told(&served, size), later);
    // The first says what was there, and the next leads to where everybody is.
    let together: Vec<_> = second.iter().skip(2).collect();
    assert!(together.len() > 2, "{}", together.len());
    for step in together {
        assert!(first.contains(step), "{}", step.size);
    }
}
