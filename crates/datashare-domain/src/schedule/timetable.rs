//! The ticks of a schedule that was checked.

use std::ops::RangeInclusive;

use chrono::{
    DateTime, Datelike, Days, LocalResult, NaiveDate, NaiveDateTime, NaiveTime, TimeDelta, TimeZone, Utc,
};
use chrono_tz::Tz;
use croner::Cron;
use croner::parser::{CronParser, Seconds, Year};

use super::{Day, MOST_HOURS, MOST_JITTER, Recurrence, Schedule, ScheduleProblem};

/// The longest stretch that a clock was ever put forward: a whole day, in Samoa in 2011. Looked over minute by minute.
const LONGEST_GAP_MINUTES: i64 = 25 * 60;
/// A day of the calendar comes at least so often: the 29th of February on a given weekday.
const SELDOM: TimeDelta = TimeDelta::days(41 * 366);

/// In which schedules start and tick. Moments come from others' records; those that no calendar counts are left alone.
const YEARS: RangeInclusive<i32> = 1970..=9999;

/// A schedule that can be followed. Made by [`Schedule::timetable`].
#[derive(Clone, Debug)]
pub struct Timetable {
    rule: Rule,
    zone: Tz,
    start: DateTime<Utc>,
    jitter: TimeDelta,
}

#[derive(Clone, Debug)]
enum Rule {
    /// Ticks are the anchor and every step after it, in time that really passes.
    Hours {
        step: TimeDelta,
        anchor: DateTime<Utc>,
    },
    /// A time of the wall clock on some days of the week, Monday first.
    Days {
        at: NaiveTime,
        days: [bool; 7],
    },
    Cron(Box<Cron>),
}

impl Schedule {
    /// Checks the schedule; the problem is a sentence for whoever wrote it.
    pub fn timetable(&self) -> Result<Timetable, ScheduleProblem> {
        let zone: Tz =
            self.time_zone.parse().map_err(|_| ScheduleProblem::TimeZone(self.time_zone.clone()))?;
        self.timetable_in(zone)
    }

    /// As [`Self::timetable`], in another zone than its own.
    pub(super) fn timetable_in(&self, zone: Tz) -> Result<Timetable, ScheduleProblem> {
        if !YEARS.contains(&self.start.year()) {
            return Err(ScheduleProblem::Start);
        }
        let (rule, start) = (self.rule(zone)?, self.start);
        let table = Timetable { rule, zone, start, jitter: TimeDelta::zero() };
        if let Recurrence::Cron { expression } = &self.recurrence
            && table.next_after(start - TimeDelta::seconds(1)).is_none()
        {
            return Err(ScheduleProblem::Never(expression.clone()));
        }
        let jitter = TimeDelta::seconds(self.jitter_seconds.into());
        let short = || table.shortest_distance(start).is_none_or(|shortest| jitter < shortest);
        if self.jitter_seconds > MOST_JITTER || self.jitter_seconds > 0 && !short() {
            return Err(ScheduleProblem::Jitter(self.jitter_seconds));
        }
        Ok(Timetable { jitter, ..table })
    }

    fn rule(&self, zone: Tz) -> Result<Rule, ScheduleProblem> {
        match &self.recurrence {
            Recurrence::Hours { hours } if (1..=MOST_HOURS).contains(hours) => {
                let anchor = first_at(zone, self.start, self.time_of_day()?);
                let step = TimeDelta::hours((*hours).into());
                Ok(Rule::Hours { step, anchor: anchor.unwrap_or(self.start) })
            }
            Recurrence::Hours { hours } => Err(ScheduleProblem::Hours(*hours)),
            Recurrence::Day => Ok(Rule::Days { at: self.time_of_day()?, days: [true; 7] }),
            Recurrence::Week { days } if days.is_empty() => Err(ScheduleProblem::NoDay),
            Recurrence::Week { days } => {
                let mut chosen = [false; 7];
                days.iter().for_each(|day| chosen[day.index()] = true);
                Ok(Rule::Days { at: self.time_of_day()?, days: chosen })
            }
            Recurrence::Cron { .. } if self.at.is_some() => Err(ScheduleProblem::TimeBesideCron),
            Recurrence::Cron { expression } => Ok(Rule::Cron(Box::new(parse_cron(expression)?))),
            Recurrence::Unknown => Err(ScheduleProblem::Unknown),
        }
    }

    fn time_of_day(&self) -> Result<NaiveTime, ScheduleProblem> {
        let text = self.at.as_deref().ok_or(ScheduleProblem::NoTimeOfDay)?;
        NaiveTime::parse_from_str(text, "%H:%M").map_err(|_| ScheduleProblem::TimeOfDay(text.to_owned()))
    }
}

impl Day {
    pub const ALL: [Self; 7] = [
        Self::Monday,
        Self::Tuesday,
        Self::Wednesday,
        Self::Thursday,
        Self::Friday,
        Self::Saturday,
        Self::Sunday,
    ];

    /// From Monday, 0.
    pub(super) fn index(self) -> usize {
        self as usize
    }
}

fn parse_cron(expression: &str) -> Result<Cron, ScheduleProblem> {
    let refuse = |why: String| ScheduleProblem::Cron(expression.to_owned(), why);
    // Nicknames such as @daily are another spelling, and more than five fields another meaning.
    if expression.split_whitespace().count() != 5 || expression.len() > 200 {
        return Err(refuse("it does not have five fields".into()));
    }
    let parser = CronParser::builder().seconds(Seconds::Disallowed).year(Year::Disallowed).build();
    parser.parse(expression).map_err(|error| refuse(error.to_string().trim_end_matches('.').to_lowercase()))
}

impl Timetable {
    /// The first tick after a moment.
    pub fn next_after(&self, after: DateTime<Utc>) -> Option<DateTime<Utc>> {
        // Ticks lie on whole minutes, so that what is not before the start is after the moment before it.
        let after = after.max(self.start.checked_sub_signed(TimeDelta::milliseconds(1))?);
        if after.year() > *YEARS.end() {
            return None;
        }
        match &self.rule {
            Rule::Hours { step, anchor } if after < *anchor => Some(*anchor).filter(|_| !step.is_zero()),
            Rule::Hours { step, anchor } => {
                let passed = (after - *anchor).num_seconds().div_euclid(step.num_seconds());
                let seconds = step.num_seconds().checked_mul(passed.checked_add(1)?)?;
                anchor.checked_add_signed(TimeDelta::try_seconds(seconds)?)
            }
            Rule::Days { .. } | Rule::Cron(_) => self.next_of_the_wall(after),
        }
    }

    fn next_of_the_wall(&self, after: DateTime<Utc>) -> Option<DateTime<Utc>> {
        let mut shown = self.zone.from_utc_datetime(&after.naive_utc()).naive_local();
        let mut inclusive = true;
        loop {
            let next = self.next_shown(shown, inclusive)?;
            // In the hour that the clock shows twice, what is left of the first time may lie behind.
            let tick = moment_of(self.zone, next)?;
            if tick > after {
                return Some(tick);
            }
            (shown, inclusive) = (next, false);
        }
    }

    /// The next time of the wall clock, from this one on or after it.
    fn next_shown(&self, from: NaiveDateTime, inclusive: bool) -> Option<NaiveDateTime> {
        let early = |shown: NaiveDateTime| if inclusive { shown < from } else { shown <= from };
        match &self.rule {
            Rule::Hours { .. } => None,
            Rule::Days { at, days } => {
                let on = |date: &NaiveDate| days[date.weekday().num_days_from_monday() as usize];
                let mut dates = from.date().iter_days().take(9).filter(on).map(|date| date.and_time(*at));
                dates.find(|shown| !early(*shown))
            }
            Rule::Cron(cron) => {
                let found = cron.find_next_occurrence(&from.and_utc(), inclusive).ok()?.naive_utc();
                (found - from < SELDOM).then_some(found)
            }
        }
    }

    /// All ticks after a moment, in order.
    pub fn after(&self, after: DateTime<Utc>) -> impl Iterator<Item = DateTime<Utc>> + '_ {
        std::iter::successors(self.next_after(after), |tick| self.next_after(*tick))
    }

    /// The ticks after one moment up to another, which counts; at most as many as asked for.
    pub fn ticks_between(
        &self,
        after: DateTime<Utc>,
        until: DateTime<Utc>,
        most: usize,
    ) -> Vec<DateTime<Utc>> {
        self.after(after).take_while(|tick| *tick <= until).take(most).collect()
    }

    /// The newest tick after one moment up to another, which counts. As fast for a year as for an hour.
    pub fn newest_between(&self, after: DateTime<Utc>, until: DateTime<Utc>) -> Option<DateTime<Utc>> {
        let spans = [TimeDelta::hours(2), TimeDelta::days(2), TimeDelta::days(60), TimeDelta::days(1500)];
        let starts = spans.iter().map(|span| (until - *span).max(after)).chain([after]);
        starts.filter_map(|start| self.after(start).take_while(|tick| *tick <= until).last()).next()
    }

    /// How long after its ticks the follower with this id starts: always the same.
    pub fn offset_of(&self, id: &str) -> TimeDelta {
        let spread = self.jitter.num_seconds().unsigned_abs() + 1;
        // FNV-1a: spreads well, is the same in every version, and nobody gains from choosing an id.
        let hash = id.bytes().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
            (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
        });
        TimeDelta::seconds((hash % spread).cast_signed())
    }

    /// The shortest distance of the next ticks; `None` when there are not two.
    pub(super) fn shortest_distance(&self, after: DateTime<Utc>) -> Option<TimeDelta> {
        let ticks: Vec<_> = self.after(after).take(SAMPLE).collect();
        ticks.windows(2).map(|pair| pair[1] - pair[0]).min()
    }

    /// How long before a tick what is published for it is staged: a tenth of the time between two ticks, ten minutes at
    /// most.
    pub fn lead(&self, now: DateTime<Utc>) -> TimeDelta {
        let mut next = self.after(now);
        match next.next().zip(next.next()) {
            Some((first, second)) => ((second - first) / 10).min(TimeDelta::minutes(10)),
            None => TimeDelta::minutes(10),
        }
    }
}

/// Ticks that are looked at to know how close they are: more than a day of the densest expression.
const SAMPLE: usize = 1500;

/// The first moment not before `start` at which the clock shows this time of day.
fn first_at(zone: Tz, start: DateTime<Utc>, at: NaiveTime) -> Option<DateTime<Utc>> {
    let date = zone.from_utc_datetime(&start.naive_utc()).date_naive();
    (0..3).find_map(|days| {
        let shown = date.checked_add_days(Days::new(days))?.and_time(at);
        moment_of(zone, shown).filter(|moment| *moment >= start)
    })
}

/// When the clock shows this: the first time of two; of a time that is left out, the first moment after the gap.
pub(super) fn moment_of(zone: Tz, shown: NaiveDateTime) -> Option<DateTime<Utc>> {
    (0..=LONGEST_GAP_MINUTES).find_map(|minutes| {
        let later = shown.checked_add_signed(TimeDelta::minutes(minutes))?;
        match zone.from_local_datetime(&later) {
            LocalResult::Single(moment) | LocalResult::Ambiguous(moment, _) => Some(moment.to_utc()),
            LocalResult::None => None,
        }
    })
}
