//! What is done with foreign bytes, as in `datashare-protocol/tests/targets`: for the stable tests and the fuzz targets.
#![allow(clippy::unwrap_used, unreachable_pub)]

use chrono::{DateTime, TimeDelta, Utc};
use datashare_domain::{Recurrence, Schedule, Timeline};

/// A schedule of the other party, as it stands in a record: its ticks lie where they should, whatever it says.
pub fn schedules(data: &[u8]) {
    let Ok(schedule) = serde_json::from_slice::<Schedule>(data) else { return };
    assert!(!schedule.in_words().is_empty());
    let daily = Schedule { recurrence: Recurrence::Day, at: Some("06:00".into()), ..schedule.clone() };
    let _ = schedule.is_at_most_as_often_as(&daily);
    let _ = daily.is_at_most_as_often_as(&schedule);
    let now: DateTime<Utc> = "2026-11-21T12:00:00Z".parse().unwrap();
    // Moments are the other party's too: since when a schedule holds.
    for moment in [DateTime::<Utc>::MIN_UTC, now, schedule.start, DateTime::<Utc>::MAX_UTC] {
        let timeline = Timeline::new([(moment, Some(&schedule))]);
        let next = timeline.next_after(now);
        assert!(next.is_none_or(|tick| tick > now && tick > moment && tick >= schedule.start));
        let newest = timeline.newest_between(now - TimeDelta::days(365), now);
        assert!(newest.is_none_or(|tick| tick <= now && tick > moment && tick >= schedule.start));
    }
    let Ok(table) = schedule.timetable() else { return };
    assert!(table.lead(now) <= TimeDelta::minutes(10));
    assert!(table.offset_of("follower") <= TimeDelta::seconds(schedule.jitter_seconds.into()));
    for moment in [DateTime::<Utc>::MIN_UTC, now, DateTime::<Utc>::MAX_UTC] {
        let ticks: Vec<_> = table.after(moment).take(3).collect();
        assert!(ticks.is_sorted_by(|one, next| one < next) && ticks.iter().all(|tick| *tick > moment));
    }
}
