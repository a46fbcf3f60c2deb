//! Moving a workspace to another computer, and changing the passphrase of its vault file.

use std::path::Path;

use tempfile::TempDir;

use crate::database::meta;
use crate::dto::{
    Nothing, Tag, VaultPassphrase, WorkspaceExport, WorkspaceExported, WorkspaceImport, WorkspaceStatus,
};
use crate::files::{read_file, write_file};
use crate::vault::Archive;
use crate::{App, AppError, Code, Result};

/// Longest archive that is looked at, bytes.
const LONGEST_ARCHIVE: u64 = 8 << 30;
const DATABASE: &str = "copy.db";

impl App {
    /// Writes the whole workspace, its secrets too, into one encrypted file. The workspace stays here; only one of the two
    /// should be used from then on.
    pub async fn workspace_export(&self, request: WorkspaceExport) -> Result<WorkspaceExported> {
        if request.passphrase.is_empty() {
            return Err(AppError::invalid("The passphrase is empty.")
                .hint("Choose a long one: whoever has it and the file is you."));
        }
        // Without its keys a workspace would be exported that nobody can use.
        self.identity().await?;
        let folder = self.private_folder()?;
        let copy = folder.path().join(DATABASE);
        self.database().copy_to(&copy)?;
        let database = std::fs::read(&copy).map_err(cannot_copy)?;
        let sealed = self.vault().archive(&database, &request.passphrase).await?;
        write_file(&request.path, &sealed)?;
        Ok(WorkspaceExported { path: request.path, bytes: sealed.len() as u64 })
    }

    /// Takes over an exported workspace. Its secrets go into the vault that is in use here.
    pub async fn workspace_import(&self, request: WorkspaceImport) -> Result<WorkspaceStatus> {
        if self.card_if_any()?.is_some() {
            return Err(AppError::invalid("There is a workspace here already.")
                .hint("Import into another data directory; on the command line choose it with --home."));
        }
        let archive =
            Archive::open(&read_file(Path::new(&request.path), LONGEST_ARCHIVE)?, &request.passphrase)?;
        let (kind, own_id) = (
            self.vault().kind()?,
            self.database().read(|connection| meta::get(connection, meta::WORKSPACE))?,
        );
        let folder = self.private_folder()?;
        let copy = folder.path().join(DATABASE);
        std::fs::write(&copy, &archive.database).map_err(cannot_copy)?;
        // The secrets first: a workspace whose keys are missing could not be imported again.
        self.vault().take_over(&archive).await?;
        self.database().restore_from(&copy)?;
        self.database().write(|transaction| match &own_id {
            // It names this computer's entries in the keyring.
            Some(id) => meta::set(transaction, meta::WORKSPACE, id),
            None => Ok(()),
        })?;
        self.vault().stay_with(kind)?;
        self.identity().await?;
        self.changed(&[Tag::Workspace, Tag::Connections, Tag::Shares, Tag::Received, Tag::Snapshots]);
        self.workspace_status(Nothing {}).await
    }

    /// Seals the vault file under another passphrase.
    pub async fn vault_change_passphrase(&self, request: VaultPassphrase) -> Result<WorkspaceStatus> {
        self.vault().change_passphrase(request.old, request.new).await?;
        self.changed(&[Tag::Workspace]);
        self.workspace_status(Nothing {}).await
    }

    /// For nobody but its owner, gone with the value.
    fn private_folder(&self) -> Result<TempDir> {
        tempfile::tempdir_in(&self.inner.home).map_err(cannot_copy)
    }
}

fn cannot_copy(error: std::io::Error) -> AppError {
    AppError::new(Code::Internal, format!("The workspace could not be copied: {error}."))
        .hint("Check that the disk of the workspace's directory is not full or read-only.")
        .because(error)
}
