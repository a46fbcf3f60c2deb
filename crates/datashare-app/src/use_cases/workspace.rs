//! The workspace: who it is to others, and where its secrets are kept.

use crate::dto::{Nothing, VaultChoose, WorkspaceInitialise, WorkspaceStatus};
use crate::{App, AppError, Code, Result};

impl App {
    pub async fn workspace_status(&self, _request: Nothing) -> Result<WorkspaceStatus> {
        Err(AppError::new(Code::Internal, "workspace_status"))
    }

    pub async fn workspace_initialise(&self, _request: WorkspaceInitialise) -> Result<WorkspaceStatus> {
        Err(AppError::new(Code::Internal, "workspace_initialise"))
    }

    pub async fn vault_choose(&self, _request: VaultChoose) -> Result<WorkspaceStatus> {
        Err(AppError::new(Code::Internal, "vault_choose"))
    }
}
