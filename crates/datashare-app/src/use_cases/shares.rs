//! Sent shares and their datasets.

use crate::dto::{Dataset, DatasetAdd, DatasetRemove, Nothing, Publish, PublishResult, ShareCreate, ShareDeleted, ShareDetails, ShareName, ShareSummary, ShareUpdate};
use crate::{App, AppError, Code, Result};

impl App {
    pub async fn share_list(&self, _request: Nothing) -> Result<Vec<ShareSummary>> {
        Err(AppError::new(Code::Internal, "share_list"))
    }

    pub async fn share_show(&self, _request: ShareName) -> Result<ShareDetails> {
        Err(AppError::new(Code::Internal, "share_show"))
    }

    pub async fn share_create(&self, _request: ShareCreate) -> Result<ShareDetails> {
        Err(AppError::new(Code::Internal, "share_create"))
    }

    pub async fn share_update(&self, _request: ShareUpdate) -> Result<ShareDetails> {
        Err(AppError::new(Code::Internal, "share_update"))
    }

    pub async fn share_delete(&self, _request: ShareName) -> Result<ShareDeleted> {
        Err(AppError::new(Code::Internal, "share_delete"))
    }

    pub async fn dataset_add(&self, _request: DatasetAdd) -> Result<Dataset> {
        Err(AppError::new(Code::Internal, "dataset_add"))
    }

    pub async fn dataset_remove(&self, _request: DatasetRemove) -> Result<Nothing> {
        Err(AppError::new(Code::Internal, "dataset_remove"))
    }

    pub async fn publish(&self, _request: Publish) -> Result<PublishResult> {
        Err(AppError::new(Code::Internal, "publish"))
    }
}
