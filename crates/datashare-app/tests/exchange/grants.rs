//! 3. A grant opens for one recipient only, in one place of one share.

use datashare_domain::{AcceptanceMode, SnapshotMode, SnapshotStatus};
use datashare_protocol::{Access, DatasetAccess, GrantSecrets, IndexRoot, SealError};
use datashare_secret::Secret;
use datashare_storage::ErrorKind;

use crate::on_both_grounds;
use crate::scene::{Ground, Scene, all, put};
use crate::stranger::{Stranger, reach};

on_both_grounds!(a_grant_does_not_open_for_another, indexes_and_records_of_others_are_not_read);

pub(crate) async fn granted(scene: &Scene, seed: u8, name: &str) -> (Stranger, GrantSecrets) {
    let link = scene.invite(name, AcceptanceMode::Automatic).await.link;
    let stranger = Stranger::new(seed, &link, &format!("{name}@example.org"));
    let claim = stranger.claim().await;
    stranger.send(&claim).await.unwrap();
    scene.round().await;
    let secrets = stranger.open(&stranger.outgoing(&stranger.ticket_access()).await).unwrap().unwrap();
    (stranger, secrets)
}

async fn a_grant_does_not_open_for_another(ground: Ground) {
    let scene = Scene::new(ground).await;
    let (ben, _) = granted(&scene, 11, "ben").await;
    let (eve, _) = granted(&scene, 21, "eve").await;
    let records = ben.outgoing(&ben.ticket_access()).await;
    assert_eq!(
        eve.open(&records).unwrap().unwrap_err(),
        SealError::NotForUs,
        "it is sealed to somebody else"
    );
    // The same keys in another mailbox: the grant is bound to its place.
    let moved = Stranger { keys: ben.keys.clone(), ticket: eve.ticket.clone(), email: ben.email.clone() };
    assert_eq!(
        moved.open(&records).unwrap().unwrap_err(),
        SealError::DoesNotOpen,
        "it is bound to its chain"
    );
    let mut renumbered = records.clone();
    renumbered[1].record.sequence += 1;
    assert_eq!(ben.open(&renumbered).unwrap().unwrap_err(), SealError::DoesNotOpen, "and to its number");
}

async fn indexes_and_records_of_others_are_not_read(ground: Ground) {
    let scene = Scene::new(ground).await;
    let (ben, carol) = (scene.subscribed("ben").await, scene.subscribed("carol").await);
    let exchange = scene.exchange().await;
    let place = |id: String| scene.mailbox_place(&id);
    let one = place(scene.recipient("ben").await.recipient_id);
    let two = place(scene.recipient("carol").await.recipient_id);
    let (ours, theirs) = (all(&exchange, &format!("{one}/")).await, all(&exchange, &format!("{two}/")).await);
    let index = |objects: &std::collections::BTreeMap<String, Vec<u8>>| {
        objects
            .iter()
            .find(|(key, _)| key.contains("/index/"))
            .map(|(key, bytes)| (key.clone(), bytes.clone()))
    };
    // On folders there is no index in the mailbox: the welcome itself changes places.
    let ((key, original), (_, foreign)) = match (index(&ours), index(&theirs)) {
        (Some(one), Some(two)) => (one, two),
        _ => (
            (format!("{one}/out/000003"), Vec::new()),
            (String::new(), theirs[&format!("{two}/out/000002")].clone()),
        ),
    };
    put(&exchange, &key, foreign).await;
    let error = ben.start(SnapshotMode::Full).await.unwrap_err();
    assert_eq!(error.code, datashare_app::Code::NotGenuine, "{error:?}");
    assert!(ben.arrived().await.is_empty(), "nothing is read by what is not ours");
    assert_eq!(carol.snapshot(SnapshotMode::Full).await.unwrap().status, SnapshotStatus::Succeeded);
    match original.is_empty() {
        true => exchange.delete(&key).await.unwrap(),
        false => put(&exchange, &key, original).await,
    }
    assert_eq!(ben.snapshot(SnapshotMode::Full).await.unwrap().status, SnapshotStatus::Succeeded);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_signature_of_one_file_opens_no_neighbour() {
    let scene = Scene::new(Ground::Azurite).await;
    let (eve, secrets) = granted(&scene, 31, "eve").await;
    let DatasetAccess::Index { endpoint, object, sha256, key, query } =
        secrets.datasets.values().next().unwrap()
    else {
        panic!("a folder is granted by an index")
    };
    let mailbox = eve.mailbox(secrets.mailbox.as_ref().unwrap());
    let root = crate::scene::get(mailbox.store(), &mailbox.key(object)).await;
    let root = IndexRoot::open(object, root, sha256, Some(key), None).unwrap();
    let piece = crate::scene::get(mailbox.store(), &mailbox.key(&root.pieces[0].object)).await;
    let lines = root.open_piece(0, piece, Some(key)).unwrap();
    assert_eq!(root.pieces.len(), 1);
    assert!(lines.iter().all(|line| !line.object.contains("neighbour")), "only the granted folder");
    let line = lines.into_iter().next().unwrap();
    let signature: String =
        url::form_urlencoded::byte_serialize(line.signature.unwrap().as_bytes()).collect();
    let token = Secret::new(format!("{}&sig={signature}", query.reveal()));
    let store = reach(&Access { endpoint: endpoint.clone(), token: Some(token) });
    assert!(store.read(&line.object, None, None).await.is_ok(), "the file it was made for");
    for key in ["pos/deep/b.txt", "neighbour/secret.txt"] {
        let kind =
            store.read(&format!("{}{key}", scene.data), None, None).await.err().map(|error| error.kind);
        assert!(
            matches!(kind, Some(ErrorKind::Denied | ErrorKind::BadCredential)),
            "{key} opened by another's signature: {kind:?}"
        );
    }
    assert!(store.list(&scene.data, None).await.is_err(), "and lists nothing");
}
