//! Azure Blob Storage: Shared Key and SAS, stored access policies, access delegation.
