//! Connected data stores.

use crate::dto::{BrowseLevel, Connection, ConnectionAdd, ConnectionBrowse, ConnectionCheck, ConnectionName, Nothing};
use crate::{App, AppError, Code, Result};

impl App {
    pub async fn connection_list(&self, _request: Nothing) -> Result<Vec<Connection>> {
        Err(AppError::new(Code::Internal, "connection_list"))
    }

    pub async fn connection_test(&self, _request: ConnectionName) -> Result<ConnectionCheck> {
        Err(AppError::new(Code::Internal, "connection_test"))
    }

    pub async fn connection_try(&self, _request: ConnectionAdd) -> Result<ConnectionCheck> {
        Err(AppError::new(Code::Internal, "connection_try"))
    }

    pub async fn connection_browse(&self, _request: ConnectionBrowse) -> Result<BrowseLevel> {
        Err(AppError::new(Code::Internal, "connection_browse"))
    }

    pub async fn connection_add(&self, _request: ConnectionAdd) -> Result<Connection> {
        Err(AppError::new(Code::Internal, "connection_add"))
    }

    pub async fn connection_remove(&self, _request: ConnectionName) -> Result<Nothing> {
        Err(AppError::new(Code::Internal, "connection_remove"))
    }
}
