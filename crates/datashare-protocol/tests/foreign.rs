//! Every parser of foreign bytes, with ten thousand malformed inputs each: arbitrary bytes, and good ones that were cut,
//! changed, doubled or mixed. Never a panic; and what is not an error says what its signer said, nothing else.
#![allow(clippy::unwrap_used, clippy::panic)]

mod common;

use common::story::*;
use common::*;
use datashare_protocol::*;
use proptest::prelude::*;

/// What happens to good bytes on their way.
#[derive(Clone, Debug)]
enum Damage {
    Flip(prop::sample::Index, u8),
    Cut(prop::sample::Index),
    Insert(prop::sample::Index, Vec<u8>),
    Double(prop::sample::Index, prop::sample::Index),
    Replace(prop::sample::Index, Vec<u8>),
    Nothing(Vec<u8>),
}

fn damage() -> impl Strategy<Value = Damage> {
    let place = any::<prop::sample::Index>;
    let bytes = || {
        prop_oneof![
            proptest::collection::vec(any::<u8>(), 1..12),
            // What parsers stumble over.
            prop::sample::select(vec![
                "null",
                "-1",
                "1e999",
                "18446744073709551616",
                "\\ud800",
                "[[[[",
                "{\"a\":",
                "\"\"",
                "0x"
            ])
            .prop_map(|text| text.as_bytes().to_vec()),
        ]
    };
    prop_oneof![
        (place(), 0u8..8).prop_map(|(at, bit)| Damage::Flip(at, bit)),
        place().prop_map(Damage::Cut),
        (place(), bytes()).prop_map(|(at, bytes)| Damage::Insert(at, bytes)),
        (place(), place()).prop_map(|(from, to)| Damage::Double(from, to)),
        (place(), bytes()).prop_map(|(at, bytes)| Damage::Replace(at, bytes)),
        proptest::collection::vec(any::<u8>(), 0..300).prop_map(Damage::Nothing),
    ]
}

impl Damage {
    fn to(&self, good: &[u8]) -> Vec<u8> {
        let mut bytes = good.to_vec();
        match self {
            Self::Flip(at, bit) => bytes[at.index(good.len())] ^= 1 << bit,
            Self::Cut(at) => bytes.truncate(at.index(good.len())),
            Self::Insert(at, more) => {
                let at = at.index(good.len());
                bytes.splice(at..at, more.iter().copied());
            }
            Self::Double(from, to) => {
                let (from, to) = (from.index(good.len()), to.index(good.len()));
                bytes.extend_from_slice(&good[from.min(to)..from.max(to)]);
            }
            Self::Replace(at, other) => {
                let at = at.index(good.len());
                let end = good.len().min(at + other.len());
                bytes.splice(at..end, other.iter().copied());
            }
            Self::Nothing(foreign) => bytes.clone_from(foreign),
        }
        bytes
    }
}

fn ten_thousand() -> ProptestConfig {
    ProptestConfig { max_shrink_iters: 200, ..ProptestConfig::with_cases(10_000) }
}

proptest! {
    #![proptest_config(ten_thousand())]

    #[test]
    fn records(damage in damage()) {
        let good = chain("mailbox:x:out", &provider(), 1).remove(0);
        let head = || ChainHead::new("mailbox:x:out", provider().public());
        let bytes = damage.to(&good);
        let _ = ChainHead::of_stranger("mailbox:x:in").accept(&bytes);
        if let Ok(found) = head().accept(&bytes) {
            prop_assert_eq!(found.record, head().accept(&good).unwrap().record);
        }
    }

    /// Signed by their author all the same: what a recipient that is not ours may write.
    #[test]
    fn signed_nonsense(damage in damage(), stranger in any::<bool>()) {
        let chain = mailbox_in(&ticket(5, false, true).mailbox);
        let head = ChainHead::new(&chain, recipient().public());
        let good = serde_json::to_vec(&head.continue_with(at(2), claim(&ticket(5, false, true)))).unwrap();
        let Ok(value) = serde_json::from_slice::<serde_json::Value>(&damage.to(&good)) else { return Ok(()) };
        let Ok(envelope) = sign_envelope(RECORD_TYPE, &value, &recipient()) else { return Ok(()) };
        let mut head = if stranger { ChainHead::of_stranger(&chain) } else { head };
        if let Ok(found) = head.accept(&envelope) {
            prop_assert_eq!((found.record.sequence, found.record.chain), (1, chain));
        }
    }

    #[test]
    fn tickets(damage in damage(), link in any::<bool>()) {
        let good = ticket(5, false, true);
        let text = if link { good.link() } else { good.encode() };
        let bytes = damage.to(text.as_bytes());
        let Ok(damaged) = std::str::from_utf8(&bytes) else { return Ok(()) };
        if let Ok(read) = Ticket::read(damaged) {
            // Only what stands around a ticket may differ.
            prop_assert_eq!(read.encode(), good.encode());
        }
    }

    #[test]
    fn manifests(damage in damage()) {
        let good = second_manifest();
        let verify = |bytes: &[u8]| verify_manifest(bytes, &provider().public(), &id("a"), &SeenManifest::version(2));
        if let Ok(found) = verify(&damage.to(&good)) {
            prop_assert_eq!(found, verify(&good).unwrap());
        }
    }

    #[test]
    fn index_lines(damage in damage()) {
        let mut good = Vec::new();
        let line = br#"{"path":"a","size":1,"version":"v","modified":"2026-09-21T14:13:20Z","object":"data/a/b/1"}"#;
        write_index_line(&read_index_line(line).unwrap(), &mut good).unwrap();
        let _ = read_index_line(&damage.to(&good));
    }

    #[test]
    fn sealed_grants(damage in damage(), to_ticket in any::<bool>()) {
        let context = GrantContext { chain: "mailbox:x:out", sequence: 2 };
        let sealed = if to_ticket {
            seal_grant_for_ticket(&secrets(), &[5; 32], context).unwrap()
        } else {
            seal_grant(&secrets(), &recipient().public(), context, [3; 32]).unwrap()
        };
        let damaged = damage.to(&serde_json::to_vec(&sealed).unwrap());
        let Ok(read) = serde_json::from_slice::<SealedGrant>(&damaged) else { return Ok(()) };
        if let Ok(opened) = open_grant(&read, &recipient(), Some(&[5; 32]), context) {
            prop_assert_eq!(read, sealed);
            let token = opened.mailbox.unwrap().token.unwrap();
            prop_assert_eq!(token.reveal(), "sig=canary");
        }
    }

    #[test]
    fn receipts(damage in damage()) {
        let story = good_receipt();
        let bytes = damage.to(story);
        if verify_receipt(&bytes).is_ok() {
            prop_assert_eq!(bytes.trim_ascii(), story.as_slice());
        }
    }
}

/// Made once: it takes many signatures.
fn good_receipt() -> &'static Vec<u8> {
    static RECEIPT: std::sync::OnceLock<Vec<u8>> = std::sync::OnceLock::new();
    RECEIPT.get_or_init(|| write_receipt(&Story::new().snapshot()).unwrap())
}
