//! Identifiers: 26 lower-case characters (base32 of 16 random bytes), fit for container names and file names.

use serde::{Deserialize, Serialize};

const ALPHABET: &[u8; 32] = b"abcdefghijklmnopqrstuvwxyz234567";

fn encode(bytes: [u8; 16]) -> String {
    let value = u128::from_be_bytes(bytes);
    // 26 digits hold 130 bits: the first digit carries the top three.
    (0..26).map(|digit| char::from(ALPHABET[((value >> (125 - 5 * digit)) & 31) as usize])).collect()
}

fn decode(text: &str) -> [u8; 16] {
    let digit = |byte| ALPHABET.iter().position(|letter| *letter == byte).unwrap_or_default() as u128;
    text.bytes().fold(0u128, |value, byte| (value << 5) | digit(byte)).to_be_bytes()
}

/// The first character stands for three bits, each other for five.
fn is_id(text: &str) -> bool {
    text.len() == 26
        && text.bytes().all(|byte| ALPHABET.contains(&byte))
        && text.bytes().next().is_some_and(|first| ALPHABET[..8].contains(&first))
}

/// Text that no id is written as.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("an id has 26 characters of a to z and 2 to 7, the first of a to h")]
pub struct NotAnId;

macro_rules! id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        #[serde(try_from = "String")]
        #[serde(into = "String")]
        pub struct $name(String);

        impl $name {
            /// From 16 random bytes.
            pub fn from_random(bytes: [u8; 16]) -> Self {
                Self(encode(bytes))
            }

            /// From text that is already an id; `None` for anything that could not have been made by `from_random`.
            pub fn parse(text: &str) -> Option<Self> {
                is_id(text).then(|| Self(text.to_owned()))
            }

            pub fn as_str(&self) -> &str {
                &self.0
            }

            /// The 16 bytes it was made of.
            pub fn to_bytes(&self) -> [u8; 16] {
                decode(&self.0)
            }
        }

        impl From<$name> for String {
            fn from(id: $name) -> Self {
                id.0
            }
        }

        /// What is read from others is checked like everything else: an id becomes part of names.
        impl TryFrom<String> for $name {
            type Error = NotAnId;

            fn try_from(text: String) -> Result<Self, NotAnId> {
                if is_id(&text) { Ok(Self(text)) } else { Err(NotAnId) }
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                formatter.write_str(&self.0)
            }
        }
    };
}

id!(/** One installation's data for one party. */ WorkspaceId);
id!(/** A sent share. */ ShareId);
id!(/** A dataset of a share. */ DatasetId);
id!(/** A version of a dataset staged in the exchange. */ PublicationId);
id!(
    /** An invitation, the mailbox it opens and the recipient it becomes: one id for all three. */
    MailboxId
);
id!(/** A received share (share subscription). */ ReceivedId);
id!(/** One run. */ SnapshotId);
id!(/** A connected data store. */ ConnectionId);
id!(/** What a second person was asked to approve. */ ApprovalId);
id!(/** Something that happened and that people may want to hear of. */ EventId);
id!(/** Sealed, expiring read access for one recipient. */ GrantId);

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn ids_are_distinct_and_read_back() {
        let (a, b) = (ShareId::from_random([0xff; 16]), ShareId::from_random([1; 16]));
        assert_ne!(a, b);
        assert_eq!(ShareId::parse(a.as_str()).unwrap(), a);
        assert_eq!(a.as_str().len(), 26);
        assert_eq!((a.to_bytes(), b.to_bytes()), ([0xff; 16], [1; 16]));
    }

    #[test]
    fn every_bit_counts() {
        let mut seen = std::collections::BTreeSet::new();
        for bit in 0..128 {
            seen.insert(ShareId::from_random((1u128 << bit).to_be_bytes()));
        }
        assert_eq!(seen.len(), 128);
    }

    #[test]
    fn text_that_could_leave_its_folder_is_no_id() {
        for text in
            ["", "../../../../etc/passwd000000", "ABCDEFGHIJKLMNOPQRSTUVWXYZ", "aaaaaaaaaaaaaaaaaaaaaaaaa/"]
        {
            assert!(ShareId::parse(text).is_none(), "{text}");
            assert!(serde_json::from_value::<ShareId>(text.into()).is_err(), "{text}");
        }
    }

    #[test]
    fn an_id_has_one_spelling() {
        let id = ShareId::from_random([0xff; 16]);
        assert_eq!(serde_json::to_value(&id).unwrap(), id.as_str());
        assert_eq!(serde_json::from_value::<ShareId>(id.as_str().into()).unwrap(), id);
        // The two bits above the 128 would be lost.
        assert!(ShareId::parse(&format!("7{}", &id.as_str()[1..])).is_none());
    }
}
