//! Invitations and received shares, as the consumer sees them.

use crate::dto::{AgreeTerms, InvitationAccept, InvitationAccepted, InvitationPreview, InvitationRejected, InvitationSource, Nothing, ReceivedDetails, ReceivedName, ReceivedSummary};
use crate::{App, AppError, Code, Result};

impl App {
    pub async fn invitation_show(&self, _request: InvitationSource) -> Result<InvitationPreview> {
        Err(AppError::new(Code::Internal, "invitation_show"))
    }

    pub async fn received_list(&self, _request: Nothing) -> Result<Vec<ReceivedSummary>> {
        Err(AppError::new(Code::Internal, "received_list"))
    }

    pub async fn received_show(&self, _request: ReceivedName) -> Result<ReceivedDetails> {
        Err(AppError::new(Code::Internal, "received_show"))
    }

    pub async fn invitation_accept(&self, _request: InvitationAccept) -> Result<InvitationAccepted> {
        Err(AppError::new(Code::Internal, "invitation_accept"))
    }

    pub async fn invitation_reject(&self, _request: InvitationSource) -> Result<InvitationRejected> {
        Err(AppError::new(Code::Internal, "invitation_reject"))
    }

    pub async fn received_refresh(&self, _request: ReceivedName) -> Result<ReceivedDetails> {
        Err(AppError::new(Code::Internal, "received_refresh"))
    }

    pub async fn received_agree_terms(&self, _request: AgreeTerms) -> Result<ReceivedDetails> {
        Err(AppError::new(Code::Internal, "received_agree_terms"))
    }

    pub async fn received_leave(&self, _request: ReceivedName) -> Result<Nothing> {
        Err(AppError::new(Code::Internal, "received_leave"))
    }
}
