//! What Azure's answers mean: HTTP status and error code to a kind and a sentence.

use chrono::{DateTime, TimeDelta, Utc};
use datashare_storage::ErrorKind;

use crate::failure::{Access, Answer, Attempt, capitalised};

/// Azure refuses requests whose clock differs by more.
const CLOCK_TOLERANCE: TimeDelta = TimeDelta::minutes(15);

pub(crate) fn proxy(account: &str) -> String {
    format!(
        "The proxy between this computer and {account} did not let the request through. Check the proxy's address and sign-in \
         in the system's network settings, or ask your IT department to allow the account's address."
    )
}

/// The kind and the words of an answer.
pub(crate) fn words(attempt: &Attempt, answer: &Answer, now: DateTime<Utc>) -> (ErrorKind, String) {
    match answer.status {
        407 => (ErrorKind::Proxy, proxy(&attempt.account)),
        401 | 403 => forbidden(attempt, answer, now),
        404 => missing(attempt, answer),
        409 => conflict(attempt, answer),
        412 | 304 => precondition(attempt, answer),
        400 | 411 | 413 | 416 => malformed(attempt, answer),
        408 | 429 | 500..=599 => (ErrorKind::Busy, busy(&attempt.account)),
        _ => other(attempt, answer),
    }
}

fn container(attempt: &Attempt) -> &str {
    let key = attempt.key.as_str();
    key.split_once('/').map_or(key, |(container, _)| container)
}

fn busy(account: &str) -> String {
    capitalised(format!("{account} is busy and asks to try again later."))
}

fn forbidden(attempt: &Attempt, answer: &Answer, now: DateTime<Utc>) -> (ErrorKind, String) {
    let account = &attempt.account;
    match answer.code.as_str() {
        "AuthenticationFailed" => unauthenticated(attempt, answer, now),
        "AuthorizationFailure" if answer.emulator => unauthenticated(attempt, answer, now),
        "AuthorizationFailure" | "AuthorizationSourceIPMismatch" | "IpAuthorizationFailed" => (
            ErrorKind::Firewall,
            format!(
                "The network rules of {account} do not let this computer in. Ask whoever manages the account to allow this \
                 computer's network (in the portal: Security + networking, Networking), or use an allowed network."
            ),
        ),
        "KeyBasedAuthenticationNotPermitted" => (
            ErrorKind::Denied,
            capitalised(format!(
                "{account} does not permit access by account key or shared access signature. Whoever manages it can allow it \
                 (in the portal: Configuration, \"Allow storage account key access\"), or choose another account."
            )),
        ),
        "AccountIsDisabled" => (
            ErrorKind::Denied,
            capitalised(format!("{account} is disabled. Whoever manages it can enable it in the portal.")),
        ),
        "AuthorizationProtocolMismatch" => (
            ErrorKind::Denied,
            format!("The access to {account} is only good over https. Use its https:// address."),
        ),
        "UnauthorizedBlobOverwrite" => (ErrorKind::AlreadyExists, exists(attempt)),
        "NoAuthenticationInformation" | "InvalidAuthenticationInfo" => {
            (ErrorKind::BadCredential, credential(attempt))
        }
        _ if !answer.from_storage => (ErrorKind::Proxy, proxy(account)),
        _ => (
            ErrorKind::Denied,
            format!(
                "The access to {account} is good, but does not allow to {} {}. Ask its owner for wider access.",
                verb(attempt.operation),
                target(attempt)
            ),
        ),
    }
}

/// The signature was not accepted: the reasons differ, and so does what helps.
fn unauthenticated(attempt: &Attempt, answer: &Answer, now: DateTime<Utc>) -> (ErrorKind, String) {
    let account = &attempt.account;
    if let Some(server) = answer.date.filter(|server| (now - *server).abs() > CLOCK_TOLERANCE) {
        return (ErrorKind::ClockSkew, clocks(account, now, server));
    }
    let detail = answer.detail.to_lowercase();
    if detail.contains("date header") {
        return (ErrorKind::ClockSkew, clocks(account, now, answer.date.unwrap_or(now)));
    }
    let Access::Sas(facts) = &attempt.access else {
        return (ErrorKind::BadCredential, credential(attempt));
    };
    if let Some(expired) = facts.expires.filter(|expires| *expires < now) {
        let day = expired.format("%Y-%m-%d %H:%M UTC");
        return (ErrorKind::Expired, format!("The access to {account} ended on {day}. Ask for a new one."));
    }
    if detail.contains("time frame") {
        let message =
            format!("The access to {account} has ended, or has not begun. Ask its owner to renew it.");
        return (ErrorKind::Expired, message);
    }
    if detail.contains("identifier") || (facts.names_policy && detail.is_empty()) {
        let message = format!(
            "The access to '{}' in {account} was withdrawn, has ended, or is for something else. Ask its owner.",
            container(attempt)
        );
        return (ErrorKind::Denied, message);
    }
    (ErrorKind::BadCredential, credential(attempt))
}

fn credential(attempt: &Attempt) -> String {
    let account = &attempt.account;
    match attempt.access {
        Access::Key => format!(
            "The key of {account} is wrong: Azure does not accept it. It may have been rotated. Copy the key anew from the \
             portal (Security + networking, Access keys)."
        ),
        Access::Sas(_) => format!(
            "The shared access signature of {account} is wrong: Azure does not accept it. Copy it whole, and see that it was \
             made for this address and with a key that is still in use."
        ),
        Access::Anonymous => capitalised(format!("{account} asks for a credential, and none was given.")),
    }
}

fn clocks(account: &str, here: DateTime<Utc>, there: DateTime<Utc>) -> String {
    let format = "%Y-%m-%d %H:%M UTC";
    format!(
        "This computer's clock says {}, that of {account} says {}. Azure refuses requests when they differ by more than 15 \
         minutes. Set this computer's clock, then try again.",
        here.format(format),
        there.format(format)
    )
}

fn missing(attempt: &Attempt, answer: &Answer) -> (ErrorKind, String) {
    let account = &attempt.account;
    match answer.code.as_str() {
        "ContainerNotFound" => (
            ErrorKind::NoSuchPlace,
            format!(
                "There is no container '{}' in {account}. Check its name, or make it first.",
                container(attempt)
            ),
        ),
        "ResourceNotFound" | "AccountNotFound" if answer.emulator || answer.code.starts_with('A') => (
            ErrorKind::NoSuchAccount,
            format!("There is no {account} at this address. Check the spelling of the account's name."),
        ),
        _ if !answer.from_storage => other(attempt, answer),
        _ => (ErrorKind::NotFound, absent(attempt)),
    }
}

pub(crate) fn absent(attempt: &Attempt) -> String {
    format!("There is no object '{}' in {}. It may have been deleted or moved.", attempt.key, attempt.account)
}

pub(crate) fn changed(attempt: &Attempt) -> String {
    format!("'{}' in {} was changed by somebody in the meantime.", attempt.key, attempt.account)
}

pub(crate) fn exists(attempt: &Attempt) -> String {
    format!("'{}' is there already in {}, and was not overwritten.", attempt.key, attempt.account)
}

fn conflict(attempt: &Attempt, answer: &Answer) -> (ErrorKind, String) {
    let Attempt { account, key, .. } = attempt;
    match answer.code.as_str() {
        "BlobAlreadyExists" | "ContainerAlreadyExists" => (ErrorKind::AlreadyExists, exists(attempt)),
        "ContainerBeingDeleted" => (
            ErrorKind::Busy,
            format!(
                "The container '{}' was deleted a moment ago, and Azure is still at it. Try again in a minute.",
                container(attempt)
            ),
        ),
        "ContainerDisabled" => (
            ErrorKind::Denied,
            format!("The container '{}' in {account} was disabled by its owner.", container(attempt)),
        ),
        "PublicAccessNotPermitted" => (ErrorKind::BadCredential, credential(attempt)),
        "BlobImmutableDueToPolicy" | "BlobImmutableDueToLegalHold" => (
            ErrorKind::Denied,
            format!(
                "'{key}' in {account} is protected by a retention policy and cannot be changed or deleted."
            ),
        ),
        "BlobArchived" | "BlobBeingRehydrated" => (
            ErrorKind::Denied,
            format!(
                "'{key}' in {account} is archived. Its owner must bring it back to an online tier before it can be read."
            ),
        ),
        "InvalidBlobType" => (
            ErrorKind::Unsupported,
            format!(
                "'{key}' in {account} is an append or page blob; it cannot be replaced as a whole. Delete it first."
            ),
        ),
        code if code.contains("Lease") => (ErrorKind::Busy, leased(attempt)),
        "AccountBeingCreated" | "OperationTimedOut" => (ErrorKind::Busy, busy(account)),
        _ => other(attempt, answer),
    }
}

fn leased(attempt: &Attempt) -> String {
    format!("'{}' in {} is locked by somebody else (a lease). Try again later.", attempt.key, attempt.account)
}

fn precondition(attempt: &Attempt, answer: &Answer) -> (ErrorKind, String) {
    if answer.code.contains("Lease") {
        return (ErrorKind::Busy, leased(attempt));
    }
    (ErrorKind::Changed, changed(attempt))
}

fn malformed(attempt: &Attempt, answer: &Answer) -> (ErrorKind, String) {
    let Attempt { account, key, .. } = attempt;
    match answer.code.as_str() {
        "Md5Mismatch" | "Crc64Mismatch" | "InvalidMd5" => (
            ErrorKind::Corrupt,
            format!("'{key}' did not reach {account} as it was sent, so it was not stored."),
        ),
        "InvalidBlobOrBlock" | "InvalidBlockList" | "InvalidBlockId" => (
            ErrorKind::Corrupt,
            format!(
                "The parts of '{key}' in {account} do not fit together; another program may be writing it too. Try again."
            ),
        ),
        "InvalidAuthenticationInfo" => (ErrorKind::BadCredential, credential(attempt)),
        "InvalidMetadata" | "EmptyMetadataKey" | "MetadataTooLarge" => (
            ErrorKind::Unsupported,
            format!(
                "Azure cannot keep the metadata of '{key}': its names must be letters, digits and underscores."
            ),
        ),
        "InvalidResourceName" | "OutOfRangeInput" | "InvalidUri" | "InvalidInput" => {
            (ErrorKind::BadName, format!("Azure cannot hold the name '{key}'. Rename it, then try again."))
        }
        "RequestBodyTooLarge" | "BlockCountExceedsLimit" => {
            (ErrorKind::NoSpace, format!("'{key}' is larger than {account} can take."))
        }
        _ => other(attempt, answer),
    }
}

fn other(attempt: &Attempt, answer: &Answer) -> (ErrorKind, String) {
    if !answer.from_storage {
        return (ErrorKind::Other, attempt.not_understood());
    }
    let code = if answer.code.is_empty() { "no code" } else { &answer.code };
    let message = format!(
        "{} refused to {} {} (HTTP {}, {code}).",
        attempt.account,
        verb(attempt.operation),
        target(attempt),
        answer.status
    );
    (ErrorKind::Other, capitalised(message))
}

fn target(attempt: &Attempt) -> String {
    if attempt.key.is_empty() { "the account".to_owned() } else { format!("'{}'", attempt.key) }
}

fn verb(operation: &str) -> &str {
    match operation {
        "check" => "look into",
        "connect" => "connect to",
        other => other,
    }
}
