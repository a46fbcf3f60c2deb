//! 5. A changed, dropped, replayed, re-ordered or foreign record is a visible finding; everybody else goes on.

use datashare_app::Code;
use datashare_domain::{AcceptanceMode, SnapshotMode, SnapshotStatus};

use crate::on_both_grounds;
use crate::scene::{Consumer, Ground, Scene, all, get, put};
use crate::stranger::Stranger;

on_both_grounds!(
    what_was_seen_and_is_not_the_same_any_more_is_found,
    what_is_new_and_not_genuine_is_not_taken,
    junk_from_a_recipient_is_a_finding_of_its_mailbox_alone,
);

/// A second record for the consumer that it has not seen: the mailbox then has three or more.
async fn more_records(scene: &Scene) {
    for number in 0..2 {
        scene.write(&format!("pos/more{number}.txt"), "more").await;
        let text = format!("terms {number}");
        let request = datashare_app::dto::ShareUpdate {
            share: crate::scene::SHARE.into(),
            description: None,
            terms: Some(text),
            terms_must_be_accepted_again: false,
        };
        scene.provider.share_update(request).await.unwrap();
    }
}

async fn what_was_seen_and_is_not_the_same_any_more_is_found(ground: Ground) {
    let scene = Scene::new(ground).await;
    let ben = scene.subscribed("ben").await;
    more_records(&scene).await;
    ben.refresh().await.unwrap();
    let exchange = scene.exchange().await;
    let mailbox = scene.mailbox_place(&scene.recipient("ben").await.recipient_id);
    let key = |number: u64| format!("{mailbox}/out/{number:06}");
    let originals = all(&exchange, &format!("{mailbox}/out/")).await;
    let last = originals.len() as u64;
    assert!(last >= 4, "the test needs records in the middle");
    assert!(scene.findings().await.is_empty() && ben.findings().await.is_empty());

    let mut changed = originals[&key(2)].clone();
    let middle = changed.len() / 2;
    changed[middle] ^= 1;
    let damages: [(&str, u64, Option<Vec<u8>>); 7] = [
        ("one byte changed", 2, Some(changed)),
        ("the last one dropped", last, None),
        ("a middle one dropped", 3, None),
        ("an older one replayed", 3, Some(originals[&key(2)].clone())),
        ("junk", 2, Some(b"junk".to_vec())),
        ("a huge object", 3, Some(vec![b'x'; 5 << 20])),
        ("nothing in it", 2, Some(Vec::new())),
    ];
    for (what, number, bytes) in damages {
        match bytes {
            Some(bytes) => put(&exchange, &key(number), bytes).await,
            None => exchange.delete(&key(number)).await.unwrap(),
        }
        for findings in [scene.findings().await, ben.findings().await] {
            let named =
                findings.iter().any(|finding| finding.sequence == number && !finding.message.is_empty());
            assert!(named, "{what}: record {number} must be named: {findings:?}");
        }
        put(&exchange, &key(number), &originals[&key(number)]).await;
    }
    put(&exchange, &key(2), &originals[&key(3)]).await;
    put(&exchange, &key(3), &originals[&key(2)]).await;
    let found: Vec<u64> = ben.findings().await.iter().map(|finding| finding.sequence).collect();
    assert_eq!(found, [2, 3], "two that changed places are both named");
    // The copy that was seen first counts: nothing is lost, the data goes on.
    assert_eq!(ben.snapshot(SnapshotMode::Full).await.unwrap().status, SnapshotStatus::Succeeded);
}

async fn refused(ben: &Consumer, what: &str) {
    let error = ben.refresh().await.unwrap_err();
    assert_eq!(error.code, Code::NotGenuine, "{what}: {error:?}");
    let error = ben.start(SnapshotMode::Full).await.unwrap_err();
    assert_eq!(error.code, Code::NotGenuine, "{what}: no data by a log that is not genuine");
    let problems =
        ben.app.audit_verify(datashare_app::dto::AuditRequest { name: "sales".into() }).await.unwrap();
    assert!(!problems.findings.is_empty(), "{what}: the audit names it too");
}

async fn what_is_new_and_not_genuine_is_not_taken(ground: Ground) {
    let scene = Scene::new(ground).await;
    let (ben, carol) = (scene.subscribed("ben").await, scene.subscribed("carol").await);
    let exchange = scene.exchange().await;
    let mailbox = scene.mailbox_place(&scene.recipient("ben").await.recipient_id);
    let others = scene.mailbox_place(&scene.recipient("carol").await.recipient_id);
    let before = all(&exchange, &format!("{mailbox}/out/")).await.len() as u64;
    more_records(&scene).await;
    let (next, after) =
        (format!("{mailbox}/out/{:06}", before + 1), format!("{mailbox}/out/{:06}", before + 2));
    let genuine = get(&exchange, &next).await;
    let foreign = get(&exchange, &format!("{others}/out/{:06}", before + 1)).await;
    let mut changed = genuine.clone();
    let middle = changed.len() / 2;
    changed[middle] ^= 1;
    let older = get(&exchange, &format!("{mailbox}/out/000001")).await;
    let later = get(&exchange, &after).await;
    for (what, bytes) in [
        ("changed", changed),
        ("replayed", older),
        ("re-ordered", later),
        ("foreign", foreign),
        ("huge", vec![b' '; 5 << 20]),
    ] {
        put(&exchange, &next, bytes).await;
        refused(&ben, what).await;
    }
    exchange.delete(&next).await.unwrap();
    refused(&ben, "dropped before a later one").await;
    // Nobody else is kept from anything, and once it is mended this one goes on.
    assert_eq!(carol.snapshot(SnapshotMode::Full).await.unwrap().status, SnapshotStatus::Succeeded);
    put(&exchange, &next, genuine).await;
    assert_eq!(ben.snapshot(SnapshotMode::Full).await.unwrap().status, SnapshotStatus::Succeeded);
}

async fn junk_from_a_recipient_is_a_finding_of_its_mailbox_alone(ground: Ground) {
    let scene = Scene::new(ground).await;
    let links = [
        scene.invite("eve", AcceptanceMode::Automatic).await,
        scene.invite("mallory", AcceptanceMode::Automatic).await,
    ];
    let ben = scene.subscribed("ben").await;
    let eve = Stranger::new(3, &links[0].link, "eve@example.org");
    eve.send(b"junk").await.unwrap();
    let mallory = Stranger::new(5, &links[1].link, "mallory@example.org");
    mallory.send(&vec![b'x'; 5 << 20]).await.unwrap();
    let exchange = scene.exchange().await;
    let flood = if ground == Ground::Folder { 10_000 } else { 300 };
    let mailbox = scene.mailbox_place(&links[0].invitation_id);
    for number in 2..flood {
        put(&exchange, &format!("{mailbox}/in/{number:06}"), "x").await;
    }
    let round = scene.round().await;
    for name in ["eve", "mallory"] {
        assert!(
            round.problems.iter().any(|problem| problem.contains(name)),
            "{name} is named: {:?}",
            round.problems
        );
        assert!(!scene.recipient(name).await.findings.is_empty(), "and shown with the recipient");
    }
    let findings = scene.findings().await;
    assert!(findings.iter().filter(|finding| finding.sequence == 1).count() >= 2, "{findings:?}");
    assert!(scene.recipient("ben").await.findings.is_empty());
    assert_eq!(ben.snapshot(SnapshotMode::Full).await.unwrap().status, SnapshotStatus::Succeeded);
}
