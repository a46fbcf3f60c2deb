//! A year of 200 followers by a clock that the test moves: their providers edit schedules and move to other time zones,
//! the computer sleeps, the process dies before, between and after what it writes down, runs fail and take their time.
//! What is due is decided and written down by the code that does it in earnest; what should have happened is counted here,
//! by going through all ticks one by one.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::collections::BTreeMap;

use chrono::{DateTime, TimeDelta, Utc};
use datashare_domain::{Day, DealtTick, Recurrence, Schedule, Situation, Step, TickState, Timeline};

use super::{Attempt, claim, conclude};
use crate::database::{Database, ticks};

const FOLLOWERS: u64 = 200;
const ZONES: [&str; 5] =
    ["Europe/Berlin", "America/New_York", "UTC", "Australia/Lord_Howe", "Asia/Kathmandu"];

type Time = DateTime<Utc>;
type Edit = (Time, Option<Schedule>);

/// Chance, the same each time (xorshift64*).
struct Chance(u64);

impl Chance {
    fn below(&mut self, end: u64) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        (self.0.wrapping_mul(0x2545_F491_4F6C_DD1D) >> 33) % end
    }

    fn percent(&mut self, chance: u64) -> bool {
        self.below(100) < chance
    }

    fn minutes(&mut self, most: u64) -> TimeDelta {
        TimeDelta::minutes(1 + self.below(most).cast_signed())
    }
}

fn year() -> (Time, Time) {
    ("2026-01-01T00:00:00Z".parse().unwrap(), "2027-01-01T00:00:00Z".parse().unwrap())
}

fn schedule(chance: &mut Chance, start: Time) -> Schedule {
    let at = format!("{:02}:{:02}", chance.below(5), chance.below(60));
    let recurrence = match chance.below(20) {
        0 => Recurrence::Hours { hours: 12 },
        1..5 => Recurrence::Day,
        5..7 => Recurrence::Cron { expression: format!("{} 2,3 1,15 * *", chance.below(60)) },
        _ => Recurrence::Week { days: vec![Day::ALL[chance.below(7) as usize], Day::Sunday] },
    };
    let at = (!matches!(recurrence, Recurrence::Cron { .. })).then_some(at);
    let time_zone = ZONES[chance.below(5) as usize].to_owned();
    Schedule { recurrence, at, start, time_zone, jitter_seconds: 0 }
}

/// What the provider offers over the year; now and then nothing.
fn edits(chance: &mut Chance) -> Vec<Edit> {
    let (mut at, end) = year();
    let mut edits = vec![(at, Some(schedule(chance, at)))];
    loop {
        at += chance.minutes(60 * 24 * 120);
        if at >= end {
            return edits;
        }
        let next = if chance.percent(15) { None } else { Some(schedule(chance, at)) };
        edits.push((at, next));
    }
}

/// When the computer sleeps: from, to.
fn sleeps(chance: &mut Chance) -> Vec<(Time, Time)> {
    let (mut at, end) = year();
    let mut sleeps = Vec::new();
    while at < end {
        let from = at + chance.minutes(60 * 24 * 4);
        let to =
            from + if chance.percent(10) { chance.minutes(60 * 24 * 14) } else { chance.minutes(60 * 16) };
        sleeps.push((from, to));
        at = to;
    }
    sleeps
}

/// All ticks of the year with the place of the edit they belong to, one by one.
fn all_ticks(edits: &[Edit]) -> Vec<(usize, Time)> {
    let ends = edits.iter().skip(1).map(|(from, _)| *from).chain([year().1]);
    let mut found = Vec::new();
    for (place, ((from, schedule), end)) in edits.iter().zip(ends).enumerate() {
        let table = schedule.as_ref().map(|schedule| schedule.timetable().unwrap());
        let ticks = table.iter().flat_map(|table| table.after(*from).take_while(|tick| *tick <= end));
        found.extend(ticks.map(|tick| (place, tick)));
    }
    found
}

/// What happened for a tick.
#[derive(Clone, Debug, Default)]
struct Told {
    starts: u32,
    successes: u32,
    skipped: bool,
    given_up: bool,
    /// A newer tick was due before it had succeeded.
    overtaken: bool,
}

struct Follower<'a> {
    database: &'a Database,
    owner: String,
    chance: Chance,
    edits: Vec<Edit>,
    ticks: Vec<(usize, Time)>,
    /// Of so many edits.
    timeline: (usize, Timeline),
    sleeps: &'a [(Time, Time)],
    now: Time,
    /// The end of a run, and whether it succeeds.
    running: Option<(Time, bool)>,
    /// Up to here the ticks were counted.
    counted: Time,
    expected: BTreeMap<Time, Told>,
}

impl<'a> Follower<'a> {
    fn new(database: &'a Database, number: u64, sleeps: &'a [(Time, Time)]) -> Self {
        let mut chance = Chance(0x9E37_79B9_7F4A_7C15 ^ (number + 1).wrapping_mul(0xD134_2543_DE82_EF95));
        let edits = edits(&mut chance);
        let (ticks, now) = (all_ticks(&edits), year().0);
        let owner = format!("received:{number}");
        let expected = BTreeMap::new();
        let timeline = (0, Timeline::default());
        Self {
            database,
            owner,
            chance,
            edits,
            ticks,
            timeline,
            sleeps,
            now,
            running: None,
            counted: now,
            expected,
        }
    }

    fn live(&mut self) {
        while self.now < year().1 {
            self.sleep();
            self.end_of_run();
            let next = self.look();
            self.now = self.next_event(next);
        }
    }

    /// A sleep over; a run goes on after it, or its process did not survive it.
    fn sleep(&mut self) {
        let Some((_, wake)) = self.sleeps.iter().find(|(from, to)| *from <= self.now && self.now < *to)
        else {
            return;
        };
        self.now = *wake;
        if self.chance.percent(30) {
            self.running = None;
        }
    }

    fn told(&mut self) -> &mut Told {
        let tick = self.newest().tick;
        self.told_of(tick)
    }

    fn newest(&self) -> DealtTick {
        self.database.read(|c| ticks::find(c, &self.owner)).unwrap().unwrap().dealt
    }

    fn told_of(&mut self, tick: Time) -> &mut Told {
        self.expected.get_mut(&tick).unwrap_or_else(|| panic!("nobody expected {tick}"))
    }

    fn end_of_run(&mut self) {
        let Some((_, succeeds)) = self.running.filter(|(end, _)| *end <= self.now) else { return };
        self.running = None;
        let attempt =
            if succeeds { Attempt::Done(None) } else { Attempt::MayPass("The network was away.".into()) };
        conclude(self.database, (&self.owner, self.newest().tick), attempt, self.now).unwrap();
        if succeeds {
            self.told().successes += 1;
        }
        self.note_end();
    }

    fn note_end(&mut self) {
        let dealt = self.newest();
        let told = self.told();
        told.given_up = dealt.state == TickState::Done && told.successes == 0;
    }

    /// What a process that starts or wakes finds: a run that nobody runs any more.
    fn settle(&mut self) {
        let row = self.database.read(|c| ticks::find(c, &self.owner)).unwrap();
        if self.running.is_none() && row.is_some_and(|row| row.dealt.state == TickState::Started) {
            let gone = Attempt::MayPass("Datashare ended while this snapshot was running.".into());
            conclude(self.database, (&self.owner, self.newest().tick), gone, self.now).unwrap();
            self.note_end();
        }
    }

    fn known(&self) -> &[Edit] {
        &self.edits[..self.edits.partition_point(|(from, _)| *from <= self.now)]
    }

    /// What has to be dealt with now, counted one by one.
    fn newest_expected(&self) -> Option<Time> {
        let known = self.known();
        known.last()?.1.as_ref()?;
        let gap = known.iter().rposition(|(_, schedule)| schedule.is_none()).map_or(0, |place| place + 1);
        let ticks = &self.ticks[self.ticks.partition_point(|(_, tick)| *tick <= self.counted)..];
        let due = ticks.iter().take_while(|(_, tick)| *tick <= self.now);
        due.filter(|(place, _)| *place >= gap && *place < known.len()).map(|(_, tick)| *tick).max()
    }

    fn look(&mut self) -> Option<Time> {
        self.settle();
        let expected = self.newest_expected();
        if let Some(tick) = expected {
            self.expected.insert(tick, Told::default());
            self.counted = tick;
        }
        let known = self.known().len();
        if self.timeline.0 != known {
            let edits = self.edits[..known].iter().map(|(from, schedule)| (*from, schedule.as_ref()));
            self.timeline = (known, Timeline::new(edits));
        }
        let (since, now, running) = (year().0, self.now, self.running.is_some());
        let offset = TimeDelta::zero();
        let situation =
            |last| Ok(Situation { timeline: &self.timeline.1, since, last, now, running, offset }.step());
        let step = claim(self.database, &self.owner, situation, now).unwrap();
        match step {
            Step::NotDue(next) => {
                assert_eq!(expected, None, "{} forgot a tick at {now}", self.owner);
                next
            }
            Step::SkipBecauseRunning(tick) => {
                assert_eq!(expected, Some(tick));
                self.told_of(tick).skipped = true;
                None
            }
            Step::Due { tick, attempt } => {
                assert!(expected.is_none_or(|expected| expected == tick), "{} took an old tick", self.owner);
                assert!(expected.is_none() || attempt == 1);
                if expected.is_some() {
                    let before = self.expected.range_mut(..tick);
                    before.for_each(|(_, told)| told.overtaken = told.successes == 0 && !told.skipped);
                }
                self.start();
                Some(now + TimeDelta::minutes(1))
            }
        }
    }

    /// Starts what was claimed, if the process lives to do it.
    fn start(&mut self) {
        if self.chance.percent(4) {
            return;
        }
        let told = self.told();
        assert_eq!(told.successes, 0, "a tick is done a second time");
        told.starts += 1;
        let now = self.now;
        self.database.write(|transaction| ticks::started(transaction, &self.owner, "run", now)).unwrap();
        if self.chance.percent(4) {
            return;
        }
        let length =
            if self.chance.percent(3) { self.chance.minutes(60 * 40) } else { self.chance.minutes(90) };
        self.running = Some((now + length, !self.chance.percent(8)));
    }

    fn next_event(&self, next: Option<Time>) -> Time {
        let edit = self.edits.iter().map(|(from, _)| *from).find(|from| *from > self.now);
        let sleep = self.sleeps.iter().map(|(from, _)| *from).find(|from| *from > self.now);
        let run = self.running.map(|(end, _)| end);
        let events = [next, edit, sleep, run].into_iter().flatten();
        events.filter(|event| *event > self.now).min().unwrap_or(year().1)
    }
}

#[test]
fn in_a_year_of_edits_sleeps_and_crashes_every_due_run_happens_once_and_none_twice() {
    let home = tempfile::tempdir().unwrap();
    let database = Database::open(home.path()).unwrap();
    database.forget_durability();
    let sleeps = sleeps(&mut Chance(42));
    let (mut due, mut done, mut excused, mut again) = (0, 0, 0, 0);
    for number in 0..FOLLOWERS {
        let mut follower = Follower::new(&database, number, &sleeps);
        follower.live();
        for (tick, told) in &follower.expected {
            // The year ended before it did.
            let open = follower.newest().tick == *tick;
            let excuse = told.skipped || told.overtaken || told.given_up || open;
            assert!(told.successes <= 1, "{number}: {tick} was done twice: {told:?}");
            assert!(told.successes == 1 || excuse, "{number}: {tick} was lost: {told:?}");
            assert!(!(told.skipped && told.starts > 0), "{number}: {tick} was skipped and started: {told:?}");
            due += 1;
            done += told.successes;
            excused += u32::from(told.successes == 0);
            again += told.starts.saturating_sub(1);
        }
    }
    // The year was no quiet one.
    assert!(due > 10_000 && done > due * 9 / 10, "{done} of {due}");
    assert!(excused > 100 && again > 500, "{excused} excused, {again} tried again");
}
