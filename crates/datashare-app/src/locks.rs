//! Locks between processes: the window, the agent and the command line work on one workspace.

use std::fs::File;
use std::time::Duration;

use crate::{App, AppError, Code, Result};

const LOOK_AGAIN: Duration = Duration::from_millis(200);
const PATIENCE: u32 = 3000;
/// So often it is looked for whoever only asks whether a lock is free.
const A_MOMENT: u32 = 3;

/// Held until dropped; the operating system lets go when the process ends, however it ends.
#[derive(Debug)]
pub(crate) struct Lock(#[expect(dead_code, reason = "the open file is the lock")] File);

impl App {
    /// Takes a lock if nobody holds it.
    pub(crate) fn try_lock(&self, name: &str) -> Result<Option<Lock>> {
        let file = self.lock_file(name)?;
        match file.try_lock() {
            Ok(()) => Ok(Some(Lock(file))),
            Err(std::fs::TryLockError::WouldBlock) => Ok(None),
            Err(std::fs::TryLockError::Error(error)) => Err(cannot_lock(error)),
        }
    }

    /// Whether nobody holds a lock.
    pub(crate) fn is_free(&self, name: &str) -> Result<bool> {
        match self.lock_file(name)?.try_lock_shared() {
            Ok(()) => Ok(true),
            Err(std::fs::TryLockError::WouldBlock) => Ok(false),
            Err(std::fs::TryLockError::Error(error)) => Err(cannot_lock(error)),
        }
    }

    /// Takes a lock if nobody holds it for longer than a moment.
    pub(crate) async fn try_lock_briefly(&self, name: &str) -> Result<Option<Lock>> {
        for _ in 0..A_MOMENT {
            if let Some(lock) = self.try_lock(name)? {
                return Ok(Some(lock));
            }
            tokio::time::sleep(LOOK_AGAIN).await;
        }
        self.try_lock(name)
    }

    /// Waits for a lock.
    pub(crate) async fn lock(&self, name: &str) -> Result<Lock> {
        for _ in 0..PATIENCE {
            if let Some(lock) = self.try_lock(name)? {
                return Ok(lock);
            }
            tokio::time::sleep(LOOK_AGAIN).await;
        }
        Err(AppError::new(
            Code::AlreadyRunning,
            "Another process of this workspace has been busy with the same for a long time.",
        )
        .hint("Look for another window or command of Datashare that hangs, and end it."))
    }

    fn lock_file(&self, name: &str) -> Result<File> {
        let folder = self.inner.home.join("locks");
        std::fs::create_dir_all(&folder).map_err(cannot_lock)?;
        let open = File::options().create(true).truncate(false).write(true).open(folder.join(name));
        open.map_err(cannot_lock)
    }
}

fn cannot_lock(error: std::io::Error) -> AppError {
    AppError::new(Code::Internal, format!("The workspace's directory cannot be used: {error}."))
        .because(error)
}
