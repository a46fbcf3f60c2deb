//! The signed logs, read and verified.

use crate::dto::{AuditLog, AuditReport, AuditRequest};
use crate::{App, AppError, Code, Result};

impl App {
    pub async fn audit_log(&self, _request: AuditRequest) -> Result<AuditLog> {
        Err(AppError::new(Code::Internal, "audit_log"))
    }

    pub async fn audit_verify(&self, _request: AuditRequest) -> Result<AuditReport> {
        Err(AppError::new(Code::Internal, "audit_verify"))
    }
}
