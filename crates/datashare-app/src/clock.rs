//! What time it is: the system's clock, or in tests any other.

use std::fmt;
use std::sync::Arc;
use std::time::SystemTime;

use chrono::{DateTime, SubsecRound, Utc};

/// Tells the time to one workspace.
#[derive(Clone)]
pub struct Clock(Arc<dyn Fn() -> DateTime<Utc> + Send + Sync>);

impl Clock {
    /// The system's. The one place of this crate that asks it.
    pub fn system() -> Self {
        Self::new(|| DateTime::<Utc>::from(SystemTime::now()))
    }

    pub fn new(tell: impl Fn() -> DateTime<Utc> + Send + Sync + 'static) -> Self {
        Self(Arc::new(tell))
    }

    /// The time now, in the milliseconds that the database keeps.
    pub(crate) fn now(&self) -> DateTime<Utc> {
        (self.0)().trunc_subsecs(3)
    }
}

impl fmt::Debug for Clock {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Clock")
    }
}
