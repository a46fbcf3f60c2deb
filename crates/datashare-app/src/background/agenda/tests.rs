#![allow(clippy::unwrap_used)]
use super::*;

fn share(number: u32) -> ShareId {
    let mut bytes = [0; 16];
    bytes[..4].copy_from_slice(&number.to_be_bytes());
    ShareId::from_random(bytes)
}

fn surveyed(number: u32, store: &str, requests: u32, fingerprint: &str) -> Surveyed {
    Surveyed {
        subject: Subject::Sent(share(number)),
        name: format!("share {number}"),
        store: store.into(),
        requests,
        fingerprint: fingerprint.into(),
    }
}

/// An agenda on a clock of its own.
struct Simulation {
    agenda: Agenda,
    now: Instant,
    date: DateTime<Utc>,
}

impl Simulation {
    fn of(surveyed: Vec<Surveyed>) -> Self {
        let (now, date) = (Instant::now(), DateTime::UNIX_EPOCH);
        let mut agenda = Agenda::default();
        agenda.update(surveyed, now);
        Self { agenda, now, date }
    }

    fn pass(&mut self, seconds: u64) {
        self.now += Duration::from_secs(seconds);
        self.date += Duration::from_secs(seconds);
    }

    /// Every look that is due, with what it brings.
    fn look(&mut self, brings: impl Fn(&Subject) -> Looked) -> Vec<(Subject, Look)> {
        let begun = self.agenda.begin(self.now, self.date);
        for (subject, look) in &begun {
            self.agenda.ended((subject, *look), &brings(subject), self.now, self.date);
        }
        begun
    }

    /// Requests of so many seconds without news.
    fn requests(&mut self, seconds: u64, brings: impl Fn(&Subject) -> Looked + Copy) -> u32 {
        self.requests_with_ticks(1, seconds, brings)
    }

    /// The same, looking every `tick` seconds; a close look costs two for each mailbox.
    fn requests_with_ticks(
        &mut self,
        tick: u64,
        seconds: u64,
        brings: impl Fn(&Subject) -> Looked + Copy,
    ) -> u32 {
        let mut requests = 0;
        for _ in 0..seconds / tick {
            for (subject, look) in self.look(brings) {
                let looked = brings(&subject);
                requests += match look {
                    Look::Waiting => looked.waiting,
                    Look::News => looked.requests,
                    Look::Closely => 2 * looked.requests,
                };
            }
            self.pass(tick);
        }
        requests
    }
}

fn quiet(requests: u32) -> Looked {
    Looked { requests, ..Looked::default() }
}

#[test]
fn a_quiet_share_rests_half_a_minute_and_one_that_somebody_waits_at_five_seconds() {
    let mut one = Simulation::of(vec![surveyed(1, "a", 2, "")]);
    one.requests(300, |_| quiet(2));
    assert_eq!(one.requests(300, |_| quiet(2)), 2 * 10, "every 30 s");

    let waited = |_: &Subject| Looked { waiting: 1, ..quiet(2) };
    let mut one = Simulation::of(vec![surveyed(1, "a", 2, "")]);
    one.requests(300, waited);
    let requests = one.requests(300, waited);
    assert!((60..=90).contains(&requests), "every 5 s: {requests}");
}

#[test]
fn a_thousand_shares_with_ten_thousand_recipients_keep_to_ten_requests_a_second() {
    let shares = (0..1000).map(|number| surveyed(number, &format!("{}", number % 20), 10, "")).collect();
    let mut many = Simulation::of(shares);
    let start = many.requests_with_ticks(5, 900, |_| quiet(10));
    assert!(start >= 20_000, "the first looks are close ones: {start}");
    let hours = many.requests_with_ticks(5, 5 * 3600, |_| quiet(10));
    // One look in four or five is a close one, which costs twice as much.
    assert!(hours <= 5 * 3600 * 10 * 13 / 10, "{hours} requests in five hours");
    assert!(hours >= 10 * 10_000, "and nobody is forgotten: {hours}");
}

/// Requests of each of so many minutes.
fn by_minute(many: &mut Simulation, minutes: usize, brings: impl Fn(&Subject) -> Looked + Copy) -> Vec<u32> {
    (0..minutes).map(|_| many.requests(60, brings)).collect()
}

#[test]
fn what_began_together_does_not_stay_together() {
    let shares = (0..1000).map(|number| surveyed(number, &format!("{}", number % 20), 10, "")).collect();
    let mut many = Simulation::of(shares);
    // The first looks at everything, and then two rounds of it; some of these looks are close ones.
    by_minute(&mut many, 10, |_| quiet(10));
    let minutes = by_minute(&mut many, 34, |_| quiet(10));
    let most = minutes.iter().max().unwrap();
    assert!(*most <= 60 * 10 * 3 / 2, "{minutes:?}");
}

#[test]
fn news_everywhere_at_once_cost_no_more_than_twice_as_much_as_quiet() {
    let shares = (0..1000).map(|number| surveyed(number, &format!("{}", number % 20), 10, "")).collect();
    let mut many = Simulation::of(shares);
    by_minute(&mut many, 30, |_| quiet(10));
    // As when all recipients take a snapshot in the night: every look brings news once.
    let heard = std::cell::RefCell::new(std::collections::HashSet::new());
    let brings = |subject: &Subject| {
        let news = heard.borrow_mut().insert(subject.clone());
        Looked { news, ..quiet(10) }
    };
    let requests: u32 = by_minute(&mut many, 60, brings).iter().sum();
    assert_eq!(heard.borrow().len(), 1000);
    assert!(requests <= 60 * 60 * 10 * 5 / 2, "{requests} requests in an hour");
}

#[test]
fn a_change_in_the_database_is_looked_at_at_once() {
    let mut two = Simulation::of(vec![surveyed(1, "a", 1, "1"), surveyed(2, "a", 1, "1")]);
    two.requests(120, |_| quiet(1));
    two.look(|_| quiet(1));
    two.agenda.update(vec![surveyed(1, "a", 1, "1"), surveyed(2, "a", 1, "2")], two.now);
    let begun = two.look(|_| quiet(1));
    assert_eq!(begun, [(Subject::Sent(share(2)), Look::Waiting)]);
    assert_eq!(two.look(|_| quiet(1)), [], "once");
    two.agenda.update(vec![surveyed(2, "a", 1, "2"), surveyed(3, "a", 1, "1")], two.now);
    assert_eq!(two.look(|_| quiet(1)), [(Subject::Sent(share(3)), Look::Closely)], "what is new, too");
}

#[test]
fn what_is_gone_is_forgotten_when_the_look_at_it_has_ended() {
    let mut two = Simulation::of(vec![surveyed(1, "a", 1, "1"), surveyed(2, "a", 1, "1")]);
    let begun = two.agenda.begin(two.now, two.date);
    assert_eq!(begun.len(), 2);
    two.agenda.update(vec![surveyed(2, "a", 1, "1")], two.now);
    assert_eq!(two.agenda.watched(), 2);
    for (subject, look) in begun {
        two.agenda.ended((&subject, look), &quiet(1), two.now, two.date);
    }
    assert_eq!(two.agenda.watched(), 1);
}

#[test]
fn a_date_that_is_reached_is_looked_at_at_once() {
    let mut one = Simulation::of(vec![surveyed(1, "a", 1, "")]);
    let date = one.date + Duration::from_secs(125);
    one.requests(121, |_| Looked { date: Some(date), ..quiet(1) });
    one.pass(5);
    assert_eq!(one.look(|_| quiet(1)).len(), 1);
    assert_eq!(one.look(|_| quiet(1)), [], "once");
}

#[test]
fn a_dead_store_keeps_only_its_own_shares_waiting() {
    let shares = (0..40).map(|number| surveyed(number, if number < 30 { "dead" } else { "alive" }, 1, ""));
    let mut both = Simulation::of(shares.collect());
    let begun = both.agenda.begin(both.now, both.date);
    let dead =
        begun.iter().filter(|(subject, _)| (0..30).any(|n| *subject == Subject::Sent(share(n)))).count();
    assert_eq!((dead, begun.len()), (MOST_AT_ONE_STORE, 2 * MOST_AT_ONE_STORE));
    // Those at the dead store never end; the others get all their turns.
    let mut looked = 0;
    for (subject, look) in begun {
        if (30..40).any(|n| subject == Subject::Sent(share(n))) {
            both.agenda.ended((&subject, look), &quiet(1), both.now, both.date);
            looked += 1;
        }
    }
    for _ in 0..3 {
        looked += both.look(|_| quiet(1)).len();
    }
    assert_eq!(looked, 10);
}

#[test]
fn what_fails_rests_longer_and_is_quick_again_after_it_went_well() {
    let failing = |_: &Subject| {
        let round = AgentRound { problems: vec!["no".into()], ..AgentRound::default() };
        Looked { failed: true, round, ..Looked::default() }
    };
    let mut one = Simulation::of(vec![surveyed(1, "a", 1, "")]);
    let mut tried = 0;
    for _ in 0..600 {
        tried += one.look(failing).len();
        one.pass(1);
    }
    assert!((10..=16).contains(&tried), "{tried} tries in ten minutes");
    let since = one.agenda.problems()[0].since;
    assert_eq!(since, DateTime::<Utc>::UNIX_EPOCH, "the first time counts");
    one.pass(60);
    one.look(|_| Looked { news: true, ..quiet(1) });
    assert_eq!(one.agenda.problems(), []);
    one.pass(2);
    assert_eq!(one.look(|_| quiet(1)).len(), 1);
}
