//! Reading back what was written. Asked for by who wants to see it, beside the checks that every file passes anyway.

use datashare_storage::{ErrorKind, ObjectInfo, SourceEntry, StoreError};
use futures::TryStreamExt;

use crate::checksum::Md5;
use crate::delivery::{Mover, Outcome, Side};

impl Mover {
    /// Reads the file at the target, of the version that was written, and compares it with the source.
    pub(crate) async fn read_back(&self, entry: &SourceEntry, info: &ObjectInfo) -> Outcome<()> {
        let expected = match entry.md5 {
            Some(md5) => md5,
            None => self.md5_of_source(entry).await.map_err(Side::Source.fresh())?,
        };
        let found = self.md5_of_target(entry, info).await.map_err(Side::Target.fresh())?;
        if found == expected {
            return Ok(());
        }
        let message = format!("'{}' was read back and is not what was sent.", entry.path);
        Err(Side::Target.fresh()(StoreError::new(ErrorKind::Corrupt, "verify", &entry.path, message)))
    }

    async fn md5_of_target(&self, entry: &SourceEntry, info: &ObjectInfo) -> Result<[u8; 16], StoreError> {
        let mut body = self.target.read(&self.key(entry), None, Some(&info.version)).await?.body;
        let mut hash = Md5::new();
        while let Some(chunk) = body.try_next().await? {
            hash.update(&chunk);
        }
        Ok(hash.finish())
    }

    async fn md5_of_source(&self, entry: &SourceEntry) -> Result<[u8; 16], StoreError> {
        let mut body = self.source.open(entry, None).await?;
        let mut hash = Md5::new();
        while let Some(chunk) = body.try_next().await? {
            self.valve.pass(chunk.len() as u64).await;
            hash.update(&chunk);
        }
        Ok(hash.finish())
    }
}
