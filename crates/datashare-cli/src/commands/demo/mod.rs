//! `datashare demo`: the whole way from a share to a verified snapshot, between two workspaces on this computer.

mod compare;

use std::path::{Path, PathBuf};
use std::time::Duration;

use clap::Args;
use datashare_app::dto::{
    ConnectionAdd, ConnectionSettings, Credential, Demo as Sample, InvitationAccept, InvitationSource,
    MappingSet, Nothing, ReceivedName, RunOptions, Snapshot, SnapshotStart, VaultKind, WorkspaceInitialise,
};
use datashare_app::{App, AppError, AppOptions, Code};
use datashare_domain::{SnapshotMode, SnapshotStatus};
use datashare_secret::Secret;
use serde::Serialize;
use tokio::task::JoinSet;

use crate::commands::{mapping, snapshot};
use crate::failure::{DONE, FAILED, Failure};
use crate::output::Output;
use crate::session::{self, Session};
use crate::stop::Stop;
use crate::words;

/// Name of the connection into which the recipient receives, and of the received share.
const TARGET: &str = "received files";
const RECEIVED: &str = "sample";
/// Between rounds of the provider's agent.
const ROUND: Duration = Duration::from_millis(300);

/// Everything happens in a directory of its own that is removed at the end; with --home, it stays there.
#[derive(Args, Debug)]
#[command(after_help = "Examples:\n  datashare demo\n  datashare demo --home sample")]
pub(crate) struct Demo {}

/// What the demo came to.
#[derive(Debug, Serialize)]
struct Played {
    first: Snapshot,
    second: Snapshot,
    compared: compare::Comparison,
}

pub(crate) async fn run(home: Option<PathBuf>, output: Output, stop: Stop) -> Result<u8, Failure> {
    let temporary = tempfile::Builder::new().prefix("datashare-demo-").tempdir()?;
    let base = home.as_deref().unwrap_or(temporary.path());
    if base.join("provider").exists() {
        let message = format!("There is a demo in {} already.", base.display());
        return Err(AppError::invalid(message)
            .hint("Remove that directory, or choose another with --home.")
            .into());
    }
    let played = play(base, output, stop).await?;
    output.show(&played, text)?;
    if let Some(home) = &home {
        output.say(&format!("Both workspaces stay in {}.", home.display()))?;
    }
    Ok(if played.is_good() { DONE } else { FAILED })
}

async fn play(base: &Path, output: Output, stop: Stop) -> Result<Played, Failure> {
    let provider = Party { home: base.join("provider"), name: "Ana", organisation: "Contoso" }
        .open(output, &stop)
        .await?;
    let consumer = Party { home: base.join("consumer"), name: "Ben", organisation: "Fabrikam" }
        .open(output, &stop)
        .await?;
    let sample = provider.app.demo_create(Nothing {}).await?;
    output.say(&format!("Ana of Contoso shares '{}' and invites Ben of Fabrikam.", sample.share))?;

    let _agent = work_for(provider.app.clone());
    accept(&consumer, &sample).await?;
    map(&provider.app, &consumer.app, &sample).await?;
    let first = take(&consumer, SnapshotMode::Full).await?;
    output.say(&words::snapshot(&first))?;
    let second = take(&consumer, SnapshotMode::Incremental).await?;
    let compared = compare::compare(&provider.app, &sample.share, &consumer.app, RECEIVED).await?;
    Ok(Played { first, second, compared })
}

struct Party {
    home: PathBuf,
    name: &'static str,
    organisation: &'static str,
}

impl Party {
    async fn open(self, output: Output, stop: &Stop) -> Result<Session, Failure> {
        let mut vault = session::vault_choice()?;
        vault.kind.get_or_insert(VaultKind::Session);
        let app = App::open(AppOptions { home: self.home.clone(), vault }).await?;
        let email = format!("{}@{}.example", self.name, self.organisation).to_lowercase();
        let (name, organisation) = (self.name.to_owned(), self.organisation.to_owned());
        app.workspace_initialise(WorkspaceInitialise { name, organisation, email }).await?;
        Ok(Session { app, home: self.home, output, stop: stop.clone() })
    }
}

/// The provider's application at work in the background, until the answer is dropped.
fn work_for(app: App) -> JoinSet<()> {
    let mut agent = JoinSet::new();
    agent.spawn(async move {
        loop {
            if let Err(error) = app.agent_round(Nothing {}).await {
                tracing::warn!(%error, "a round of the provider's agent failed");
            }
            tokio::time::sleep(ROUND).await;
        }
    });
    agent
}

async fn accept(consumer: &Session, sample: &Sample) -> Result<(), Failure> {
    let Session { app, output, .. } = consumer;
    let invitation = Secret::new(&sample.invitation.link);
    let source = InvitationSource { invitation: invitation.clone(), exchange_folder: None };
    let offer = app.invitation_show(source).await?;
    output.say(&format!("Ben opens the invitation. Safety code: {}.", offer.provider.safety_code))?;
    let request = InvitationAccept {
        invitation,
        exchange_folder: None,
        agree_terms_sha256: offer.terms_sha256,
        name: Some(RECEIVED.to_owned()),
    };
    app.invitation_accept(request).await?;
    output.say("Ben has read the terms and accepts; Ana's Datashare grants access.")
}

/// The recipient receives where the sample says, by a connection of its own.
async fn map(provider: &App, consumer: &App, sample: &Sample) -> Result<(), Failure> {
    let connections = provider.connection_list(Nothing {}).await?;
    let target = connections.into_iter().find(|connection| {
        connection.name == sample.target_connection || connection.id == sample.target_connection
    });
    let Some(ConnectionSettings::Folder { path }) = target.map(|connection| connection.settings) else {
        return Err(AppError::new(Code::Internal, "The sample share names no folder to receive into.").into());
    };
    let settings = ConnectionSettings::Folder { path };
    consumer
        .connection_add(ConnectionAdd { name: TARGET.to_owned(), settings, credential: Credential::None })
        .await?;
    let details = consumer.received_show(ReceivedName { received: RECEIVED.to_owned() }).await?;
    let targets = mapping::all_below(&details.mappings, TARGET, &sample.target_path);
    consumer.mapping_set(MappingSet { received: RECEIVED.to_owned(), targets }).await?;
    Ok(())
}

async fn take(consumer: &Session, mode: SnapshotMode) -> Result<Snapshot, Failure> {
    let events = consumer.app.events();
    let request = SnapshotStart {
        received: RECEIVED.to_owned(),
        mode,
        datasets: Vec::new(),
        options: RunOptions::default(),
    };
    let started = consumer.app.snapshot_start(request).await?;
    snapshot::follow(consumer, events, &started.snapshot_id).await
}

impl Played {
    fn is_good(&self) -> bool {
        let succeeded = [&self.first, &self.second].iter().all(|row| row.status == SnapshotStatus::Succeeded);
        succeeded && self.second.files_written == 0 && self.compared.different.is_empty()
    }
}

fn text(played: &Played) -> String {
    let mut lines = vec![match played.second.files_written {
        0 => "A second, incremental snapshot wrote nothing: nothing had changed.".to_owned(),
        files => format!("A second, incremental snapshot wrote {} again.", words::counted(files, "file")),
    }];
    let compared = words::counted(played.compared.files, "file");
    if played.compared.different.is_empty() {
        lines.push(format!("Verified: {compared} arrived, and each has the same SHA-256 as its source."));
    } else {
        lines.push(format!("Of {compared}, these are not as in the source:"));
        lines.extend(played.compared.different.iter().map(|path| format!("  {path}")));
    }
    lines.join("\n")
}
