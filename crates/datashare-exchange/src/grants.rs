//! Access for one recipient: tokens under policies in the stores, and indexes with a signature for each file.

use std::collections::BTreeMap;
use std::sync::Arc;

use chrono::{DateTime, Utc};
use datashare_domain::{DatasetId, DatasetKind, Delivery, GrantId, MailboxId, ShareId};
use datashare_protocol::{Access, ContentKey, DatasetAccess, GrantSecrets, IdentityKeys};
use datashare_storage::{
    AccessPermission, DelegateAccess, DelegatedScope, ErrorKind, SharedStore, Source, StoreError,
};

use crate::granted_index::{EarlierIndex, IndexesInUse};
use crate::layout::NOTICE;
use crate::policies::{
    NOTICE_POLICY, container_of, data_policy, is_granted_whole, mailbox_policy, of_one_recipient,
    share_policy,
};
use crate::tokens::{SHORT_LIFE, TokenTerms};
use crate::{Layout, Result};

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
    /// The files, for what is read directly and not granted whole; without it the dataset has none. It is listed once for
    /// each recipient, and must say the same each time.
    pub files: Option<Arc<dyn Source>>,
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
    /// The provider's; the keys of indexes come from them.
    pub keys: &'a IdentityKeys,
    /// The newest index of each dataset that this recipient was given before.
    pub earlier: &'a BTreeMap<DatasetId, EarlierIndex>,
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
    /// For an index the hash of its root, as stored. Empty where the store gives no access tokens.
    pub signature_sha256: String,
    pub expires_at: DateTime<Utc>,
}

/// A grant ready to be sealed.
#[derive(Debug)]
pub struct Issued {
    pub secrets: GrantSecrets,
    pub register: Vec<IssuedGrant>,
    /// What of the mailbox's indexes must stay.
    pub in_use: IndexesInUse,
}

/// Policies of recipients with a date of their own are made while the container has fewer than this many: the others'
/// next generation, and a share beside this one, need room.
const ROOM_FOR_DATES: usize = 3;

/// Sets the policies and makes the tokens of one recipient's grant; writes its indexes into its mailbox.
pub async fn issue_grant(request: &GrantRequest<'_>) -> Result<Issued> {
    let mut issue = Issue { request, register: Vec::new(), in_use: IndexesInUse::default() };
    let mut secrets = GrantSecrets { data_key: request.data_key.clone(), ..GrantSecrets::default() };
    secrets.mailbox = Some(issue.mailbox_access().await?);
    secrets.notice = Some(issue.notice_access().await?);
    secrets.share = Some(issue.share_access().await?);
    let mut datasets = BTreeMap::new();
    for dataset in request.datasets {
        datasets.insert(dataset.id.clone(), issue.dataset_access(dataset).await?);
    }
    secrets.datasets = datasets;
    Ok(Issued { secrets, register: issue.register, in_use: issue.in_use })
}

pub(crate) struct Issue<'a> {
    pub(crate) request: &'a GrantRequest<'a>,
    pub(crate) register: Vec<IssuedGrant>,
    pub(crate) in_use: IndexesInUse,
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

    /// Makes one token and enters it in the register.
    fn access(
        &mut self,
        terms: &TokenTerms<'_>,
        scope: &DelegatedScope,
        dataset: Option<&DatasetToGrant>,
    ) -> Result<Access> {
        let delegation = terms.sign(scope, self.request.grant.as_str())?;
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

fn cannot_delegate(dataset: &DatasetToGrant) -> StoreError {
    let message =
        format!("{} cannot give others access to '{}' by itself.", dataset.store.describe(), dataset.path);
    StoreError::new(ErrorKind::Unsupported, "grant", &dataset.path, message)
}
