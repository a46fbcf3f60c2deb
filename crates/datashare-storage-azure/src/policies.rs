//! Stored access policies of a container: five places, shared with whoever else manages it.
//!
//! A change reads the whole list and writes it whole. A lease keeps our own writers apart, `If-Unmodified-Since`
//! keeps others' changes.

use std::time::Duration;

use azure_core::http::headers::HeaderName;
use azure_core::time::{OffsetDateTime, parse_rfc7231};
use azure_storage_blob::BlobContainerClient;
use azure_storage_blob::models::{
    AccessPolicy, BlobContainerClientAcquireLeaseResultHeaders, BlobContainerClientSetAccessPolicyOptions,
    PublicAccessType, SignedIdentifier, SignedIdentifiers,
};
use chrono::{DateTime, Utc};
use datashare_storage::{AccessPermission, ErrorKind, Result};

use crate::account::Account;
use crate::failure::Attempt;
use crate::names;
use crate::sas::letters;

/// Azure's limit for one container.
const MOST_POLICIES: usize = 5;
/// Azure's limit for the name of a policy, characters.
const LONGEST_ID: usize = 64;
/// Shortest lease there is, seconds. It ends by itself when this process dies.
const LEASE_SECONDS: i32 = 15;
const LEASE_ATTEMPTS: usize = 80;
const LEASE_PAUSE: Duration = Duration::from_millis(250);

/// A container's policies as they were read.
struct Read {
    policies: Vec<SignedIdentifier>,
    /// Set together with the policies, so it must be written back.
    public: Option<PublicAccessType>,
    modified: Option<OffsetDateTime>,
}

impl Account {
    pub(crate) async fn set_policy(
        &self,
        container: &str,
        id: &str,
        permission: AccessPermission,
        expires: DateTime<Utc>,
    ) -> Result<()> {
        let attempt = self.attempt("give access to", container);
        if id.is_empty() || id.chars().count() > LONGEST_ID {
            let message = format!(
                "'{id}' cannot be the name of an access policy: it needs 1 to {LONGEST_ID} characters."
            );
            return Err(attempt.error(ErrorKind::BadName, message));
        }
        let policy = signed_identifier(id, permission, expires).ok_or_else(|| {
            attempt.error(ErrorKind::Other, format!("The end of the access, {expires}, is no usable time."))
        })?;
        self.change_policies(&attempt, |policies| {
            policies.retain(|present| present.id.as_deref() != Some(id));
            policies.push(policy);
            policies.len() <= MOST_POLICIES
        })
        .await
    }

    pub(crate) async fn remove_policies(&self, container: &str, ids: &[String]) -> Result<()> {
        let attempt = self.attempt("take back access to", container);
        let named = |policy: &SignedIdentifier| policy.id.as_ref().is_some_and(|id| ids.contains(id));
        let changed = self.change_policies(&attempt, |policies| {
            policies.retain(|policy| !named(policy));
            true
        });
        match changed.await {
            Err(error) if error.kind == ErrorKind::NoSuchPlace => Ok(()),
            changed => changed,
        }
    }

    pub(crate) async fn policies(&self, container: &str) -> Result<Vec<String>> {
        let attempt = self.attempt("look into", container);
        let read = read_policies(&self.container(container)?, &attempt).await?;
        Ok(read.policies.into_iter().filter_map(|policy| policy.id).collect())
    }

    fn container(&self, name: &str) -> Result<BlobContainerClient> {
        let (container, _) = names::place("look into", name)?;
        Ok(self.service.blob_container_client(container))
    }

    /// `change` says whether the result fits into the container.
    async fn change_policies(
        &self,
        attempt: &Attempt,
        change: impl FnOnce(&mut Vec<SignedIdentifier>) -> bool + Send,
    ) -> Result<()> {
        let container = self.container(&attempt.key)?;
        let lease = acquire_lease(&container, attempt).await?;
        let changed = change_under_lease(&container, attempt, &lease, change).await;
        // Not fatal: it ends by itself.
        let _ = container.release_lease(lease, None).await;
        changed
    }
}

async fn change_under_lease(
    container: &BlobContainerClient,
    attempt: &Attempt,
    lease: &str,
    change: impl FnOnce(&mut Vec<SignedIdentifier>) -> bool + Send,
) -> Result<()> {
    let mut read = read_policies(container, attempt).await?;
    if !change(&mut read.policies) {
        let message = format!(
            "All {MOST_POLICIES} access policies of the container '{}' in {} are taken. Remove one that is not needed any \
             more, or share from another container.",
            attempt.key, attempt.account
        );
        return Err(attempt.error(ErrorKind::NoSpace, message));
    }
    let options = BlobContainerClientSetAccessPolicyOptions {
        access: read.public,
        if_unmodified_since: read.modified,
        lease_id: Some(lease.to_owned()),
        ..BlobContainerClientSetAccessPolicyOptions::default()
    };
    let list = SignedIdentifiers { items: Some(read.policies) };
    let list = list.try_into().map_err(|error| attempt.failed(&error))?;
    container.set_access_policy(list, Some(options)).await.map_err(|error| attempt.failed(&error))?;
    Ok(())
}

async fn read_policies(container: &BlobContainerClient, attempt: &Attempt) -> Result<Read> {
    let answer = container.get_access_policy(None).await.map_err(|error| attempt.failed(&error))?;
    let header = |name: &'static str| answer.headers().get_optional_str(&HeaderName::from_static(name));
    let public = header("x-ms-blob-public-access").and_then(|access| access.parse().ok());
    let modified = header("last-modified").and_then(|time| parse_rfc7231(time).ok());
    let list = answer.into_model().map_err(|error| attempt.failed(&error))?;
    Ok(Read { policies: list.items.unwrap_or_default(), public, modified })
}

/// Waits for other writers of the same list; they are done in a second, or their lease ends.
async fn acquire_lease(container: &BlobContainerClient, attempt: &Attempt) -> Result<String> {
    let mut tries = 0;
    loop {
        tries += 1;
        let error = match container.acquire_lease(LEASE_SECONDS, None).await {
            Ok(answer) => match answer.lease_id() {
                Ok(Some(lease)) => return Ok(lease),
                _ => return Err(attempt.error(ErrorKind::Other, attempt.not_understood())),
            },
            Err(error) => attempt.failed(&error),
        };
        if error.kind != ErrorKind::Busy || tries == LEASE_ATTEMPTS {
            return Err(error);
        }
        tokio::time::sleep(LEASE_PAUSE).await;
    }
}

/// No start: a clock that is a little off would bar the recipient.
fn signed_identifier(
    id: &str,
    permission: AccessPermission,
    expires: DateTime<Utc>,
) -> Option<SignedIdentifier> {
    let policy = AccessPolicy {
        expiry: Some(OffsetDateTime::from_unix_timestamp(expires.timestamp()).ok()?),
        permission: Some(letters(permission).to_owned()),
        start: None,
    };
    Some(SignedIdentifier { id: Some(id.to_owned()), access_policy: Some(policy) })
}
