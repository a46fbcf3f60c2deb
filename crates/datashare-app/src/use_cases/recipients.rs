//! Recipients: who has access, and taking it back.

use crate::dto::{Recipient, RecipientExpiry, RecipientName, ShareName};
use crate::{App, AppError, Code, Result};

impl App {
    pub async fn recipient_list(&self, _request: ShareName) -> Result<Vec<Recipient>> {
        Err(AppError::new(Code::Internal, "recipient_list"))
    }

    pub async fn recipient_approve(&self, _request: RecipientName) -> Result<Recipient> {
        Err(AppError::new(Code::Internal, "recipient_approve"))
    }

    pub async fn recipient_decline(&self, _request: RecipientName) -> Result<Recipient> {
        Err(AppError::new(Code::Internal, "recipient_decline"))
    }

    pub async fn recipient_revoke(&self, _request: RecipientName) -> Result<Recipient> {
        Err(AppError::new(Code::Internal, "recipient_revoke"))
    }

    pub async fn recipient_reinstate(&self, _request: RecipientName) -> Result<Recipient> {
        Err(AppError::new(Code::Internal, "recipient_reinstate"))
    }

    pub async fn recipient_set_expiry(&self, _request: RecipientExpiry) -> Result<Recipient> {
        Err(AppError::new(Code::Internal, "recipient_set_expiry"))
    }
}
