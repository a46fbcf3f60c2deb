//! What the window is told: one stream for each page, numbered without gaps.
//!
//! Progress comes many times a second and only the last counts, so it is held back and thinned. Everything else passes at
//! once. A stream that fell behind is told that everything may have changed; nothing is dropped in silence.

use std::collections::HashMap;
use std::time::Duration;

use datashare_app::dto::{AppEvent, SnapshotProgress, Tag};
use serde::Serialize;
use tokio::sync::broadcast::Receiver;
use tokio::sync::broadcast::error::RecvError;
use tokio::time::{Instant, sleep_until};

use crate::opened::Inbox;

/// Ten times a second is as fast as a person can follow.
const PROGRESS_EVERY: Duration = Duration::from_millis(100);

/// An event with its place in the stream, counting from 0.
#[derive(Clone, Debug, Serialize)]
pub struct Numbered<Event> {
    pub sequence: u64,
    pub event: Event,
}

/// Sends the application's events and what the system handed over, until `send` says that the page is gone.
pub(crate) async fn stream(
    mut events: Option<Receiver<AppEvent>>,
    inbox: &Inbox,
    mut send: impl FnMut(Numbered<AppEvent>) -> Result<(), Gone>,
) {
    let mut batch = Batch::default();
    let mut sent_at = Instant::now();
    let mut sequence = 0;
    loop {
        let due = tokio::select! {
            event = next(&mut events) => batch.take(event),
            event = inbox.next() => batch.take(event),
            () = sleep_until(sent_at + PROGRESS_EVERY), if batch.waits() => batch.release(),
        };
        for event in due {
            if send(Numbered { sequence, event }).is_err() {
                return;
            }
            sequence += 1;
            sent_at = Instant::now();
        }
    }
}

/// The page that listened is no longer there.
pub(crate) struct Gone;

/// The application's next event. Without an application, or after its end, there is none.
async fn next(events: &mut Option<Receiver<AppEvent>>) -> AppEvent {
    match events {
        Some(receiver) => match receiver.recv().await {
            Ok(event) => event,
            Err(RecvError::Lagged(_)) => everything_changed(),
            Err(RecvError::Closed) => {
                *events = None;
                std::future::pending().await
            }
        },
        None => std::future::pending().await,
    }
}

fn everything_changed() -> AppEvent {
    AppEvent::Changed {
        tags: vec![Tag::Workspace, Tag::Connections, Tag::Shares, Tag::Received, Tag::Snapshots],
    }
}

/// Progress that waits for its turn: the last of each snapshot.
#[derive(Default)]
struct Batch {
    waiting: Vec<SnapshotProgress>,
    /// The last one sent of each snapshot: a new status is never held back.
    sent: HashMap<String, SnapshotProgress>,
}

impl Batch {
    /// Takes an event and answers what is to be sent now, in order.
    fn take(&mut self, event: AppEvent) -> Vec<AppEvent> {
        let AppEvent::Progress { progress } = event else {
            let mut due = self.release();
            due.push(event);
            return due;
        };
        let known = self.sent.get(&progress.snapshot_id);
        let same_status = known.is_some_and(|last| last.status == progress.status);
        self.waiting.retain(|waiting| waiting.snapshot_id != progress.snapshot_id);
        self.waiting.push(progress);
        if same_status { Vec::new() } else { self.release() }
    }

    fn waits(&self) -> bool {
        !self.waiting.is_empty()
    }

    /// Everything that waits.
    fn release(&mut self) -> Vec<AppEvent> {
        let due: Vec<SnapshotProgress> = self.waiting.drain(..).collect();
        for progress in &due {
            if progress.status.is_terminal() {
                self.sent.remove(&progress.snapshot_id);
            } else {
                self.sent.insert(progress.snapshot_id.clone(), progress.clone());
            }
        }
        due.into_iter().map(|progress| AppEvent::Progress { progress }).collect()
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use std::sync::{Arc, Mutex};

    use datashare_domain::SnapshotStatus;
    use tokio::sync::broadcast;

    use super::*;

    fn progress(snapshot: &str, status: SnapshotStatus, files_done: u64) -> AppEvent {
        AppEvent::Progress {
            progress: SnapshotProgress {
                snapshot_id: snapshot.to_owned(),
                received: "sales".to_owned(),
                status,
                phase: "running".to_owned(),
                files_done,
                files_total: None,
                bytes_done: 0,
                bytes_total: None,
                bytes_per_second: 0,
                eta_seconds: None,
                note: None,
                current: Vec::new(),
            },
        }
    }

    fn shown(event: &AppEvent) -> String {
        match event {
            AppEvent::Progress { progress } => {
                format!("{} {:?} {}", progress.snapshot_id, progress.status, progress.files_done)
            }
            AppEvent::Changed { tags } => format!("changed {}", tags.len()),
            AppEvent::OpenInvitation { .. } => "open".to_owned(),
            AppEvent::OpenApproval { text } => text.clone(),
            AppEvent::ClosedToTray => "closed".to_owned(),
            AppEvent::Happened { news } => news.share.clone(),
            AppEvent::Notice { message } => message.clone(),
        }
    }

    fn shown_all(events: Vec<AppEvent>) -> Vec<String> {
        events.iter().map(shown).collect()
    }

    #[test]
    fn of_the_progress_that_waits_the_last_of_each_snapshot_is_kept() {
        let mut batch = Batch::default();
        assert_eq!(shown_all(batch.take(progress("a", SnapshotStatus::Running, 1))), ["a Running 1"]);
        assert_eq!(shown_all(batch.take(progress("b", SnapshotStatus::Running, 1))), ["b Running 1"]);
        for done in 2..50 {
            assert!(batch.take(progress("a", SnapshotStatus::Running, done)).is_empty());
        }
        assert!(batch.take(progress("b", SnapshotStatus::Running, 2)).is_empty());
        assert_eq!(shown_all(batch.release()), ["a Running 49", "b Running 2"]);
        assert!(!batch.waits());
    }

    #[test]
    fn a_new_status_and_every_other_event_pass_at_once_and_in_order() {
        let mut batch = Batch::default();
        batch.take(progress("a", SnapshotStatus::Running, 1));
        batch.take(progress("a", SnapshotStatus::Running, 2));
        assert_eq!(shown_all(batch.take(progress("a", SnapshotStatus::Succeeded, 3))), ["a Succeeded 3"]);
        batch.take(progress("b", SnapshotStatus::Running, 1));
        batch.take(progress("b", SnapshotStatus::Running, 2));
        let changed = AppEvent::Changed { tags: vec![Tag::Shares] };
        assert_eq!(shown_all(batch.take(changed)), ["b Running 2", "changed 1"]);
    }

    /// Runs a stream over the events until it has nothing more to say, and answers what the page got.
    async fn streamed(events: Receiver<AppEvent>, inbox: &Inbox, wanted: usize) -> Vec<(u64, String)> {
        let got = Arc::new(Mutex::new(Vec::new()));
        let page = got.clone();
        let send = move |numbered: Numbered<AppEvent>| {
            let mut got = page.lock().unwrap();
            got.push((numbered.sequence, shown(&numbered.event)));
            if got.len() == wanted { Err(Gone) } else { Ok(()) }
        };
        stream(Some(events), inbox, send).await;
        let got = got.lock().unwrap();
        got.clone()
    }

    #[tokio::test(start_paused = true)]
    async fn the_stream_is_numbered_without_gaps_and_loses_no_last_progress() {
        let (sender, events) = broadcast::channel(64);
        let inbox = Inbox::default();
        sender.send(progress("a", SnapshotStatus::Running, 1)).unwrap();
        sender.send(progress("a", SnapshotStatus::Running, 2)).unwrap();
        sender.send(progress("a", SnapshotStatus::Running, 3)).unwrap();
        let got = streamed(events, &inbox, 2).await;
        assert_eq!(got, [(0, "a Running 1".to_owned()), (1, "a Running 3".to_owned())]);
    }

    #[tokio::test(start_paused = true)]
    async fn a_run_of_100_000_files_is_told_ten_times_a_second_at_most_and_to_its_end() {
        const FILES: u64 = 100_000;
        let (sender, events) = broadcast::channel(256);
        let run = async {
            for done in 1..=FILES {
                sender.send(progress("a", SnapshotStatus::Running, done)).unwrap();
                tokio::time::sleep(Duration::from_millis(1)).await;
            }
            sender.send(progress("a", SnapshotStatus::Succeeded, FILES)).unwrap();
        };
        let mut told = Vec::new();
        let send = |numbered: Numbered<AppEvent>| {
            told.push((Instant::now(), shown(&numbered.event)));
            if told.last().unwrap().1.contains("Succeeded") { Err(Gone) } else { Ok(()) }
        };
        let inbox = Inbox::default();
        tokio::join!(run, stream(Some(events), &inbox, send));
        let (_, last) = told.pop().unwrap();
        assert_eq!(last, "a Succeeded 100000");
        assert!(told.len() > 900, "it goes on: {} messages", told.len());
        let pauses = told.windows(2).map(|pair| pair[1].0 - pair[0].0);
        assert!(pauses.min().unwrap() >= PROGRESS_EVERY, "{} messages", told.len());
    }

    #[tokio::test(start_paused = true)]
    async fn a_stream_that_fell_behind_says_that_everything_changed() {
        let (sender, events) = broadcast::channel(4);
        for message in 0..40 {
            sender.send(AppEvent::Notice { message: message.to_string() }).unwrap();
        }
        let got = streamed(events, &Inbox::default(), 2).await;
        assert_eq!(got, [(0, "changed 5".to_owned()), (1, "36".to_owned())]);
    }

    #[tokio::test(start_paused = true)]
    async fn a_link_opened_before_the_page_listens_reaches_it() {
        let (_sender, events) = broadcast::channel(4);
        let inbox = Inbox::default();
        inbox.put(AppEvent::OpenInvitation { invitation: "datashare://invitation#a".to_owned() });
        assert_eq!(streamed(events, &inbox, 1).await, [(0, "open".to_owned())]);
    }
}
