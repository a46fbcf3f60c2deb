//! 9. Terms change in versions, and are agreed to again where the provider asks for it.

use datashare_app::Code;
use datashare_app::dto::{AgreeTerms, ShareUpdate};
use datashare_domain::{AcceptanceMode, SnapshotMode, SnapshotStatus};

use crate::on_both_grounds;
use crate::scene::{Consumer, Ground, SHARE, Scene};

on_both_grounds!(
    new_terms_are_agreed_to_before_the_next_snapshot,
    terms_that_changed_before_the_acceptance_are_asked_for
);

async fn change(scene: &Scene, text: &str, again: bool) {
    let request = ShareUpdate {
        share: SHARE.into(),
        description: None,
        terms: Some(text.into()),
        terms_must_be_accepted_again: again,
    };
    scene.provider.share_update(request).await.unwrap();
}

async fn agree(ben: &Consumer, text: &str) -> datashare_app::Result<()> {
    let terms_sha256 = datashare_domain::terms_sha256(text);
    ben.app.received_agree_terms(AgreeTerms { received: SHARE.into(), terms_sha256 }).await.map(drop)
}

async fn new_terms_are_agreed_to_before_the_next_snapshot(ground: Ground) {
    let scene = Scene::new(ground).await;
    let consumer = scene.consumer("nobody").await;
    let link = scene.invite("nobody", AcceptanceMode::Automatic).await.link;
    assert_eq!(consumer.accept_terms(&link, None).await.unwrap_err().code, Code::InvalidRequest);
    assert_eq!(
        consumer.accept_terms(&link, Some("0".repeat(64))).await.unwrap_err().code,
        Code::TermsChanged
    );
    assert!(consumer.received().await.is_empty(), "nothing is accepted without the terms that are offered");

    let ben = scene.subscribed("ben").await;
    change(&scene, "Second terms.", true).await;
    // A later version that asks for nothing does not undo what was asked for.
    change(&scene, "Third terms.", false).await;
    let error = ben.start(SnapshotMode::Full).await.unwrap_err();
    assert_eq!((error.code, error.code.exit_code()), (Code::TermsChanged, 3), "{error:?}");
    let shown = ben.refresh().await.unwrap().terms_to_accept.unwrap();
    assert_eq!((shown.version, shown.text.as_str()), (3, "Third terms."));
    assert_eq!(
        agree(&ben, "Other terms.").await.unwrap_err().code,
        Code::TermsChanged,
        "a wrong hash is no agreement"
    );
    assert_eq!(ben.start(SnapshotMode::Full).await.unwrap_err().code, Code::TermsChanged);
    agree(&ben, "Third terms.").await.unwrap();
    assert_eq!(ben.snapshot(SnapshotMode::Full).await.unwrap().status, SnapshotStatus::Succeeded);
    scene.round().await;
    let recipient = scene.recipient("ben").await;
    assert_eq!(recipient.terms_version, Some(3), "the provider sees what was agreed to");
    assert_eq!(recipient.terms_sha256, Some(datashare_domain::terms_sha256("Third terms.")));
}

async fn terms_that_changed_before_the_acceptance_are_asked_for(ground: Ground) {
    let scene = Scene::new(ground).await;
    let link = scene.invite("ben", AcceptanceMode::Automatic).await.link;
    change(&scene, "Second terms.", true).await;
    let ben = scene.consumer("ben").await;
    scene.while_it_runs(ben.accept(&link)).await.unwrap();
    ben.map().await;
    assert_eq!(
        ben.start(SnapshotMode::Full).await.unwrap_err().code,
        Code::TermsChanged,
        "the offer was older"
    );
    agree(&ben, "Second terms.").await.unwrap();
    assert_eq!(ben.snapshot(SnapshotMode::Full).await.unwrap().status, SnapshotStatus::Succeeded);
}
