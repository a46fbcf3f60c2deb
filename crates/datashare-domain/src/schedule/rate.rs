//! Never more often than the provider allows.

use chrono::{DateTime, TimeDelta, Utc};
use chrono_tz::Tz;

use super::{Recurrence, Schedule, Timetable};

/// Ticks that say enough about how often a schedule comes.
const ENOUGH: usize = 60;

impl Schedule {
    /// Whether this schedule comes at most as often as the other, whatever the times of day. Counted on a calendar without
    /// daylight saving: its two closest ticks are no closer than the other's, and in a stretch of whole weeks it has at
    /// most one tick more (the stretches begin on different days). False for what cannot be followed.
    pub fn is_at_most_as_often_as(&self, other: &Self) -> bool {
        if self.recurrence == other.recurrence && self.recurrence != Recurrence::Unknown {
            return true;
        }
        let (Some(own), Some(allowed)) = (self.on_plain_days(), other.on_plain_days()) else { return false };
        let from = plain_start();
        let (closest, limit) = (own.shortest_distance(from), allowed.shortest_distance(from));
        let closer = match (closest, limit) {
            (Some(closest), Some(limit)) => closest < limit,
            (Some(_), None) => true,
            (None, _) => false,
        };
        !closer && !has_more(&own, &allowed, from)
    }

    /// As if it had begun on a Monday and no clock was ever changed.
    fn on_plain_days(&self) -> Option<Timetable> {
        let plain = Self { start: plain_start(), jitter_seconds: 0, ..self.clone() };
        plain.timetable_in(Tz::UTC).ok()
    }
}

/// Monday, the 3rd of January 2000, at midnight.
fn plain_start() -> DateTime<Utc> {
    DateTime::UNIX_EPOCH + TimeDelta::days(10_959)
}

fn has_more(own: &Timetable, allowed: &Timetable, from: DateTime<Utc>) -> bool {
    let weeks = [4, 52, 4 * 52].map(|weeks| from + TimeDelta::weeks(weeks));
    let count = |end: &DateTime<Utc>| allowed.after(from).take_while(|tick| tick < end).take(ENOUGH).count();
    let end = weeks.iter().find(|end| count(end) >= ENOUGH).unwrap_or(&weeks[2]);
    let most = allowed.after(from).take_while(|tick| tick < end).count() + 1;
    own.after(from).take_while(|tick| tick < end).take(most + 1).count() > most
}
