//! Policies: what tokens stand on, opened and ended. Every policy carries the generation it belongs to. Taking access back
//! means: a new generation for those who stay, then the end of the old one.

use std::ops::RangeInclusive;

use chrono::{DateTime, Utc};
use datashare_domain::{DatasetKind, Delivery, MailboxId, ShareId};
use datashare_storage::{
    AccessPermission, DelegateAccess, DelegatedScope, Delegation, ErrorKind, SharedStore, StoreError,
};

use crate::grants::DatasetToGrant;
use crate::{Layout, Result};

const INVITATION_POLICY: &str = "inv";
pub(crate) const NOTICE_POLICY: &str = "notice";

/// A recipient with a date of its own has policies of its own beside those of the generation.
pub(crate) fn of_one_recipient(policy: &str, mailbox: &MailboxId) -> String {
    format!("{policy}-{mailbox}")
}

/// The policy of the generation that a policy belongs to: itself, or that of the others.
fn generation_policy(policy: &str) -> &str {
    match policy.rsplit_once('-') {
        Some((shared, mailbox)) if MailboxId::parse(mailbox).is_some() => shared,
        _ => policy,
    }
}

pub(crate) fn mailbox_policy(generation: u64) -> String {
    format!("m{generation}")
}

pub(crate) fn share_policy(generation: u64) -> String {
    format!("g{generation}")
}

/// Policy on a container of the provider's data: listing for what is granted whole, reading by name for what is granted
/// file by file.
pub(crate) fn data_policy(share: &ShareId, kind: DatasetKind, generation: u64) -> String {
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

/// The container of a whole key.
pub(crate) fn container_of(path: &str) -> &str {
    path.split('/').next().unwrap_or(path)
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
}
