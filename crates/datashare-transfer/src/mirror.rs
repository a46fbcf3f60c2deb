//! Deleting at the target what was received once and is gone at the source. Only when asked to, only what Datashare wrote
//! and nobody changed since, and never on the word of a listing that did not come to its end.

use std::sync::Arc;

use datashare_domain::join_path;
use datashare_storage::{Result, SharedStore};

use crate::patience::Patience;
use crate::progress::Meter;
use crate::request::{ArrivedFile, ArrivedFiles};
use crate::scan::unreadable;

/// Whether a run deletes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Mirror {
    #[default]
    Off,
    /// Asks first when it would delete a suspiciously large share of what was received.
    On,
    /// Deletes however much it is.
    Confirmed,
}

/// Fewer deletions are never suspicious.
const UNSUSPICIOUS: usize = 10;

/// What was received and is not listed any more.
#[derive(Debug, Default)]
pub(crate) struct Vanished {
    pub(crate) files: Vec<(String, ArrivedFile)>,
    /// Files that were received in all.
    remembered: usize,
}

impl Vanished {
    /// Half of everything and more: an emptied or a wrong source is likelier than so much tidying.
    pub(crate) fn is_suspicious(&self) -> bool {
        self.files.len() > UNSUSPICIOUS && self.files.len() * 2 > self.remembered
    }

    pub(crate) fn question(&self) -> String {
        format!(
            "{} of the {} files that were received are gone at the source, and mirroring would delete them here. Nothing was \
             deleted. Look at the source; if it is right, run again and confirm the deletions.",
            self.files.len(),
            self.remembered
        )
    }
}

/// Walks through what was received beside the listing; both are in order of path bytes.
pub(crate) struct Search {
    arrived: Arc<dyn ArrivedFiles>,
    page: std::vec::IntoIter<(String, ArrivedFile)>,
    next: Option<(String, ArrivedFile)>,
    last: Option<String>,
    ended: bool,
    found: Vanished,
}

impl Search {
    pub(crate) fn new(arrived: Arc<dyn ArrivedFiles>) -> Self {
        let (page, found) = (Vec::new().into_iter(), Vanished::default());
        Self { arrived, page, next: None, last: None, ended: false, found }
    }

    /// The listing came to this path: what was received before it, and not seen, is gone.
    pub(crate) async fn passed(&mut self, path: &str) -> Result<()> {
        while let Some(known) = self.peek().await? {
            if known > path {
                break;
            }
            let same = known == path;
            if let Some(file) = self.next.take() {
                self.found.remembered += 1;
                if !same {
                    self.found.files.push(file);
                }
            }
        }
        Ok(())
    }

    /// The listing came to its end.
    pub(crate) async fn ended(mut self) -> Result<Vanished> {
        while self.peek().await?.is_some() {
            self.found.remembered += 1;
            self.found.files.extend(self.next.take());
        }
        Ok(self.found)
    }

    async fn peek(&mut self) -> Result<Option<&str>> {
        if self.next.is_none() && !self.ended {
            self.next = self.page.next();
            if self.next.is_none() {
                let page = self.arrived.after(self.last.as_deref()).await;
                let page = page.map_err(|message| unreadable("", &message))?;
                self.page = page.into_iter();
                self.next = self.page.next();
            }
            self.last = self.next.as_ref().map(|(path, _)| path.clone());
            self.ended = self.next.is_none();
        }
        Ok(self.next.as_ref().map(|(path, _)| path.as_str()))
    }
}

/// Deletes one file if it is still what was written; whether it was.
pub(crate) async fn delete(
    target: &SharedStore,
    target_path: &str,
    (path, known): &(String, ArrivedFile),
    meter: &Meter,
) -> Result<bool> {
    let (key, mut patience) = (join_path(target_path, path), Patience::default());
    loop {
        let deleted = async {
            let Some(found) = target.head(&key).await? else { return Ok(false) };
            if found.version != known.target_version {
                return Ok(false);
            }
            target.delete(&key).await.map(|()| true)
        };
        match deleted.await {
            Ok(deleted) => return Ok(deleted),
            Err(error) => patience.pause(error, meter).await?,
        }
    }
}
