//! A recipient of another make: it knows the protocol, and keeps and tries whatever it was given.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use datashare_exchange::Area;
use datashare_protocol::*;
use datashare_secret::Secret;
use datashare_storage::{FolderStore, SharedStore};
use datashare_storage_azure::AzureBlobStore;

pub(crate) struct Stranger {
    pub(crate) keys: IdentityKeys,
    pub(crate) ticket: Ticket,
    pub(crate) email: String,
}

fn encoded(bytes: &[u8]) -> String {
    use base64::Engine;
    let text = base64::engine::general_purpose::STANDARD.encode(bytes);
    url::form_urlencoded::byte_serialize(text.as_bytes()).collect()
}

/// A store as the holder of this access reaches it.
pub(crate) fn reach(access: &Access) -> SharedStore {
    match &access.token {
        Some(token) => Arc::new(AzureBlobStore::with_query(&access.endpoint, token).unwrap()),
        None => Arc::new(FolderStore::new(access.endpoint.clone().into())),
    }
}

impl Stranger {
    pub(crate) fn new(seed: u8, link: &str, email: &str) -> Self {
        let keys = IdentityKeys::from_seeds([seed; 32], [seed + 1; 32]);
        Self { keys, ticket: Ticket::read(link).unwrap(), email: email.into() }
    }

    /// What the ticket alone opens.
    pub(crate) fn ticket_access(&self) -> Access {
        match &self.ticket.place {
            MeetingPlace::Folder { path } => Access { endpoint: path.clone(), token: None },
            MeetingPlace::AzureBlob { endpoint } => {
                let signature = self.ticket.signature.as_ref().unwrap();
                let query = format!("sv=2026-04-06&sr=c&si=inv&sig={}", encoded(&**signature));
                Access { endpoint: endpoint.clone(), token: Some(Secret::new(query)) }
            }
        }
    }

    pub(crate) fn mailbox(&self, access: &Access) -> Area {
        let root = match self.ticket.place {
            MeetingPlace::Folder { .. } => format!("mailboxes/{}", self.ticket.mailbox),
            MeetingPlace::AzureBlob { .. } => format!("dsm-{}", self.ticket.mailbox),
        };
        Area::new(reach(access), root)
    }

    pub(crate) fn card(&self) -> Card {
        Card {
            name: "Eve".into(),
            organisation: "Elsewhere".into(),
            email: self.email.clone(),
            keys: self.keys.public(),
            created_at: Utc::now(),
        }
    }

    /// All records to this recipient that can be read with this access.
    pub(crate) async fn outgoing(&self, access: &Access) -> Vec<VerifiedRecord> {
        let provider = PublicKeys { signing: self.ticket.provider_key, sealing: [0; 32] };
        let mut head = ChainHead::new(mailbox_out(&self.ticket.mailbox), provider);
        self.mailbox(access).pull_out(&mut head).await.unwrap().records
    }

    /// The claim as it would be written.
    pub(crate) async fn claim(&self) -> Vec<u8> {
        self.claim_at(Utc::now()).await
    }

    /// As [`Self::claim`], by a clock of its own.
    pub(crate) async fn claim_at(&self, at: DateTime<Utc>) -> Vec<u8> {
        let records = self.outgoing(&self.ticket_access()).await;
        let Body::Offer(offer) = &records[0].record.body else { panic!("no offer") };
        let terms = offer.terms.clone();
        let sha256 = terms.as_ref().map(|terms| terms.sha256.clone());
        let mac = self.ticket.mac("claim", &self.keys.public().fingerprint(), sha256.as_deref());
        let terms_version = terms.map(|terms| terms.version);
        let claim = Claim { recipient: self.card(), terms_sha256: sha256, terms_version, mac };
        self.sign_at(at, Body::Claim(Box::new(claim)))
    }

    /// A rejection as it would be written.
    pub(crate) fn rejection(&self) -> Vec<u8> {
        let mac = self.ticket.mac("rejection", &self.keys.public().fingerprint(), None);
        self.sign(Body::Rejection { by: self.card(), mac })
    }

    /// A first record of this recipient.
    pub(crate) fn sign(&self, body: Body) -> Vec<u8> {
        self.sign_at(Utc::now(), body)
    }

    fn sign_at(&self, at: DateTime<Utc>, body: Body) -> Vec<u8> {
        let head = ChainHead::new(mailbox_in(&self.ticket.mailbox), self.keys.public());
        sign_record(&head.continue_with(at, body), &self.keys).unwrap()
    }

    pub(crate) async fn send(&self, envelope: &[u8]) -> datashare_exchange::Result<()> {
        self.mailbox(&self.ticket_access()).push_in(1, envelope).await
    }

    /// The newest grant among the records, opened.
    pub(crate) fn open(&self, records: &[VerifiedRecord]) -> Option<Result<GrantSecrets, SealError>> {
        let (sequence, grant) = records.iter().rev().find_map(|record| match &record.record.body {
            Body::Welcome(welcome) | Body::Reinstated(welcome) => {
                Some((record.record.sequence, &welcome.grant))
            }
            Body::Grant(grant) => Some((record.record.sequence, &**grant)),
            _ => None,
        })?;
        let chain = mailbox_out(&self.ticket.mailbox);
        let context = GrantContext { chain: &chain, sequence };
        Some(open_grant(&grant.sealed, &self.keys, Some(&self.ticket.secret), context))
    }
}
