//! Schedules against an independent library of calendar and time zones, and against their own words.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use chrono::{DateTime, TimeDelta, Utc};
use datashare_domain::*;
use jiff::civil;
use jiff::tz::TimeZone;
use proptest::prelude::*;

const ZONES: [&str; 9] = [
    "UTC",
    "Europe/Berlin",
    "America/New_York",
    "America/Sao_Paulo",
    "Australia/Lord_Howe",
    "Asia/Kathmandu",
    "Pacific/Apia",
    "Africa/Casablanca",
    "Asia/Tehran",
];

fn schedule(recurrence: Recurrence, at: &str, zone: &str) -> Schedule {
    let at = (!matches!(recurrence, Recurrence::Cron { .. })).then(|| at.to_owned());
    Schedule { recurrence, at, start: utc("2000-01-01T00:00:00Z"), time_zone: zone.into(), jitter_seconds: 0 }
}

fn cron(expression: &str, zone: &str) -> Schedule {
    schedule(Recurrence::Cron { expression: expression.into() }, "", zone)
}

fn utc(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}

fn next(schedule: &Schedule, after: &str, count: usize) -> Vec<String> {
    let table = schedule.timetable().unwrap();
    let text = |tick: DateTime<Utc>| tick.to_rfc3339_opts(chrono::SecondsFormat::Secs, true);
    table.after(utc(after)).take(count).map(text).collect()
}

// ---- the changes of the clock ----------------------------------------------------------------------------------------

#[test]
fn a_time_that_spring_leaves_out_is_the_first_moment_after_the_gap() {
    let daily = schedule(Recurrence::Day, "02:30", "Europe/Berlin");
    let ticks = next(&daily, "2026-03-28T00:00:00Z", 3);
    assert_eq!(ticks, ["2026-03-28T01:30:00Z", "2026-03-29T01:00:00Z", "2026-03-30T00:30:00Z"]);
}

#[test]
fn a_time_that_autumn_shows_twice_counts_once_and_first() {
    let daily = schedule(Recurrence::Day, "02:30", "Europe/Berlin");
    let ticks = next(&daily, "2026-10-24T12:00:00Z", 2);
    assert_eq!(ticks, ["2026-10-25T00:30:00Z", "2026-10-26T01:30:00Z"]);
    // Asked in the hour that is shown for the second time.
    assert_eq!(next(&daily, "2026-10-25T01:10:00Z", 1), ["2026-10-26T01:30:00Z"]);
}

#[test]
fn hours_are_those_that_pass() {
    let hourly = Schedule {
        start: utc("2026-03-28T22:00:00Z"),
        ..schedule(Recurrence::Hours { hours: 6 }, "00:00", "Europe/Berlin")
    };
    let ticks = next(&hourly, "2026-03-28T22:00:00Z", 3);
    assert_eq!(ticks, ["2026-03-28T23:00:00Z", "2026-03-29T05:00:00Z", "2026-03-29T11:00:00Z"]);
}

#[test]
fn a_cron_expression_names_times_of_the_wall_clock() {
    let spring = next(&cron("*/20 2 * * *", "Europe/Berlin"), "2026-03-28T12:00:00Z", 2);
    assert_eq!(spring, ["2026-03-29T01:00:00Z", "2026-03-30T00:00:00Z"]);
    let autumn = next(&cron("*/30 1-3 * * *", "Europe/Berlin"), "2026-10-24T22:30:00Z", 6);
    let expected = ["23:00:00", "23:30:00", "00:00:00", "00:30:00", "02:00:00", "02:30:00"];
    assert!(autumn.iter().zip(expected).all(|(tick, time)| tick.contains(time)), "{autumn:?}");
}

#[test]
fn a_day_that_never_was_is_made_up_for_at_its_end() {
    // Samoa went from the 29th to the 31st of December 2011.
    let daily = schedule(Recurrence::Day, "02:30", "Pacific/Apia");
    let ticks = next(&daily, "2011-12-29T00:00:00Z", 3);
    assert_eq!(ticks, ["2011-12-29T12:30:00Z", "2011-12-30T10:00:00Z", "2011-12-30T12:30:00Z"]);
}

// ---- the same from another library -----------------------------------------------------------------------------------

/// When the clock of a zone shows this, told by jiff: the first of two; of a time that is left out, the end of the gap.
fn moment(zone: &TimeZone, shown: civil::DateTime) -> i64 {
    let ambiguous = zone.to_ambiguous_timestamp(shown);
    let earlier = ambiguous.earlier().unwrap();
    match ambiguous.offset() {
        jiff::tz::AmbiguousOffset::Gap { .. } => {
            zone.following(earlier).next().unwrap().timestamp().as_second()
        }
        _ => earlier.as_second(),
    }
}

/// Day after day, by brute force.
fn by_the_day(
    zone: &str,
    (hour, minute): (i8, i8),
    days: &[Day],
    after: DateTime<Utc>,
    until: DateTime<Utc>,
) -> Vec<i64> {
    let zone = TimeZone::get(zone).unwrap();
    let mut date = jiff::Timestamp::from_second(after.timestamp()).unwrap().to_zoned(zone.clone()).date();
    date = date.checked_sub(jiff::Span::new().days(3)).unwrap();
    let mut ticks = Vec::new();
    loop {
        let day = Day::ALL[date.weekday().to_monday_zero_offset() as usize];
        let tick = moment(&zone, date.at(hour, minute, 0, 0));
        if days.contains(&day) && tick > after.timestamp() && tick <= until.timestamp() {
            ticks.push(tick);
        }
        if tick > until.timestamp() + 3 * 86_400 {
            ticks.dedup();
            return ticks;
        }
        date = date.tomorrow().unwrap();
    }
}

/// A zone and a moment from 2003 to 2023, where both libraries know the past. Clocks are changed seldom, so half of the
/// cases begin beside a change.
fn somewhere() -> impl Strategy<Value = (&'static str, DateTime<Utc>)> {
    let zones = prop::sample::select(ZONES.to_vec());
    let moments = 1_041_379_200_i64..1_672_531_200;
    (zones, moments, -7200_i64..7200, any::<bool>()).prop_map(|(name, moment, beside, near)| {
        let zone = TimeZone::get(name).unwrap();
        let change = zone.following(jiff::Timestamp::from_second(moment).unwrap()).next();
        let change = change.map(|change| change.timestamp().as_second());
        let begin = change.filter(|change| near && *change < 1_690_000_000).map(|change| change + beside);
        (name, DateTime::from_timestamp(begin.unwrap_or(moment), 0).unwrap())
    })
}

fn seconds(ticks: &[DateTime<Utc>]) -> Vec<i64> {
    ticks.iter().map(DateTime::timestamp).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn weeks_are_as_another_library_has_them(
        (zone, after) in somewhere(),
        at in (0_i8..24, 0_i8..60),
        days in prop::sample::subsequence(Day::ALL.to_vec(), 1..=7),
    ) {
        let until = after + TimeDelta::days(40);
        let weekly = schedule(Recurrence::Week { days: days.clone() }, &format!("{:02}:{:02}", at.0, at.1), zone);
        let ticks = weekly.timetable().unwrap().ticks_between(after, until, 1000);
        prop_assert_eq!(seconds(&ticks), by_the_day(zone, at, &days, after, until));
    }

    #[test]
    fn cron_is_as_another_library_has_it(
        (zone, after) in somewhere(),
        hours in prop::collection::btree_set(0_i8..24, 1..4),
        minute in 0_i8..60,
    ) {
        let until = after + TimeDelta::days(20);
        let list = hours.iter().map(ToString::to_string).collect::<Vec<_>>().join(",");
        let table = cron(&format!("{minute} {list} * * *"), zone).timetable().unwrap();
        let of = |hour: &i8| by_the_day(zone, (*hour, minute), &Day::ALL, after, until);
        let mut expected: Vec<i64> = hours.iter().flat_map(of).collect();
        expected.sort_unstable();
        expected.dedup();
        prop_assert_eq!(seconds(&table.ticks_between(after, until, 1000)), expected);
    }

    #[test]
    fn hours_are_equally_far_apart(
        (zone, after) in somewhere(),
        hours in 1_u16..=MOST_HOURS,
        at in (0_i8..24, 0_i8..60),
    ) {
        let plain = schedule(Recurrence::Hours { hours }, &format!("{:02}:{:02}", at.0, at.1), zone);
        let table = Schedule { start: after, ..plain }.timetable().unwrap();
        let ticks: Vec<_> = table.after(after - TimeDelta::days(9)).take(30).collect();
        let step = TimeDelta::hours(hours.into());
        prop_assert!(ticks.windows(2).all(|pair| pair[1] - pair[0] == step));
        // It begins with the first such time of day from the start on.
        let before = after - TimeDelta::seconds(1);
        let days = by_the_day(zone, at, &Day::ALL, before, after + TimeDelta::days(3));
        prop_assert_eq!(ticks[0].timestamp(), days[0]);
    }

    #[test]
    fn the_newest_tick_is_the_last_of_all(
        (zone, after) in somewhere(), span in 0_i64..400 * 86_400, which in 0_usize..4,
    ) {
        let schedules = [
            schedule(Recurrence::Hours { hours: 5 }, "00:15", zone),
            schedule(Recurrence::Day, "02:30", zone),
            cron("30 2 1 */2 *", zone),
            cron("15 9-17 * * 1-5", zone),
        ];
        let table = schedules[which].timetable().unwrap();
        let until = after + TimeDelta::seconds(span);
        let all = table.ticks_between(after, until, 20_000);
        prop_assert_eq!(table.newest_between(after, until), all.last().copied());
    }
}

// ---- what is refused, and how it is said -----------------------------------------------------------------------------

#[test]
fn what_cannot_be_followed_is_refused_in_a_sentence() {
    let day = || schedule(Recurrence::Day, "02:30", "UTC");
    let wrong = [
        Schedule { at: Some("2:70".into()), ..day() },
        Schedule { at: None, ..day() },
        Schedule { time_zone: "Berlin".into(), ..day() },
        Schedule { jitter_seconds: 3601, ..day() },
        Schedule { jitter_seconds: 60, ..cron("* * * * *", "UTC") },
        Schedule { at: Some("02:30".into()), ..cron("0 2 * * *", "UTC") },
        schedule(Recurrence::Hours { hours: 0 }, "00:00", "UTC"),
        schedule(Recurrence::Hours { hours: 169 }, "00:00", "UTC"),
        schedule(Recurrence::Week { days: vec![] }, "00:00", "UTC"),
        cron("0 2 * *", "UTC"),
        cron("0 2 * * * *", "UTC"),
        cron("@daily", "UTC"),
        cron("61 2 * * *", "UTC"),
        cron("0 0 30 2 *", "UTC"),
        schedule(Recurrence::Unknown, "00:00", "UTC"),
    ];
    for schedule in wrong {
        let problem = schedule.timetable().expect_err(&format!("{schedule:?}")).to_string();
        assert!(problem.ends_with('.') && problem.len() > 20, "{problem}");
    }
    assert!(cron("0 0 29 2 *", "UTC").timetable().is_ok());
}

#[test]
fn a_recurrence_of_a_later_version_can_be_read_and_is_not_followed() {
    let text = r#"{"recurrence":{"every":"moon","phase":"full"},"at":"02:30","start":"2026-11-21T00:00:00Z",
        "time_zone":"UTC","jitter_seconds":0}"#;
    let schedule: Schedule = serde_json::from_str(text).unwrap();
    assert_eq!(schedule.timetable().err(), Some(ScheduleProblem::Unknown));
}

#[test]
fn schedules_have_words() {
    let words = |recurrence| schedule(recurrence, "02:30", "Europe/Berlin").in_words();
    assert_eq!(words(Recurrence::Hours { hours: 6 }), "every 6 hours, counted from 02:30 (Europe/Berlin)");
    assert_eq!(words(Recurrence::Day), "every day at 02:30 (Europe/Berlin)");
    let days = vec![Day::Friday, Day::Monday, Day::Thursday];
    assert_eq!(
        words(Recurrence::Week { days }),
        "every Monday, Thursday and Friday at 02:30 (Europe/Berlin)"
    );
}

// ---- never more often ------------------------------------------------------------------------------------------------

#[test]
fn nobody_comes_more_often_than_allowed() {
    let hours = |hours| schedule(Recurrence::Hours { hours }, "00:00", "UTC");
    let day = |zone| schedule(Recurrence::Day, "02:30", zone);
    let week = |days: &[Day]| schedule(Recurrence::Week { days: days.to_vec() }, "02:30", "UTC");
    let (monday, thursday) = (Day::Monday, Day::Thursday);
    let allowed = [
        (day("Europe/Berlin"), day("UTC")),
        (hours(24), day("Europe/Berlin")),
        (hours(6), hours(6)),
        (hours(7), hours(6)),
        (week(&[monday]), day("UTC")),
        (week(&[Day::Friday]), week(&[monday])),
        (cron("0 5 * * *", "UTC"), day("UTC")),
        (cron("0 5 31 * *", "UTC"), cron("0 0 1 * *", "UTC")),
        (cron("0 7-15 * * 1-5", "UTC"), cron("0 8-16 * * 1-5", "UTC")),
        (hours(1), cron("0 * * * *", "Europe/Berlin")),
    ];
    for (own, other) in allowed {
        assert!(own.is_at_most_as_often_as(&other), "{} / {}", own.in_words(), other.in_words());
    }
    let refused = [
        (hours(5), hours(6)),
        (day("UTC"), week(&[monday, thursday])),
        (week(&[monday, thursday]), week(&[monday])),
        (week(&[monday, Day::Tuesday]), week(&[monday, thursday])),
        (hours(1), cron("0 9,10 * * 1", "UTC")),
        (cron("0 5 * * *", "UTC"), cron("0 0 1 * *", "UTC")),
        (cron("*/30 * * * *", "UTC"), hours(1)),
    ];
    for (own, other) in refused {
        assert!(!own.is_at_most_as_often_as(&other), "{} / {}", own.in_words(), other.in_words());
    }
}

// ---- what is due -----------------------------------------------------------------------------------------------------

fn step(schedule: &Schedule, last: Option<DealtTick>, now: &str, running: bool) -> Step {
    let since = utc("2026-11-01T00:00:00Z");
    let timeline = Timeline::new([(since, Some(schedule))]);
    let offset = TimeDelta::zero();
    Situation { timeline: &timeline, since, last, now: utc(now), running, offset }.step()
}

const IDLE: bool = false;
const RUNNING: bool = true;

#[test]
fn what_was_missed_is_made_up_for_once() {
    let daily = schedule(Recurrence::Day, "02:30", "UTC");
    let tick = utc("2026-11-20T02:30:00Z");
    assert_eq!(step(&daily, None, "2026-11-20T09:00:00Z", IDLE), Step::Due { tick, attempt: 1 });
    let done = DealtTick { tick, state: TickState::Done, attempt: 1, passed: None };
    let next = Some(utc("2026-11-21T02:30:00Z"));
    assert_eq!(step(&daily, Some(done), "2026-11-20T09:00:00Z", IDLE), Step::NotDue(next));
}

#[test]
fn a_tick_is_passed_over_while_a_run_goes_on() {
    let daily = schedule(Recurrence::Day, "02:30", "UTC");
    let tick = utc("2026-11-20T02:30:00Z");
    assert_eq!(step(&daily, None, "2026-11-20T02:31:00Z", RUNNING), Step::SkipBecauseRunning(tick));
    // It is passed for good, and what the run was for is not forgotten.
    let before = utc("2026-11-19T02:30:00Z");
    let waiting = TickState::Waiting(utc("2026-11-20T02:40:00Z"));
    let last = DealtTick { tick: before, state: waiting, attempt: 1, passed: Some(tick) };
    let again = Step::Due { tick: before, attempt: 2 };
    assert_eq!(step(&daily, Some(last), "2026-11-20T02:40:00Z", IDLE), again);
}

#[test]
fn what_was_begun_and_did_not_come_about_is_tried_again_but_not_for_ever() {
    let daily = schedule(Recurrence::Day, "02:30", "UTC");
    let tick = utc("2026-11-20T02:30:00Z");
    let now = "2026-11-20T02:35:00Z";
    let at = |state, attempt| Some(DealtTick { tick, state, attempt, passed: None });
    let again = Step::Due { tick, attempt: 2 };
    assert_eq!(step(&daily, at(TickState::Claimed, 1), now, IDLE), again);
    assert_eq!(step(&daily, at(TickState::Waiting(utc(now)), 1), now, IDLE), again);
    let not_due = Step::NotDue(Some(utc("2026-11-21T02:30:00Z")));
    let later = utc("2026-11-20T02:36:00Z");
    for (state, attempt) in
        [(TickState::Started, 1), (TickState::Done, 1), (TickState::Claimed, MOST_ATTEMPTS)]
    {
        assert_eq!(step(&daily, at(state, attempt), now, IDLE), not_due, "{state:?}");
    }
    assert_eq!(step(&daily, at(TickState::Waiting(later), 1), now, IDLE), Step::NotDue(Some(later)));
    assert_eq!(retry_after(1, utc(now)), Some(utc("2026-11-20T02:36:00Z")));
    assert_eq!(retry_after(MOST_ATTEMPTS, utc(now)), None);
}

#[test]
fn an_edit_holds_from_when_it_was_made() {
    let at = |time| schedule(Recurrence::Day, time, "UTC");
    let (early, late) = (at("09:00"), at("11:00"));
    let (first, edit) = (utc("2026-11-01T00:00:00Z"), utc("2026-11-20T10:00:00Z"));
    let newest = |from: &Schedule, to: Option<&Schedule>, until: &str| {
        let timeline = Timeline::new([(first, Some(from)), (edit, to)]);
        timeline.newest_between(utc("2026-11-20T00:00:00Z"), utc(until)).map(|tick| tick.to_rfc3339())
    };
    // The old time before the edit, the new one after it, and nothing twice.
    let found = |from, to, until| newest(from, to, until).unwrap_or_default();
    assert_eq!(found(&early, Some(&late), "2026-11-20T10:30:00Z"), "2026-11-20T09:00:00+00:00");
    assert_eq!(found(&early, Some(&late), "2026-11-20T12:00:00Z"), "2026-11-20T11:00:00+00:00");
    assert_eq!(newest(&early, None, "2026-11-20T12:00:00Z"), None);
    assert_eq!(newest(&late, Some(&early), "2026-11-20T12:00:00Z"), None);
}

#[test]
fn jitter_is_within_its_bound_and_always_the_same() {
    let daily = Schedule { jitter_seconds: 600, ..schedule(Recurrence::Day, "02:30", "UTC") };
    let table = daily.timetable().unwrap();
    let offsets: std::collections::BTreeSet<_> =
        (0..200).map(|id| table.offset_of(&format!("follower-{id}")).num_seconds()).collect();
    assert!(offsets.iter().all(|offset| (0..=600).contains(offset)));
    assert!(offsets.len() > 100, "they all come at once");
    assert_eq!(table.offset_of("a"), table.offset_of("a"));
}
