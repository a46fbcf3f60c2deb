//! Access for one recipient: policies in the stores, tokens under them, and indexes with a signature for each file.
//!
//! Every policy carries the generation it belongs to. Taking access back means: a new generation for those who stay,
//! then the end of the old one.

use std::collections::BTreeMap;
use std::ops::RangeInclusive;
use std::sync::Arc;

use bytes::Bytes;
use chrono::{DateTime, TimeDelta, Utc};
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
    /// The files, for what is read directly and not granted whole.
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
    pub now: DateTime<Utc>,
    /// When this recipient's access ends, where a date was set: then all its tokens end by themselves.
    pub ends_at: Option<DateTime<Utc>>,
    /// When what has no date ends by itself, unless it is granted anew.
    pub until: DateTime<Utc>,
}

/// One token that was issued, for the register.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IssuedGrant {
    pub dataset: Option<DatasetId>,
    pub scope: String,
    /// Empty for a token without a policy, which nothing ends before its time.
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

/// How long a token lives that stands under no policy, because all policies of its container are taken. So long a
/// revocation takes at most.
pub const SHORT_LIFE: TimeDelta = TimeDelta::hours(1);
/// Policies of recipients with a date of their own are made while the container has fewer than this many: the others'
/// next generation, and a share beside this one, need room.
const ROOM_FOR_DATES: usize = 3;

/// A recipient with a date of its own has policies of its own beside those of the generation.
fn of_one_recipient(policy: &str, mailbox: &MailboxId) -> String {
    format!("{policy}-{mailbox}")
}

/// The policy of the generation that a policy belongs to: itself, or that of the others.
fn generation_policy(policy: &str) -> &str {
    match policy.rsplit_once('-') {
        Some((shared, mailbox)) if MailboxId::parse(mailbox).is_some() => shared,
        _ => policy,
    }
}

fn mailbox_policy(generation: u64) -> String {
    format!("m{generation}")
}

fn share_policy(generation: u64) -> String {
    format!("g{generation}")
}

/// Policy on a container of the provider's data: listing for what is granted whole, reading by name for what is granted
/// file by file.
fn data_policy(share: &ShareId, kind: DatasetKind, generation: u64) -> String {
    match kind {
        DatasetKind::Container => format!("ds-{share}-c{generation}"),
        DatasetKind::Folder | DatasetKind::File => format!("ds-{share}-f{generation}"),
    }
}

/// Whether one token opens all of a dataset of this kind and nothing beside it, so that its files need not be signed one by
/// one: a container does, and a directory of a hierarchical account.
pub async fn is_granted_whole(store: &SharedStore, kind: DatasetKind) -> Result<bool> {
    match (kind, store.delegate()) {
        (DatasetKind::Container, _) => Ok(true),
        (DatasetKind::Folder, Some(delegate)) => Ok(delegate.opens_directories().await?),
        (DatasetKind::Folder, None) | (DatasetKind::File, _) => Ok(false),
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
        let ended: Vec<String> = generations.clone().map(share_policy).collect();
        trouble = end_policies(delegate, &layout.share(share), &ended).await.err();
    }
    for dataset in datasets.iter().filter(|dataset| dataset.delivery == Delivery::Direct) {
        if let Some(delegate) = dataset.store.delegate() {
            let kinds = [DatasetKind::Container, DatasetKind::Folder];
            let ended: Vec<String> = generations
                .clone()
                .flat_map(|generation| kinds.map(|kind| data_policy(share, kind, generation)))
                .collect();
            let ended = end_policies(delegate, container_of(&dataset.path), &ended).await;
            trouble = trouble.or(ended.err().filter(|error| error.kind != ErrorKind::NoSuchAccount));
        }
    }
    trouble.map_or(Ok(()), |error| Err(error.into()))
}

/// Removes these policies of generations, and those of single recipients that belong to them.
async fn end_policies(
    delegate: &dyn DelegateAccess,
    container: &str,
    ended: &[String],
) -> std::result::Result<(), StoreError> {
    let mut policies = match delegate.policies(container).await {
        Err(error) if error.kind == ErrorKind::NoSuchPlace => return Ok(()),
        policies => policies?,
    };
    policies.retain(|policy| ended.iter().any(|ended| ended == generation_policy(policy)));
    if policies.is_empty() { Ok(()) } else { delegate.remove_policies(container, &policies).await }
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

/// What the tokens of one container stand on.
struct TokenTerms<'a> {
    delegate: &'a dyn DelegateAccess,
    /// `None` for tokens that end soon by themselves.
    policy: Option<String>,
    permission: AccessPermission,
    until: DateTime<Utc>,
}

impl TokenTerms<'_> {
    fn sign(&self, scope: &DelegatedScope, grant: &GrantId) -> Result<Delegation> {
        let distinct = Some(grant.as_str());
        Ok(match &self.policy {
            Some(policy) => self.delegate.delegate(scope, policy, distinct)?,
            None => self.delegate.delegate_until(scope, self.permission, self.until, distinct)?,
        })
    }
}

impl<'a> Issue<'a> {
    async fn mailbox_access(&mut self) -> Result<Access> {
        let container = self.request.layout.mailbox(self.request.mailbox);
        let policy = mailbox_policy(self.request.mailbox_generation);
        let until = self.request.ends_at.unwrap_or(self.request.until);
        let Some(delegate) = self.request.exchange.delegate() else {
            return Ok(self.open_place(container, policy, until));
        };
        let scope = DelegatedScope::Container(container.clone());
        let permission = AccessPermission::ReadCreate;
        delegate.set_policy(&container, &policy, permission, until).await?;
        self.access(&TokenTerms { delegate, policy: Some(policy), permission, until }, &scope, None)
    }

    async fn notice_access(&mut self) -> Result<Access> {
        let container = self.request.layout.mailbox(self.request.mailbox);
        let (policy, until) = (NOTICE_POLICY.to_owned(), self.request.until);
        let Some(delegate) = self.request.exchange.delegate() else {
            return Ok(self.open_place(container, policy, until));
        };
        let scope = DelegatedScope::Object(format!("{container}/{NOTICE}"));
        let permission = AccessPermission::Read;
        delegate.set_policy(&container, &policy, permission, until).await?;
        self.access(&TokenTerms { delegate, policy: Some(policy), permission, until }, &scope, None)
    }

    async fn share_access(&mut self) -> Result<Access> {
        let container = self.request.layout.share(self.request.share);
        let policy = share_policy(self.request.generation);
        let Some(delegate) = self.request.exchange.delegate() else {
            let until = self.request.ends_at.unwrap_or(self.request.until);
            return Ok(self.open_place(container, policy, until));
        };
        let terms = self.shared_terms(delegate, &container, policy, AccessPermission::Read).await?;
        self.access(&terms, &DelegatedScope::Container(container), None)
    }

    /// Where the file system decides alone.
    fn open_place(&mut self, container: String, policy: String, expires_at: DateTime<Utc>) -> Access {
        let signature_sha256 = String::new();
        self.register.push(IssuedGrant {
            dataset: None,
            scope: container,
            policy,
            signature_sha256,
            expires_at,
        });
        Access { endpoint: self.request.place.to_owned(), token: None }
    }

    /// What this recipient's tokens of a container stand on that others read too: the policy of the generation; with a
    /// date of its own a policy of its own, which ends then; a short life where there is no room for it.
    async fn shared_terms(
        &self,
        delegate: &'a dyn DelegateAccess,
        container: &str,
        policy: String,
        permission: AccessPermission,
    ) -> Result<TokenTerms<'a>> {
        let request = self.request;
        let (policy, until) = match request.ends_at {
            Some(end) => (of_one_recipient(&policy, request.mailbox), end),
            None => (policy, request.until),
        };
        let soon = until.min(request.now + SHORT_LIFE);
        let short = TokenTerms { delegate, policy: None, permission, until: soon };
        if request.ends_at.is_some() {
            let taken = delegate.policies(container).await?;
            if !taken.contains(&policy) && taken.len() >= ROOM_FOR_DATES {
                return Ok(short);
            }
        }
        match delegate.set_policy(container, &policy, permission, until).await {
            Ok(()) => Ok(TokenTerms { delegate, policy: Some(policy), permission, until }),
            Err(error) if error.kind == ErrorKind::NoSpace => Ok(short),
            Err(error) => Err(error.into()),
        }
    }

    async fn dataset_access(&mut self, dataset: &'a DatasetToGrant) -> Result<DatasetAccess> {
        if dataset.delivery == Delivery::Published {
            return Ok(DatasetAccess::Published);
        }
        let delegate = dataset.store.delegate().ok_or_else(|| cannot_delegate(dataset))?;
        let container = container_of(&dataset.path).to_owned();
        let policy = |kind| data_policy(self.request.share, kind, self.request.generation);
        if is_granted_whole(&dataset.store, dataset.kind).await? {
            let policy = policy(DatasetKind::Container);
            let terms = self.shared_terms(delegate, &container, policy, AccessPermission::ReadList).await?;
            let prefix = dataset.path[container.len()..].trim_matches('/').to_owned();
            let scope = match prefix.is_empty() {
                true => DelegatedScope::Container(container.clone()),
                false => DelegatedScope::Directory(format!("{container}/{prefix}")),
            };
            let access = self.access(&terms, &scope, Some(dataset))?;
            return Ok(DatasetAccess::Container { access, container, prefix });
        }
        let policy = policy(dataset.kind);
        let terms = self.shared_terms(delegate, &container, policy, AccessPermission::Read).await?;
        self.index_access(dataset, &terms).await
    }

    /// Signs every file and writes the list, sealed, into the recipient's mailbox.
    async fn index_access(
        &mut self,
        dataset: &DatasetToGrant,
        terms: &TokenTerms<'_>,
    ) -> Result<DatasetAccess> {
        let mut index = Vec::new();
        let mut common = None;
        for entry in dataset.listing.iter() {
            let delegation = terms.sign(&DelegatedScope::Object(entry.handle.clone()), self.request.grant)?;
            let (query, signature) = split_signature(&delegation.query);
            common.get_or_insert((delegation.endpoint, query));
            // A line is texts and numbers; it always has a JSON form.
            let _ = write_index_line(&index_line(entry, signature), &mut index);
        }
        let (endpoint, query) = match common {
            Some(common) => common,
            None => {
                let container = DelegatedScope::Container(container_of(&dataset.path).into());
                (terms.sign(&container, self.request.grant)?.endpoint, Secret::new(""))
            }
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
            policy: terms.policy.clone().unwrap_or_default(),
            signature_sha256: sha256.clone(),
            expires_at: terms.until,
        });
        Ok(DatasetAccess::Index { endpoint, object, sha256, key, query })
    }

    /// Makes one token and enters it in the register.
    fn access(
        &mut self,
        terms: &TokenTerms<'_>,
        scope: &DelegatedScope,
        dataset: Option<&DatasetToGrant>,
    ) -> Result<Access> {
        let delegation = terms.sign(scope, self.request.grant)?;
        let (DelegatedScope::Container(place)
        | DelegatedScope::Directory(place)
        | DelegatedScope::Object(place)) = scope;
        self.register.push(IssuedGrant {
            dataset: dataset.map(|dataset| dataset.id.clone()),
            scope: place.clone(),
            policy: terms.policy.clone().unwrap_or_default(),
            signature_sha256: delegation.signature_sha256.clone(),
            expires_at: terms.until,
        });
        Ok(Access { endpoint: delegation.endpoint, token: Some(delegation.query) })
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
    fn a_policy_of_one_recipient_belongs_to_its_generation() {
        let (share, mailbox) = (ShareId::from_random([255; 16]), MailboxId::from_random([255; 16]));
        for kind in [DatasetKind::Container, DatasetKind::File] {
            let shared = data_policy(&share, kind, 123_456);
            let own = of_one_recipient(&shared, &mailbox);
            assert!(own.len() <= 64, "Azure takes no longer names: {own}");
            assert_eq!(
                (generation_policy(&own), generation_policy(&shared)),
                (shared.as_str(), shared.as_str())
            );
        }
        assert_eq!(generation_policy(&of_one_recipient("g7", &mailbox)), "g7");
        assert_eq!(generation_policy("somebody-else"), "somebody-else");
    }

    #[test]
    fn the_signature_is_taken_out_of_the_query() {
        let (rest, signature) = split_signature(&Secret::new("sv=1&sr=b&sig=a%2Bb%3D&rscd=x%3B+y"));
        assert_eq!(signature, "a+b=");
        assert_eq!(rest.reveal(), "sv=1&sr=b&rscd=x%3B+y");
    }
}
