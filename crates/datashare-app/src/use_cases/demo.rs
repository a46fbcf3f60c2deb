//! A sample share on folders, to try everything on one computer.

use crate::dto::{Demo, Nothing, WorkspaceStatus};
use crate::{App, AppError, Code, Result};

impl App {
    pub async fn demo_create(&self, _request: Nothing) -> Result<Demo> {
        Err(AppError::new(Code::Internal, "demo_create"))
    }

    pub async fn demo_remove(&self, _request: Nothing) -> Result<WorkspaceStatus> {
        Err(AppError::new(Code::Internal, "demo_remove"))
    }
}
