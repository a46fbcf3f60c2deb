//! 2. One invitation, one acceptance.

use datashare_app::Code;
use datashare_app::dto::{InvitationId, Nothing};
use datashare_domain::{AcceptanceMode, InvitationStatus, SubscriptionStatus};

use crate::on_both_grounds;
use crate::scene::{Ground, Scene, assert_words, source};
use crate::stranger::Stranger;

on_both_grounds!(
    of_two_that_accept_at_once_one_wins,
    looking_changes_nothing,
    accepting_again_goes_on,
    an_answer_that_the_background_takes_first_is_the_acceptances_answer,
    a_thief_is_seen_by_both,
    a_claim_without_the_tickets_secret_is_refused,
    a_rejection_without_the_tickets_secret_does_not_count,
    an_acceptance_that_lost_while_offline_says_so,
    clocks_that_differ_by_a_day_keep_nobody_out,
    a_claim_over_other_terms_or_after_the_end_is_refused,
);

async fn of_two_that_accept_at_once_one_wins(ground: Ground) {
    let scene = Scene::new(ground).await;
    let (ben, eve) = (scene.consumer("ben").await, scene.consumer("eve").await);
    for attempt in 0..3 {
        let link = scene.invite(&format!("ben{attempt}"), AcceptanceMode::Automatic).await.link;
        let (one, two) =
            scene.while_it_runs(async { tokio::join!(ben.accept(&link), eve.accept(&link)) }).await;
        assert!(one.is_ok() != two.is_ok(), "exactly one may win: {one:?} {two:?}");
        let (loser, error) = match (one, two) {
            (Err(error), _) => (&ben, error),
            (_, Err(error)) => (&eve, error),
            _ => unreachable!(),
        };
        assert_eq!(error.code, Code::InvitationSpent, "{error:?}");
        assert_words(&error);
        let kept = loser.received().await.len();
        let won = attempt + 1
            - if std::ptr::eq(loser, &ben) { eve.received().await.len() } else { ben.received().await.len() };
        assert_eq!(kept, won, "an acceptance that lost leaves nothing behind");
    }
}

async fn looking_changes_nothing(ground: Ground) {
    let scene = Scene::new(ground).await;
    let link = scene.invite("ben", AcceptanceMode::Automatic).await.link;
    let ben = scene.consumer("ben").await;
    let before = scene.everything().await;
    for _ in 0..3 {
        let preview = ben.preview(&link).await.unwrap();
        assert_eq!(preview.status, InvitationStatus::Pending);
        assert_eq!(preview.terms.as_deref(), Some(crate::scene::TERMS));
    }
    assert_eq!(before, scene.everything().await, "a look must not consume the invitation");
    assert!(ben.received().await.is_empty());
    scene.round().await;
    assert_eq!(before, scene.everything().await, "the provider's own look changes nothing either");
}

async fn accepting_again_goes_on(ground: Ground) {
    let scene = Scene::new(ground).await;
    let link = scene.invite("ben", AcceptanceMode::Automatic).await.link;
    let ben = scene.consumer("ben").await;
    let first = scene.while_it_runs(ben.accept(&link)).await.unwrap();
    for _ in 0..2 {
        // The second time the invitation's own access is closed already.
        scene.round().await;
        let again = ben.accept(&link).await.unwrap();
        assert_eq!(again.received, first.received, "the same acceptance goes on, no second one");
        assert_eq!(again.status, SubscriptionStatus::Active);
    }
    assert_eq!(ben.received().await.len(), 1);
    let preview = ben.preview(&link).await.unwrap();
    assert_eq!(preview.received.as_deref(), Some("sales"), "the link leads to what became of it");
}

async fn an_answer_that_the_background_takes_first_is_the_acceptances_answer(ground: Ground) {
    let scene = Scene::new(ground).await;
    let link = scene.invite("ben", AcceptanceMode::Automatic).await.link;
    let ben = scene.consumer("ben").await;
    // While the acceptance waits to look again, the window's own work finds the answer and is done with the ticket.
    let background = async {
        while scene.recipient("ben").await.subscription_status != Some(SubscriptionStatus::Active) {
            tokio::time::sleep(std::time::Duration::from_millis(5)).await;
            scene.round().await;
        }
        ben.app.agent_round(Nothing {}).await.unwrap()
    };
    let (accepted, round) = tokio::join!(Box::pin(ben.accept(&link)), Box::pin(background));
    assert_eq!(round.problems, Vec::<String>::new());
    assert_eq!(accepted.unwrap().status, SubscriptionStatus::Active);
}

async fn a_thief_is_seen_by_both(ground: Ground) {
    let scene = Scene::new(ground).await;
    let link = scene.invite("ben", AcceptanceMode::Automatic).await.link;
    let (ben, eve) = (scene.consumer("ben").await, scene.consumer("eve").await);
    scene.while_it_runs(eve.accept(&link)).await.unwrap();
    let looked = ben.preview(&link).await;
    let words = match &looked {
        Ok(preview) => preview.status_message.clone().unwrap(),
        Err(error) => error.in_words(),
    };
    assert!(words.contains("If it was not you"), "the real invitee is told: {words}");
    scene.round().await;
    let error = ben.accept(&link).await.unwrap_err();
    assert_eq!(error.code, Code::InvitationSpent, "{error:?}");
    assert!(error.in_words().contains("tell the provider"), "{}", error.in_words());
    let recipient = scene.recipient("ben").await;
    assert_eq!(recipient.accepted_email.as_deref(), Some("eve@example.org"));
    assert!(
        recipient.findings.iter().any(|finding| finding.contains("eve@example.org")),
        "the provider sees that somebody else accepted: {:?}",
        recipient.findings
    );
}

async fn a_claim_without_the_tickets_secret_is_refused(ground: Ground) {
    let scene = Scene::new(ground).await;
    for mode in [AcceptanceMode::Automatic, AcceptanceMode::RightAway] {
        let name = format!("ben-{mode:?}").to_lowercase();
        let link = scene.invite(&name, mode).await.link;
        let mut forger = Stranger::new(9, &link, "ben@example.org");
        forger.ticket.secret = zeroize::Zeroizing::new([0; 32]);
        let claim = forger.claim().await;
        forger.send(&claim).await.unwrap();
        scene.round().await;
        let recipient = scene.recipient(&name).await;
        assert_eq!(
            recipient.subscription_status,
            Some(SubscriptionStatus::Refused),
            "{mode:?}: whoever did not hold the ticket gets nothing: {recipient:?}"
        );
    }
}

async fn a_rejection_without_the_tickets_secret_does_not_count(ground: Ground) {
    let scene = Scene::new(ground).await;
    let invitation = scene.invite("ben", AcceptanceMode::Automatic).await;
    let mut forger = Stranger::new(9, &invitation.link, "ben@example.org");
    forger.ticket.secret = zeroize::Zeroizing::new([0; 32]);
    forger.send(&forger.rejection()).await.unwrap();
    for _ in 0..2 {
        let round = scene.round().await;
        assert!(round.problems.iter().any(|problem| problem.contains("does not count")), "{round:?}");
        let recipient = scene.recipient("ben").await;
        assert_eq!(recipient.invitation_status, InvitationStatus::Pending, "nobody's answer: {recipient:?}");
        assert!(
            recipient.findings.iter().any(|finding| finding.contains("never held the invitation")),
            "the provider sees what lies there: {:?}",
            recipient.findings
        );
    }
    // What the provider is told to do works.
    let withdrawn = InvitationId { invitation_id: invitation.invitation_id };
    scene.provider.invitation_withdraw(withdrawn).await.unwrap();
    let again = scene.invite("ben", AcceptanceMode::Automatic).await.link;
    let ben = scene.consumer("ben").await;
    let accepted = scene.while_it_runs(ben.accept(&again)).await.unwrap();
    assert_eq!(accepted.status, SubscriptionStatus::Active);
}

async fn an_acceptance_that_lost_while_offline_says_so(ground: Ground) {
    let scene = Scene::new(ground).await;
    let link = scene.invite("ben", AcceptanceMode::Ask).await.link;
    let (ben, eve) = (scene.consumer("ben").await, scene.consumer("eve").await);
    assert_eq!(ben.accept(&link).await.unwrap().status, SubscriptionStatus::WaitingForProvider);
    let error = eve.accept(&link).await.unwrap_err();
    assert_eq!(error.code, Code::InvitationSpent);
    assert!(eve.received().await.is_empty());
    // A rejection after somebody's acceptance changes nothing.
    let error = eve.app.invitation_reject(source(&link)).await.unwrap_err();
    assert_eq!(error.code, Code::InvitationSpent);
    scene.round().await;
    assert_eq!(scene.recipient("ben").await.invitation_status, InvitationStatus::WaitingForProvider);
    scene.provider.recipient_approve(scene.named("ben")).await.unwrap();
    assert!(ben.app.agent_round(Nothing {}).await.unwrap().problems.is_empty());
    assert_eq!(ben.received().await[0].status, SubscriptionStatus::Active, "the agent brings the answer");
}

async fn clocks_that_differ_by_a_day_keep_nobody_out(ground: Ground) {
    let scene = Scene::new(ground).await;
    for (seed, name, days) in [(71, "slow", -1), (81, "fast", 1)] {
        let link = scene.invite(name, AcceptanceMode::Automatic).await.link;
        let stranger = Stranger::new(seed, &link, &format!("{name}@example.org"));
        let at = chrono::Utc::now() + chrono::TimeDelta::days(days);
        stranger.send(&stranger.claim_at(at).await).await.unwrap();
        scene.round().await;
        let recipient = scene.recipient(name).await;
        assert_eq!(recipient.subscription_status, Some(SubscriptionStatus::Active), "{name}");
        assert!(recipient.findings.is_empty(), "{name}: {:?}", recipient.findings);
        let records = stranger.outgoing(&stranger.ticket_access()).await;
        assert!(stranger.open(&records).unwrap().is_ok(), "{name} opens what it was granted");
    }
    assert!(scene.findings().await.is_empty(), "a date that is off is no finding");
}

async fn a_claim_over_other_terms_or_after_the_end_is_refused(ground: Ground) {
    let scene = Scene::new(ground).await;
    let link = scene.invite("ben", AcceptanceMode::Automatic).await.link;
    let stranger = Stranger::new(91, &link, "ben@example.org");
    let fingerprint = stranger.keys.public().fingerprint();
    let other = "0".repeat(64);
    let mac = stranger.ticket.mac("claim", &fingerprint, Some(&other));
    let claim = datashare_protocol::Claim {
        recipient: stranger.card(),
        terms_sha256: Some(other),
        terms_version: Some(1),
        mac,
    };
    let claim = stranger.sign(datashare_protocol::Body::Claim(Box::new(claim)));
    stranger.send(&claim).await.unwrap();
    let link = scene.invite("late", AcceptanceMode::Automatic).await.link;
    let late = Stranger::new(95, &link, "late@example.org");
    late.send(&late.claim_at(late.ticket.expires_at + chrono::TimeDelta::seconds(1)).await).await.unwrap();
    scene.round().await;
    for name in ["ben", "late"] {
        let recipient = scene.recipient(name).await;
        assert_eq!(recipient.invitation_status, InvitationStatus::Refused, "{name}");
        let tokens = scene.provider.grant_list(datashare_app::dto::ShareName { share: "sales".into() }).await;
        assert!(tokens.unwrap().is_empty(), "nothing is granted");
    }
}
