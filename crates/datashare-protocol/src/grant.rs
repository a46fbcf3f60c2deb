//! Grants: access to data, sealed so that one recipient can open it, in one place of one chain.

use std::collections::BTreeMap;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use chacha20poly1305::{ChaCha20Poly1305, Key, Nonce};
use datashare_domain::DatasetId;
use datashare_secret::Secret;
use hkdf::Hkdf;
use hpke::kem::X25519HkdfSha256;
use hpke::{Deserializable, Kem, OpModeR, OpModeS, Serializable};
use rand_chacha::ChaCha20Rng;
use rand_chacha::rand_core::SeedableRng;
use serde::{Deserialize, Serialize};
use sha2::Sha256;
use thiserror::Error;
use zeroize::Zeroizing;

use crate::{ContentKey, IdentityKeys, PublicKeys};

type SealingKem = X25519HkdfSha256;
type SealingKdf = hpke::kdf::HkdfSha256;
type SealingAead = hpke::aead::ChaCha20Poly1305;

const INFO: &[u8] = b"datashare/grant/v1";

/// How to reach a place in a store: public address, secret token (absent on folders, where the file system decides).
#[derive(Clone, Debug)]
pub struct Access {
    /// Address of the account; for folders the path as the provider sees it.
    pub endpoint: String,
    pub token: Option<Secret>,
}

/// How to read one dataset.
#[derive(Clone, Debug)]
pub enum DatasetAccess {
    /// List and read everything below `prefix` of a container.
    Container { access: Access, container: String, prefix: String },
    /// Read the files an index names, each with its own signature. The index lies in the mailbox, sealed.
    Index {
        /// Address of the data's account.
        endpoint: String,
        /// Object below the mailbox.
        object: String,
        /// Hex SHA-256 of the sealed index.
        sha256: String,
        key: ContentKey,
        /// All the queries have in common but the signature; `sig` is appended per file.
        query: Secret,
    },
    /// Read the share's newest publication.
    Published,
}

/// Everything a recipient must know and nobody else may. Cannot be serialised but by sealing.
#[derive(Clone, Debug, Default)]
pub struct GrantSecrets {
    /// Reading and writing the mailbox.
    pub mailbox: Option<Access>,
    /// Reading the one notice that stays readable after a revocation.
    pub notice: Option<Access>,
    /// Reading publications of the share.
    pub share: Option<Access>,
    /// Key of sealed publications.
    pub data_key: Option<ContentKey>,
    pub datasets: BTreeMap<DatasetId, DatasetAccess>,
}

/// What a grant is bound to; must be the same when sealing and opening.
#[derive(Clone, Copy, Debug)]
pub struct GrantContext<'a> {
    /// Chain and sequence of the record that carries it.
    pub chain: &'a str,
    pub sequence: u64,
}

impl GrantContext<'_> {
    fn bound_to(&self, recipient: &str) -> Vec<u8> {
        format!("{}|{}|{recipient}", self.chain, self.sequence).into_bytes()
    }
}

/// A sealed grant as a record carries it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "to", rename_all = "kebab-case")]
pub enum SealedGrant {
    /// HPKE base mode (X25519-HKDF-SHA256, ChaCha20-Poly1305) to the recipient's key.
    Recipient { fingerprint: String, key: String, text: String },
    /// Under a key derived from the ticket's secret: whoever holds the link can open it.
    Ticket { text: String },
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum SealError {
    #[error("the grant is sealed to somebody else")]
    NotForUs,
    #[error("the grant does not open: it was changed, moved or made for another place")]
    DoesNotOpen,
    #[error("the recipient's key is no key")]
    BadKey,
}

/// Seals to a recipient's key. `seed` is 32 fresh random bytes, used once.
pub fn seal_grant(
    secrets: &GrantSecrets,
    recipient: &PublicKeys,
    context: GrantContext<'_>,
    seed: [u8; 32],
) -> Result<SealedGrant, SealError> {
    let key =
        <SealingKem as Kem>::PublicKey::from_bytes(&recipient.sealing).map_err(|_| SealError::BadKey)?;
    let fingerprint = recipient.fingerprint();
    let text = wire::encode(secrets);
    let (encapsulated, sealed) = hpke::single_shot_seal_with_rng::<SealingAead, SealingKdf, SealingKem>(
        &OpModeS::Base,
        &key,
        INFO,
        &text,
        &context.bound_to(&fingerprint),
        &mut ChaCha20Rng::from_seed(seed),
    )
    .map_err(|_| SealError::BadKey)?;
    Ok(SealedGrant::Recipient {
        fingerprint,
        key: STANDARD.encode(encapsulated.to_bytes()),
        text: STANDARD.encode(sealed),
    })
}

/// Seals under the ticket's secret, for the mode in which whoever holds the link can start right away. The key is used
/// for one text only: it is derived from the secret and the place in the chain.
pub fn seal_grant_for_ticket(
    secrets: &GrantSecrets,
    ticket_secret: &[u8; 32],
    context: GrantContext<'_>,
) -> Result<SealedGrant, SealError> {
    let bound = context.bound_to("ticket");
    let payload = wire::encode(secrets);
    let sealed = ticket_cipher(ticket_secret, &bound)
        .encrypt(&Nonce::default(), Payload { msg: &payload, aad: &bound })
        .map_err(|_| SealError::BadKey)?;
    Ok(SealedGrant::Ticket { text: STANDARD.encode(sealed) })
}

/// Opens a grant with what the recipient has: its keys, and the ticket's secret while it still has it.
pub fn open_grant(
    sealed: &SealedGrant,
    keys: &IdentityKeys,
    ticket_secret: Option<&[u8; 32]>,
    context: GrantContext<'_>,
) -> Result<GrantSecrets, SealError> {
    let decode = |text: &str| STANDARD.decode(text).map_err(|_| SealError::DoesNotOpen);
    let payload = match sealed {
        SealedGrant::Recipient { fingerprint, key, text } => {
            if *fingerprint != keys.public().fingerprint() {
                return Err(SealError::NotForUs);
            }
            let encapsulated = <SealingKem as Kem>::EncappedKey::from_bytes(&decode(key)?)
                .map_err(|_| SealError::DoesNotOpen)?;
            hpke::single_shot_open::<SealingAead, SealingKdf, SealingKem>(
                &OpModeR::Base,
                &keys.opener(),
                &encapsulated,
                INFO,
                &decode(text)?,
                &context.bound_to(fingerprint),
            )
            .map_err(|_| SealError::DoesNotOpen)?
        }
        SealedGrant::Ticket { text } => {
            let bound = context.bound_to("ticket");
            ticket_cipher(ticket_secret.ok_or(SealError::NotForUs)?, &bound)
                .decrypt(&Nonce::default(), Payload { msg: &decode(text)?, aad: &bound })
                .map_err(|_| SealError::DoesNotOpen)?
        }
    };
    wire::decode(&Zeroizing::new(payload)).ok_or(SealError::DoesNotOpen)
}

fn ticket_cipher(secret: &[u8; 32], bound: &[u8]) -> ChaCha20Poly1305 {
    let mut key = Zeroizing::new([0u8; 32]);
    // 32 bytes are always a valid length for HKDF-SHA256.
    let _ = Hkdf::<Sha256>::new(Some(b"datashare/ticket-grant/v1"), secret).expand(bound, &mut *key);
    ChaCha20Poly1305::new(&Key::from(*key))
}

/// The plain form inside the seal. Private to this module, so that secrets cannot be written anywhere else.
mod wire {
    use super::*;

    #[derive(Serialize, Deserialize)]
    struct Plain {
        mailbox: Option<PlainAccess>,
        notice: Option<PlainAccess>,
        share: Option<PlainAccess>,
        data_key: Option<String>,
        datasets: BTreeMap<DatasetId, PlainDataset>,
    }

    #[derive(Serialize, Deserialize)]
    struct PlainAccess {
        endpoint: String,
        token: Option<String>,
    }

    #[derive(Serialize, Deserialize)]
    #[serde(tag = "kind", rename_all = "kebab-case")]
    enum PlainDataset {
        Container { access: PlainAccess, container: String, prefix: String },
        Index { endpoint: String, object: String, sha256: String, key: String, query: String },
        Published,
    }

    impl PlainAccess {
        fn from(access: &Access) -> Self {
            let token = access.token.as_ref().map(|token| token.reveal().to_owned());
            Self { endpoint: access.endpoint.clone(), token }
        }

        fn into(self) -> Access {
            Access { endpoint: self.endpoint, token: self.token.map(Secret::new) }
        }
    }

    fn key_text(key: &ContentKey) -> String {
        STANDARD.encode(key.reveal())
    }

    fn key_from(text: &str) -> Option<ContentKey> {
        STANDARD.decode(text).ok()?.try_into().ok().map(ContentKey::new)
    }

    pub(super) fn encode(secrets: &GrantSecrets) -> Zeroizing<Vec<u8>> {
        let dataset = |access: &DatasetAccess| match access {
            DatasetAccess::Container { access, container, prefix } => PlainDataset::Container {
                access: PlainAccess::from(access),
                container: container.clone(),
                prefix: prefix.clone(),
            },
            DatasetAccess::Index { endpoint, object, sha256, key, query } => PlainDataset::Index {
                endpoint: endpoint.clone(),
                object: object.clone(),
                sha256: sha256.clone(),
                key: key_text(key),
                query: query.reveal().to_owned(),
            },
            DatasetAccess::Published => PlainDataset::Published,
        };
        let plain = Plain {
            mailbox: secrets.mailbox.as_ref().map(PlainAccess::from),
            notice: secrets.notice.as_ref().map(PlainAccess::from),
            share: secrets.share.as_ref().map(PlainAccess::from),
            data_key: secrets.data_key.as_ref().map(key_text),
            datasets: secrets.datasets.iter().map(|(id, access)| (id.clone(), dataset(access))).collect(),
        };
        // Texts, maps with text keys and options always have a JSON form.
        Zeroizing::new(serde_json::to_vec(&plain).unwrap_or_default())
    }

    pub(super) fn decode(payload: &[u8]) -> Option<GrantSecrets> {
        let plain: Plain = serde_json::from_slice(payload).ok()?;
        let dataset = |plain| {
            Some(match plain {
                PlainDataset::Container { access, container, prefix } => {
                    DatasetAccess::Container { access: access.into(), container, prefix }
                }
                PlainDataset::Index { endpoint, object, sha256, key, query } => DatasetAccess::Index {
                    endpoint,
                    object,
                    sha256,
                    key: key_from(&key)?,
                    query: Secret::new(query),
                },
                PlainDataset::Published => DatasetAccess::Published,
            })
        };
        let datasets = plain.datasets.into_iter().map(|(id, access)| Some((id, dataset(access)?)));
        Some(GrantSecrets {
            mailbox: plain.mailbox.map(PlainAccess::into),
            notice: plain.notice.map(PlainAccess::into),
            share: plain.share.map(PlainAccess::into),
            data_key: match plain.data_key {
                Some(text) => Some(key_from(&text)?),
                None => None,
            },
            datasets: datasets.collect::<Option<_>>()?,
        })
    }
}
