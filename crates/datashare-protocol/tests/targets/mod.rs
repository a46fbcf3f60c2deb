//! What is done with foreign bytes: one function for each parser, with good bytes to begin from. The stable tests call them
//! with ten thousand inputs each, the fuzz targets under `fuzz/` as long as somebody likes. Never a panic; and what is not an
//! error says what its signer said, nothing else.
#![allow(clippy::unwrap_used, unreachable_pub)]

use datashare_domain::{DatasetId, GrantId, MailboxId, PublicationId, ShareId};
use datashare_protocol::*;

macro_rules! vector {
    ($name:literal) => {
        include_bytes!(concat!("../../../../tests/vectors/", $name)).as_slice()
    };
}

pub const TICKETS: &[&[u8]] = &[vector!("ticket.txt")];
pub const RECORDS: &[&[u8]] =
    &[vector!("mailbox-out-000001-offer.json"), vector!("mailbox-in-000001-claim.json")];
pub const MANIFESTS: &[&[u8]] = &[vector!("manifest-2.json"), vector!("manifest.json")];
/// Roots, then pieces.
pub const INDEXES: &[&[u8]] = &[
    vector!("granted-index.bin"),
    vector!("publication-index.bin"),
    br#"{"pieces":[{"first":"a","object":"data/a/b/index-000001","size":193,"sha256":"","files":2}]}"#,
    vector!("granted-index-piece-1.bin"),
    vector!("granted-index-piece-2.bin"),
    vector!("publication-index-piece.bin"),
    br#"{"path":"a","size":1,"version":"v","modified":"2026-09-21T14:13:20Z","object":"data/a/b/1"}
{"path":"b","size":18446744073709551615,"version":"v","signature":"AAA=","object":"c/b"}
"#,
];
pub const RECEIPTS: &[&[u8]] = &[vector!("receipt-snapshot.json"), vector!("receipt-acceptance.json")];
pub const APPROVALS: &[&[u8]] =
    &[vector!("approval-approved.json"), vector!("approval-request.json"), vector!("approval-refused.json")];
pub const NOTICES: &[&[u8]] = &[vector!("notice.json"), br#"["a","b"]"#];
pub const CHUNKS: &[&[u8]] = &[vector!("content-chunk.bin")];

fn provider() -> IdentityKeys {
    IdentityKeys::from_seeds([1; 32], [2; 32])
}

fn recipient() -> IdentityKeys {
    IdentityKeys::from_seeds([3; 32], [4; 32])
}

fn mailbox() -> MailboxId {
    MailboxId::from_random([5; 16])
}

fn dataset() -> DatasetId {
    DatasetId::from_random([8; 16])
}

/// The text of a link or a file. Only what stands around a ticket may be anything.
pub fn tickets(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else { return };
    if let Ok(ticket) = Ticket::read(text) {
        assert!(text.contains(&*ticket.encode()), "a ticket has one spelling");
    }
}

/// Whatever the provider did not sign for this place is none of its records.
pub fn records(data: &[u8]) {
    let out = || ChainHead::new(mailbox_out(&mailbox()), provider().public());
    let _ = ChainHead::of_stranger(mailbox_in(&mailbox())).accept(data);
    if let Ok(found) = out().accept(data) {
        assert_eq!(found.record, out().accept(RECORDS[0]).unwrap().record);
    }
}

/// Signed by their author all the same: what a recipient that is not ours may write. The bytes are the payload.
pub fn signed_nonsense(data: &[u8]) {
    let Ok(value) = serde_json::from_slice::<serde_json::Value>(data) else { return };
    let Ok(envelope) = sign_envelope(RECORD_TYPE, &value, &recipient()) else { return };
    let chain = mailbox_in(&mailbox());
    for mut head in [ChainHead::of_stranger(&chain), ChainHead::new(&chain, recipient().public())] {
        if let Ok(found) = head.accept(&envelope) {
            assert_eq!((found.record.sequence, &found.record.chain), (1, &chain));
        }
    }
}

pub fn manifests(data: &[u8]) {
    let share = ShareId::from_random([b'a'; 16]);
    let verify =
        |bytes: &[u8]| verify_manifest(bytes, &provider().public(), &share, &SeenManifest::version(2));
    if let Ok(found) = verify(data) {
        assert_eq!(found, verify(MANIFESTS[0]).unwrap());
    }
}

/// The bytes as a sealed grant, which only its own text opens.
pub fn grants(data: &[u8]) {
    let chain = mailbox_out(&mailbox());
    let context = GrantContext { chain: &chain, sequence: 2 };
    let Ok(sealed) = serde_json::from_slice::<SealedGrant>(data) else { return };
    if let Ok(opened) = open_grant(&sealed, &recipient(), Some(&[5; 32]), context) {
        assert_eq!(opened.mailbox.unwrap().token.unwrap().reveal(), "sig=canary");
    }
}

/// The grants of the vectors, to begin from; made, because in a file they stand inside a record.
pub fn good_grants() -> Vec<Vec<u8>> {
    let chain = mailbox_out(&mailbox());
    let context = GrantContext { chain: &chain, sequence: 2 };
    let access = Access {
        endpoint: "https://a.example".into(),
        token: Some(datashare_secret::Secret::new("sig=canary")),
    };
    let secrets = GrantSecrets { mailbox: Some(access), ..GrantSecrets::default() };
    let sealed = [
        seal_grant(&secrets, &recipient().public(), context, [7; 32]).unwrap(),
        seal_grant_for_ticket(&secrets, &[5; 32], context).unwrap(),
    ];
    sealed.iter().map(|sealed| serde_json::to_vec(sealed).unwrap()).collect()
}

/// The claim's payload, which a recipient can change and sign.
pub fn good_payloads() -> Vec<Vec<u8>> {
    vec![open_envelope(RECORD_TYPE, RECORDS[1], &recipient().public()).unwrap()]
}

/// Plain and sealed, with the size that its manifest says or without, and with one that cannot be.
pub fn indexes(data: &[u8]) {
    let sha256 = sha256_hex(data);
    let granted = format!("index/{}/{}", GrantId::from_random([15; 16]), dataset());
    let published = format!("data/{}/{}/index", dataset(), PublicationId::from_random([10; 16]));
    for size in
        [None, Some(0), Some(data.len() as u64), Some(u64::MAX), Some(u64::MAX - 16 * data.len() as u64)]
    {
        for (object, key, good) in [(&granted, [11; 32], INDEXES[0]), (&published, [9; 32], INDEXES[1])] {
            if IndexRoot::open(object, data.to_vec(), &sha256, Some(&ContentKey::new(key)), size).is_some() {
                assert_eq!(data, good, "only the sealed bytes open");
            }
        }
        if let Some(root) = IndexRoot::open(&granted, data.to_vec(), &sha256, None, size) {
            assert_eq!(serde_json::from_slice::<IndexRoot>(&root.write()).unwrap(), root);
            root.pieces.iter().for_each(|piece| assert!(root.piece_of(&piece.first).is_some()));
        }
    }
    assert!(IndexRoot::open(&granted, data.to_vec(), &"0".repeat(64), None, None).is_none(), "another hash");
    sealed_pieces(data);
    plain_piece(data, &sha256);
}

fn sealed_pieces(data: &[u8]) {
    let object = format!("index/{}/{}", GrantId::from_random([15; 16]), dataset());
    let key = ContentKey::new([11; 32]);
    let root =
        IndexRoot::open(&object, INDEXES[0].to_vec(), &sha256_hex(INDEXES[0]), Some(&key), None).unwrap();
    for number in 0..root.pieces.len() + 1 {
        if root.open_piece(number, data.to_vec(), Some(&key)).is_some() {
            assert_eq!(data, INDEXES[3 + number], "only the piece that was meant opens");
        }
    }
}

fn plain_piece(data: &[u8], sha256: &str) {
    for (first, files) in [("a", 2), ("a", 1), ("", u64::MAX)] {
        let piece = IndexPiece {
            first: first.into(),
            object: "index-000001".into(),
            size: data.len() as u64,
            sha256: sha256.into(),
            files,
        };
        let root = IndexRoot { pieces: vec![piece] };
        for line in root.open_piece(0, data.to_vec(), None).unwrap_or_default() {
            let mut written = Vec::new();
            write_index_line(&line, &mut written).unwrap();
            assert_eq!(read_index_line(&written[..written.len() - 1]).unwrap(), line);
            let _ = sealed_size(line.size);
        }
    }
}

/// Each byte counts; white space around the document is the exception.
pub fn receipts(data: &[u8]) {
    if verify_receipt(data).is_ok() {
        assert!(RECEIPTS.contains(&data.trim_ascii()), "a receipt that nobody signed");
    }
}

/// As [`receipts`]. Whoever wrote the good ones also signed the request of one without its answer.
pub fn approvals(data: &[u8]) {
    let Ok(found) = verify_approval(data) else { return };
    let good = APPROVALS.iter().filter_map(|good| verify_approval(good).ok());
    let mut same = good.filter(|good| good.request == found.request);
    let same = same.find(|good| found.answer.is_none() || found.answer == good.answer);
    assert!(same.is_some(), "an approval that nobody signed");
}

/// A notice is as good as its records: what comes first of them is the provider's first, or nothing.
pub fn notices(data: &[u8]) {
    let mut head = ChainHead::new(mailbox_out(&mailbox()), provider().public());
    let good = read_notice(NOTICES[0]);
    for (number, envelope) in read_notice(data).iter().enumerate() {
        match head.accept(envelope) {
            // What signs no differently (the hint of the key) may differ.
            Ok(found) => assert_eq!(found.record.sequence, number as u64 + 1),
            Err(_) => return,
        }
        assert!(number < good.len(), "the provider wrote no more");
    }
}

/// The length inside a chunk follows from what is stored, which readers check against the signed size.
pub fn chunks(data: &[u8]) {
    let key = ContentKey::new([9; 32]);
    for size in [5, data.len() as u64, CHUNK, CHUNK + 1, u64::MAX] {
        for number in [0, 1, u64::MAX] {
            if let Ok(plain) = open_chunk(&key, "data/a/b/000001", size, number, data) {
                assert_eq!((plain.as_slice(), size <= CHUNK, number), (b"hello".as_slice(), true, 0));
            }
        }
    }
}
