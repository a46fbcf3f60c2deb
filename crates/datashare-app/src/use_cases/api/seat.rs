//! The place of one process that serves the API, so that others know what a process began that is there no more.

use std::sync::Arc;

use crate::database::api;
use crate::locks::Lock;
use crate::{App, AppError, Code, Result};

/// So many processes of one workspace serve it at the same time at most.
const SEATS: u32 = 64;

/// A seat, held until the last clone is dropped, or until the process ends, however it ends.
#[derive(Clone, Debug)]
pub struct ApiSeat {
    pub(super) number: u32,
    _lock: Arc<Lock>,
}

fn lock_of(seat: u32) -> String {
    format!("api-{seat}")
}

impl App {
    /// Takes a seat to serve the API from. Requests that whoever sat there before had begun and not answered were interrupted:
    /// they may be sent again.
    pub fn api_seat(&self) -> Result<ApiSeat> {
        for number in 0..SEATS {
            let Some(lock) = self.try_lock(&lock_of(number))? else { continue };
            self.database().write(|transaction| api::forget_unanswered(transaction, number))?;
            return Ok(ApiSeat { number, _lock: Arc::new(lock) });
        }
        Err(AppError::new(
            Code::AlreadyRunning,
            format!("{SEATS} processes serve the API of this workspace already."),
        )
        .hint("End those that are not needed."))
    }

    /// Whether whoever sat there is gone.
    pub(super) fn is_seat_free(&self, seat: u32) -> Result<bool> {
        self.is_free(&lock_of(seat))
    }
}
