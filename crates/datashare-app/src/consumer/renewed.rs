//! A granted dataset whose grant is renewed while it is read: when somebody else's access is taken back, everybody's ends
//! and those who stay have a new one, with which a running snapshot goes on.

use std::ops::Range;
use std::sync::{Arc, PoisonError, RwLock};

use async_trait::async_trait;
use datashare_domain::Delivery;
use datashare_protocol::DatasetSummary;
use datashare_storage::{
    ByteStream, ErrorKind, RemoteObject, Result, Retry, Source, SourceEntry, StoreError,
};
use futures::StreamExt;
use futures::stream::{self, BoxStream};
use tokio::sync::Mutex;

use super::Subscription;
use super::sources::Basis;
use crate::App;
use crate::database::received::ReceivedRow;

/// One dataset of a received share, by the newest grant and publication.
#[derive(Clone, Debug)]
pub(crate) struct RenewedSource(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    app: App,
    row: ReceivedRow,
    dataset: DatasetSummary,
    newest: RwLock<Opened>,
    /// Held while the grant is renewed: many files ask at the same time.
    renewing: Mutex<()>,
}

#[derive(Clone, Debug)]
struct Opened {
    source: Arc<dyn Source>,
    basis: Basis,
}

impl RenewedSource {
    pub(crate) fn new(
        app: App,
        row: ReceivedRow,
        dataset: DatasetSummary,
        source: Arc<dyn Source>,
        basis: Basis,
    ) -> Self {
        let newest = RwLock::new(Opened { source, basis });
        Self(Arc::new(Inner { app, row, dataset, newest, renewing: Mutex::new(()) }))
    }

    fn newest(&self) -> Opened {
        self.0.newest.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// The access ended, or what it led to was moved: a newer grant may go on.
    fn may_be_renewed(&self, kind: ErrorKind) -> bool {
        let moved = matches!(kind, ErrorKind::NotFound | ErrorKind::Changed);
        // Pieces of an older list of files go when there is a newer one.
        matches!(kind, ErrorKind::Denied | ErrorKind::Expired | ErrorKind::BadCredential | ErrorKind::Corrupt)
            || (moved && self.0.dataset.delivery == Delivery::Published)
    }

    /// A source that is newer than `used`, or the error again: in words when the access is over.
    async fn renewed(&self, used: &Opened, error: StoreError) -> Result<Opened> {
        if !self.may_be_renewed(error.kind) {
            return Err(error);
        }
        let _one_at_a_time = self.0.renewing.lock().await;
        let newest = self.newest();
        if newest.basis != used.basis {
            return Ok(newest);
        }
        match self.open_anew(&used.basis).await {
            Ok(Some(opened)) => {
                *self.0.newest.write().unwrap_or_else(PoisonError::into_inner) = opened.clone();
                Ok(opened)
            }
            Ok(None) => Err(error),
            Err(over) => Err(StoreError::new(ErrorKind::Denied, error.operation, &error.key, over.message)),
        }
    }

    /// `None` when there is nothing newer, or nobody answers now; an error when the access is over.
    async fn open_anew(&self, used: &Basis) -> crate::Result<Option<Opened>> {
        let Inner { app, row, dataset, .. } = &*self.0;
        let Ok(fresh) = Subscription::of_row(app, row.clone())?.refresh().await else { return Ok(None) };
        fresh.must_be_active()?;
        let Ok(sources) = fresh.sources(std::iter::once(dataset)).await else { return Ok(None) };
        let source = sources.opened.into_iter().next().filter(|_| sources.basis != *used);
        Ok(source.map(|source| Opened { source, basis: sources.basis }))
    }

    /// An error of a listing: when there is a newer source, one after which listing again helps.
    async fn listing_failed(&self, used: &Opened, error: StoreError) -> StoreError {
        match self.renewed(used, error).await {
            Ok(_) => {
                let message = "The provider renewed the access while the files were being listed.";
                StoreError::new(ErrorKind::Interrupted, "list", "", message)
                    .with_retry(Retry::Later(Some(std::time::Duration::ZERO)))
            }
            Err(error) => error,
        }
    }
}

#[async_trait]
impl Source for RenewedSource {
    fn list(&self) -> BoxStream<'static, Result<SourceEntry>> {
        let (this, used) = (self.clone(), self.newest());
        let entries = used.source.list();
        entries
            .then(move |entry| {
                let (this, used) = (this.clone(), used.clone());
                async move {
                    match entry {
                        Ok(entry) => Ok(entry),
                        Err(error) => Err(this.listing_failed(&used, error).await),
                    }
                }
            })
            .boxed()
    }

    async fn open(&self, entry: &SourceEntry, range: Option<Range<u64>>) -> Result<ByteStream> {
        let used = self.newest();
        let error = match used.source.open(entry, range.clone()).await {
            // The first bytes tell whether a publication is what it should be.
            Ok(body) => match first_bytes(body).await {
                Ok(body) => return Ok(body),
                Err(error) => error,
            },
            Err(error) => error,
        };
        self.renewed(&used, error).await?.source.open(entry, range).await
    }

    async fn refresh(&self, entry: &SourceEntry) -> Result<Option<SourceEntry>> {
        let used = self.newest();
        match used.source.refresh(entry).await {
            Ok(found) => Ok(found),
            Err(error) => self.renewed(&used, error).await?.source.refresh(entry).await,
        }
    }

    fn checked_range(&self) -> Option<u64> {
        self.newest().source.checked_range()
    }

    async fn remote(&self, entry: &SourceEntry) -> Option<RemoteObject> {
        self.newest().source.remote(entry).await
    }

    fn describe(&self) -> String {
        self.newest().source.describe()
    }
}

async fn first_bytes(mut body: ByteStream) -> Result<ByteStream> {
    match body.next().await {
        Some(Ok(first)) => Ok(stream::once(async { Ok(first) }).chain(body).boxed()),
        Some(Err(error)) => Err(error),
        // An empty file. A stream that has ended may not be asked again.
        None => Ok(stream::empty().boxed()),
    }
}
