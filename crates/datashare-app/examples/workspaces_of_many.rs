//! Makes a provider with many shares and recipients, each with a workspace of its own, by the use cases alone: shares are
//! created, invitations sent, accepted and answered as two parties do it.
//!
//! `workspaces_of_many FOLDER PASSPHRASE_FILE SERVER SHARES RECIPIENTS RENEWED LEAD`: every share has RECIPIENTS, who are the
//! same for all shares; the workspaces are FOLDER/provider and FOLDER/recipient-N, their vault is the passphrase's. SERVER is
//! the address of a blob server that takes every key. The access of everybody in the last RENEWED shares was given so long
//! ago that it is to be renewed from LEAD seconds after the end on, a few at a time.

use std::error::Error;
use std::io::Write;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{Duration, Instant, SystemTime};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use chrono::{DateTime, TimeDelta, Utc};
use datashare_app::dto::*;
use datashare_app::{App, AppOptions, Clock, VaultChoice};
use datashare_domain::{AcceptanceMode, ShareKind};
use datashare_secret::Secret;
use datashare_storage::{ObjectProperties, PutMode, SharedStore};
use datashare_storage_azure::{AzureBlobStore, AzureCredential, AzureSettings};
use futures::stream::{self, StreamExt, TryStreamExt};
use tokio_util::sync::CancellationToken;

type Done<T> = Result<T, Box<dyn Error>>;

const ACCOUNT: &str = "prov";
const AT_ONCE: usize = 8;
/// When all other access was given.
const LONG_AGO: TimeDelta = TimeDelta::days(30);
/// Access is renewed so long after it was given.
const RENEWED_AFTER: TimeDelta = TimeDelta::minutes(365 * 24 * 60 / 2);
/// Shares whose access is renewed at about the same time, and how long after the ones before.
const RENEWED_TOGETHER: usize = 2;
const RENEWED_EVERY: TimeDelta = TimeDelta::seconds(10);
/// An answer that takes longer is none.
const PATIENCE: Duration = Duration::from_secs(120);

struct Wish {
    folder: PathBuf,
    passphrase: Secret,
    server: String,
    shares: usize,
    recipients: usize,
    renewed: usize,
    lead: TimeDelta,
}

impl Wish {
    fn read() -> Done<Self> {
        let mut arguments = std::env::args().skip(1);
        let mut next = |name: &str| arguments.next().ok_or_else(|| format!("{name} is missing"));
        Ok(Self {
            folder: next("FOLDER")?.into(),
            passphrase: Secret::new(std::fs::read_to_string(next("PASSPHRASE_FILE")?)?.trim_end()),
            server: next("SERVER")?,
            shares: next("SHARES")?.parse()?,
            recipients: next("RECIPIENTS")?.parse()?,
            renewed: next("RENEWED")?.parse()?,
            lead: TimeDelta::seconds(next("LEAD")?.parse()?),
        })
    }
}

/// Everybody's clock, which goes as fast as any, and is behind.
#[derive(Clone, Default)]
struct Era(Arc<AtomicI64>);

impl Era {
    fn set(&self, behind: TimeDelta) {
        self.0.store(behind.num_milliseconds(), Ordering::Relaxed);
    }

    fn clock(&self) -> Clock {
        let behind = self.0.clone();
        Clock::new(move || now() - TimeDelta::milliseconds(behind.load(Ordering::Relaxed)))
    }
}

fn now() -> DateTime<Utc> {
    SystemTime::now().into()
}

struct Scene {
    wish: Wish,
    era: Era,
    store: SharedStore,
    provider: App,
    recipients: Vec<App>,
}

#[tokio::main]
async fn main() -> Done<()> {
    let began = Instant::now();
    let scene = Scene::prepare(Wish::read()?).await?;
    let (stop, provider) = (CancellationToken::new(), scene.provider.clone());
    let stopped = stop.clone().cancelled_owned();
    let work = tokio::spawn(async move { provider.work(AgentKind::Agent, stopped, |_| {}).await });
    let made = scene.make().await;
    stop.cancel();
    work.await?;
    let renewed_from = made?;
    let (shares, recipients, seconds) = (scene.wish.shares, scene.wish.recipients, began.elapsed().as_secs());
    let renewed_from = renewed_from.timestamp();
    writeln!(
        std::io::stdout(),
        "{{\"shares\":{shares},\"recipients\":{recipients},\"seconds\":{seconds},\"renewed_from\":{renewed_from}}}"
    )?;
    Ok(())
}

impl Scene {
    async fn prepare(wish: Wish) -> Done<Self> {
        let era = Era::default();
        era.set(LONG_AGO);
        let endpoint = Some(format!("{}/{ACCOUNT}", wish.server));
        let key = Secret::new(STANDARD.encode("any key at all"));
        let settings = AzureSettings { account: ACCOUNT.into(), endpoint: endpoint.clone() };
        let store = Arc::new(AzureBlobStore::new(settings, AzureCredential::AccountKey(key.clone()))?);
        let provider = party(&wish, &era, "provider").await?;
        let settings = ConnectionSettings::AzureBlob { account: ACCOUNT.into(), endpoint };
        let credential = Credential::AccountKey(key);
        provider.connection_add(ConnectionAdd { name: "store".into(), settings, credential }).await?;
        let mut recipients = Vec::new();
        for number in 0..wish.recipients {
            recipients.push(party(&wish, &era, &format!("recipient-{number}")).await?);
        }
        Ok(Self { wish, era, store, provider, recipients })
    }

    /// All shares; answers when the first access is to be renewed.
    async fn make(&self) -> Done<DateTime<Utc>> {
        let all: Vec<usize> = (0..self.wish.shares).collect();
        let (usual, renewed) = all.split_at(self.wish.shares.saturating_sub(self.wish.renewed));
        stream::iter(usual)
            .map(|number| self.share(*number))
            .buffer_unordered(AT_ONCE)
            .try_collect::<Vec<()>>()
            .await?;
        // They take their time to be made too.
        let expected = TimeDelta::seconds(5 * renewed.len().div_ceil(RENEWED_TOGETHER) as i64);
        let first = now() + expected + self.wish.lead;
        for (turn, together) in renewed.chunks(RENEWED_TOGETHER).enumerate() {
            let due = first + RENEWED_EVERY * i32::try_from(turn)?;
            self.era.set(now() + RENEWED_AFTER - due);
            futures::future::try_join_all(together.iter().map(|number| self.share(*number))).await?;
        }
        Ok(first)
    }

    /// A share of a container, and everybody in it.
    async fn share(&self, number: usize) -> Done<()> {
        let (name, container) = (format!("share {number:04}"), format!("data-{number:04}"));
        self.store.make_place(&container).await?;
        let file = format!("{container}/figures.csv");
        self.store.put(&file, "1,2,3\n".into(), PutMode::Create, &ObjectProperties::default()).await?;
        let request = ShareCreate {
            name: name.clone(),
            description: String::new(),
            terms: None,
            kind: ShareKind::Snapshot,
            exchange: "store".into(),
            exchange_prefix: String::new(),
        };
        self.provider.share_create(request).await?;
        let (connection, share) = ("store".to_owned(), name.clone());
        let dataset = DatasetAdd { share, connection, path: container, name: None, sensitive: false };
        self.provider.dataset_add(dataset).await?;
        let emails = (0..self.recipients.len()).map(address).collect();
        let acceptance = AcceptanceMode::Automatic;
        let links = self
            .provider
            .invite(Invite { share: name.clone(), emails, expires_at: None, acceptance })
            .await?;
        let accepted = links.iter().map(|invited| async {
            let number = (0..self.recipients.len()).find(|number| address(*number) == invited.email);
            let recipient = &self.recipients[number.ok_or("nobody has this address")?];
            Ok::<_, Box<dyn Error>>((recipient, accept(recipient, &invited.link).await?))
        });
        let accepted = futures::future::try_join_all(accepted).await?;
        // A share that somebody has just changed is looked at next, however many others there are.
        let described = Some("Figures of every day".to_owned());
        let update = ShareUpdate {
            share: name,
            description: described,
            terms: None,
            terms_must_be_accepted_again: false,
        };
        self.provider.share_update(update).await?;
        let answered = accepted.into_iter().map(|(recipient, received)| answered(recipient, received));
        futures::future::try_join_all(answered).await?;
        Ok(())
    }
}

/// The name of what is received once the provider has answered.
async fn accept(recipient: &App, link: &str) -> Done<String> {
    let request = InvitationAccept {
        invitation: Secret::new(link),
        exchange_folder: None,
        agree_terms_sha256: None,
        name: None,
    };
    Ok(recipient.invitation_accept(request).await?.received)
}

async fn answered(recipient: &App, received: String) -> Done<()> {
    let began = Instant::now();
    loop {
        let details = recipient.received_refresh(ReceivedName { received: received.clone() }).await?;
        if details.summary.status == datashare_domain::SubscriptionStatus::Active {
            return Ok(());
        }
        if began.elapsed() > PATIENCE {
            return Err(format!("{received} was not answered").into());
        }
        tokio::time::sleep(Duration::from_millis(500)).await;
    }
}

fn address(number: usize) -> String {
    format!("recipient-{number}@example.org")
}

async fn party(wish: &Wish, era: &Era, name: &str) -> Done<App> {
    let vault = VaultChoice { kind: Some(VaultKind::File), passphrase: Some(wish.passphrase.clone()) };
    let options = AppOptions { home: wish.folder.join(name), vault };
    let app = App::open_with_clock(options, era.clock()).await?;
    app.workspace_initialise(WorkspaceInitialise {
        name: name.into(),
        organisation: "Example Ltd".into(),
        email: format!("{name}@example.org"),
    })
    .await?;
    Ok(app)
}
