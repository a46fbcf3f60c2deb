//! Which schedule held when: an edit holds from when it was made.

use chrono::{DateTime, TimeDelta, Utc};

use super::{Schedule, Timetable};

/// The schedules of one share one after the other, each from its moment on.
#[derive(Clone, Debug, Default)]
pub struct Timeline(Vec<(DateTime<Utc>, Option<Timetable>)>);

impl Timeline {
    /// From the oldest on. What cannot be followed has no ticks, as what was taken away.
    pub fn new<'a>(edits: impl IntoIterator<Item = (DateTime<Utc>, Option<&'a Schedule>)>) -> Self {
        let follow = |schedule: &Schedule| schedule.timetable().ok();
        Self(edits.into_iter().map(|(from, schedule)| (from, schedule.and_then(follow))).collect())
    }

    /// What holds now.
    pub fn current(&self) -> Option<&Timetable> {
        self.0.last().and_then(|(_, table)| table.as_ref())
    }

    /// How long after its ticks the follower with this id starts, by the schedule that holds now.
    pub fn offset_of(&self, id: &str) -> TimeDelta {
        self.current().map_or(TimeDelta::zero(), |table| table.offset_of(id))
    }

    /// The next tick after a moment, if nothing is changed.
    pub fn next_after(&self, after: DateTime<Utc>) -> Option<DateTime<Utc>> {
        let (from, table) = self.0.last()?;
        table.as_ref()?.next_after(after.max(*from))
    }

    /// The newest tick after one moment up to another, of the schedule that held then. None when there is no schedule any
    /// more: what was taken away is not made up for.
    pub fn newest_between(&self, after: DateTime<Utc>, until: DateTime<Utc>) -> Option<DateTime<Utc>> {
        self.current()?;
        let ends = self.0.iter().skip(1).map(|(from, _)| *from).chain([DateTime::<Utc>::MAX_UTC]);
        let held: Vec<_> = self.0.iter().zip(ends).collect();
        let mut since_there_was_none =
            held.into_iter().rev().map_while(|((from, table), end)| Some((from, table.as_ref()?, end)));
        since_there_was_none.find_map(|(from, table, end)| {
            let (after, until) = ((*from).max(after), end.min(until));
            if after < until { table.newest_between(after, until) } else { None }
        })
    }
}
