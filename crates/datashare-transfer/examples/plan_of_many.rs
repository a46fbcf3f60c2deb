//! Plans a run over so many objects that exist in name only, and prints what it took as JSON.
//!
//! `plan_of_many COUNT [new|unchanged]`: all of them new, or (the more work: two listings and what arrived) all unchanged.

use std::io::Write;
use std::ops::Range;
use std::sync::Arc;
use std::time::Instant;

use async_trait::async_trait;
use bytes::Bytes;
use datashare_domain::SnapshotMode;
use datashare_storage::{
    ByteStream, Capabilities, ErrorKind, Level, MemoryStore, ObjectInfo, ObjectProperties, ObjectRead, Page,
    PutMode, Result, Source, SourceEntry, Store, StoreCheck, StoreError, Upload, VersionTag,
};
use datashare_transfer::{
    ArrivedFile, ArrivedFiles, DatasetRun, HandOver, Mirror, RunRequest, Verification, plan,
};
use futures::stream::{self, BoxStream, StreamExt};

/// Objects of one answer, as of the Blob service.
const PAGE: u64 = 5000;

/// As many objects as it says, made when they are asked for: as a source, as a target and as what is known of it.
#[derive(Clone, Debug)]
struct Many {
    count: u64,
}

#[tokio::main]
async fn main() -> std::result::Result<(), Box<dyn std::error::Error>> {
    let count = std::env::args().nth(1).unwrap_or_else(|| "100000".into()).parse()?;
    let unchanged = std::env::args().nth(2).is_none_or(|kind| kind == "unchanged");
    let many = Arc::new(Many { count });
    let target: Arc<dyn Store> = if unchanged { many.clone() } else { Arc::new(MemoryStore::new()) };
    let dataset = DatasetRun {
        name: "many".into(),
        source: many.clone(),
        target,
        target_path: "received/many".into(),
        arrived: many,
    };
    let mode = if unchanged { SnapshotMode::Incremental } else { SnapshotMode::Full };
    let started = Instant::now();
    let plan = plan(&RunRequest {
        datasets: vec![dataset],
        mode,
        mirror: Mirror::Off,
        verification: Verification::InTransit,
        hand_over: HandOver::No,
    })
    .await?;
    let (seconds, kilobytes) = (started.elapsed().as_secs_f64(), peak_memory());
    writeln!(
        std::io::stdout(),
        "{{\"objects\":{count},\"to_write\":{},\"unchanged\":{},\"seconds\":{seconds:.3},\"peak_megabytes\":{:.1}}}",
        plan.to_write.files,
        plan.unchanged.files,
        kilobytes as f64 * 1024.0 / 1e6
    )?;
    Ok(())
}

/// Most memory of this process so far, in KiB; 0 where the system does not say.
fn peak_memory() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    line.and_then(|line| line.split_whitespace().next()?.parse().ok()).unwrap_or_default()
}

impl Many {
    fn path(number: u64) -> String {
        format!("{:04}/measurements of station {:03}/{number:09}.parquet", number / 1000, number / 100 % 1000)
    }

    fn version(number: u64) -> VersionTag {
        VersionTag(format!("0x8DE{number:012X}"))
    }

    fn known(path: &str) -> ArrivedFile {
        let digits = path.rsplit('/').next().and_then(|name| name.strip_suffix(".parquet"));
        let version = Self::version(digits.and_then(|digits| digits.parse().ok()).unwrap_or_default());
        ArrivedFile { version: version.clone(), size: 1000, modified: None, target_version: version }
    }
}

#[async_trait]
impl Source for Many {
    fn list(&self) -> BoxStream<'static, Result<SourceEntry>> {
        let entry = |number| SourceEntry {
            path: Self::path(number),
            size: 1000,
            version: Self::version(number),
            modified: None,
            md5: None,
            sha256: None,
            properties: ObjectProperties::default(),
            handle: Self::path(number),
        };
        stream::iter((0..self.count).map(move |number| Ok(entry(number)))).boxed()
    }

    async fn open(&self, entry: &SourceEntry, _: Option<Range<u64>>) -> Result<ByteStream> {
        Err(in_name_only("read", &entry.path))
    }

    async fn refresh(&self, _: &SourceEntry) -> Result<Option<SourceEntry>> {
        Ok(None)
    }

    fn describe(&self) -> String {
        format!("{} objects", self.count)
    }
}

#[async_trait]
impl ArrivedFiles for Many {
    async fn known(&self, path: &str) -> std::result::Result<Option<ArrivedFile>, String> {
        Ok(Some(Self::known(path)))
    }

    async fn arrived(&self, _: &str, _: &ArrivedFile) -> std::result::Result<(), String> {
        Ok(())
    }
}

#[async_trait]
impl Store for Many {
    fn describe(&self) -> String {
        format!("{} objects", self.count)
    }

    fn capabilities(&self) -> Capabilities {
        MemoryStore::new().capabilities()
    }

    async fn check(&self) -> Result<StoreCheck> {
        Ok(StoreCheck { message: Store::describe(self) })
    }

    async fn list(&self, prefix: &str, next: Option<&str>) -> Result<Page> {
        let start = next.and_then(|next| next.parse().ok()).unwrap_or(0);
        let end = self.count.min(start + PAGE);
        let prefix = prefix.trim_end_matches('/');
        let object = |number| {
            let path = Self::path(number);
            ObjectInfo {
                key: format!("{prefix}/{path}"),
                size: 1000,
                version: Self::version(number),
                modified: None,
                md5: None,
                properties: ObjectProperties::default(),
            }
        };
        let next = (end < self.count).then(|| end.to_string());
        Ok(Page { objects: (start..end).map(object).collect(), next })
    }

    async fn level(&self, _: &str, _: usize, _: Option<&str>) -> Result<Level> {
        Ok(Level::default())
    }

    async fn head(&self, _: &str) -> Result<Option<ObjectInfo>> {
        Ok(None)
    }

    async fn read(&self, key: &str, _: Option<Range<u64>>, _: Option<&VersionTag>) -> Result<ObjectRead> {
        Err(in_name_only("read", key))
    }

    async fn put(&self, key: &str, _: Bytes, _: PutMode, _: &ObjectProperties) -> Result<ObjectInfo> {
        Err(in_name_only("write", key))
    }

    async fn upload(&self, key: &str, _: &ObjectProperties) -> Result<Box<dyn Upload>> {
        Err(in_name_only("write", key))
    }

    async fn delete(&self, key: &str) -> Result<()> {
        Err(in_name_only("delete", key))
    }

    async fn remove_place(&self, place: &str) -> Result<()> {
        Err(in_name_only("delete", place))
    }

    async fn make_place(&self, _: &str) -> Result<()> {
        Ok(())
    }

    async fn place_exists(&self, _: &str) -> Result<bool> {
        Ok(true)
    }
}

fn in_name_only(operation: &'static str, key: &str) -> StoreError {
    StoreError::new(ErrorKind::Unsupported, operation, key, "These objects exist in name only.")
}
