//! A source listing that goes on after errors that pass.

use std::sync::Arc;

use datashare_storage::{Result, Source, SourceEntry};
use futures::StreamExt;
use futures::stream::BoxStream;

use crate::patience::Patience;
use crate::progress::Meter;

/// Lists a source in order. Broken off, it starts again and passes over what it has given out.
pub(crate) struct Listing {
    source: Arc<dyn Source>,
    stream: BoxStream<'static, Result<SourceEntry>>,
    last: Option<String>,
    /// After a new start: what was given out already ends here.
    passing_over: Option<String>,
    patience: Patience,
    meter: Arc<Meter>,
}

impl Listing {
    pub(crate) fn of(source: Arc<dyn Source>, meter: Arc<Meter>) -> Self {
        let stream = source.list();
        Self { source, stream, last: None, passing_over: None, patience: Patience::default(), meter }
    }

    pub(crate) async fn next(&mut self) -> Result<Option<SourceEntry>> {
        loop {
            match self.stream.next().await {
                None => return Ok(None),
                Some(Ok(entry)) if self.passing_over.as_ref().is_some_and(|last| entry.path <= *last) => {}
                // A store whose pages overlap because it changed meanwhile.
                Some(Ok(entry)) if self.last.as_ref() == Some(&entry.path) => {}
                Some(Ok(entry)) => {
                    self.patience.renew();
                    self.passing_over = None;
                    self.last = Some(entry.path.clone());
                    return Ok(Some(entry));
                }
                Some(Err(error)) => {
                    self.patience.pause(error, &self.meter).await?;
                    self.passing_over = self.last.clone();
                    self.stream = self.source.list();
                }
            }
        }
    }
}
