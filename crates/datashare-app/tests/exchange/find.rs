//! Finding by words across shares and runs.

use datashare_app::dto::*;
use datashare_domain::SnapshotMode;

use crate::on_both_grounds;
use crate::scene::{Ground, SHARE, Scene};

on_both_grounds!(people_and_runs_are_found_by_words_on_both_sides,);

fn words(words: &str) -> Find {
    Find { words: words.to_owned(), most: None }
}

async fn people_and_runs_are_found_by_words_on_both_sides(ground: Ground) {
    let scene = Scene::new(ground).await;
    let ben = scene.subscribed("ben").await;
    let options = RunOptions { verify: true, ..RunOptions::default() };
    let start = SnapshotStart {
        received: SHARE.into(),
        mode: SnapshotMode::Full,
        datasets: Vec::new(),
        options: options.clone(),
    };
    let run = ben.app.snapshot_start(start).await.unwrap();
    let run = ben.app.snapshot_wait(&run.snapshot_id).await.unwrap();
    assert_eq!(run.options, options, "a run says how it was done");
    scene.round().await;

    let share = SHARE.to_uppercase();
    let found = scene.provider.recipient_find(words(&format!("example.org {share}"))).await.unwrap();
    assert_eq!(found.iter().map(|one| one.email.as_str()).collect::<Vec<_>>(), ["ben@example.org"]);
    assert_eq!(found[0].share, SHARE);
    assert!(scene.provider.recipient_find(words("ben nobody")).await.unwrap().is_empty());

    for (app, who) in [(&scene.provider, "provider"), (&ben.app, "recipient")] {
        let found = app.activity_find(words(SHARE)).await.unwrap();
        assert_eq!(found.len(), 1, "{who}");
        assert_eq!(found[0].snapshot_id, run.snapshot_id, "{who}");
        assert!(app.activity_find(words("nothing of this kind")).await.unwrap().is_empty(), "{who}");
    }
    let none = Find { words: SHARE.into(), most: Some(0) };
    assert_eq!(scene.provider.activity_find(none).await.unwrap().len(), 1, "one at least");
}
