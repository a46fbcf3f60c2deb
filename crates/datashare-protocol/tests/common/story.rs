//! One share from its first record to its last, with every kind of record, from fixed seeds.

use datashare_domain::{
    AcceptanceMode, DatasetId, DatasetKind, Day, Delivery, GrantId, PublicationId, Recurrence, Schedule,
    ShareKind, SnapshotId, SnapshotMode, SnapshotStatus, terms_sha256,
};
use datashare_protocol::*;
use datashare_secret::Secret;

use super::*;

const ACCOUNT: &str = "https://contoso.blob.core.windows.net";
const LATER_TERMS: &str = "Use it well, and tell nobody.\n";

pub fn card(name: &str, keys: &IdentityKeys) -> Card {
    Card {
        name: name.into(),
        organisation: "Contoso".into(),
        email: format!("{}@contoso.example", name.to_lowercase()),
        keys: keys.public(),
        created_at: at(0),
    }
}

pub fn offer() -> Body {
    let text = "Use it well.\n".to_owned();
    Body::Offer(Box::new(Offer {
        heading: ShareHeading {
            share_id: id("a"),
            name: "Sales – täglich".into(),
            description: "Point of sale".into(),
            share_kind: ShareKind::Snapshot,
        },
        provider: card("Ana", &provider()),
        email: "ben@fabrikam.example".into(),
        datasets: vec![DatasetSummary {
            dataset_id: DatasetId::from_random([8; 16]),
            name: "pos".into(),
            dataset_kind: DatasetKind::Folder,
            delivery: Delivery::Published,
            files: Some(2),
            bytes: None,
        }],
        terms: Some(OfferedTerms {
            version: 1,
            sha256: terms_sha256(&text),
            text,
            must_be_accepted_again: false,
        }),
        schedule: None,
        snapshot_schedule: None,
        acceptance: AcceptanceMode::Automatic,
        expires_at: at(86_400),
    }))
}

pub fn claim(ticket: &Ticket) -> Body {
    let terms = terms_sha256("Use it well.\n");
    let mac = ticket.mac("claim", &recipient().public().fingerprint(), Some(&terms));
    Body::Claim(Box::new(Claim {
        recipient: card("Ben", &recipient()),
        terms_sha256: Some(terms),
        terms_version: Some(1),
        mac,
    }))
}

fn dataset() -> DatasetId {
    DatasetId::from_random([8; 16])
}

/// What a record says in its place.
type Says = Box<dyn Fn(&ChainHead) -> Body>;

/// Signs bodies one after the other, a second apart; after the first one there is room for the other side's answer.
fn written(chain: String, keys: &IdentityKeys, first_at: i64, bodies: Vec<Says>) -> Vec<Vec<u8>> {
    let mut head = ChainHead::new(chain, keys.public());
    let sign = |(place, body): (i64, Says)| {
        let envelope =
            sign_record(&head.continue_with(at(first_at + place + place.min(1)), body(&head)), keys).unwrap();
        head.accept(&envelope).unwrap();
        envelope
    };
    (0..).zip(bodies).map(sign).collect()
}

fn says(body: Body) -> Says {
    Box::new(move |_| body.clone())
}

/// A grant whose seal comes from a generator seeded with `seed`.
fn grant(head: &ChainHead, secrets: &GrantSecrets, generation: u64, seed: u8) -> Grant {
    let context = GrantContext { chain: head.chain(), sequence: head.next() };
    let sealed = seal_grant(secrets, &recipient().public(), context, [seed; 32]).unwrap();
    Grant { generation, datasets: vec![], expires_at: None, sealed }
}

fn later_terms() -> OfferedTerms {
    OfferedTerms {
        version: 2,
        sha256: terms_sha256(LATER_TERMS),
        text: LATER_TERMS.into(),
        must_be_accepted_again: true,
    }
}

/// A grant with a dataset of each kind.
pub fn three_datasets() -> GrantSecrets {
    let token = |text: &str| Some(Secret::new(text));
    let datasets = [
        (
            DatasetId::from_random([16; 16]),
            DatasetAccess::Container {
                access: Access { endpoint: ACCOUNT.into(), token: token("sig=canary-container") },
                container: "sales".into(),
                prefix: String::new(),
            },
        ),
        (
            dataset(),
            DatasetAccess::Index {
                endpoint: ACCOUNT.into(),
                object: granted_index_name(),
                sha256: sha256_hex(&granted_index()),
                key: ContentKey::new([11; 32]),
                query: Secret::new("sv=2026-04-06&sr=b&si=ds-f2"),
            },
        ),
        (DatasetId::from_random([17; 16]), DatasetAccess::Published),
    ];
    GrantSecrets { data_key: None, datasets: datasets.into(), ..secrets() }
}

/// Everything the provider says to one recipient.
pub fn outgoing() -> Vec<Vec<u8>> {
    let claim = sha256_hex(&first_claim());
    let by = "Ana (Contoso)".to_owned();
    written(
        mailbox_out(&ticket(5, false, true).mailbox),
        &provider(),
        1,
        vec![
            says(offer()),
            Box::new(move |head| {
                let grant = grant(head, &secrets(), 1, 7);
                Body::Welcome(Box::new(Welcome { claim_sha256: Some(claim.clone()), grant }))
            }),
            Box::new(|head| Body::Grant(Box::new(grant(head, &three_datasets(), 2, 12)))),
            says(Body::TermsChanged { terms: later_terms() }),
            says(Body::ExpiryChanged { expires_at: Some(at(90_000)) }),
            says(Body::Revoked { by }),
            Box::new(|head| {
                let grant = grant(head, &secrets(), 3, 13);
                Body::Reinstated(Box::new(Welcome { claim_sha256: None, grant }))
            }),
            says(Body::ShareDeleted {}),
        ],
    )
}

fn first_claim() -> Vec<u8> {
    let ticket = ticket(5, false, true);
    let head = ChainHead::new(mailbox_in(&ticket.mailbox), recipient().public());
    sign_record(&head.continue_with(at(2), claim(&ticket)), &recipient()).unwrap()
}

fn finished() -> SnapshotFinished {
    SnapshotFinished {
        snapshot_id: SnapshotId::from_random([14; 16]),
        mode: SnapshotMode::Full,
        status: SnapshotStatus::Succeeded,
        started_at: at(6),
        ended_at: at(7),
        files_total: 1,
        files_written: 1,
        files_skipped: 0,
        files_failed: 0,
        bytes_total: 5,
        bytes_written: 5,
        manifest_version: Some(2),
        manifest_sha256: Some(sha256_hex(&second_manifest())),
        datasets: vec![DatasetCounts {
            name: "pos".into(),
            status: SnapshotStatus::Succeeded,
            files_read: 1,
            files_written: 1,
            files_skipped: 0,
            files_failed: 0,
            bytes_read: 5,
            bytes_written: 5,
            duration_ms: 900,
        }],
    }
}

/// Everything the recipient says.
pub fn incoming() -> Vec<Vec<u8>> {
    let started = Body::SnapshotStarted { snapshot_id: finished().snapshot_id, mode: SnapshotMode::Full };
    let agreed = Body::TermsAgreed { version: 2, sha256: later_terms().sha256 };
    let all = written(
        mailbox_in(&ticket(5, false, true).mailbox),
        &recipient(),
        2,
        vec![
            says(claim(&ticket(5, false, true))),
            says(Body::Acknowledged {}),
            says(agreed),
            says(started),
            says(Body::SnapshotFinished(Box::new(finished()))),
            says(Body::Left {}),
        ],
    );
    assert_eq!(all[0], first_claim());
    all
}

/// An invitation whose holder may start right away, and that is withdrawn.
pub fn right_away() -> Vec<Vec<u8>> {
    let ticket = ticket(7, true, false);
    let secret = *ticket.secret;
    let Body::Offer(offer) = offer() else { unreachable!() };
    let offer = Offer { acceptance: AcceptanceMode::RightAway, ..*offer };
    written(
        mailbox_out(&ticket.mailbox),
        &provider(),
        1,
        vec![
            says(Body::Offer(Box::new(offer))),
            Box::new(move |head| {
                let context = GrantContext { chain: head.chain(), sequence: head.next() };
                let sealed = seal_grant_for_ticket(&secrets(), &secret, context).unwrap();
                let grant = Grant { generation: 1, datasets: vec![], expires_at: None, sealed };
                Body::Welcome(Box::new(Welcome { claim_sha256: None, grant }))
            }),
            says(Body::Withdrawn {}),
        ],
    )
}

pub fn refused() -> Vec<Vec<u8>> {
    let reason = "The provider declined.".to_owned();
    let chain = mailbox_out(&ticket(8, true, false).mailbox);
    written(chain, &provider(), 1, vec![says(offer()), says(Body::Refused { reason })])
}

pub fn rejected() -> Vec<Vec<u8>> {
    let ticket = ticket(5, false, true);
    let mac = ticket.mac("rejection", &recipient().public().fingerprint(), None);
    let rejection = Body::Rejection { mac, by: card("Ben", &recipient()) };
    written(mailbox_in(&ticket.mailbox), &recipient(), 2, vec![says(rejection)])
}

pub fn share_log() -> Vec<Vec<u8>> {
    let Body::Offer(offer) = offer() else { unreachable!() };
    let described = ShareHeading { description: "Point of sale, daily".into(), ..offer.heading.clone() };
    let published = |version, envelope: &[u8]| {
        let (publication, files, bytes) = (PublicationId::from_random([9; 16]), 2, 10);
        let dataset = PublishedSummary { dataset_id: dataset(), publication, files, bytes };
        Body::Published {
            manifest_version: version,
            manifest_sha256: sha256_hex(envelope),
            datasets: vec![dataset],
        }
    };
    let bodies = vec![
        Body::ShareCreated { heading: offer.heading.clone(), provider: offer.provider.clone() },
        Body::TermsPublished { terms: offer.terms.clone().unwrap() },
        Body::DatasetsChanged { datasets: offer.datasets.clone() },
        published(1, &first_manifest()),
        Body::ShareDescribed { heading: described },
        published(2, &second_manifest()),
        Body::ShareDeleted {},
    ];
    written(share_chain(&id("a")), &provider(), 0, bodies.into_iter().map(says).collect())
}

/// A schedule of each kind that a record can carry.
pub fn schedules() -> [Schedule; 4] {
    let schedule = |recurrence, time: Option<&str>, jitter_seconds| Schedule {
        recurrence,
        at: time.map(str::to_owned),
        start: at(0),
        time_zone: "Europe/Berlin".into(),
        jitter_seconds,
    };
    [
        schedule(Recurrence::Day, Some("02:30"), 300),
        schedule(Recurrence::Hours { hours: 6 }, Some("00:15"), 0),
        schedule(Recurrence::Week { days: vec![Day::Monday, Day::Thursday] }, Some("06:00"), 0),
        schedule(Recurrence::Cron { expression: "0 6 1 * *".into() }, None, 0),
    ]
}

/// An invitation to a share with a schedule, which is changed and taken away, and the answers to two requests.
pub fn scheduled() -> Vec<Vec<u8>> {
    let Body::Offer(offer) = offer() else { unreachable!() };
    let [daily, others @ ..] = schedules();
    let (schedule, snapshot_schedule) = (Some(daily.in_words()), Some(daily));
    let changed = others.map(|schedule| Body::ScheduleChanged { schedule: Some(schedule) });
    let published = Body::PublicationAnswered { asked: 2, refusal: None, manifest_version: Some(3) };
    let refusal = Some("There is nothing new before Monday.".to_owned());
    let bodies = [Body::Offer(Box::new(Offer { schedule, snapshot_schedule, ..*offer }))]
        .into_iter()
        .chain(changed)
        .chain([
            Body::ScheduleChanged { schedule: None },
            published,
            Body::PublicationAnswered { asked: 3, refusal, manifest_version: None },
        ]);
    let chain = mailbox_out(&ticket(5, false, true).mailbox);
    written(chain, &provider(), 1, bodies.map(says).collect())
}

/// A recipient that asks twice for a fresh publication.
pub fn asked() -> Vec<Vec<u8>> {
    let ticket = ticket(5, false, true);
    let bodies = vec![claim(&ticket), Body::PublicationAsked {}, Body::PublicationAsked {}];
    written(mailbox_in(&ticket.mailbox), &recipient(), 2, bodies.into_iter().map(says).collect())
}

/// The log of a share whose schedule is set and taken away.
pub fn scheduled_log() -> Vec<Vec<u8>> {
    let Body::Offer(offer) = offer() else { unreachable!() };
    let [daily, ..] = schedules();
    let bodies = vec![
        Body::ShareCreated { heading: offer.heading, provider: offer.provider },
        Body::ScheduleChanged { schedule: Some(daily) },
        Body::ScheduleChanged { schedule: None },
    ];
    written(share_chain(&id("a")), &provider(), 0, bodies.into_iter().map(says).collect())
}

/// A share whose change was approved by a second person.
pub fn approved_log() -> Vec<Vec<u8>> {
    let Body::Offer(offer) = offer() else { unreachable!() };
    let created = Body::ShareCreated { heading: offer.heading, provider: offer.provider };
    written(share_chain(&id("a")), &provider(), 0, vec![says(created), says(super::approvals::recorded())])
}

pub fn first_manifest() -> Vec<u8> {
    sign_manifest(&manifest(1), &provider()).unwrap()
}

/// The next one, with the hash of an index that is there.
pub fn second_manifest() -> Vec<u8> {
    let mut next = manifest(2);
    next.previous = Some(sha256_hex(&first_manifest()));
    next.created_at = at(4);
    next.datasets[0].publication = PublicationId::from_random([10; 16]);
    next.datasets[0].uses.push(PublicationId::from_random([10; 16]));
    (next.datasets[0].files, next.datasets[0].bytes) = (1, 5);
    next.datasets[0].index_size = publication_root().write().len() as u64;
    next.datasets[0].index_sha256 = sha256_hex(&publication_index());
    sign_manifest(&next, &provider()).unwrap()
}

fn one_piece(lines: &[IndexLine]) -> PlainPiece {
    let mut cutter = PieceCutter::default();
    for line in lines {
        assert!(cutter.add(line).is_none());
    }
    cutter.finish().unwrap()
}

fn publication_piece() -> PlainPiece {
    one_piece(&[IndexLine {
        path: "deep/ü b.txt".into(),
        size: 5,
        version: "5-1".into(),
        modified: Some(at(0)),
        sha256: Some(sha256_hex(b"hello")),
        md5: Some("5d41402abc4b2a76b9719d911017c592".into()),
        object: format!("data/{}/{}/000001-0", dataset(), PublicationId::from_random([9; 16])),
        signature: None,
        content_type: Some("text/plain".into()),
    }])
}

fn publication_root() -> IndexRoot {
    let object = format!("{}-000001", publication_index_name());
    IndexRoot { pieces: vec![publication_piece().under(object)] }
}

fn publication_index_name() -> String {
    format!("data/{}/{}/index", dataset(), PublicationId::from_random([10; 16]))
}

/// Root of the index of the second manifest, sealed with the data key `[9; 32]`.
pub fn publication_index() -> Vec<u8> {
    seal_object(&ContentKey::new([9; 32]), &publication_index_name(), &publication_root().write()).unwrap()
}

/// Its one piece.
pub fn publication_index_piece() -> Vec<u8> {
    let object = &publication_root().pieces[0].object;
    seal_object(&ContentKey::new([9; 32]), object, &publication_piece().plain).unwrap()
}

pub fn granted_index_name() -> String {
    format!("index/{}/{}", GrantId::from_random([15; 16]), dataset())
}

/// Two pieces of the granted folder: the second one lies with an older grant.
fn granted_pieces() -> [(String, PlainPiece); 2] {
    let line = |(path, signature): (&str, &str)| IndexLine {
        path: path.into(),
        size: 1,
        version: "0x8D".into(),
        modified: None,
        sha256: None,
        md5: None,
        object: format!("sales/2026/{path}"),
        signature: Some(signature.into()),
        content_type: None,
    };
    let older = format!("index/{}/{}-000002", GrantId::from_random([14; 16]), dataset());
    [
        (
            format!("{}-000001", granted_index_name()),
            one_piece(&[("a.txt", "AAA="), ("b.txt", "BBB=")].map(line)),
        ),
        (older, one_piece(&[("c.txt", "CCC=")].map(line))),
    ]
}

/// Root of the index of the granted folder, sealed with a key of its own.
pub fn granted_index() -> Vec<u8> {
    let pieces = granted_pieces().into_iter().map(|(object, piece)| piece.under(object)).collect();
    let root = IndexRoot { pieces };
    seal_object(&ContentKey::new([11; 32]), &granted_index_name(), &root.write()).unwrap()
}

/// Its pieces.
pub fn granted_index_pieces() -> [Vec<u8>; 2] {
    let key = ContentKey::new([11; 32]);
    granted_pieces().map(|(object, piece)| seal_object(&key, &object, &piece.plain).unwrap())
}

/// The records that receipts are made of.
pub struct Story {
    pub out: Vec<Vec<u8>>,
    pub into: Vec<Vec<u8>>,
    pub log: Vec<Vec<u8>>,
}

impl Story {
    pub fn new() -> Self {
        Self { out: outgoing(), into: incoming(), log: share_log() }
    }

    pub fn acceptance(&self) -> ReceiptParts<'_> {
        ReceiptParts {
            offer: &self.out[0],
            claim: &self.into[0],
            welcome: &self.out[1],
            agreement: None,
            snapshot: None,
        }
    }

    pub fn snapshot(&self) -> ReceiptParts<'_> {
        let (started, finished) = (&self.into[3], &self.into[4]);
        ReceiptParts {
            agreement: Some((&self.out[3], &self.into[2])),
            snapshot: Some(SnapshotParts { started, finished, published: Some(&self.log[5]) }),
            ..self.acceptance()
        }
    }
}
