//! Which logs a share or a received share has. Nothing is ever too old: what was deleted or left keeps its logs.

use datashare_exchange::Area;
use datashare_protocol::{Body, ChainHead, PublicKeys};

use crate::chains::Chain;
use crate::consumer::{Subscription, provider_keys};
use crate::database::received::{self, ReceivedRow};
use crate::database::records;
use crate::database::shares::{self, ShareRow};
use crate::provider::ShareContext;
use crate::{App, AppError, Result};

/// One log to verify: which it is, whose it is, what people call it.
pub(crate) struct Log {
    pub(crate) chain: Chain,
    pub(crate) label: String,
    /// `None` for a recipient who introduces itself.
    pub(crate) signer: Option<PublicKeys>,
    /// Written by this workspace.
    pub(crate) own: bool,
}

impl Log {
    pub(crate) fn head(&self) -> ChainHead {
        match &self.signer {
            Some(signer) => ChainHead::new(self.chain.name(), signer.clone()),
            None => ChainHead::of_stranger(self.chain.name()),
        }
    }
}

/// Something whose records are kept.
pub(crate) enum Audited {
    Share(ShareRow),
    Received(ReceivedRow),
}

impl Audited {
    /// A share or a received share, by name or id.
    pub(crate) fn find(app: &App, name: &str) -> Result<Self> {
        let share = app.database().read(|c| shares::find_share_ever(c, name))?.map(Self::Share);
        let received = || app.database().read(|c| received::find_ever(c, name));
        match share {
            Some(share) => Ok(share),
            None => received()?.map(Self::Received).ok_or_else(|| {
                AppError::not_found(format!("There is no share and no received share '{name}'."))
                    .hint("List the shares and the received shares to see their names.")
            }),
        }
    }

    /// Everything that has records.
    pub(crate) fn all(app: &App) -> Result<Vec<Self>> {
        app.database().read(|connection| {
            let shares = shares::list_shares_ever(connection)?.into_iter().map(Self::Share);
            let received = received::list_ever(connection)?.into_iter().map(Self::Received);
            Ok(shares.chain(received).collect())
        })
    }

    pub(crate) fn name(&self) -> &str {
        match self {
            Self::Share(row) => &row.name,
            Self::Received(row) => &row.name,
        }
    }

    pub(crate) fn logs(&self, app: &App) -> Result<Vec<Log>> {
        let own = app.card()?.keys;
        match self {
            Self::Share(row) => {
                let mailboxes = app.database().read(|c| shares::list_mailboxes(c, &row.id))?;
                let share = Chain::Share(row.id.clone());
                let mut logs = vec![of_ours(share, "share".into(), &own)];
                for mailbox in mailboxes {
                    let (out, into) = (Chain::Out(mailbox.id.clone()), Chain::In(mailbox.id));
                    logs.push(of_ours(out, format!("to {}", mailbox.email), &own));
                    logs.push(Log {
                        chain: into,
                        label: format!("from {}", mailbox.email),
                        signer: None,
                        own: false,
                    });
                }
                Ok(logs)
            }
            Self::Received(row) => {
                let provider = provider_keys(&row.invitation.provider_key);
                let (out, into) = (Chain::Out(row.mailbox_id.clone()), Chain::In(row.mailbox_id.clone()));
                let label = format!("from {}", provider_name(app, &out, &provider)?);
                let theirs = Log { chain: out, label, signer: Some(provider), own: false };
                Ok(vec![theirs, of_ours(into, "from you".into(), &own)])
            }
        }
    }

    /// Where the exchange can be looked into now. Without access there is only the local copy.
    pub(crate) async fn areas(&self, app: &App) -> Result<Option<Areas>> {
        match self {
            Self::Share(row) => {
                let row = app.database().read(|c| shares::find_share(c, row.id.as_str()))?;
                let Some(row) = row else { return Ok(None) };
                Ok(Some(Areas::Provider(Box::new(ShareContext::of_row(app, row).await?))))
            }
            Self::Received(row) => {
                let row = app.database().read(|c| received::find(c, row.id.as_str()))?;
                let Some(row) = row else { return Ok(None) };
                // What is broken in the local copy is a finding already; then there is nothing to open the exchange with.
                let Ok(subscription) = Subscription::of_row(app, row) else { return Ok(None) };
                if subscription.must_be_active().is_err() {
                    return Ok(None);
                }
                let mailbox = subscription.mailbox(&app.identity().await?).await.ok();
                Ok(mailbox.map(|mailbox| Areas::Consumer(Box::new(subscription), mailbox)))
            }
        }
    }
}

/// The exchange, as one of the two parties reaches it.
pub(crate) enum Areas {
    Provider(Box<ShareContext>),
    Consumer(Box<Subscription>, Area),
}

impl Areas {
    pub(crate) fn of(&self, chain: &Chain) -> Area {
        match (self, chain) {
            (Self::Provider(context), Chain::Share(_)) => context.share_area(),
            (Self::Provider(context), Chain::Out(mailbox) | Chain::In(mailbox)) => {
                context.mailbox_area(mailbox)
            }
            (Self::Consumer(_, mailbox), _) => mailbox.clone(),
        }
    }
}

fn of_ours(chain: Chain, label: String, own: &PublicKeys) -> Log {
    Log { chain, label, signer: Some(own.clone()), own: true }
}

/// As the offer names it, if that can be read.
fn provider_name(app: &App, chain: &Chain, provider: &PublicKeys) -> Result<String> {
    let stored = app.database().read(|connection| records::load(connection, &chain.name()))?;
    let first = stored
        .first()
        .and_then(|record| ChainHead::new(chain.name(), provider.clone()).accept(&record.envelope).ok());
    Ok(match first.map(|first| first.record.body) {
        Some(Body::Offer(offer)) => offer.provider.name,
        _ => "the provider".to_owned(),
    })
}
