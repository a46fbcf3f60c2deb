//! The work that goes on by itself.

use crate::dto::{AgentRound, Nothing};
use crate::{App, AppError, Code, Result};

impl App {
    pub async fn agent_round(&self, _request: Nothing) -> Result<AgentRound> {
        Err(AppError::new(Code::Internal, "agent_round"))
    }
}
