//! A workspace's identity: one Ed25519 key to sign, one X25519 key that others seal to.

use bip39::Language;
use chrono::{DateTime, Utc};
use dsse::Ed25519Signer;
use ed25519_dalek::SigningKey;
use hkdf::Hkdf;
use hpke::kem::X25519HkdfSha256;
use hpke::{Kem, Serializable};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

use crate::ContentKey;
use crate::record::base64_bytes;

/// The public halves.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PublicKeys {
    /// Ed25519, 32 bytes.
    #[serde(with = "base64_bytes")]
    pub signing: [u8; 32],
    /// X25519 for HPKE, 32 bytes.
    #[serde(with = "base64_bytes")]
    pub sealing: [u8; 32],
}

impl PublicKeys {
    fn digest(&self, purpose: &str) -> [u8; 32] {
        let hash = Sha256::new().chain_update(purpose).chain_update(self.signing).chain_update(self.sealing);
        hash.finalize().into()
    }

    /// Lower-case hex, 64 characters; names the identity in records.
    pub fn fingerprint(&self) -> String {
        datashare_domain::hex(&self.digest("datashare/fingerprint/v1"))
    }

    /// Six words (66 bits) that two people compare by telephone.
    pub fn safety_code(&self) -> String {
        let digest = self.digest("datashare/safety-code/v1");
        let mut bits = [0u8; 16];
        bits.copy_from_slice(&digest[..16]);
        let value = u128::from_be_bytes(bits);
        let words = Language::English.word_list();
        let word = |place: u32| words[((value >> (117 - 11 * place)) & 0x7ff) as usize];
        (0..6).map(word).collect::<Vec<_>>().join(" ")
    }
}

/// Who a workspace is to others. Public.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Card {
    pub name: String,
    pub organisation: String,
    pub email: String,
    pub keys: PublicKeys,
    #[serde(deserialize_with = "crate::moment::read")]
    pub created_at: DateTime<Utc>,
}

/// Both keys whole. Made from two random seeds, which are what the vault keeps.
#[derive(Clone)]
pub struct IdentityKeys {
    signing: Zeroizing<[u8; 32]>,
    sealing: Zeroizing<[u8; 32]>,
}

impl std::fmt::Debug for IdentityKeys {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("IdentityKeys(…)")
    }
}

impl IdentityKeys {
    /// From two independent random seeds of 32 bytes.
    pub fn from_seeds(signing: [u8; 32], sealing: [u8; 32]) -> Self {
        Self { signing: Zeroizing::new(signing), sealing: Zeroizing::new(sealing) }
    }

    pub fn public(&self) -> PublicKeys {
        let (_, sealing) = X25519HkdfSha256::derive_keypair(&*self.sealing);
        let signing = SigningKey::from_bytes(&self.signing).verifying_key().to_bytes();
        PublicKeys { signing, sealing: sealing.to_bytes().into() }
    }

    /// The key of an index, always the same for the same `place`, which says of what and for whom it is.
    pub fn index_key(&self, place: &str) -> ContentKey {
        let mut key = [0u8; 32];
        // 32 bytes are always a valid length for HKDF-SHA256.
        let _ = Hkdf::<Sha256>::new(Some(b"datashare/index-key/v1"), &*self.sealing)
            .expand(place.as_bytes(), &mut key);
        ContentKey::new(key)
    }

    pub(crate) fn signer(&self) -> Ed25519Signer {
        // A 32-byte seed is always a valid Ed25519 key; the type just cannot say so.
        Ed25519Signer::from_bytes(&*self.signing)
            .map(|signer| signer.with_key_id(self.public().fingerprint()))
            .unwrap_or_else(|_| unreachable!("a seed of 32 bytes is a key"))
    }

    pub(crate) fn opener(&self) -> <X25519HkdfSha256 as Kem>::PrivateKey {
        X25519HkdfSha256::derive_keypair(&*self.sealing).0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_seeds_make_the_same_identity_and_others_another() {
        let keys = |seed| IdentityKeys::from_seeds([seed; 32], [seed + 1; 32]).public();
        assert_eq!(keys(1), keys(1));
        assert_ne!(keys(1).fingerprint(), keys(2).fingerprint());
        assert_ne!(keys(1).safety_code(), keys(2).safety_code());
        assert_eq!(keys(1).safety_code().split(' ').count(), 6);
    }

    #[test]
    fn an_index_has_a_key_of_its_own_that_is_found_again() {
        let keys = |seed| IdentityKeys::from_seeds([seed; 32], [seed + 1; 32]);
        assert!(keys(1).index_key("a|b") == keys(1).index_key("a|b"));
        assert!(keys(1).index_key("a|b") != keys(1).index_key("a|c"));
        assert!(keys(1).index_key("a|b") != keys(2).index_key("a|b"));
    }

    #[test]
    fn debug_shows_no_key() {
        let keys = IdentityKeys::from_seeds([7; 32], [8; 32]);
        assert_eq!(format!("{keys:?}"), "IdentityKeys(…)");
    }
}
