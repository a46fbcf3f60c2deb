//! Tickets: what an invitation link carries. About two hundred characters; nothing in it acts by itself.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::{DateTime, Datelike, Utc};
use datashare_domain::MailboxId;
use hmac::{Hmac, KeyInit, Mac};
use sha2::{Digest, Sha256};
use thiserror::Error;
use zeroize::Zeroizing;

/// What a link starts with; the ticket follows.
pub const LINK_PREFIX: &str = "datashare://invitation#";

const VERSION: u8 = 1;
const LONGEST_TICKET: usize = 4096;
const CHECKSUM: usize = 4;

/// Where the mailbox is.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum MeetingPlace {
    /// A folder, as the provider sees it.
    Folder { path: String },
    /// An Azure Blob account, by its endpoint (`https://name.blob.core.windows.net`).
    AzureBlob { endpoint: String },
}

/// Why a text is no usable ticket.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum TicketError {
    #[error("This is not an invitation of Datashare.")]
    NotATicket,
    #[error("The invitation is not complete: it was cut short or changed on its way.")]
    Damaged,
    #[error("The invitation was made by a newer version of Datashare (version {0} of the ticket).")]
    UnknownVersion(u8),
}

/// One invitation's ticket. Holds secrets: it has no `Serialize`, and its `Debug` shows none.
#[derive(Clone)]
pub struct Ticket {
    pub place: MeetingPlace,
    pub mailbox: MailboxId,
    /// The provider's signing key: every record of the mailbox must be signed with it.
    pub provider_key: [u8; 32],
    /// One-time secret; proves to the provider that the claim comes from a holder of the ticket.
    pub secret: Zeroizing<[u8; 32]>,
    /// Signature of the access policy `inv`, where the place checks one.
    pub signature: Option<Zeroizing<[u8; 32]>>,
    pub expires_at: DateTime<Utc>,
}

impl std::fmt::Debug for Ticket {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { place, mailbox, expires_at, .. } = self;
        write!(formatter, "Ticket {{ {place:?}, mailbox: {mailbox}, expires_at: {expires_at}, … }}")
    }
}

impl Ticket {
    /// The ticket as text, for a link or a file.
    pub fn encode(&self) -> Zeroizing<String> {
        let (kind, place) = match &self.place {
            MeetingPlace::Folder { path } => (0u8, path),
            MeetingPlace::AzureBlob { endpoint } => (1u8, endpoint),
        };
        let mut bytes = Zeroizing::new(vec![VERSION, kind]);
        bytes.extend_from_slice(&self.mailbox.to_bytes());
        bytes.extend_from_slice(&self.provider_key);
        bytes.extend_from_slice(&*self.secret);
        bytes.extend_from_slice(&self.expires_at.timestamp().to_be_bytes());
        match &self.signature {
            Some(signature) => {
                bytes.push(1);
                bytes.extend_from_slice(&**signature);
            }
            None => bytes.push(0),
        }
        bytes.extend_from_slice(place.as_bytes());
        let checksum = checksum(&bytes);
        bytes.extend_from_slice(&checksum);
        Zeroizing::new(URL_SAFE_NO_PAD.encode(&*bytes))
    }

    /// The link form.
    pub fn link(&self) -> Zeroizing<String> {
        Zeroizing::new(format!("{LINK_PREFIX}{}", *self.encode()))
    }

    /// Reads a link, a bare ticket, or any text (a `.datashare` file, a mail) with a link in it.
    pub fn read(text: &str) -> Result<Self, TicketError> {
        let ticket = match text.find(LINK_PREFIX) {
            Some(at) => {
                let rest = &text[at + LINK_PREFIX.len()..];
                let end = rest.find(|c: char| !(c.is_ascii_alphanumeric() || c == '-' || c == '_'));
                &rest[..end.unwrap_or(rest.len())]
            }
            None => text.trim(),
        };
        if ticket.is_empty() || ticket.len() > LONGEST_TICKET {
            return Err(TicketError::NotATicket);
        }
        // A text whose last character is cut off is no base64 at all; that is damage too when the rest looks like one.
        let looks_like_one =
            ticket.len() > 80 && ticket.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_".contains(&b));
        let wrong = if looks_like_one { TicketError::Damaged } else { TicketError::NotATicket };
        let bytes = Zeroizing::new(URL_SAFE_NO_PAD.decode(ticket).map_err(|_| wrong)?);
        Self::decode(&bytes)
    }

    fn decode(bytes: &[u8]) -> Result<Self, TicketError> {
        let (body, sum) =
            bytes.split_at_checked(bytes.len().saturating_sub(CHECKSUM)).ok_or(TicketError::NotATicket)?;
        if checksum(body) != sum {
            return Err(if body.len() > 60 { TicketError::Damaged } else { TicketError::NotATicket });
        }
        let mut reader = Reader(body);
        let version = reader.take::<1>()?[0];
        if version != VERSION {
            return Err(TicketError::UnknownVersion(version));
        }
        let kind = reader.take::<1>()?[0];
        let mailbox = MailboxId::from_random(reader.take()?);
        let provider_key = reader.take()?;
        let secret = Zeroizing::new(reader.take()?);
        let seconds = i64::from_be_bytes(reader.take()?);
        let signature = match reader.take::<1>()?[0] {
            0 => None,
            1 => Some(Zeroizing::new(reader.take()?)),
            _ => return Err(TicketError::Damaged),
        };
        let text = std::str::from_utf8(reader.0).map_err(|_| TicketError::Damaged)?.to_owned();
        let place = match kind {
            0 => MeetingPlace::Folder { path: text },
            1 => MeetingPlace::AzureBlob { endpoint: text },
            _ => return Err(TicketError::UnknownVersion(version)),
        };
        let expires_at =
            DateTime::from_timestamp(seconds, 0).filter(|end| (1970..=9999).contains(&end.year()));
        let expires_at = expires_at.ok_or(TicketError::Damaged)?;
        Ok(Self { place, mailbox, provider_key, secret, signature, expires_at })
    }

    /// The proof a claim or rejection carries: whoever computed it held the ticket. Hex.
    pub fn mac(&self, purpose: &str, fingerprint: &str, terms_sha256: Option<&str>) -> String {
        let message =
            format!("datashare/{purpose}/v1|{}|{fingerprint}|{}", self.mailbox, terms_sha256.unwrap_or("-"));
        claim_mac(&self.secret, &message)
    }

    /// Whether a claim's or rejection's proof is right. Takes the same time for every wrong one.
    pub fn proves(&self, mac: &str, purpose: &str, fingerprint: &str, terms_sha256: Option<&str>) -> bool {
        use subtle::ConstantTimeEq;
        self.mac(purpose, fingerprint, terms_sha256).as_bytes().ct_eq(mac.as_bytes()).into()
    }
}

fn claim_mac(secret: &[u8; 32], message: &str) -> String {
    // HMAC takes a key of any length; the error cannot happen, and no text proves nothing.
    let Ok(mut mac) = <Hmac<Sha256> as KeyInit>::new_from_slice(secret) else { return String::new() };
    mac.update(message.as_bytes());
    datashare_domain::hex(&mac.finalize().into_bytes())
}

fn checksum(bytes: &[u8]) -> [u8; CHECKSUM] {
    let digest = Sha256::digest(bytes);
    [digest[0], digest[1], digest[2], digest[3]]
}

struct Reader<'a>(&'a [u8]);

impl Reader<'_> {
    fn take<const N: usize>(&mut self) -> Result<[u8; N], TicketError> {
        let (head, rest) = self.0.split_first_chunk::<N>().ok_or(TicketError::Damaged)?;
        self.0 = rest;
        Ok(*head)
    }
}

/// The text of a `.datashare` file: for the program the link, for a curious person a sentence.
pub fn ticket_file(ticket: &Ticket, share: &str, provider: &str) -> Zeroizing<String> {
    Zeroizing::new(format!(
        "Datashare invitation\n\n{provider} invites you to receive \"{share}\".\nOpen this file with Datashare, or paste the next line into it.\n\n{}\n",
        *ticket.link()
    ))
}
