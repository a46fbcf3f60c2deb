//! Receipts: proof of an acceptance, or of a snapshot, in one file that a third person can verify with nothing else. A
//! receipt says nothing itself; it holds the signed records as they were written, and what they say together is proven.

use chrono::{DateTime, Utc};
use datashare_domain::{MailboxId, terms_sha256};
use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::document::{self, DocumentError, PartError};
use crate::{
    Body, Card, Offer, OfferedTerms, PublicKeys, RECORD_TYPE, Record, ShareHeading, SnapshotFinished,
    mailbox_in, mailbox_out, sha256_hex, share_chain,
};

const FORMAT: &str = "datashare/receipt/v1";
/// Longest receipt that is looked at, bytes: a few envelopes.
const LONGEST_RECEIPT: usize = 64 << 20;

/// The envelopes of an acceptance, as they are stored, and of what it is to prove besides.
#[derive(Clone, Copy, Debug)]
pub struct ReceiptParts<'a> {
    pub offer: &'a [u8],
    pub claim: &'a [u8],
    /// The welcome that names the claim's hash: the provider's counter-signature.
    pub welcome: &'a [u8],
    /// Terms that came later, and the agreement to them.
    pub agreement: Option<(&'a [u8], &'a [u8])>,
    pub snapshot: Option<SnapshotParts<'a>>,
}

/// The envelopes of one run.
#[derive(Clone, Copy, Debug)]
pub struct SnapshotParts<'a> {
    pub started: &'a [u8],
    pub finished: &'a [u8],
    /// The provider's own record of the manifest that was read, where it is at hand.
    pub published: Option<&'a [u8]>,
}

/// Terms that somebody agreed to.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct AgreedTerms {
    pub version: u32,
    /// Hex, of the text.
    pub sha256: String,
    pub text: String,
    pub agreed_at: DateTime<Utc>,
}

/// What a snapshot's records prove.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct SnapshotProof {
    /// As the recipient reported it.
    pub report: SnapshotFinished,
    /// The provider signed the manifest that the report names.
    pub manifest_confirmed: bool,
}

/// What a receipt proves: that the holders of these two keys signed it. Whose keys they are, people find out by comparing
/// the safety code.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Receipt {
    pub invitation: MailboxId,
    pub share: ShareHeading,
    pub provider: Card,
    /// Whom the invitation was made out to.
    pub invited: String,
    pub recipient: Card,
    /// Time of the acceptance, by the recipient's clock.
    pub accepted_at: DateTime<Utc>,
    /// Time of the counter-signature, by the provider's clock.
    pub confirmed_at: DateTime<Utc>,
    /// Hex SHA-256 of the acceptance's envelope, which the provider counter-signed.
    pub acceptance_sha256: String,
    /// `None` when the share had no terms.
    pub terms: Option<AgreedTerms>,
    /// Newer terms that were agreed to later.
    pub later_terms: Option<AgreedTerms>,
    pub snapshot: Option<SnapshotProof>,
}

/// Why a file is no valid receipt. One sentence each.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum ReceiptError {
    #[error("This file is not a receipt of Datashare.")]
    NotAReceipt,
    #[error("The receipt was made by a newer version of Datashare ({0}).")]
    Newer(String),
    #[error("The receipt is not as it was written: something in it was changed, added or taken out.")]
    Changed,
    #[error(
        "The {part} in the receipt is not signed by the {by}: it was changed, or somebody else wrote it."
    )]
    NotSigned { part: &'static str, by: &'static str },
    #[error("In the place of the {0} the receipt has something else.")]
    Another(&'static str),
    #[error("The {0} in the receipt belongs to another invitation, share or place.")]
    Foreign(&'static str),
    #[error("The text of the terms in the {0} is not the one that its hash names.")]
    TermsText(&'static str),
    #[error("The acceptance agrees to other terms than those that were offered.")]
    OtherTerms,
    #[error("The agreement is to other terms than those that were sent.")]
    OtherLaterTerms,
    #[error("The provider's confirmation is of another acceptance, or of none.")]
    NotConfirmed,
    #[error("The start and the end in the receipt are those of two snapshots.")]
    OtherSnapshot,
    #[error("The provider's record of what was published is not of the list that the snapshot read.")]
    OtherPublication,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Document {
    receipt: String,
    offer: String,
    claim: String,
    welcome: String,
    agreement: Option<AgreementDocument>,
    snapshot: Option<SnapshotDocument>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct AgreementDocument {
    terms: String,
    agreed: String,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct SnapshotDocument {
    started: String,
    finished: String,
    published: Option<String>,
}

/// The file. Envelopes that are not text, which no envelope is, are [`ReceiptError::Changed`].
pub fn write_receipt(parts: &ReceiptParts<'_>) -> Result<Vec<u8>, ReceiptError> {
    let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).map_err(|_| ReceiptError::Changed);
    let agreement = |(terms, agreed): (&[u8], &[u8])| {
        Ok::<_, ReceiptError>(AgreementDocument { terms: text(terms)?, agreed: text(agreed)? })
    };
    let snapshot = |parts: SnapshotParts<'_>| {
        Ok::<_, ReceiptError>(SnapshotDocument {
            started: text(parts.started)?,
            finished: text(parts.finished)?,
            published: parts.published.map(text).transpose()?,
        })
    };
    let document = Document {
        receipt: FORMAT.to_owned(),
        offer: text(parts.offer)?,
        claim: text(parts.claim)?,
        welcome: text(parts.welcome)?,
        agreement: parts.agreement.map(agreement).transpose()?,
        snapshot: parts.snapshot.map(snapshot).transpose()?,
    };
    serde_json_canonicalizer::to_vec(&document).map_err(|_| ReceiptError::Changed)
}

/// Checks everything that a receipt claims, by itself alone.
pub fn verify_receipt(bytes: &[u8]) -> Result<Receipt, ReceiptError> {
    let document = read(bytes.trim_ascii())?;
    let (offer, mailbox) = open_offer(&document.offer)?;
    let keys = offer.provider.keys.clone();
    let claim = open_claim(&document.claim, &mailbox)?;
    let Body::Claim(accepted) = &claim.body else { return Err(ReceiptError::Another(CLAIM)) };
    let acceptance_sha256 = sha256_hex(document.claim.as_bytes());
    let out = Signer { keys: &keys, by: PROVIDER, chain: mailbox_out(&mailbox) };
    let welcome = out.open(WELCOME, &document.welcome)?;
    let Body::Welcome(answer) = &welcome.body else { return Err(ReceiptError::Another(WELCOME)) };
    if answer.claim_sha256.as_ref() != Some(&acceptance_sha256) {
        return Err(ReceiptError::NotConfirmed);
    }
    let into = Signer { keys: &accepted.recipient.keys, by: RECIPIENT, chain: mailbox_in(&mailbox) };
    let terms = offer.terms.as_ref().map(|terms| agreed(OFFER, terms, claim.at)).transpose()?;
    let named = accepted.terms_version.zip(accepted.terms_sha256.clone());
    if terms.as_ref().map(|terms| (terms.version, terms.sha256.clone())) != named {
        return Err(ReceiptError::OtherTerms);
    }
    let later_terms = document.agreement.map(|agreement| later(&agreement, &out, &into)).transpose()?;
    let snapshot = document.snapshot.map(|run| snapshot(&run, &into, &offer)).transpose()?;
    Ok(Receipt {
        invitation: mailbox,
        share: offer.heading.clone(),
        invited: offer.email.clone(),
        recipient: accepted.recipient.clone(),
        accepted_at: claim.at,
        confirmed_at: welcome.at,
        acceptance_sha256,
        terms,
        later_terms,
        snapshot,
        provider: offer.provider,
    })
}

const OFFER: &str = "offer";
const CLAIM: &str = "acceptance";
const WELCOME: &str = "provider's confirmation";
const LATER_TERMS: &str = "changed terms";
const LATER_AGREEMENT: &str = "agreement to the changed terms";
const STARTED: &str = "start of the snapshot";
const FINISHED: &str = "end of the snapshot";
const PUBLISHED: &str = "record of what was published";
const PROVIDER: &str = "provider";
const RECIPIENT: &str = "recipient";

fn read(bytes: &[u8]) -> Result<Document, ReceiptError> {
    document::read(FORMAT, LONGEST_RECEIPT, bytes).map_err(|error| match error {
        DocumentError::NotOne => ReceiptError::NotAReceipt,
        DocumentError::Newer(format) => ReceiptError::Newer(format),
        DocumentError::Changed => ReceiptError::Changed,
    })
}

/// Whose records a chain has.
struct Signer<'a> {
    keys: &'a PublicKeys,
    by: &'static str,
    chain: String,
}

impl Signer<'_> {
    fn open(&self, part: &'static str, envelope: &str) -> Result<Record, ReceiptError> {
        let record = open_signed(part, self.by, envelope, self.keys)?;
        if record.chain == self.chain { Ok(record) } else { Err(ReceiptError::Foreign(part)) }
    }
}

fn open_signed(
    part: &'static str,
    by: &'static str,
    envelope: &str,
    keys: &PublicKeys,
) -> Result<Record, ReceiptError> {
    let payload = document::signed(RECORD_TYPE, envelope, keys).map_err(|error| wrong(error, part, by))?;
    serde_json::from_slice(&payload).map_err(|_| ReceiptError::Another(part))
}

fn wrong(error: PartError, part: &'static str, by: &'static str) -> ReceiptError {
    match error {
        PartError::NotSigned => ReceiptError::NotSigned { part, by },
        PartError::Another => ReceiptError::Another(part),
    }
}

/// What an envelope says before its signature was checked: which key it introduces.
fn introduced(part: &'static str, by: &'static str, envelope: &str) -> Result<Body, ReceiptError> {
    let record: Record = document::introduced(envelope).map_err(|error| wrong(error, part, by))?;
    Ok(record.body)
}

fn open_offer(envelope: &str) -> Result<(Offer, MailboxId), ReceiptError> {
    let Body::Offer(offer) = introduced(OFFER, PROVIDER, envelope)? else {
        return Err(ReceiptError::Another(OFFER));
    };
    let record = open_signed(OFFER, PROVIDER, envelope, &offer.provider.keys)?;
    let name = record.chain.strip_prefix("mailbox:").and_then(|rest| rest.strip_suffix(":out"));
    let mailbox = name.and_then(MailboxId::parse).filter(|_| is_first(&record));
    Ok((*offer, mailbox.ok_or(ReceiptError::Foreign(OFFER))?))
}

fn open_claim(envelope: &str, mailbox: &MailboxId) -> Result<Record, ReceiptError> {
    let Body::Claim(claim) = introduced(CLAIM, RECIPIENT, envelope)? else {
        return Err(ReceiptError::Another(CLAIM));
    };
    let signer = Signer { keys: &claim.recipient.keys, by: RECIPIENT, chain: mailbox_in(mailbox) };
    let record = signer.open(CLAIM, envelope)?;
    if is_first(&record) { Ok(record) } else { Err(ReceiptError::Foreign(CLAIM)) }
}

fn is_first(record: &Record) -> bool {
    record.sequence == 1 && record.previous.is_none()
}

fn agreed(part: &'static str, terms: &OfferedTerms, at: DateTime<Utc>) -> Result<AgreedTerms, ReceiptError> {
    if terms_sha256(&terms.text) != terms.sha256 {
        return Err(ReceiptError::TermsText(part));
    }
    let OfferedTerms { version, sha256, text, .. } = terms.clone();
    Ok(AgreedTerms { version, sha256, text, agreed_at: at })
}

fn later(
    document: &AgreementDocument,
    out: &Signer<'_>,
    into: &Signer<'_>,
) -> Result<AgreedTerms, ReceiptError> {
    let Body::TermsChanged { terms } = out.open(LATER_TERMS, &document.terms)?.body else {
        return Err(ReceiptError::Another(LATER_TERMS));
    };
    let agreement = into.open(LATER_AGREEMENT, &document.agreed)?;
    let Body::TermsAgreed { version, sha256 } = agreement.body else {
        return Err(ReceiptError::Another(LATER_AGREEMENT));
    };
    let terms = agreed(LATER_TERMS, &terms, agreement.at)?;
    let same = (version, &sha256) == (terms.version, &terms.sha256);
    if same { Ok(terms) } else { Err(ReceiptError::OtherLaterTerms) }
}

fn snapshot(
    document: &SnapshotDocument,
    into: &Signer<'_>,
    offer: &Offer,
) -> Result<SnapshotProof, ReceiptError> {
    let Body::SnapshotStarted { snapshot_id, .. } = into.open(STARTED, &document.started)?.body else {
        return Err(ReceiptError::Another(STARTED));
    };
    let Body::SnapshotFinished(report) = into.open(FINISHED, &document.finished)?.body else {
        return Err(ReceiptError::Another(FINISHED));
    };
    if report.snapshot_id != snapshot_id {
        return Err(ReceiptError::OtherSnapshot);
    }
    let Some(envelope) = &document.published else {
        return Ok(SnapshotProof { report: *report, manifest_confirmed: false });
    };
    let chain = share_chain(&offer.heading.share_id);
    let log = Signer { keys: &offer.provider.keys, by: PROVIDER, chain };
    let Body::Published { manifest_version, manifest_sha256, .. } = log.open(PUBLISHED, envelope)?.body
    else {
        return Err(ReceiptError::Another(PUBLISHED));
    };
    let read = report.manifest_version.zip(report.manifest_sha256.clone());
    if read != Some((manifest_version, manifest_sha256)) {
        return Err(ReceiptError::OtherPublication);
    }
    Ok(SnapshotProof { report: *report, manifest_confirmed: true })
}
