//! A provider with a share on one ground, and consumers who may be invited to it.

use std::collections::BTreeMap;
use std::future::Future;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use datashare_app::dto::*;
use datashare_app::{App, AppError, AppOptions, Result, VaultChoice};
use datashare_domain::{AcceptanceMode, ShareKind, SnapshotMode, SubscriptionStatus};
use datashare_secret::Secret;
use datashare_storage::{FolderStore, ObjectProperties, PutMode, SharedStore};
use datashare_storage_azure::{AzureBlobStore, AzureCredential, AzureSettings};
use datashare_testkit::{Azurite, CONSUMER, PROVIDER, unique_name};
use futures::TryStreamExt;
use tempfile::TempDir;

use crate::switch::Switch;

pub(crate) const PASSPHRASE: &str = "canary-passphrase-of-the-vault";
pub(crate) const TERMS: &str = "Use it well.";
pub(crate) const SHARE: &str = "sales";

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Ground {
    Folder,
    Azurite,
}

/// The provider and its share; consumers are made from it.
pub(crate) struct Scene {
    pub(crate) ground: Ground,
    pub(crate) root: TempDir,
    pub(crate) provider: App,
    /// Where the provider's data is: a folder, or a container.
    pub(crate) data: String,
}

pub(crate) struct Consumer {
    pub(crate) app: App,
    pub(crate) name: String,
    pub(crate) target: SharedStore,
    pub(crate) target_path: String,
}

pub(crate) async fn open(home: &Path) -> App {
    let vault = VaultChoice { kind: Some(VaultKind::File), passphrase: Some(Secret::new(PASSPHRASE)) };
    App::open(AppOptions { home: home.to_owned(), vault }).await.unwrap()
}

pub(crate) async fn workspace(home: &Path, name: &str) -> App {
    let app = open(home).await;
    app.workspace_initialise(WorkspaceInitialise {
        name: name.into(),
        organisation: format!("{name} Ltd"),
        email: format!("{name}@example.org"),
    })
    .await
    .unwrap();
    app
}

async fn azure(app: &App, connection: &str, account: &str) -> SharedStore {
    azure_at(app, connection, account, None).await
}

/// An account, reached through a switch if there is one.
async fn azure_at(app: &App, connection: &str, account: &str, through: Option<&Switch>) -> SharedStore {
    let server = Azurite::shared().await.unwrap();
    let endpoint =
        through.map_or_else(|| server.endpoint(account), |switch| format!("{}/{account}", switch.address));
    let settings = ConnectionSettings::AzureBlob { account: account.into(), endpoint: Some(endpoint) };
    let key = Secret::new(server.key(account));
    let credential = Credential::AccountKey(key.clone());
    app.connection_add(ConnectionAdd { name: connection.into(), settings, credential }).await.unwrap();
    azure_store(account, key).await
}

pub(crate) async fn azure_store(account: &str, key: Secret) -> SharedStore {
    let server = Azurite::shared().await.unwrap();
    let settings = AzureSettings { account: account.into(), endpoint: Some(server.endpoint(account)) };
    Arc::new(AzureBlobStore::new(settings, AzureCredential::AccountKey(key)).unwrap())
}

pub(crate) async fn folder(app: &App, connection: &str, path: &Path) -> SharedStore {
    std::fs::create_dir_all(path).unwrap();
    let settings = ConnectionSettings::Folder { path: path.to_str().unwrap().into() };
    let credential = Credential::None;
    app.connection_add(ConnectionAdd { name: connection.into(), settings, credential }).await.unwrap();
    Arc::new(FolderStore::new(path.to_owned()))
}

pub(crate) async fn put(store: &SharedStore, key: &str, content: impl AsRef<[u8]>) {
    let bytes = Bytes::copy_from_slice(content.as_ref());
    store.put(key, bytes, PutMode::Overwrite, &ObjectProperties::default()).await.unwrap();
}

pub(crate) async fn get(store: &SharedStore, key: &str) -> Vec<u8> {
    let body = store.read(key, None, None).await.unwrap().body;
    body.try_collect::<Vec<Bytes>>().await.unwrap().concat()
}

/// Every object whose key starts with the prefix.
pub(crate) async fn all(store: &SharedStore, prefix: &str) -> BTreeMap<String, Vec<u8>> {
    let mut found = BTreeMap::new();
    let mut next = None;
    loop {
        let Ok(page) = store.list(prefix, next.as_deref()).await else { return found };
        for object in page.objects {
            let bytes = get(store, &object.key).await;
            found.insert(object.key, bytes);
        }
        match page.next {
            Some(more) => next = Some(more),
            None => return found,
        }
    }
}

impl Scene {
    /// On Azurite, all that this provider reaches and gives access to is behind a switch.
    pub(crate) async fn behind_a_switch(ground: Ground) -> (Self, Switch) {
        let switch = Switch::before(&Azurite::shared().await.unwrap().endpoint(PROVIDER)).await;
        (Self::made(ground, Some(&switch)).await, switch)
    }

    /// A share `sales` with terms and the dataset `pos`: a folder of three files.
    pub(crate) async fn new(ground: Ground) -> Self {
        let scene = Self::without_dataset(ground).await;
        for (name, content) in
            [("a.txt", "canary-content-a"), ("deep/b.txt", "canary-content-b"), ("empty", "")]
        {
            scene.write(&format!("pos/{name}"), content).await;
        }
        scene.write("neighbour/secret.txt", "canary-neighbour").await;
        scene.dataset("pos").await.unwrap();
        scene
    }

    pub(crate) async fn without_dataset(ground: Ground) -> Self {
        Self::made(ground, None).await
    }

    async fn made(ground: Ground, through: Option<&Switch>) -> Self {
        let root = tempfile::tempdir().unwrap();
        let provider = workspace(&root.path().join("provider-home"), "ana").await;
        let data = match ground {
            Ground::Folder => {
                folder(&provider, "exchange", &root.path().join("exchange")).await;
                folder(&provider, "data", &root.path().join("data")).await;
                String::new()
            }
            Ground::Azurite => {
                azure_at(&provider, "exchange", PROVIDER, through).await;
                let store = azure_at(&provider, "data", PROVIDER, through).await;
                let container = unique_name("data");
                store.make_place(&container).await.unwrap();
                format!("{container}/")
            }
        };
        let request = ShareCreate {
            name: SHARE.into(),
            description: String::new(),
            terms: Some(TERMS.into()),
            kind: ShareKind::Snapshot,
            exchange: "exchange".into(),
            exchange_prefix: String::new(),
        };
        provider.share_create(request).await.unwrap();
        Self { ground, root, provider, data }
    }

    pub(crate) async fn dataset(&self, path: &str) -> Result<Dataset> {
        let path = format!("{}{path}", self.data).trim_matches('/').to_owned();
        let (connection, name) = ("data".to_owned(), None);
        self.provider
            .dataset_add(DatasetAdd { share: SHARE.into(), connection, path, name, sensitive: false })
            .await
    }

    /// The provider's data, by whole key.
    pub(crate) async fn source(&self) -> SharedStore {
        match self.ground {
            Ground::Folder => Arc::new(FolderStore::new(self.root.path().join("data"))),
            Ground::Azurite => self.exchange().await,
        }
    }

    pub(crate) async fn write(&self, path: &str, content: &str) {
        put(&self.source().await, &format!("{}{path}", self.data), content).await;
    }

    /// The exchange as whoever owns it reaches it.
    pub(crate) async fn exchange(&self) -> SharedStore {
        match self.ground {
            Ground::Folder => Arc::new(FolderStore::new(self.root.path().join("exchange"))),
            Ground::Azurite => {
                let key = Secret::new(Azurite::shared().await.unwrap().key(PROVIDER));
                azure_store(PROVIDER, key).await
            }
        }
    }

    pub(crate) async fn share_place(&self) -> String {
        let id = self.show().await.id;
        match self.ground {
            Ground::Folder => format!("shares/{id}"),
            Ground::Azurite => format!("dss-{id}"),
        }
    }

    pub(crate) fn mailbox_place(&self, mailbox: &str) -> String {
        match self.ground {
            Ground::Folder => format!("mailboxes/{mailbox}"),
            Ground::Azurite => format!("dsm-{mailbox}"),
        }
    }

    /// Everything of this share in the exchange.
    pub(crate) async fn everything(&self) -> BTreeMap<String, Vec<u8>> {
        let exchange = self.exchange().await;
        let mut found = all(&exchange, &format!("{}/", self.share_place().await)).await;
        for recipient in self.show().await.recipients {
            found.extend(all(&exchange, &format!("{}/", self.mailbox_place(&recipient.recipient_id))).await);
        }
        found
    }

    pub(crate) async fn show(&self) -> ShareDetails {
        self.provider.share_show(ShareName { share: SHARE.into() }).await.unwrap()
    }

    pub(crate) async fn consumer(&self, name: &str) -> Consumer {
        let app = workspace(&self.root.path().join(format!("{name}-home")), name).await;
        let (target, target_path) = match self.ground {
            Ground::Folder => {
                let path = self.root.path().join(format!("{name}-target"));
                (folder(&app, "target", &path).await, "in".to_owned())
            }
            Ground::Azurite => (azure(&app, "target", CONSUMER).await, unique_name("target")),
        };
        Consumer { app, name: name.into(), target, target_path }
    }

    /// A consumer whose target is on Azurite behind a switch, whatever the ground is.
    pub(crate) async fn consumer_behind(&self, name: &str, switch: &Switch) -> Consumer {
        let app = workspace(&self.home(name), name).await;
        let target = azure_at(&app, "target", CONSUMER, Some(switch)).await;
        Consumer { app, name: name.into(), target, target_path: unique_name("target") }
    }

    /// A consumer whose target is a folder, so that it reads by itself whatever the ground is.
    pub(crate) async fn consumer_on_a_folder(&self, name: &str) -> Consumer {
        let app = workspace(&self.home(name), name).await;
        let target = folder(&app, "target", &self.root.path().join(format!("{name}-target"))).await;
        Consumer { app, name: name.into(), target, target_path: "in".into() }
    }

    pub(crate) async fn invite(&self, name: &str, acceptance: AcceptanceMode) -> InvitationLink {
        let emails = vec![format!("{name}@example.org")];
        let request = Invite { share: SHARE.into(), emails, expires_at: None, acceptance };
        self.provider.invite(request).await.unwrap().remove(0)
    }

    pub(crate) async fn round(&self) -> AgentRound {
        Box::pin(self.provider.agent_round(Nothing {})).await.unwrap()
    }

    /// Does the work while the provider's application runs.
    pub(crate) async fn while_it_runs<T>(&self, work: impl Future<Output = T>) -> T {
        let stop = tokio_util::sync::CancellationToken::new();
        // On the heap, with all that a test does one after the other.
        let rounds = Box::pin(async {
            while !stop.is_cancelled() {
                self.provider.agent_round(Nothing {}).await.unwrap();
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
        });
        let work = Box::pin(async {
            let done = work.await;
            stop.cancel();
            done
        });
        tokio::join!(work, rounds).0
    }

    /// A consumer that has accepted and chosen targets.
    pub(crate) async fn subscribed(&self, name: &str) -> Consumer {
        let consumer = self.consumer(name).await;
        self.subscribe(&consumer).await;
        consumer
    }

    pub(crate) async fn subscribe(&self, consumer: &Consumer) {
        let name = consumer.name.as_str();
        let link = self.invite(name, AcceptanceMode::Automatic).await;
        self.while_it_runs(consumer.accept(&link.link)).await.unwrap();
        // The acknowledgement closes the invitation.
        self.round().await;
        consumer.map().await;
    }

    pub(crate) async fn recipient(&self, name: &str) -> Recipient {
        let email = format!("{name}@example.org");
        let all = self.provider.recipient_list(ShareName { share: SHARE.into() }).await.unwrap();
        all.into_iter().find(|recipient| recipient.email == email).unwrap()
    }

    pub(crate) fn named(&self, name: &str) -> RecipientName {
        RecipientName { share: SHARE.into(), recipient: format!("{name}@example.org") }
    }

    pub(crate) async fn publish(&self) -> PublishResult {
        self.provider.publish(Publish { share: SHARE.into(), dataset: None }).await.unwrap()
    }

    pub(crate) async fn findings(&self) -> Vec<AuditFinding> {
        self.provider.audit_verify(AuditRequest { name: SHARE.into() }).await.unwrap().findings
    }

    /// The provider's database, changed behind its back.
    pub(crate) fn database(&self) -> rusqlite::Connection {
        let database =
            rusqlite::Connection::open(self.root.path().join("provider-home/workspace.db")).unwrap();
        database.busy_timeout(Duration::from_secs(10)).unwrap();
        database
    }

    pub(crate) fn home(&self, name: &str) -> PathBuf {
        self.root.path().join(format!("{name}-home"))
    }
}

pub(crate) fn source(link: &str) -> InvitationSource {
    InvitationSource { invitation: Secret::new(link), exchange_folder: None }
}

impl Consumer {
    pub(crate) async fn preview(&self, link: &str) -> Result<InvitationPreview> {
        self.app.invitation_show(source(link)).await
    }

    pub(crate) async fn accept(&self, link: &str) -> Result<InvitationAccepted> {
        let agreed = datashare_domain::terms_sha256(TERMS);
        self.accept_terms(link, Some(agreed)).await
    }

    pub(crate) async fn accept_terms(
        &self,
        link: &str,
        agreed: Option<String>,
    ) -> Result<InvitationAccepted> {
        let request = InvitationAccept {
            invitation: Secret::new(link),
            exchange_folder: None,
            agree_terms_sha256: agreed,
            name: None,
        };
        Box::pin(self.app.invitation_accept(request)).await
    }

    /// What is known of the access after the background's next look, without asking anybody.
    pub(crate) async fn status_after_a_look(&self) -> SubscriptionStatus {
        Box::pin(self.app.agent_round(Nothing {})).await.unwrap();
        self.app.received_show(received()).await.unwrap().summary.status
    }

    /// Every dataset into a folder of its name.
    pub(crate) async fn map(&self) {
        let details = self.app.received_show(received()).await.unwrap();
        let targets = details.mappings.into_iter().map(|mapping| MappingTarget {
            path: format!("{}/{}", self.target_path, mapping.dataset),
            dataset: mapping.dataset,
            connection: "target".into(),
        });
        self.app
            .mapping_set(MappingSet { received: SHARE.into(), targets: targets.collect() })
            .await
            .unwrap();
    }

    pub(crate) async fn start(&self, mode: SnapshotMode) -> Result<Snapshot> {
        let request = SnapshotStart {
            received: SHARE.into(),
            mode,
            datasets: Vec::new(),
            options: RunOptions::default(),
        };
        // On the heap, with all that a test does one after the other.
        Box::pin(self.app.snapshot_start(request)).await
    }

    pub(crate) async fn snapshot(&self, mode: SnapshotMode) -> Result<Snapshot> {
        let run = self.start(mode).await?;
        Box::pin(self.app.snapshot_wait(&run.snapshot_id)).await
    }

    pub(crate) async fn refresh(&self) -> Result<ReceivedDetails> {
        self.app.received_refresh(received()).await
    }

    pub(crate) async fn received(&self) -> Vec<ReceivedSummary> {
        self.app.received_list(Nothing {}).await.unwrap()
    }

    /// What arrived: path below the target, content.
    pub(crate) async fn arrived(&self) -> BTreeMap<String, String> {
        let prefix = format!("{}/", self.target_path);
        let found = all(&self.target, &prefix).await.into_iter();
        found
            .map(|(key, bytes)| (key[prefix.len()..].to_owned(), String::from_utf8(bytes).unwrap()))
            .collect()
    }

    pub(crate) async fn findings(&self) -> Vec<AuditFinding> {
        self.app.audit_verify(AuditRequest { name: SHARE.into() }).await.unwrap().findings
    }
}

pub(crate) fn received() -> ReceivedName {
    ReceivedName { received: SHARE.into() }
}

/// A refusal that a person can act on.
pub(crate) fn assert_words(error: &AppError) {
    assert!(error.message.ends_with('.') && error.hint.is_some(), "no words to act on: {error:?}");
}
