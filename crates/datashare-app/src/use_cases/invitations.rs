//! Invitations, as the provider sees them.

use crate::dto::{Invitation, InvitationId, InvitationLink, InvitationSave, Invite, ShareName};
use crate::{App, AppError, Code, Result};

impl App {
    pub async fn invitation_list(&self, _request: ShareName) -> Result<Vec<Invitation>> {
        Err(AppError::new(Code::Internal, "invitation_list"))
    }

    pub async fn invitation_link(&self, _request: InvitationId) -> Result<InvitationLink> {
        Err(AppError::new(Code::Internal, "invitation_link"))
    }

    pub async fn invite(&self, _request: Invite) -> Result<Vec<InvitationLink>> {
        Err(AppError::new(Code::Internal, "invite"))
    }

    pub async fn invitation_save(&self, _request: InvitationSave) -> Result<InvitationLink> {
        Err(AppError::new(Code::Internal, "invitation_save"))
    }

    pub async fn invitation_withdraw(&self, _request: InvitationId) -> Result<Invitation> {
        Err(AppError::new(Code::Internal, "invitation_withdraw"))
    }
}
