//! Identities, chains and tickets with fixed seeds.
#![allow(dead_code, clippy::unwrap_used, unreachable_pub)]

pub mod approvals;
pub mod story;

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use datashare_domain::{MailboxId, PublicationId, ShareId};
use datashare_protocol::*;
use datashare_secret::Secret;
use zeroize::Zeroizing;

pub fn provider() -> IdentityKeys {
    IdentityKeys::from_seeds([1; 32], [2; 32])
}

pub fn recipient() -> IdentityKeys {
    IdentityKeys::from_seeds([3; 32], [4; 32])
}

pub fn at(seconds: i64) -> DateTime<Utc> {
    DateTime::from_timestamp(1_790_000_000 + seconds, 0).unwrap()
}

pub fn id(letter: &str) -> ShareId {
    ShareId::from_random([letter.as_bytes()[0]; 16])
}

pub fn chain(name: &str, keys: &IdentityKeys, length: usize) -> Vec<Vec<u8>> {
    let mut head = ChainHead::new(name, keys.public());
    (0..length)
        .map(|index| {
            let body = if index % 2 == 0 { Body::Withdrawn {} } else { Body::Revoked { by: "Ana".into() } };
            let envelope = sign_record(&head.continue_with(at(index as i64), body), keys).unwrap();
            head.accept(&envelope).unwrap();
            envelope
        })
        .collect()
}

pub fn ticket(seed: u8, folder: bool, signed: bool) -> Ticket {
    Ticket {
        place: if folder {
            MeetingPlace::Folder { path: "/srv/exchange ü".into() }
        } else {
            MeetingPlace::AzureBlob { endpoint: "https://contoso.blob.core.windows.net".into() }
        },
        mailbox: MailboxId::from_random([seed; 16]),
        provider_key: provider().public().signing,
        secret: Zeroizing::new([seed; 32]),
        signature: signed.then(|| Zeroizing::new([seed.wrapping_add(1); 32])),
        expires_at: at(86_400),
    }
}

pub fn secrets() -> GrantSecrets {
    let access = Access {
        endpoint: "https://contoso.blob.core.windows.net".into(),
        token: Some(Secret::new("sig=canary")),
    };
    GrantSecrets {
        mailbox: Some(access.clone()),
        notice: Some(access.clone()),
        share: Some(access),
        data_key: Some(ContentKey::new([6; 32])),
        datasets: BTreeMap::new(),
    }
}

pub fn manifest(version: u64) -> Manifest {
    Manifest {
        share_id: id("a"),
        version,
        previous: None,
        created_at: at(0),
        datasets: vec![ManifestDataset {
            dataset_id: datashare_domain::DatasetId::from_random([8; 16]),
            publication: PublicationId::from_random([9; 16]),
            created_at: at(0),
            uses: vec![PublicationId::from_random([9; 16])],
            files: 2,
            bytes: 10,
            index_size: 100,
            index_sha256: "00".repeat(32),
            sealed_generation: Some(1),
        }],
    }
}
