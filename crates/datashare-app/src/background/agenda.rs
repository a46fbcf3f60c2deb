//! What the leader watches, and when it looks at it. Reaches nothing and asks no clock.

use std::collections::HashMap;
use std::time::Duration;

use chrono::{DateTime, Utc};
use datashare_domain::{ReceivedId, ShareId};
use tokio::time::Instant;

use super::pace::{Pace, Rest, Turn};
use crate::dto::{AgentProblem, AgentRound};

/// How many looks go on at once: in all, and at one store, so that one that hangs delays nobody else.
const MOST_LOOKS: usize = 16;
const MOST_AT_ONE_STORE: usize = 4;

/// What costs requests rests so long at most where little is watched; longer where more requests would be made.
const REST: Duration = Duration::from_secs(30);
/// The same for mailboxes that somebody waits at.
const REST_WHILE_WAITING: Duration = Duration::from_secs(5);
/// For a share that access to is over.
const REST_WHEN_OVER: Duration = Duration::from_secs(600);
/// Requests that all quiet shares together cost, once more those that somebody waits at, and once more those that
/// something happened at lately.
const REQUESTS_PER_SECOND: u32 = 10;
/// The same for the first looks after the start.
const REQUESTS_PER_SECOND_AT_START: u32 = 50;
/// How often it is looked whether a record was taken out before another, and after how many rests at least.
const CLOSELY_EVERY: Duration = Duration::from_secs(600);
const CLOSELY_AFTER_RESTS: u32 = 4;

/// Multiples of it, without what is before the point, lie evenly however many there are.
const GOLDEN: f64 = 0.618_033_988_749_895;

/// Something that has to be looked at again and again.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Subject {
    Sent(ShareId),
    Received(ReceivedId),
    /// A share that was left; its goodbye waits to be sent.
    Left(ReceivedId),
}

/// How much of a subject is looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Look {
    /// What needs no request, and the mailboxes that somebody waits at.
    Waiting,
    /// All of it; one request for a mailbox without news.
    News,
    /// And whether a record was taken out before another.
    Closely,
}

/// A subject as the database shows it.
#[derive(Clone, Debug)]
pub(super) struct Surveyed {
    pub(super) subject: Subject,
    pub(super) name: String,
    /// Where it lies.
    pub(super) store: String,
    /// Requests of the first look, about.
    pub(super) requests: u32,
    /// Differs after every change by anybody.
    pub(super) fingerprint: String,
}

/// What a look brought.
#[derive(Clone, Debug, Default)]
pub(crate) struct Looked {
    pub(crate) round: AgentRound,
    /// Something happened, and more may soon.
    pub(crate) news: bool,
    /// Mailboxes that somebody waits at.
    pub(crate) waiting: u32,
    /// Requests of a look at all of it that finds nothing.
    pub(crate) requests: u32,
    /// Access is over: hardly anything can happen.
    pub(crate) over: bool,
    /// When something becomes due by itself.
    pub(crate) date: Option<DateTime<Utc>>,
    /// The look as a whole failed; its round says why.
    pub(crate) failed: bool,
}

#[derive(Debug)]
struct Entry {
    surveyed: Surveyed,
    waiting: u32,
    over: bool,
    /// Something was changed by anybody since the last look.
    touched: bool,
    date: Option<DateTime<Utc>>,
    /// Of the mailboxes that somebody waits at.
    hurried: Pace,
    /// Of everything.
    whole: Pace,
    closely_due: Instant,
    /// Which part of the time to the next close look it takes.
    closely_in: f64,
    going_on: bool,
    /// There is nothing to look at any more; a look that goes on is waited for.
    gone: bool,
    problems: Vec<AgentProblem>,
}

impl Entry {
    fn new(surveyed: Surveyed, pace: Pace, closely_in: f64) -> Self {
        Self {
            surveyed,
            waiting: 0,
            over: false,
            touched: false,
            date: None,
            hurried: pace,
            whole: pace,
            closely_due: pace.due(),
            closely_in,
            going_on: false,
            gone: false,
            problems: Vec::new(),
        }
    }

    /// When the next look is due; dates and changes make it earlier.
    fn due(&self) -> Instant {
        if self.waiting > 0 { self.hurried.due().min(self.whole.due()) } else { self.whole.due() }
    }

    /// What is due now.
    fn look(&self, now: Instant, date: DateTime<Utc>) -> Option<Look> {
        let reached = self.date.is_some_and(|due| due <= date);
        let hurried = self.waiting > 0 && self.hurried.due() <= now;
        match () {
            () if self.going_on => None,
            () if self.whole.due() <= now && self.closely_due <= now => Some(Look::Closely),
            () if self.whole.due() <= now => Some(Look::News),
            () if self.touched || reached || hurried => Some(Look::Waiting),
            () => None,
        }
    }

    fn pace(&mut self, look: Look, looked: &Looked, rests: Rests, now: Instant) {
        match (looked.failed, looked.news) {
            (true, _) => {
                self.hurried.trouble(now);
                return self.whole.trouble(now);
            }
            (false, true) => {
                self.hurried.news(now, rests.waiting);
                self.whole.news(now, rests.whole);
            }
            (false, false) => {
                self.hurried.quiet(now, rests.waiting);
                if look != Look::Waiting {
                    let over = Rest { most: REST_WHEN_OVER, ..rests.whole };
                    self.whole.quiet(now, if looked.over { over } else { rests.whole });
                }
            }
        }
        if look == Look::Closely {
            let every = CLOSELY_EVERY.max(rests.whole.most * CLOSELY_AFTER_RESTS);
            self.closely_due = now + every.mul_f64(std::mem::replace(&mut self.closely_in, 1.0));
        }
    }

    /// A problem that goes on keeps its date. A look that does not ask everybody says nothing about those it left out.
    fn note(&mut self, look: Look, messages: &[String], date: DateTime<Utc>) {
        if look != Look::Waiting {
            self.problems.retain(|problem| messages.contains(&problem.message));
        }
        for message in messages {
            if self.problems.iter().all(|problem| problem.message != *message) {
                let share = self.surveyed.name.clone();
                self.problems.push(AgentProblem { share, message: message.clone(), since: date });
            }
        }
    }
}

/// How long subjects rest, so that all of them together keep to the requests they may cost.
#[derive(Clone, Copy, Debug)]
struct Rests {
    /// Mailboxes that somebody waits at.
    waiting: Rest,
    /// All of a subject.
    whole: Rest,
}

/// Everything that is watched.
#[derive(Debug, Default)]
pub(super) struct Agenda {
    entries: HashMap<Subject, Entry>,
}

impl Agenda {
    /// Takes in what the database shows now: what is new or was changed becomes due, what is gone is forgotten.
    pub(super) fn update(&mut self, surveyed: Vec<Surveyed>, now: Instant) {
        let mut before = std::mem::take(&mut self.entries);
        let at_start = before.is_empty();
        let in_time = |requests: u32| Duration::from_secs((requests / REQUESTS_PER_SECOND_AT_START).into());
        let all: u32 = surveyed.iter().map(|found| found.requests).sum();
        let (first_looks, mut requests) = (in_time(all), 0);
        for (number, found) in (0_u32..).zip(surveyed) {
            let subject = found.subject.clone();
            let entry = match before.remove(&subject) {
                Some(mut entry) => {
                    entry.gone = false;
                    entry.touched |= entry.surveyed.fingerprint != found.fingerprint;
                    entry.surveyed = Surveyed { requests: entry.surveyed.requests, ..found };
                    entry
                }
                None if at_start => {
                    // The first looks after the start come one after another, and later ones do not come together.
                    let due = now + in_time(requests);
                    let turn = Turn { part: f64::from(requests) / f64::from(all.max(1)), first_looks };
                    requests += found.requests;
                    Entry::new(found, Pace::resting(due, turn), (f64::from(number) * GOLDEN).fract())
                }
                None => Entry::new(found, Pace::quick(now), 1.0),
            };
            self.entries.insert(subject, entry);
        }
        let awaited = before.into_iter().filter(|(_, entry)| entry.going_on);
        self.entries.extend(awaited.map(|(subject, entry)| (subject, Entry { gone: true, ..entry })));
    }

    /// Looks to begin now, the longest overdue first. Each has to be told to [`Self::ended`].
    pub(super) fn begin(&mut self, now: Instant, date: DateTime<Utc>) -> Vec<(Subject, Look)> {
        let mut at_store: HashMap<String, usize> = HashMap::new();
        for entry in self.entries.values().filter(|entry| entry.going_on) {
            *at_store.entry(entry.surveyed.store.clone()).or_default() += 1;
        }
        let mut free = MOST_LOOKS.saturating_sub(at_store.values().sum());
        let mut due: Vec<(&Subject, &mut Entry, Look)> = self
            .entries
            .iter_mut()
            .filter_map(|(subject, entry)| entry.look(now, date).map(|look| (subject, entry, look)))
            .collect();
        due.sort_by_key(|(_, entry, _)| entry.due());
        let mut begun = Vec::new();
        for (subject, entry, look) in due {
            let there = at_store.entry(entry.surveyed.store.clone()).or_default();
            if free == 0 || *there == MOST_AT_ONE_STORE {
                continue;
            }
            (free, *there) = (free - 1, *there + 1);
            (entry.going_on, entry.touched) = (true, false);
            begun.push((subject.clone(), look));
        }
        begun
    }

    /// Takes in what a look brought; whether its problems are others than before.
    pub(super) fn ended(
        &mut self,
        (subject, look): (&Subject, Look),
        looked: &Looked,
        now: Instant,
        date: DateTime<Utc>,
    ) -> bool {
        let rests = self.rests();
        if self.entries.get(subject).is_some_and(|entry| entry.gone) {
            self.entries.remove(subject);
        }
        let Some(entry) = self.entries.get_mut(subject) else { return false };
        let before = entry.problems.clone();
        entry.going_on = false;
        entry.waiting = looked.waiting;
        entry.over = looked.over;
        entry.date = looked.date.filter(|next| *next > date);
        if !looked.failed {
            entry.surveyed.requests = looked.requests;
        }
        entry.pace(look, looked, rests, now);
        entry.note(look, &looked.round.problems, date);
        entry.problems != before
    }

    fn rests(&self) -> Rests {
        let active = || self.entries.values().filter(|entry| !entry.over);
        let spread = |requests: u32| Duration::from_secs((requests / REQUESTS_PER_SECOND).into());
        let requests = |entry: &Entry| entry.surveyed.requests;
        let least = spread(active().filter(|entry| entry.whole.is_lively()).map(requests).sum());
        let waiting = spread(active().map(|entry| entry.waiting).sum()).max(REST_WHILE_WAITING);
        let whole = spread(active().map(requests).sum()).max(REST);
        Rests { waiting: Rest { least, most: waiting }, whole: Rest { least, most: whole } }
    }

    pub(super) fn watched(&self) -> usize {
        self.entries.len()
    }

    /// When the next look is due, as far as is known now.
    pub(super) fn next(&self) -> Option<Instant> {
        self.entries.values().filter(|entry| !entry.going_on).map(Entry::due).min()
    }

    pub(super) fn problems(&self) -> Vec<AgentProblem> {
        let mut all: Vec<_> = self.entries.values().flat_map(|entry| entry.problems.clone()).collect();
        all.sort_by(|a, b| (a.since, &a.share).cmp(&(b.since, &b.share)));
        all
    }
}

#[cfg(test)]
mod tests;
