//! Schedules between two workspaces with clocks that the test sets: followed, edited, taken away, never outrun; nothing
//! lost by a crash and nothing done twice.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use chrono::{DateTime, SubsecRound, TimeDelta, Utc};
use datashare_app::dto::*;
use datashare_app::{App, AppOptions, Clock, VaultChoice};
use datashare_domain::{Day, Recurrence, SnapshotMode, SnapshotStatus};
use datashare_secret::Secret;

use crate::on_both_grounds;
use crate::scene::*;

/// A clock that goes on only when it is moved.
#[derive(Clone)]
pub(crate) struct Hands(Arc<AtomicI64>);

impl Hands {
    pub(crate) fn at(time: DateTime<Utc>) -> Self {
        Self(Arc::new(AtomicI64::new(time.timestamp_millis())))
    }

    fn now(&self) -> DateTime<Utc> {
        DateTime::from_timestamp_millis(self.0.load(Ordering::Relaxed)).unwrap()
    }

    pub(crate) fn move_to(&self, time: DateTime<Utc>) {
        self.0.store(time.timestamp_millis(), Ordering::Relaxed);
    }

    pub(crate) async fn open(&self, home: &std::path::Path) -> App {
        let vault = VaultChoice { kind: Some(VaultKind::File), passphrase: Some(Secret::new(PASSPHRASE)) };
        let hands = self.clone();
        let clock = Clock::new(move || hands.now());
        App::open_with_clock(AppOptions { home: home.to_owned(), vault }, clock).await.unwrap()
    }
}

/// A share with a schedule, and ben who follows it.
struct Stage {
    scene: Scene,
    ben: Consumer,
    hands: Hands,
}

fn wish(recurrence: Recurrence, at: &str) -> ScheduleWish {
    let at = Some(at.to_owned()).filter(|at| !at.is_empty());
    ScheduleWish { recurrence, at, time_zone: "UTC".into(), start: None, jitter_seconds: 0 }
}

fn daily(at: &str) -> ScheduleWish {
    wish(Recurrence::Day, at)
}

impl Stage {
    async fn new() -> Self {
        let mut scene = Scene::new(Ground::Folder).await;
        let mut ben = scene.subscribed("ben").await;
        // From now on time passes as the test says; the first day begins at noon.
        let day = TimeDelta::days(1) + TimeDelta::hours(12);
        let noon = Utc::now().trunc_subsecs(0).date_naive().and_time(chrono::NaiveTime::MIN).and_utc() + day;
        let hands = Hands::at(noon);
        scene.provider = hands.open(&scene.home("provider")).await;
        ben.app = hands.open(&scene.home("ben")).await;
        Self { scene, ben, hands }
    }

    async fn offer(&self, schedule: ScheduleWish) -> ShareSchedule {
        let share = SHARE.into();
        self.scene.provider.schedule_set(ScheduleSet { share, schedule }).await.unwrap()
    }

    async fn follow(&self) -> Trigger {
        self.enable(None).await.unwrap()
    }

    async fn enable(&self, own: Option<ScheduleWish>) -> datashare_app::Result<Trigger> {
        let mode = SnapshotMode::Incremental;
        self.ben.app.trigger_enable(TriggerEnable { received: SHARE.into(), mode, own }).await
    }

    async fn trigger(&self) -> Trigger {
        self.ben.app.trigger_show(received()).await.unwrap()
    }

    /// What both sides do by themselves in the meantime.
    async fn work(&self) {
        for app in [&self.scene.provider, &self.ben.app] {
            let round = app.agent_round(Nothing {}).await.unwrap();
            assert_eq!(round.problems, Vec::<String>::new());
            app.due_work_ended().await;
        }
    }

    /// Time passes, work is done in between, every so often.
    async fn pass(&self, span: TimeDelta, step: TimeDelta) {
        let end = self.hands.now() + span;
        while self.hands.now() < end {
            self.hands.move_to((self.hands.now() + step).min(end));
            self.work().await;
        }
    }

    async fn runs(&self) -> Vec<Snapshot> {
        self.ben.app.snapshot_list(received()).await.unwrap()
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_follower_moves_along_with_an_edit_and_both_sides_see_it() {
    let stage = Stage::new().await;
    let offered = stage.offer(daily("14:00")).await.schedule.unwrap();
    let trigger = stage.follow().await;
    assert_eq!((trigger.status, trigger.next.len()), (TriggerStatus::Active, 5));
    assert_eq!(trigger.next, offered.next);

    stage.pass(TimeDelta::hours(3), TimeDelta::minutes(20)).await;
    let runs = stage.runs().await;
    assert_eq!(runs.len(), 1, "{runs:?}");
    assert_eq!((runs[0].status, runs[0].files_written), (SnapshotStatus::Succeeded, 3));
    let last = stage.trigger().await.last.unwrap();
    assert_eq!((last.at, last.status), (trigger.next[0], TickStatus::Done));
    assert_eq!(last.snapshot_id.as_deref(), Some(runs[0].snapshot_id.as_str()));

    let edited = stage.offer(wish(Recurrence::Hours { hours: 6 }, "13:00")).await.schedule.unwrap();
    stage.work().await;
    assert_eq!(stage.trigger().await.next, edited.next, "ben did nothing, and moved along");
    let seen = stage.ben.app.received_show(received()).await.unwrap();
    assert_eq!(seen.snapshot_schedule.unwrap().in_words, edited.in_words);
    assert_eq!(seen.schedule, Some(edited.in_words));
    stage.pass(TimeDelta::days(1), TimeDelta::minutes(50)).await;
    assert_eq!(stage.runs().await.len(), 5, "four times more");
    let received = stage.scene.recipient("ben").await.last_snapshot_at;
    assert_eq!(received, Some(stage.runs().await[0].started_at), "the provider sees it");
    assert!(stage.scene.findings().await.is_empty() && stage.ben.findings().await.is_empty());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_slept_through_is_made_up_for_by_one_run() {
    let stage = Stage::new().await;
    stage.offer(wish(Recurrence::Hours { hours: 1 }, "00:00")).await;
    stage.follow().await;
    stage.pass(TimeDelta::days(9), TimeDelta::days(9)).await;
    stage.work().await;
    assert_eq!(stage.runs().await.len(), 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn without_a_schedule_nothing_is_received_by_itself() {
    let stage = Stage::new().await;
    let error = stage.enable(None).await.unwrap_err();
    assert_words(&error);
    stage.offer(daily("14:00")).await;
    stage.follow().await;
    stage.scene.provider.schedule_clear(ShareName { share: SHARE.into() }).await.unwrap();
    stage.pass(TimeDelta::days(3), TimeDelta::hours(5)).await;
    let trigger = stage.trigger().await;
    assert_eq!(trigger.status, TriggerStatus::SourceScheduleDeleted);
    assert!(trigger.message.is_some() && trigger.next.is_empty());
    assert_eq!(stage.runs().await.len(), 0);

    // It goes on as soon as there is one again.
    stage.offer(daily("16:00")).await;
    stage.pass(TimeDelta::days(1), TimeDelta::hours(1)).await;
    assert_eq!(stage.trigger().await.status, TriggerStatus::Active);
    assert_eq!(stage.runs().await.len(), 1);

    stage.ben.app.trigger_disable(received()).await.unwrap();
    stage.pass(TimeDelta::days(3), TimeDelta::hours(7)).await;
    assert_eq!(stage.trigger().await.status, TriggerStatus::Inactive);
    assert_eq!(stage.runs().await.len(), 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nobody_receives_more_often_than_the_provider_allows() {
    let stage = Stage::new().await;
    stage.offer(daily("14:00")).await;
    let error = stage.enable(Some(wish(Recurrence::Hours { hours: 6 }, "00:00"))).await.unwrap_err();
    assert_words(&error);
    let days = vec![Day::Monday, Day::Tuesday, Day::Wednesday, Day::Thursday, Day::Friday];
    let own = wish(Recurrence::Week { days }, "20:00");
    let trigger = stage.enable(Some(own)).await.unwrap();
    assert_eq!(trigger.next[0].format("%H:%M").to_string(), "20:00");

    // The provider's becomes a rarer one than the own.
    let offered = stage.offer(wish(Recurrence::Week { days: vec![Day::Sunday] }, "05:00")).await;
    stage.pass(TimeDelta::days(14), TimeDelta::hours(6)).await;
    let trigger = stage.trigger().await;
    assert!(trigger.message.unwrap().contains("more often than the provider allows"));
    assert_eq!(stage.runs().await.len(), 2, "once a week");
    assert_eq!(trigger.next[0].weekday_name(), offered.schedule.unwrap().next[0].weekday_name());
}

trait WeekdayName {
    fn weekday_name(&self) -> String;
}

impl WeekdayName for DateTime<Utc> {
    fn weekday_name(&self) -> String {
        self.format("%A %H:%M").to_string()
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_crash_loses_no_tick_and_repeats_none() {
    let stage = Stage::new().await;
    stage.offer(daily("14:00")).await;
    let tick = stage.follow().await.next[0];
    let database = rusqlite::Connection::open(stage.scene.home("ben").join("workspace.db")).unwrap();
    let time = |time: DateTime<Utc>| time.to_rfc3339_opts(chrono::SecondsFormat::Millis, true);

    // Written down, and then the process was gone.
    let owner = format!("received:{}", stage.ben.received().await[0].id);
    database
        .execute(
            "INSERT INTO ticks (owner, tick, state, attempt, changed_at) VALUES (?1, ?2, 'claimed', 1, ?2)",
            [&owner, &time(tick)],
        )
        .unwrap();
    stage.hands.move_to(tick + TimeDelta::seconds(5));
    stage.work().await;
    stage.work().await;
    let runs = stage.runs().await;
    assert_eq!((runs.len(), runs[0].status), (1, SnapshotStatus::Succeeded));

    // Started, and gone while it ran: the run is over, and another one brings the rest.
    let open = runs[0].snapshot_id.clone();
    database
        .execute(
            "UPDATE snapshots SET ended_at = NULL, status = '\"Running\"',
             document = json_set(document, '$.status', 'Running', '$.ended_at', NULL) WHERE id = ?1",
            [&open],
        )
        .unwrap();
    database.execute("UPDATE ticks SET state = 'started', attempt = 1", []).unwrap();
    database.execute("UPDATE triggers SET look_at = NULL", []).unwrap();
    stage.work().await;
    let last = stage.trigger().await.last.unwrap();
    assert_eq!((last.status, last.at), (TickStatus::Waiting, tick));
    stage.pass(TimeDelta::minutes(10), TimeDelta::minutes(1)).await;
    let runs = stage.runs().await;
    let statuses: Vec<_> = runs.iter().map(|run| run.status).collect();
    assert_eq!(statuses, [SnapshotStatus::Succeeded, SnapshotStatus::Failed]);
    assert_eq!(stage.trigger().await.last.unwrap().status, TickStatus::Done);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_may_pass_is_tried_again_and_what_may_not_is_said() {
    let stage = Stage::new().await;
    stage.offer(daily("14:00")).await;
    let tick = stage.follow().await.next[0];
    let (target, away) = (stage.scene.root.path().join("ben-target"), stage.scene.root.path().join("away"));
    // The target's disk is not there.
    std::fs::rename(&target, &away).unwrap();
    std::fs::write(&target, "no folder").unwrap();
    stage.hands.move_to(tick);
    stage.ben.app.agent_round(Nothing {}).await.unwrap();
    stage.ben.app.due_work_ended().await;
    let last = stage.trigger().await.last.unwrap();
    assert!(last.message.is_some(), "{last:?}");
    std::fs::remove_file(&target).unwrap();
    std::fs::rename(&away, &target).unwrap();
    stage.pass(TimeDelta::minutes(30), TimeDelta::minutes(1)).await;
    stage.pass(TimeDelta::days(1), TimeDelta::hours(1)).await;
    let runs = stage.runs().await;
    assert_eq!(runs[0].status, SnapshotStatus::Succeeded);
    assert_eq!(runs[0].files_written, 3);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_tick_is_passed_over_while_a_run_goes_on() {
    let stage = Stage::new().await;
    stage.offer(daily("14:00")).await;
    let tick = stage.follow().await.next[0];
    // At one byte a second it lasts as long as it has to.
    let options = RunOptions { limit: Some(1), ..RunOptions::default() };
    let request =
        SnapshotStart { received: SHARE.into(), mode: SnapshotMode::Full, datasets: vec![], options };
    let run = stage.ben.app.snapshot_start(request).await.unwrap().snapshot_id;
    stage.hands.move_to(tick + TimeDelta::seconds(1));
    stage.work().await;
    let last = stage.trigger().await.last.unwrap();
    assert_eq!((last.at, last.status, last.snapshot_id), (tick, TickStatus::Missed, None));
    stage.ben.app.snapshot_cancel(SnapshotId { snapshot_id: run.clone() }).await.unwrap();
    stage.ben.app.snapshot_wait(&run).await.unwrap();
    stage.pass(TimeDelta::hours(2), TimeDelta::minutes(10)).await;
    assert_eq!(stage.runs().await.len(), 1, "it is passed for good");
    stage.pass(TimeDelta::days(1), TimeDelta::hours(1)).await;
    assert_eq!(stage.runs().await[0].status, SnapshotStatus::Succeeded);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn folders_are_published_shortly_before_the_tick() {
    let stage = Stage::new().await;
    let tick = stage.offer(daily("14:00")).await.schedule.unwrap().next[0];
    stage.follow().await;
    stage.scene.write("pos/a.txt", "canary-content-newer").await;
    stage.hands.move_to(tick - TimeDelta::minutes(11));
    stage.work().await;
    let before = stage.scene.show().await.datasets[0].published_at;
    stage.hands.move_to(tick - TimeDelta::minutes(9));
    stage.work().await;
    let after = stage.scene.show().await.datasets[0].published_at;
    assert!(after > before, "{before:?} {after:?}");
    let request = ShareName { share: SHARE.into() };
    let published = stage.scene.provider.schedule_show(request).await.unwrap().last.unwrap();
    assert_eq!((published.at, published.status), (tick, TickStatus::Done));
    assert_eq!(stage.runs().await.len(), 0);

    stage.hands.move_to(tick);
    stage.work().await;
    assert_eq!(stage.ben.arrived().await["pos/a.txt"], "canary-content-newer");
}

async fn a_fresh_publication_is_asked_for_and_given_or_refused(ground: Ground) {
    let scene = Scene::new(ground).await;
    let ben = scene.subscribed("ben").await;
    scene.write("pos/a.txt", "canary-content-newer").await;
    ben.app.publication_ask(received()).await.unwrap();
    let error = ben.app.publication_ask(received()).await.unwrap_err();
    assert_words(&error);
    scene.round().await;
    assert!(scene.recipient("ben").await.publication_asked_at.is_some(), "the provider sees it");

    let recipient = "ben@example.org".to_owned();
    let answer = |refusal: Option<&str>| PublicationAnswer {
        share: SHARE.into(),
        recipient: recipient.clone(),
        refusal: refusal.map(str::to_owned),
    };
    let answered = scene.provider.publication_answer(answer(None)).await.unwrap();
    assert_eq!(answered.publication_asked_at, None);
    let error = scene.provider.publication_answer(answer(None)).await.unwrap_err();
    assert_words(&error);
    let given = ben.refresh().await.unwrap().publication.unwrap();
    assert_eq!((given.answered_at.is_some(), given.refusal), (true, None));
    ben.snapshot(SnapshotMode::Full).await.unwrap();
    assert_eq!(ben.arrived().await["pos/a.txt"], "canary-content-newer");

    ben.app.publication_ask(received()).await.unwrap();
    scene.round().await;
    scene.provider.publication_answer(answer(Some("There is nothing new before Monday."))).await.unwrap();
    let refused = ben.refresh().await.unwrap().publication.unwrap();
    assert_eq!(refused.refusal.as_deref(), Some("There is nothing new before Monday."));
    assert!(scene.findings().await.is_empty() && ben.findings().await.is_empty());
}

on_both_grounds!(a_fresh_publication_is_asked_for_and_given_or_refused);

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_invitation_says_when_and_whoever_comes_later_is_told() {
    let stage = Stage::new().await;
    let offered = stage.offer(daily("14:00")).await.schedule.unwrap();
    let carla = stage.scene.consumer("carla").await;
    let link = stage.scene.invite("carla", datashare_domain::AcceptanceMode::Automatic).await;
    let shown = carla.preview(&link.link).await.unwrap();
    assert_eq!(shown.schedule.as_deref(), Some("every day at 14:00 (UTC)"));
    assert_eq!(shown.snapshot_schedule.unwrap().schedule, offered.schedule);
    let edited = stage.offer(daily("15:00")).await.schedule.unwrap();
    stage.scene.while_it_runs(carla.accept(&link.link)).await.unwrap();
    stage.scene.round().await;
    let details = carla.refresh().await.unwrap();
    assert_eq!(details.snapshot_schedule.unwrap().schedule, edited.schedule);
}
