//! What the server holds.

use std::collections::BTreeMap;
use std::sync::Arc;

use chrono::{DateTime, Utc};

use super::answer::Refusal;
use super::call::{Call, Place};
use super::content::Content;
use super::counts::Requests;

pub(super) const NO_CONTAINER: Refusal =
    Refusal::new(404, "ContainerNotFound", "The specified container does not exist.");
pub(super) const NO_BLOB: Refusal = Refusal::new(404, "BlobNotFound", "The specified blob does not exist.");
const CONDITION: Refusal = Refusal::new(
    412,
    "ConditionNotMet",
    "The condition specified using HTTP conditional header(s) is not met.",
);
const SOURCE_CONDITION: Refusal = Refusal::new(
    412,
    "SourceConditionNotMet",
    "The source condition specified using HTTP conditional header(s) is not met.",
);
const NOT_MODIFIED: Refusal = Refusal::new(304, "ConditionNotMet", "");
const EXISTS: Refusal = Refusal::new(409, "BlobAlreadyExists", "The specified blob already exists.");

/// Everything, behind one lock that is held for moments.
#[derive(Debug, Default)]
pub(super) struct State {
    pub(super) containers: BTreeMap<(String, String), Container>,
    pub(super) manners: Manners,
    pub(super) requests: Requests,
    serial: u64,
}

/// How the server behaves; set by tests.
#[derive(Debug, Default)]
pub(super) struct Manners {
    /// Every SAS is refused as if it had expired.
    pub(super) sas_expired: bool,
    /// The accounts have a hierarchical namespace, and tokens are checked.
    pub(super) hierarchical: bool,
    /// Asynchronous copies stay pending.
    pub(super) copies_held: bool,
    /// What every server-side copy is answered.
    pub(super) copies_refused: Option<Refusal>,
}

#[derive(Debug)]
pub(super) struct Container {
    pub(super) etag: String,
    pub(super) modified: DateTime<Utc>,
    pub(super) metadata: BTreeMap<String, String>,
    /// The stored access policies, XML as it was written.
    pub(super) policies: String,
    pub(super) blobs: BTreeMap<String, Blob>,
    /// Blocks that are not committed, by blob and id.
    pub(super) staged: BTreeMap<String, BTreeMap<String, Content>>,
}

#[derive(Clone, Debug)]
pub(super) struct Blob {
    pub(super) content: Arc<Content>,
    /// Id and length of the committed blocks in order; none after Put Blob.
    pub(super) blocks: Vec<(String, u64)>,
    pub(super) etag: String,
    pub(super) created: DateTime<Utc>,
    pub(super) modified: DateTime<Utc>,
    pub(super) properties: Properties,
    pub(super) metadata: BTreeMap<String, String>,
    pub(super) tags: BTreeMap<String, String>,
    pub(super) copy: Option<Copy>,
}

/// The headers that a blob gives back as it got them.
#[derive(Clone, Debug, Default)]
pub(super) struct Properties(BTreeMap<&'static str, String>);

impl Properties {
    const NAMES: [&str; 6] = [
        "content-type",
        "content-encoding",
        "content-language",
        "content-disposition",
        "cache-control",
        "content-md5",
    ];

    /// From `x-ms-blob-<name>`.
    pub(super) fn of(call: &Call) -> Self {
        let given = Self::NAMES.into_iter().filter_map(|name| {
            let value = call.header(&format!("x-ms-blob-{name}"))?;
            (!value.is_empty()).then(|| (name, value.to_owned()))
        });
        Self(given.collect())
    }

    /// Names as in headers.
    pub(super) fn iter(&self) -> impl Iterator<Item = (&'static str, &str)> {
        self.0.iter().map(|(name, value)| (*name, value.as_str()))
    }

    pub(super) fn get(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(String::as_str)
    }

    /// Sets what is not set.
    pub(super) fn default_to(&mut self, name: &'static str, value: impl Into<String>) {
        self.0.entry(name).or_insert_with(|| value.into());
    }

    pub(super) fn extend_from(&mut self, other: &Self) {
        other.0.iter().for_each(|(name, value)| self.default_to(name, value.clone()));
    }
}

/// The asynchronous copy that a blob came from.
#[derive(Clone, Debug)]
pub(super) struct Copy {
    pub(super) id: String,
    pub(super) source: String,
    pub(super) place: Place,
    /// Version of the source when the copy began.
    pub(super) pinned: String,
    pub(super) total: u64,
    pub(super) status: CopyStatus,
    pub(super) completed: Option<DateTime<Utc>>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum CopyStatus {
    Pending,
    Success,
    Aborted,
    /// With the service's description.
    Failed(&'static str),
}

impl CopyStatus {
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Success => "success",
            Self::Aborted => "aborted",
            Self::Failed(_) => "failed",
        }
    }
}

impl State {
    /// Another number at every call.
    pub(super) fn next_serial(&mut self) -> u64 {
        self.serial += 1;
        self.serial
    }

    /// Another version tag at every call, with its quotes.
    pub(super) fn next_etag(&mut self) -> String {
        format!("\"0x8DE{:012X}\"", self.next_serial())
    }

    pub(super) fn container(&mut self, place: &Place) -> Result<&mut Container, Refusal> {
        // Tuples of borrowed text cannot be looked up; the copy is short.
        let key = (place.account.clone(), place.container.clone());
        self.containers.get_mut(&key).ok_or(NO_CONTAINER)
    }

    pub(super) fn blob(&mut self, place: &Place) -> Result<&mut Blob, Refusal> {
        self.container(place)?.blobs.get_mut(&place.blob).ok_or(NO_BLOB)
    }

    /// A blob to read, under the conditions of the call.
    pub(super) fn blob_to_read(&mut self, call: &Call) -> Result<&mut Blob, Refusal> {
        let blob = self.blob(&call.place)?;
        if is_other(call.header("if-match"), &blob.etag) {
            return Err(CONDITION);
        }
        if is_named(call.header("if-none-match"), &blob.etag) {
            return Err(NOT_MODIFIED);
        }
        Ok(blob)
    }

    /// A blob to copy from, under the source conditions of the call.
    pub(super) fn source(&mut self, place: &Place, call: &Call) -> Result<Blob, Refusal> {
        let blob = self.blob(place)?;
        let (named, unnamed) =
            (call.header("x-ms-source-if-match"), call.header("x-ms-source-if-none-match"));
        if is_other(named, &blob.etag) || is_named(unnamed, &blob.etag) {
            return Err(SOURCE_CONDITION);
        }
        Ok(blob.clone())
    }

    /// Whether the call may write here now.
    pub(super) fn check_write(&mut self, call: &Call) -> Result<(), Refusal> {
        let blob = self.container(&call.place)?.blobs.get(&call.place.blob);
        let etag = blob.map_or("", |blob| blob.etag.as_str());
        if is_other(call.header("if-match"), etag) {
            return Err(CONDITION);
        }
        if blob.is_some() && is_named(call.header("if-none-match"), etag) {
            return Err(if call.header("if-none-match") == Some("*") { EXISTS } else { CONDITION });
        }
        if blob.is_some_and(|blob| blob.copy.as_ref().is_some_and(Copy::is_pending)) {
            return Err(Refusal::new(
                409,
                "PendingCopyOperation",
                "There is currently a pending copy operation.",
            ));
        }
        Ok(())
    }

    /// Puts a new version in place, and drops what was staged for it.
    pub(super) fn write(&mut self, place: &Place, mut blob: Blob) -> Result<&Blob, Refusal> {
        blob.etag = self.next_etag();
        let container = self.container(place)?;
        container.staged.remove(&place.blob);
        if let Some(old) = container.blobs.get(&place.blob) {
            blob.created = old.created;
        }
        container.blobs.insert(place.blob.clone(), blob);
        container.blobs.get(&place.blob).ok_or(NO_BLOB)
    }
}

impl Copy {
    pub(super) fn is_pending(&self) -> bool {
        self.status == CopyStatus::Pending
    }
}

impl Blob {
    /// A blob with the properties, metadata and tags of the call.
    pub(super) fn of(call: &Call, content: Content) -> Self {
        let now = Utc::now();
        Self {
            content: Arc::new(content),
            blocks: Vec::new(),
            etag: String::new(),
            created: now,
            modified: now,
            properties: Properties::of(call),
            metadata: call.metadata(),
            tags: call.tags(),
            copy: None,
        }
    }
}

/// A condition is there, and names another version.
fn is_other(condition: Option<&str>, etag: &str) -> bool {
    condition.is_some() && !is_named(condition, etag)
}

/// A condition is there, and names this version.
fn is_named(condition: Option<&str>, etag: &str) -> bool {
    let bare = etag.trim_matches('"');
    condition.is_some_and(|named| {
        (named == "*" && !etag.is_empty()) || named.trim_matches('"') == bare && !bare.is_empty()
    })
}
