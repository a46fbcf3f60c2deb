//! What looks cost, counted by the server that is asked, and that a look which only asks is never a look too few.
#![allow(clippy::unwrap_used)]

use datashare_domain::{AcceptanceMode, ShareKind, SubscriptionStatus};
use datashare_secret::Secret;
use datashare_storage_azure::{AzureBlobStore, AzureCredential, AzureSettings};
use datashare_testkit::BlobServer;
use tempfile::TempDir;

use super::*;
use crate::dto::*;
use crate::{AppOptions, VaultChoice};

const SHARES: usize = 3;
const RECIPIENTS: usize = 4;
const ACCOUNT: &str = "prov";

struct Stage {
    server: BlobServer,
    folder: TempDir,
    provider: App,
    recipients: Vec<App>,
}

/// Requests to mailboxes, and all others.
#[derive(Debug, PartialEq, Eq)]
struct Asked {
    mailboxes: u64,
    others: u64,
}

fn none() -> Asked {
    Asked { mailboxes: 0, others: 0 }
}

fn share(number: usize) -> String {
    format!("share {number}")
}

fn address(number: usize) -> String {
    format!("recipient-{number}@example.org")
}

async fn open(folder: &TempDir, name: &str) -> App {
    let vault = VaultChoice { kind: Some(VaultKind::File), passphrase: Some(Secret::new("of the test")) };
    let app = App::open(AppOptions { home: folder.path().join(name), vault }).await.unwrap();
    app.database().forget_durability();
    app
}

async fn party(folder: &TempDir, name: &str) -> App {
    let app = open(folder, name).await;
    app.workspace_initialise(WorkspaceInitialise {
        name: name.into(),
        organisation: "Example Ltd".into(),
        email: format!("{name}@example.org"),
    })
    .await
    .unwrap();
    app
}

impl Stage {
    /// Shares of a container each, and every recipient in each of them, settled.
    async fn new() -> Self {
        let (server, folder) = (BlobServer::start().unwrap(), tempfile::tempdir().unwrap());
        let provider = party(&folder, "provider").await;
        let mut recipients = Vec::new();
        for number in 0..RECIPIENTS {
            recipients.push(party(&folder, &format!("recipient-{number}")).await);
        }
        let stage = Self { server, folder, provider, recipients };
        let settings = ConnectionSettings::AzureBlob {
            account: ACCOUNT.into(),
            endpoint: Some(stage.server.endpoint(ACCOUNT)),
        };
        let credential = Credential::AccountKey(Secret::new(stage.server.key(ACCOUNT)));
        let connection = ConnectionAdd { name: "store".into(), settings, credential };
        stage.provider.connection_add(connection).await.unwrap();
        for number in 0..SHARES {
            stage.make_share(number).await;
        }
        stage
    }

    async fn make_share(&self, number: usize) {
        let container = format!("data-{number}");
        let endpoint = Some(self.server.endpoint(ACCOUNT));
        let settings = AzureSettings { account: ACCOUNT.into(), endpoint };
        let key = AzureCredential::AccountKey(Secret::new(self.server.key(ACCOUNT)));
        let store: datashare_storage::SharedStore =
            std::sync::Arc::new(AzureBlobStore::new(settings, key).unwrap());
        store.make_place(&container).await.unwrap();
        let request = ShareCreate {
            name: share(number),
            description: String::new(),
            terms: None,
            kind: ShareKind::Snapshot,
            exchange: "store".into(),
            exchange_prefix: String::new(),
        };
        self.provider.share_create(request).await.unwrap();
        let (connection, path) = ("store".into(), container);
        let dataset = DatasetAdd { share: share(number), connection, path, name: None, sensitive: false };
        self.provider.dataset_add(dataset).await.unwrap();
        let emails = (0..RECIPIENTS).map(address).collect();
        // Asked, an acceptance waits for nobody.
        let acceptance = AcceptanceMode::Ask;
        let invite = Invite { share: share(number), emails, expires_at: None, acceptance };
        for (recipient, invited) in self.recipients.iter().zip(self.provider.invite(invite).await.unwrap()) {
            let invitation = Secret::new(invited.link.as_str());
            let request =
                InvitationAccept { invitation, exchange_folder: None, agree_terms_sha256: None, name: None };
            let received = recipient.invitation_accept(request).await.unwrap().received;
            let name = RecipientName { share: share(number), recipient: invited.email };
            self.provider.recipient_approve(name).await.unwrap();
            let details = recipient.received_refresh(ReceivedName { received }).await.unwrap();
            assert_eq!(details.summary.status, SubscriptionStatus::Active);
        }
    }

    fn sent(&self, number: usize) -> Subject {
        let row = self.provider.database().read(|c| shares::find_share(c, &share(number))).unwrap();
        Subject::Sent(row.unwrap().id)
    }

    fn received(&self, recipient: usize, number: usize) -> Subject {
        let app = &self.recipients[recipient];
        let row = app.database().read(|c| received::find(c, &share(number))).unwrap();
        Subject::Received(row.unwrap().id)
    }

    /// Looks until nothing is left to do.
    async fn settle(&self, app: &App, subject: &Subject) {
        while app.look_at(subject, Look::Closely).await.news {}
        let looked = app.look_at(subject, Look::Closely).await;
        assert!(!looked.news && !looked.failed && looked.round.problems.is_empty(), "{looked:?}");
    }

    async fn look(&self, app: &App, subject: &Subject, look: Look) -> (Looked, Asked) {
        let before = self.server.requests();
        let looked = app.look_at(subject, look).await;
        let after = self.server.requests();
        let mailboxes = after.to("dsm-") - before.to("dsm-");
        let others = after.total() - before.total() - mailboxes;
        (looked, Asked { mailboxes, others })
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_poll_of_a_quiet_mailbox_is_one_request_and_a_close_one_two() {
    let stage = Stage::new().await;
    let mailboxes = RECIPIENTS as u64;
    for number in 0..SHARES {
        let subject = stage.sent(number);
        stage.settle(&stage.provider, &subject).await;
        for _ in 0..2 {
            let (looked, asked) = stage.look(&stage.provider, &subject, Look::News).await;
            assert!(!looked.news && !looked.failed, "{looked:?}");
            assert_eq!(asked.mailboxes, mailboxes);
            assert!(asked.mailboxes + asked.others <= looked.requests.into(), "{asked:?} of {looked:?}");
        }
        let (_, closely) = stage.look(&stage.provider, &subject, Look::Closely).await;
        assert_eq!(closely.mailboxes, 2 * mailboxes);
        let (_, waiting) = stage.look(&stage.provider, &subject, Look::Waiting).await;
        assert_eq!(waiting, none(), "nobody waits");
    }
    let subject = stage.received(0, 0);
    stage.settle(&stage.recipients[0], &subject).await;
    for _ in 0..2 {
        let (looked, asked) = stage.look(&stage.recipients[0], &subject, Look::News).await;
        assert_eq!((looked.requests, asked), (1, Asked { mailboxes: 1, others: 0 }));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_a_recipient_says_at_a_quiet_share_is_noticed_by_the_next_poll() {
    let stage = Stage::new().await;
    let subject = stage.sent(1);
    stage.settle(&stage.provider, &subject).await;
    stage.recipients[2].received_leave(ReceivedName { received: share(1) }).await.unwrap();
    let (looked, _) = stage.look(&stage.provider, &subject, Look::News).await;
    assert!(looked.news, "{looked:?}");
    let all = stage.provider.recipient_list(ShareName { share: share(1) }).await.unwrap();
    let left = all.iter().find(|recipient| recipient.email == address(2)).unwrap();
    assert_eq!(left.subscription_status, Some(SubscriptionStatus::Left));
    stage.settle(&stage.provider, &subject).await;
    let (_, asked) = stage.look(&stage.provider, &subject, Look::News).await;
    assert_eq!(asked.mailboxes, RECIPIENTS as u64 - 1, "nothing can come from who has left");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_another_process_does_at_a_quiet_share_is_taken_up_by_the_next_look() {
    let stage = Stage::new().await;
    let (sent, received) = (stage.sent(0), stage.received(3, 0));
    stage.settle(&stage.provider, &sent).await;
    stage.settle(&stage.recipients[3], &received).await;
    // A command, say; the leader's own memory knows nothing of it.
    let other = open(&stage.folder, "provider").await;
    let recipient = RecipientName { share: share(0), recipient: address(3) };
    other.recipient_revoke(recipient).await.unwrap();
    let (_, asked) = stage.look(&stage.provider, &sent, Look::News).await;
    assert_eq!(asked.mailboxes, RECIPIENTS as u64 - 1, "nothing can come from who was revoked");
    let (looked, _) = stage.look(&stage.recipients[3], &received, Look::News).await;
    assert!(looked.news, "{looked:?}");
    let own = stage.recipients[3].received_list(Nothing {}).await.unwrap();
    let status = own.iter().find(|row| row.name == share(0)).unwrap().status;
    assert_eq!(status, SubscriptionStatus::Revoked);
}
