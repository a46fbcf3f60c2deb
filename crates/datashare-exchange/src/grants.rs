//! Access for one recipient: policies in the stores, tokens under them, and indexes with a signature for each file.
//!
//! Every policy carries the generation it belongs to. Taking access back means: a new generation for those who stay,
//! then the end of the old one.

use std::collections::BTreeMap;
use std::ops::RangeInclusive;
use std::sync::Arc;

use bytes::Bytes;
use chrono::{DateTime, Utc};
use datashare_domain::{DatasetId, DatasetKind, Delivery, GrantId, MailboxId, ShareId};
use datashare_protocol::{
    Access, CHUNK, ContentKey, DatasetAccess, GrantSecrets, IndexLine, SealError, seal_chunk, sha256_hex,
    write_index_line,
};
use datashare_secret::Secret;
use datashare_storage::{
    AccessPermission, DelegateAccess, DelegatedScope, Delegation, ErrorKind, ObjectProperties, PutMode,
    SharedStore, SourceEntry, StoreError, UploadExpectation,
};

use crate::layout::NOTICE;
use crate::{Area, Layout, Result};

const INVITATION_POLICY: &str = "inv";
const NOTICE_POLICY: &str = "notice";
/// Objects up to this size are written in one request, bytes.
pub(crate) const SMALL: usize = 8 << 20;

/// A dataset to give access to.
#[derive(Clone, Debug)]
pub struct DatasetToGrant {
    pub id: DatasetId,
    pub kind: DatasetKind,
    pub delivery: Delivery,
    /// Where its data lies.
    pub store: SharedStore,
    /// Container, folder or file in it.
    pub path: String,
    /// The files, for a folder or a file that is read directly.
    pub listing: Arc<Vec<SourceEntry>>,
}

/// What to grant, to whom.
#[derive(Debug)]
pub struct GrantRequest<'a> {
    pub exchange: &'a SharedStore,
    pub layout: &'a Layout,
    /// Address of a folder exchange as the recipient's application is told it; unused where access is delegated.
    pub place: &'a str,
    pub share: &'a ShareId,
    pub mailbox: &'a MailboxId,
    pub grant: &'a GrantId,
    pub generation: u64,
    pub mailbox_generation: u64,
    pub datasets: &'a [DatasetToGrant],
    pub data_key: Option<ContentKey>,
    /// When this recipient's access to its mailbox ends by itself.
    pub expires_at: DateTime<Utc>,
    /// When what all recipients share ends by itself: one recipient's date must not end the others' access.
    pub shared_until: DateTime<Utc>,
}

/// One token that was issued, for the register.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IssuedGrant {
    pub dataset: Option<DatasetId>,
    pub scope: String,
    pub policy: String,
    /// Empty where the store gives no access tokens.
    pub signature_sha256: String,
    pub expires_at: DateTime<Utc>,
}

/// A grant ready to be sealed.
#[derive(Debug)]
pub struct Issued {
    pub secrets: GrantSecrets,
    pub register: Vec<IssuedGrant>,
}

fn mailbox_policy(generation: u64) -> String {
    format!("m{generation}")
}

fn share_policy(generation: u64) -> String {
    format!("g{generation}")
}

/// Policy on a container of the provider's data: listing for whole containers, reading by name for parts of one.
fn data_policy(share: &ShareId, kind: DatasetKind, generation: u64) -> String {
    match kind {
        DatasetKind::Container => format!("ds-{share}-c{generation}"),
        DatasetKind::Folder | DatasetKind::File => format!("ds-{share}-f{generation}"),
    }
}

/// Opens the mailbox for the holder of the ticket: read the offer, create a claim. Answers the token; `None` where the
/// store checks none.
pub async fn open_invitation_policy(
    exchange: &SharedStore,
    layout: &Layout,
    mailbox: &MailboxId,
    expires: DateTime<Utc>,
) -> Result<Option<Delegation>> {
    let Some(delegate) = exchange.delegate() else { return Ok(None) };
    let container = layout.mailbox(mailbox);
    delegate.set_policy(&container, INVITATION_POLICY, AccessPermission::ReadCreate, expires).await?;
    Ok(Some(delegate.delegate(&DelegatedScope::Container(container), INVITATION_POLICY, None)?))
}

/// Leaves the holder of the ticket able to read that the invitation was withdrawn, and nothing more.
pub async fn narrow_invitation_policy(
    exchange: &SharedStore,
    layout: &Layout,
    mailbox: &MailboxId,
    expires: DateTime<Utc>,
) -> Result<()> {
    if let Some(delegate) = exchange.delegate() {
        delegate
            .set_policy(&layout.mailbox(mailbox), INVITATION_POLICY, AccessPermission::Read, expires)
            .await?;
    }
    Ok(())
}

/// Ends the invitation's own access: the ticket is spent or withdrawn.
pub async fn close_invitation_policy(
    exchange: &SharedStore,
    layout: &Layout,
    mailbox: &MailboxId,
) -> Result<()> {
    if let Some(delegate) = exchange.delegate() {
        delegate.remove_policies(&layout.mailbox(mailbox), &[INVITATION_POLICY.to_owned()]).await?;
    }
    Ok(())
}

/// Ends a recipient's access to its mailbox. What stays readable is the notice.
pub async fn end_mailbox_access(
    exchange: &SharedStore,
    layout: &Layout,
    mailbox: &MailboxId,
    generation: u64,
) -> Result<()> {
    if let Some(delegate) = exchange.delegate() {
        let policies = [mailbox_policy(generation), INVITATION_POLICY.to_owned()];
        delegate.remove_policies(&layout.mailbox(mailbox), &policies).await?;
    }
    Ok(())
}

/// Ends everything that was granted under these generations, for everybody. A store that does not answer keeps none of
/// the others open.
pub async fn end_generations(
    exchange: &SharedStore,
    layout: &Layout,
    share: &ShareId,
    datasets: &[DatasetToGrant],
    generations: RangeInclusive<u64>,
) -> Result<()> {
    let mut trouble = None;
    if let Some(delegate) = exchange.delegate() {
        let policies: Vec<String> = generations.clone().map(share_policy).collect();
        trouble = delegate.remove_policies(&layout.share(share), &policies).await.err();
    }
    for dataset in datasets.iter().filter(|dataset| dataset.delivery == Delivery::Direct) {
        if let Some(delegate) = dataset.store.delegate() {
            let kinds = [DatasetKind::Container, DatasetKind::Folder];
            let policies: Vec<String> = generations
                .clone()
                .flat_map(|generation| kinds.map(|kind| data_policy(share, kind, generation)))
                .collect();
            let ended = delegate.remove_policies(container_of(&dataset.path), &policies).await;
            trouble = trouble.or(ended.err().filter(|error| error.kind != ErrorKind::NoSuchAccount));
        }
    }
    trouble.map_or(Ok(()), |error| Err(error.into()))
}

/// Sets the policies and makes the tokens of one recipient's grant; writes its indexes into its mailbox.
pub async fn issue_grant(request: &GrantRequest<'_>) -> Result<Issued> {
    let mut issue = Issue { request, register: Vec::new() };
    let mut secrets = GrantSecrets { data_key: request.data_key.clone(), ..GrantSecrets::default() };
    secrets.mailbox = Some(issue.mailbox_access().await?);
    secrets.notice = Some(issue.notice_access().await?);
    secrets.share = Some(issue.share_access().await?);
    let mut datasets = BTreeMap::new();
    for dataset in request.datasets {
        datasets.insert(dataset.id.clone(), issue.dataset_access(dataset).await?);
    }
    secrets.datasets = datasets;
    Ok(Issued { secrets, register: issue.register })
}

struct Issue<'a> {
    request: &'a GrantRequest<'a>,
    register: Vec<IssuedGrant>,
}

impl Issue<'_> {
    async fn mailbox_access(&mut self) -> Result<Access> {
        let container = self.request.layout.mailbox(self.request.mailbox);
        let policy = mailbox_policy(self.request.mailbox_generation);
        let scope = DelegatedScope::Container(container.clone());
        self.exchange_access(&container, scope, policy, AccessPermission::ReadCreate, self.request.expires_at)
            .await
    }

    async fn notice_access(&mut self) -> Result<Access> {
        let container = self.request.layout.mailbox(self.request.mailbox);
        let scope = DelegatedScope::Object(format!("{container}/{NOTICE}"));
        let policy = NOTICE_POLICY.to_owned();
        self.exchange_access(&container, scope, policy, AccessPermission::Read, self.request.shared_until)
            .await
    }

    async fn share_access(&mut self) -> Result<Access> {
        let container = self.request.layout.share(self.request.share);
        let policy = share_policy(self.request.generation);
        let scope = DelegatedScope::Container(container.clone());
        self.exchange_access(&container, scope, policy, AccessPermission::Read, self.request.shared_until)
            .await
    }

    async fn exchange_access(
        &mut self,
        container: &str,
        scope: DelegatedScope,
        policy: String,
        permission: AccessPermission,
        until: DateTime<Utc>,
    ) -> Result<Access> {
        let request = self.request;
        let Some(delegate) = request.exchange.delegate() else {
            self.register.push(IssuedGrant {
                dataset: None,
                scope: container.to_owned(),
                policy,
                signature_sha256: String::new(),
                expires_at: until,
            });
            return Ok(Access { endpoint: request.place.to_owned(), token: None });
        };
        delegate.set_policy(container, &policy, permission, until).await?;
        let delegation = self.sign(delegate, None, &scope, &policy)?;
        Ok(Access { endpoint: delegation.endpoint, token: Some(delegation.query) })
    }

    async fn dataset_access(&mut self, dataset: &DatasetToGrant) -> Result<DatasetAccess> {
        if dataset.delivery == Delivery::Published {
            return Ok(DatasetAccess::Published);
        }
        let delegate = dataset.store.delegate().ok_or_else(|| cannot_delegate(dataset))?;
        let container = container_of(&dataset.path).to_owned();
        let policy = data_policy(self.request.share, dataset.kind, self.request.generation);
        if dataset.kind == DatasetKind::Container {
            delegate
                .set_policy(&container, &policy, AccessPermission::ReadList, self.request.shared_until)
                .await?;
            let scope = DelegatedScope::Container(container.clone());
            let delegation = self.sign(delegate, Some(dataset), &scope, &policy)?;
            let access = Access { endpoint: delegation.endpoint, token: Some(delegation.query) };
            return Ok(DatasetAccess::Container { access, container, prefix: String::new() });
        }
        delegate.set_policy(&container, &policy, AccessPermission::Read, self.request.shared_until).await?;
        self.index_access(dataset, delegate, &policy).await
    }

    /// Signs every file and writes the list, sealed, into the recipient's mailbox.
    async fn index_access(
        &mut self,
        dataset: &DatasetToGrant,
        delegate: &dyn DelegateAccess,
        policy: &str,
    ) -> Result<DatasetAccess> {
        let mut index = Vec::new();
        let mut common = None;
        for entry in dataset.listing.iter() {
            let scope = DelegatedScope::Object(entry.handle.clone());
            let delegation = delegate.delegate(&scope, policy, Some(self.request.grant.as_str()))?;
            let (query, signature) = split_signature(&delegation.query);
            common.get_or_insert((delegation.endpoint, query));
            // A line is texts and numbers; it always has a JSON form.
            let _ = write_index_line(&index_line(entry, signature), &mut index);
        }
        let (endpoint, query) = match common {
            Some(common) => common,
            None => (
                delegate
                    .delegate(&DelegatedScope::Container(container_of(&dataset.path).into()), policy, None)?
                    .endpoint,
                Secret::new(""),
            ),
        };
        let object = format!("index/{}/{}", self.request.grant, dataset.id);
        let key = ContentKey::new(random());
        let stored = seal_whole(&key, &object, &index)?;
        let sha256 = sha256_hex(&stored);
        let area =
            Area::new(self.request.exchange.clone(), self.request.layout.mailbox(self.request.mailbox));
        write_whole(&area, &object, stored).await?;
        self.register.push(IssuedGrant {
            dataset: Some(dataset.id.clone()),
            scope: format!("{} files of {}", dataset.listing.len(), dataset.path),
            policy: policy.to_owned(),
            signature_sha256: sha256.clone(),
            expires_at: self.request.expires_at,
        });
        Ok(DatasetAccess::Index { endpoint, object, sha256, key, query })
    }

    fn sign(
        &mut self,
        delegate: &dyn DelegateAccess,
        dataset: Option<&DatasetToGrant>,
        scope: &DelegatedScope,
        policy: &str,
    ) -> Result<Delegation> {
        let delegation = delegate.delegate(scope, policy, Some(self.request.grant.as_str()))?;
        let (DelegatedScope::Container(place) | DelegatedScope::Object(place)) = scope;
        self.register.push(IssuedGrant {
            dataset: dataset.map(|dataset| dataset.id.clone()),
            scope: place.clone(),
            policy: policy.to_owned(),
            signature_sha256: delegation.signature_sha256.clone(),
            expires_at: self.request.expires_at,
        });
        Ok(delegation)
    }
}

fn index_line(entry: &SourceEntry, signature: String) -> IndexLine {
    IndexLine {
        path: entry.path.clone(),
        size: entry.size,
        version: entry.version.0.clone(),
        modified: entry.modified,
        sha256: None,
        md5: entry.md5.map(|md5| datashare_domain::hex(&md5)),
        object: entry.handle.clone(),
        signature: Some(signature),
        content_type: entry.properties.content_type.clone(),
    }
}

/// The query without its signature, and the signature as base64.
fn split_signature(query: &Secret) -> (Secret, String) {
    let mut signature = String::new();
    let mut rest = url::form_urlencoded::Serializer::new(String::new());
    for (name, value) in url::form_urlencoded::parse(query.reveal().as_bytes()) {
        match name.as_ref() {
            "sig" => signature = value.into_owned(),
            name => {
                rest.append_pair(name, &value);
            }
        }
    }
    (Secret::new(rest.finish()), signature)
}

fn container_of(path: &str) -> &str {
    path.split('/').next().unwrap_or(path)
}

fn cannot_delegate(dataset: &DatasetToGrant) -> StoreError {
    let message =
        format!("{} cannot give others access to '{}' by itself.", dataset.store.describe(), dataset.path);
    StoreError::new(ErrorKind::Unsupported, "grant", &dataset.path, message)
}

/// Fresh random bytes.
pub(crate) fn random<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    // The operating system's generator does not fail once it is seeded; without it nothing here may go on.
    if getrandom::fill(&mut bytes).is_err() {
        std::process::abort();
    }
    bytes
}

/// Seals a whole text as one object.
pub(crate) fn seal_whole(key: &ContentKey, object: &str, plain: &[u8]) -> Result<Vec<u8>, SealError> {
    let size = plain.len() as u64;
    if plain.is_empty() {
        return seal_chunk(key, object, 0, 0, plain);
    }
    let mut sealed = Vec::with_capacity(plain.len() + 64);
    for (number, chunk) in plain.chunks(CHUNK as usize).enumerate() {
        sealed.extend(seal_chunk(key, object, size, number as u64, chunk)?);
    }
    Ok(sealed)
}

/// Writes an object of any length whose bytes are at hand.
pub(crate) async fn write_whole(area: &Area, object: &str, bytes: Vec<u8>) -> Result<()> {
    let (store, key, properties) = (area.store(), area.key(object), ObjectProperties::default());
    if bytes.len() <= SMALL {
        store.put(&key, Bytes::from(bytes), PutMode::Overwrite, &properties).await?;
        return Ok(());
    }
    let bytes = Bytes::from(bytes);
    let upload = store.upload(&key, &properties).await?;
    for (index, start) in (0..bytes.len()).step_by(SMALL).enumerate() {
        let part = bytes.slice(start..bytes.len().min(start + SMALL));
        upload.part(index as u32, start as u64, part).await?;
    }
    upload.finish(UploadExpectation { size: bytes.len() as u64, md5: None }).await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_signature_is_taken_out_of_the_query() {
        let (rest, signature) = split_signature(&Secret::new("sv=1&sr=b&sig=a%2Bb%3D&rscd=x%3B+y"));
        assert_eq!(signature, "a+b=");
        assert_eq!(rest.reveal(), "sv=1&sr=b&rscd=x%3B+y");
    }
}
