//! Leading: taking the lock, looking at what is due, reporting.

use std::collections::HashMap;
use std::pin::pin;
use std::time::Duration;

use chrono::TimeDelta;
use tokio::task::{Id, JoinError, JoinSet};
use tokio::time::{Instant, sleep, sleep_until};

use super::LOCK;
use super::agenda::{Agenda, Look, Looked, Subject};
use super::survey::Known;
use crate::dto::{AgentKind, AgentLeader, AgentProblem, AgentRound};
use crate::locks::Lock;
use crate::{App, Result};

/// How often those who wait ask for the lock.
const ASK_EVERY: Duration = Duration::from_secs(1);
/// How often the leader looks what the database asks for, and what the clock makes due.
const SURVEY_EVERY: Duration = Duration::from_secs(2);
const CHORES_EVERY: Duration = Duration::from_secs(1);
const REPORT_EVERY: Duration = Duration::from_secs(5);
const TICK: Duration = Duration::from_millis(500);

impl App {
    /// Does the work in the background from now on, or waits until it is this process's turn; ends when `stop` does, after
    /// what was begun. `told` hears of every look that something came of.
    pub async fn work(
        &self,
        kind: AgentKind,
        stop: impl Future<Output = ()>,
        mut told: impl FnMut(&AgentRound),
    ) {
        let mut stop = pin!(stop);
        loop {
            match self.try_lock(LOCK) {
                Ok(Some(lock)) => return Leader::new(self.clone(), kind, lock).lead(stop, told).await,
                Ok(None) => {}
                Err(error) => {
                    let problems = vec![error.in_words()];
                    told(&AgentRound { problems, ..AgentRound::default() });
                }
            }
            tokio::select! {
                () = &mut stop => return,
                () = sleep(ASK_EVERY) => {}
            }
        }
    }
}

struct Leader {
    app: App,
    agenda: Agenda,
    looks: JoinSet<(Looked, Duration)>,
    going_on: HashMap<Id, (Subject, Look)>,
    /// What belongs to no share.
    chores: JoinSet<AgentRound>,
    /// Telling what happened.
    deliveries: JoinSet<AgentRound>,
    report: AgentLeader,
    /// What is wrong with the workspace as a whole: found at the start, and by the chores.
    damage: Vec<AgentProblem>,
    trouble: Vec<AgentProblem>,
    surveyed: Known,
    survey_at: Instant,
    chores_at: Instant,
    report_at: Instant,
    _lock: Lock,
}

impl Leader {
    fn new(app: App, kind: AgentKind, lock: Lock) -> Self {
        let (now, date) = (Instant::now(), app.now());
        let report = AgentLeader {
            kind,
            process: std::process::id(),
            version: env!("CARGO_PKG_VERSION").to_owned(),
            since: date,
            reported_at: date,
            watched: 0,
            rounds: 0,
            rounds_failed: 0,
            busy_ms: 0,
            last_round_at: None,
            next_round_at: None,
            problems: Vec::new(),
        };
        app.report(&report);
        Self {
            app,
            agenda: Agenda::default(),
            looks: JoinSet::new(),
            going_on: HashMap::new(),
            chores: JoinSet::new(),
            deliveries: JoinSet::new(),
            report,
            damage: Vec::new(),
            trouble: Vec::new(),
            surveyed: None,
            survey_at: now,
            chores_at: now,
            report_at: now,
            _lock: lock,
        }
    }

    async fn lead(
        mut self,
        mut stop: std::pin::Pin<&mut impl Future<Output = ()>>,
        mut told: impl FnMut(&AgentRound),
    ) {
        tracing::info!(process = self.report.process, "does the work in the background");
        self.find_damage(&mut told).await;
        loop {
            self.begin_what_is_due(&mut told);
            tokio::select! {
                biased;
                () = &mut stop => break,
                Some(ended) = self.looks.join_next_with_id() => self.take_in(ended, &mut told),
                Some(ended) = self.chores.join_next() => self.take_in_chore(ended, &mut told),
                Some(ended) = self.deliveries.join_next() => self.take_in_deliveries(ended, &mut told),
                () = sleep_until(Instant::now() + TICK) => {}
            }
        }
        while let Some(ended) = self.looks.join_next_with_id().await {
            self.take_in(ended, &mut told);
        }
        while let Some(ended) = self.chores.join_next().await {
            self.take_in_chore(ended, &mut told);
        }
        while let Some(ended) = self.deliveries.join_next().await {
            self.take_in_deliveries(ended, &mut told);
        }
        tracing::info!("no longer does the work in the background");
    }

    async fn find_damage(&mut self, told: &mut impl FnMut(&AgentRound)) {
        let problems = self.app.findings_at_start().await;
        self.damage = self.own(&problems);
        tell_problems(problems, told);
    }

    fn begin_what_is_due(&mut self, told: &mut impl FnMut(&AgentRound)) {
        let now = Instant::now();
        if self.survey_at <= now {
            self.survey_at = now + SURVEY_EVERY;
            match self.app.survey(&mut self.surveyed) {
                Ok(Some(surveyed)) => self.agenda.update(surveyed, now),
                Ok(None) => {}
                Err(error) => self.note_trouble(vec![error.in_words()], told),
            }
        }
        for (subject, look) in self.agenda.begin(now, self.app.now()) {
            let (app, of) = (self.app.clone(), subject.clone());
            let begun = self.looks.spawn(async move {
                let began = Instant::now();
                (app.look_at(&of, look).await, began.elapsed())
            });
            self.going_on.insert(begun.id(), (subject, look));
        }
        if self.chores.is_empty() && self.chores_at <= now {
            self.chores_at = now + CHORES_EVERY;
            let app = self.app.clone();
            self.chores.spawn(async move { app.attend_workspace().await });
            if self.deliveries.is_empty() {
                let app = self.app.clone();
                self.deliveries.spawn(async move { app.deliver_due().await });
            }
        }
        if self.report_at <= now {
            self.report();
        }
    }

    fn take_in(
        &mut self,
        ended: Result<(Id, (Looked, Duration)), JoinError>,
        told: &mut impl FnMut(&AgentRound),
    ) {
        let (id, looked, took) = match ended {
            Ok((id, (looked, took))) => (id, looked, took),
            // A panic of one look is a problem of its share.
            Err(error) => {
                let problems = vec![format!("A look at it broke off: {error}.")];
                let round = AgentRound { problems, ..AgentRound::default() };
                (error.id(), Looked { round, failed: true, ..Looked::default() }, Duration::ZERO)
            }
        };
        let Some((subject, look)) = self.going_on.remove(&id) else { return };
        let date = self.app.now();
        let other_problems = self.agenda.ended((&subject, look), &looked, Instant::now(), date);
        self.report.rounds += 1;
        self.report.rounds_failed += u64::from(looked.failed);
        self.report.busy_ms += u64::try_from(took.as_millis()).unwrap_or(u64::MAX);
        self.report.last_round_at = Some(date);
        let mut round = looked.round;
        if !other_problems {
            round.problems.clear();
        }
        if !round.is_empty() {
            told(&round);
            self.report();
        }
    }

    fn take_in_chore(&mut self, ended: Result<AgentRound, JoinError>, told: &mut impl FnMut(&AgentRound)) {
        let round = ended.unwrap_or_else(|error| AgentRound {
            problems: vec![format!("Work in the background broke off: {error}.")],
            ..AgentRound::default()
        });
        let news = AgentRound { problems: Vec::new(), ..round.clone() };
        if !news.is_empty() {
            told(&news);
        }
        self.note_trouble(round.problems, told);
    }

    /// What cannot be told is with the deliveries; what keeps all from being told is logged.
    fn take_in_deliveries(
        &mut self,
        ended: Result<AgentRound, JoinError>,
        told: &mut impl FnMut(&AgentRound),
    ) {
        match ended {
            Ok(round) if round.is_empty() => {}
            Ok(round) => told(&round),
            Err(error) => tracing::error!("notifications broke off: {error}"),
        }
    }

    /// What is wrong with the workspace as a whole is told when it is something else than before.
    fn note_trouble(&mut self, messages: Vec<String>, told: &mut impl FnMut(&AgentRound)) {
        if !self.trouble.iter().map(|problem| &problem.message).eq(&messages) {
            self.trouble = self.own(&messages);
            tell_problems(messages, told);
        }
    }

    fn own(&self, messages: &[String]) -> Vec<AgentProblem> {
        let since = self.app.now();
        let problem =
            |message: &String| AgentProblem { share: String::new(), message: message.clone(), since };
        messages.iter().map(problem).collect()
    }

    fn report(&mut self) {
        let now = Instant::now();
        self.report_at = now + REPORT_EVERY;
        let date = self.app.now();
        let rest = self.agenda.next().map(|next| next.saturating_duration_since(now));
        self.report.reported_at = date;
        self.report.watched = u32::try_from(self.agenda.watched()).unwrap_or(u32::MAX);
        self.report.next_round_at =
            rest.and_then(|rest| TimeDelta::from_std(rest).ok()).map(|rest| date + rest);
        self.report.problems = [self.damage.clone(), self.trouble.clone(), self.agenda.problems()].concat();
        self.app.report(&self.report);
    }
}

fn tell_problems(problems: Vec<String>, told: &mut impl FnMut(&AgentRound)) {
    if !problems.is_empty() {
        told(&AgentRound { problems, ..AgentRound::default() });
    }
}
