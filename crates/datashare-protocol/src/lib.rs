//! How two parties understand each other over storage that neither controls alone: records, signatures, sealing,
//! tickets, chains and what they fold to. The bytes are defined in PROTOCOL.md.
//!
//! Pure: no IO, no clock, no randomness, no environment. What fails to verify is a [`Finding`], never a panic and
//! never silently skipped.

mod approval;
mod chain;
mod content;
mod document;
mod envelope;
mod fold;
mod grant;
mod identity;
mod index;
mod manifest;
mod moment;
mod notice;
mod receipt;
mod record;
mod ticket;

pub use approval::{
    Approval, ApprovalAnswer, ApprovalDecision, ApprovalError, ApprovalRequest, ProposedChange,
    ProposedDataset, ProposedInvitation, ProposedRecipient, sign_approval_answer, sign_approval_request,
    verify_approval, write_approval,
};
pub use chain::{ChainHead, Finding, FindingKind, VerifiedRecord};
pub use content::{
    CHUNK, ContentKey, SEALED_CHUNK, open_chunk, open_object, seal_chunk, seal_object, sealed_size,
};
pub use envelope::{
    APPROVAL_ANSWER_TYPE, APPROVAL_REQUEST_TYPE, EnvelopeError, MANIFEST_TYPE, RECORD_TYPE, open_envelope,
    sha256_hex, sign_envelope,
};
pub use fold::{MailboxState, PublicationRequest, SnapshotReport, fold_mailbox};
pub use grant::{
    Access, DatasetAccess, GrantContext, GrantSecrets, SealError, SealedGrant, open_grant, seal_grant,
    seal_grant_for_ticket,
};
pub use identity::{Card, IdentityKeys, PublicKeys};
pub use index::{
    IndexLine, IndexPiece, IndexRoot, LONGEST_INDEX_PIECE, LONGEST_INDEX_ROOT, PieceCutter, PlainPiece,
    read_index_line, write_index_line,
};
pub use manifest::{Manifest, ManifestDataset, ManifestError, SeenManifest, sign_manifest, verify_manifest};
pub use notice::{read_notice, write_notice};
pub use receipt::{
    AgreedTerms, Receipt, ReceiptError, ReceiptParts, SnapshotParts, SnapshotProof, verify_receipt,
    write_receipt,
};
pub use record::{
    Approved, Body, Claim, DatasetCounts, DatasetSummary, Grant, Offer, OfferedTerms, PublishedSummary,
    Record, ShareHeading, SnapshotFinished, Welcome, mailbox_in, mailbox_out, share_chain, sign_record,
};
pub use ticket::{LINK_PREFIX, MeetingPlace, Ticket, TicketError, ticket_file};
