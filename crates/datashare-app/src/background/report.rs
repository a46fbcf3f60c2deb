//! How it goes, for those who do not lead: a small file in the workspace. Whether somebody leads, only the lock says.

use std::path::{Path, PathBuf};

use chrono::TimeDelta;

use crate::database::{events, snapshots};
use crate::dto::{AgentLeader, AgentStatus, Metrics, Nothing};
use crate::{App, Result};

/// The lock of the process that does the work in the background.
pub(crate) const LOCK: &str = "agent";
const FILE: &str = "agent.json";
/// A leader that has not reported for so long hangs.
const SILENT: TimeDelta = TimeDelta::minutes(2);

impl App {
    /// Who does the work in the background, and how it goes.
    pub async fn agent_status(&self, _request: Nothing) -> Result<AgentStatus> {
        let known = read(&self.report_file());
        if self.is_free(LOCK)? {
            return Ok(AgentStatus { leader: None, last: known, healthy: false });
        }
        let healthy = known
            .as_ref()
            .is_some_and(|leader| leader.problems.is_empty() && self.now() - leader.reported_at < SILENT);
        Ok(AgentStatus { leader: known, last: None, healthy })
    }

    /// Numbers about the workspace, for a system that watches it.
    pub async fn metrics(&self) -> Result<Metrics> {
        let status = self.agent_status(Nothing {}).await?;
        let (snapshots, (notifications_waiting, notifications_dead)) = self
            .database()
            .read(|connection| Ok((snapshots::sums(connection)?, events::counts(connection)?)))?;
        Ok(Metrics { status, snapshots, notifications_waiting, notifications_dead })
    }

    fn report_file(&self) -> PathBuf {
        self.inner.home.join(FILE)
    }

    /// Replaces the report, whole. A workspace whose disk is full works on without.
    pub(super) fn report(&self, leader: &AgentLeader) {
        let written = serde_json::to_vec(leader).map_err(std::io::Error::other).and_then(|bytes| {
            let mut file = tempfile::NamedTempFile::new_in(&self.inner.home)?;
            std::io::Write::write_all(&mut file, &bytes)?;
            file.persist(self.report_file())?;
            Ok(())
        });
        if let Err(error) = written {
            tracing::warn!("the report of the work in the background cannot be written: {error}");
        }
    }
}

/// `None` where there is no report, or one of another version.
fn read(file: &Path) -> Option<AgentLeader> {
    serde_json::from_slice(&std::fs::read(file).ok()?).ok()
}
