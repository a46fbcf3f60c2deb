//! Where received datasets go.

use crate::dto::{Mapping, MappingClear, MappingPreview, MappingSet};
use crate::{App, AppError, Code, Result};

impl App {
    pub async fn mapping_preview(&self, _request: MappingSet) -> Result<Vec<MappingPreview>> {
        Err(AppError::new(Code::Internal, "mapping_preview"))
    }

    pub async fn mapping_set(&self, _request: MappingSet) -> Result<Vec<Mapping>> {
        Err(AppError::new(Code::Internal, "mapping_set"))
    }

    pub async fn mapping_clear(&self, _request: MappingClear) -> Result<Vec<Mapping>> {
        Err(AppError::new(Code::Internal, "mapping_clear"))
    }
}
