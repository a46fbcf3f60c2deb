//! Access ends by its date while nobody runs, is renewed before its time, and finds a way where policies are taken.

use chrono::{TimeDelta, Utc};
use datashare_app::Code;
use datashare_app::dto::*;
use datashare_domain::{SnapshotMode, SnapshotStatus};
use datashare_protocol::{Access, DatasetAccess, GrantSecrets};
use datashare_storage::{AccessPermission, ErrorKind};

use crate::on_both_grounds;
use crate::scene::{Ground, SHARE, Scene};
use crate::stranger::{Stranger, reach};

on_both_grounds!(access_is_renewed_when_half_of_it_is_over);

fn expiry(name: &str, at: chrono::DateTime<Utc>) -> RecipientExpiry {
    RecipientExpiry { share: SHARE.into(), recipient: format!("{name}@example.org"), expires_at: at }
}

/// A recipient of another make, with what it was granted.
async fn granted(scene: &Scene, name: &str) -> (Stranger, GrantSecrets) {
    let link = scene.invite(name, datashare_domain::AcceptanceMode::Automatic).await.link;
    let stranger = Stranger::new(61, &link, &format!("{name}@example.org"));
    stranger.send(&stranger.claim().await).await.unwrap();
    scene.round().await;
    let secrets = stranger.open(&stranger.outgoing(&stranger.ticket_access()).await).unwrap().unwrap();
    (stranger, secrets)
}

/// The whole container among the datasets.
fn container(secrets: &GrantSecrets) -> &Access {
    let access = secrets.datasets.values().find_map(|dataset| match dataset {
        DatasetAccess::Container { access, .. } => Some(access),
        _ => None,
    });
    access.expect("a container is granted")
}

async fn reads(scene: &Scene, access: &Access) -> Result<(), ErrorKind> {
    let key = format!("{}pos/a.txt", scene.data);
    reach(access).read(&key, None, None).await.map(drop).map_err(|error| error.kind)
}

async fn policies(scene: &Scene) -> Vec<String> {
    let store = scene.source().await;
    store.delegate().unwrap().policies(scene.data.trim_matches('/')).await.unwrap()
}

async fn take_slots(scene: &Scene, count: usize) {
    let store = scene.source().await;
    let container = scene.data.trim_matches('/');
    for number in 0..count {
        let (id, until) = (format!("others-{number}"), Utc::now() + TimeDelta::days(1));
        let delegate = store.delegate().unwrap();
        delegate.set_policy(container, &id, AccessPermission::Read, until).await.unwrap();
    }
}

async fn with_whole_container() -> Scene {
    let scene = Scene::without_dataset(Ground::Azurite).await;
    scene.write("pos/a.txt", "a").await;
    scene.dataset("").await.unwrap();
    scene
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_token_ends_on_its_date_while_nobody_runs() {
    let scene = with_whole_container().await;
    let (eve, before) = granted(&scene, "eve").await;
    let ben = scene.subscribed("ben").await;
    assert_eq!(reads(&scene, container(&before)).await, Ok(()));
    let soon = Utc::now() + TimeDelta::seconds(6);
    scene.provider.recipient_set_expiry(expiry("eve", soon)).await.unwrap();
    assert_eq!(
        reads(&scene, container(&before)).await,
        Err(ErrorKind::Denied),
        "what had no date does not outlive it"
    );
    let mailbox = before.mailbox.clone().unwrap();
    let after = eve.open(&eve.outgoing(&mailbox).await).unwrap().unwrap();
    assert_eq!(reads(&scene, container(&after)).await, Ok(()), "until then it reads");
    let log = format!("{}/log/000001", scene.share_place().await);
    while Utc::now() <= soon + TimeDelta::seconds(1) {
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
    // The provider has not run since.
    let denied = |answer: Option<ErrorKind>| assert_eq!(answer, Some(ErrorKind::Denied));
    denied(reads(&scene, container(&after)).await.err());
    denied(reach(after.share.as_ref().unwrap()).read(&log, None, None).await.err().map(|error| error.kind));
    let offer = eve.mailbox(&mailbox).key("out/000001");
    denied(reach(&mailbox).read(&offer, None, None).await.err().map(|error| error.kind));
    assert_eq!(
        ben.snapshot(SnapshotMode::Full).await.unwrap().status,
        SnapshotStatus::Succeeded,
        "one date is nobody else's"
    );
    scene.round().await;
    let left = policies(&scene).await;
    assert!(left.len() == 1 && left[0].ends_with("-c3"), "nothing of the date stays behind: {left:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn where_others_have_taken_all_policies_access_is_short_and_renewed() {
    let scene = with_whole_container().await;
    take_slots(&scene, 5).await;
    let taken = policies(&scene).await;
    let (eve, secrets) = granted(&scene, "eve").await;
    let ben = scene.subscribed("ben").await;
    assert_eq!(reads(&scene, container(&secrets)).await, Ok(()));
    let token = container(&secrets).token.as_ref().unwrap().reveal().to_owned();
    assert!(token.contains("&se=") && !token.contains("&si="), "it ends by itself");
    assert_eq!(policies(&scene).await, taken, "what others made is never touched");
    assert_eq!(scene.recipient("eve").await.revocation_delay_minutes, Some(60), "and the person is told");
    assert_eq!(ben.snapshot(SnapshotMode::Full).await.unwrap().status, SnapshotStatus::Succeeded);

    // Half an hour later.
    let records = eve.outgoing(secrets.mailbox.as_ref().unwrap()).await.len();
    assert!(!scene.round().await.refreshed.iter().any(|line| line.contains("renewed")), "not before");
    let later = "UPDATE grants SET issued_at = strftime('%Y-%m-%dT%H:%M:%fZ', issued_at, '-31 minutes'),
                 expires_at = strftime('%Y-%m-%dT%H:%M:%fZ', expires_at, '-31 minutes')";
    scene.database().execute(later, []).unwrap();
    let round = scene.round().await;
    assert!(round.refreshed.iter().any(|line| line.contains("eve@example.org: access renewed")), "{round:?}");
    let renewed = eve.outgoing(secrets.mailbox.as_ref().unwrap()).await;
    assert_eq!(renewed.len(), records + 1);
    let newest = eve.open(&renewed).unwrap().unwrap();
    assert_ne!(container(&newest).token.as_ref().unwrap().reveal(), token);

    // A revocation holds for everything else at once; no new access is given.
    scene.provider.recipient_revoke(scene.named("eve")).await.unwrap();
    assert_eq!(policies(&scene).await, taken);
    assert_eq!(ben.snapshot(SnapshotMode::Full).await.unwrap().status, SnapshotStatus::Succeeded);
    let mailbox = reach(secrets.mailbox.as_ref().unwrap());
    let offer = eve.mailbox(secrets.mailbox.as_ref().unwrap()).key("out/000001");
    assert_eq!(mailbox.read(&offer, None, None).await.err().map(|error| error.kind), Some(ErrorKind::Denied));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_new_generation_finds_room_where_others_leave_none() {
    let scene = with_whole_container().await;
    let (ben, _eve) = (scene.subscribed("ben").await, scene.subscribed("eve").await);
    // One place is ours; the next generation would be the sixth, as with several shares that change at once.
    take_slots(&scene, 4).await;
    scene.provider.recipient_revoke(scene.named("eve")).await.unwrap();
    let left = policies(&scene).await;
    assert!(left.len() == 4 && left.iter().all(|policy| policy.starts_with("others-")), "{left:?}");
    assert_eq!(ben.snapshot(SnapshotMode::Full).await.unwrap().status, SnapshotStatus::Succeeded);
    assert!(scene.recipient("ben").await.revocation_delay_minutes.is_some());
    assert!(scene.recipient("ben").await.findings.is_empty(), "the revocation is finished");
}

async fn access_is_renewed_when_half_of_it_is_over(ground: Ground) {
    let scene = Scene::new(ground).await;
    let (ben, eve) = (scene.subscribed("ben").await, scene.subscribed("eve").await);
    scene.provider.recipient_set_expiry(expiry("eve", Utc::now() + TimeDelta::days(20))).await.unwrap();
    assert!(!scene.round().await.refreshed.iter().any(|line| line.contains("renewed")), "not before");
    let later = "UPDATE grants SET issued_at = strftime('%Y-%m-%dT%H:%M:%fZ', issued_at, '-190 days'),
                 expires_at = strftime('%Y-%m-%dT%H:%M:%fZ', expires_at, '-190 days')
                 WHERE mailbox_id = ?1";
    let id = scene.recipient("ben").await.recipient_id;
    scene.database().execute(later, [&id]).unwrap();
    let renewed = |round: &AgentRound| {
        let lines = round.refreshed.iter().filter(|line| line.contains("renewed"));
        lines.cloned().collect::<Vec<_>>()
    };
    assert_eq!(renewed(&scene.round().await), ["sales / ben@example.org: access renewed"]);
    assert!(renewed(&scene.round().await).is_empty(), "once");
    for consumer in [&ben, &eve] {
        let run = consumer.snapshot(SnapshotMode::Full).await.unwrap();
        assert_eq!(run.status, SnapshotStatus::Succeeded, "{}", consumer.name);
    }
    let over = scene.provider.recipient_set_expiry(expiry("eve", Utc::now() - TimeDelta::days(1))).await;
    assert_eq!(over.unwrap_err().code, Code::InvalidRequest);
}
