//! The agent, the sample, and what the application tells the window.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::{HappenedEvent, InvitationLink, SnapshotProgress};

/// What one round of work for the shares found and did.
#[derive(Clone, Debug, Default, Serialize, JsonSchema, TS)]
pub struct AgentRound {
    pub accepted: Vec<String>,
    pub refreshed: Vec<String>,
    pub problems: Vec<String>,
}

impl AgentRound {
    /// Nothing came of it.
    pub fn is_empty(&self) -> bool {
        self.accepted.is_empty() && self.refreshed.is_empty() && self.problems.is_empty()
    }
}

#[derive(Clone, Debug, Serialize, JsonSchema, TS)]
pub struct Demo {
    /// Name of the sample share.
    pub share: String,
    pub invitation: InvitationLink,
    /// Folder connection in which the received files may go.
    pub target_connection: String,
    pub target_path: String,
}

/// What an answer is made of and what a change makes stale: the window reloads by these.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, JsonSchema, TS)]
#[serde(rename_all = "kebab-case")]
pub enum Tag {
    Workspace,
    Connections,
    Shares,
    Received,
    Snapshots,
}

/// What the application tells the window, over one channel, numbered without gaps.
#[derive(Clone, Debug, Serialize, JsonSchema, TS)]
#[serde(tag = "event", rename_all = "kebab-case")]
pub enum AppEvent {
    Changed {
        tags: Vec<Tag>,
    },
    Progress {
        progress: SnapshotProgress,
    },
    /// A link or file was opened: show this invitation. Only shows; acts on nothing.
    OpenInvitation {
        invitation: String,
    },
    /// The file of an approval was opened, with this text: show it. Only shows; acts on nothing.
    OpenApproval {
        text: String,
    },
    /// The window was closed, and the application goes on in the tray.
    ClosedToTray,
    /// Something happened that the rules want told on the desktop.
    Happened {
        news: HappenedEvent,
    },
    /// The window should say this.
    Notice {
        message: String,
    },
}

#[derive(Clone, Debug, Default, Deserialize, Serialize, JsonSchema, TS)]
pub struct Nothing {}
