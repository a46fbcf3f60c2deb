//! How long something rests between two looks: briefly after news, longer and longer while there are none.

use std::time::Duration;

use tokio::time::Instant;

/// After news.
pub(super) const QUICK: Duration = Duration::from_secs(2);
/// After trouble, at first and at most. What was promised to happen within a minute does, once the trouble is over.
const TROUBLE: Duration = Duration::from_secs(5);
const MOST_TROUBLE: Duration = Duration::from_secs(60);

/// How long something rests at least after news, and at most without.
#[derive(Clone, Copy, Debug)]
pub(super) struct Rest {
    pub(super) least: Duration,
    pub(super) most: Duration,
}

/// The turn of one of many that begin together, so that they do not stay together.
#[derive(Clone, Copy, Debug)]
pub(super) struct Turn {
    /// How many of them are before it, from 0 to 1.
    pub(super) part: f64,
    /// How long the first looks at all of them take.
    pub(super) first_looks: Duration,
}

impl Turn {
    /// Spreads the second looks evenly over one rest, from the end of the first looks on.
    fn first_rest(self, rest: Duration) -> Duration {
        rest.mul_f64(self.part) + self.first_looks.mul_f64(1.0 - self.part)
    }
}

/// When to look next, and how long to rest then.
#[derive(Clone, Copy, Debug)]
pub(super) struct Pace {
    rest: Duration,
    due: Instant,
    /// There were news, and it does not rest as long as it may yet.
    lively: bool,
    /// How its first rest is another one.
    turn: Option<Turn>,
}

impl Pace {
    /// Due at this time for the first time, and quick from then on.
    pub(super) fn quick(due: Instant) -> Self {
        Self { rest: QUICK, due, lively: true, turn: None }
    }

    /// Due at this time for the first time; without news it rests as long as it may from then on, but for its first rest.
    pub(super) fn resting(due: Instant, turn: Turn) -> Self {
        Self { rest: Duration::MAX, due, lively: false, turn: Some(turn) }
    }

    pub(super) fn due(&self) -> Instant {
        self.due
    }

    pub(super) fn is_lively(&self) -> bool {
        self.lively
    }

    /// The look brought news.
    pub(super) fn news(&mut self, now: Instant, Rest { least, most }: Rest) {
        let rest = least.min(most).max(QUICK);
        *self = Self { rest, due: now + rest, lively: true, turn: None };
    }

    /// The look brought nothing; the rest grows.
    pub(super) fn quiet(&mut self, now: Instant, Rest { least, most }: Rest) {
        let rest = (self.rest.saturating_mul(3) / 2).max(least).min(most).max(QUICK);
        let first = self.turn.map_or(rest, |turn| turn.first_rest(rest).max(QUICK));
        *self = Self { rest, due: now + first, lively: self.lively && rest < most, turn: None };
    }

    /// The look failed.
    pub(super) fn trouble(&mut self, now: Instant) {
        let rest = self.rest.saturating_mul(2).clamp(TROUBLE, MOST_TROUBLE);
        *self = Self { rest, due: now + rest, lively: false, turn: None };
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LAST: Turn = Turn { part: 1.0, first_looks: Duration::ZERO };

    fn rest(seconds: u64) -> Rest {
        Rest { least: Duration::ZERO, most: Duration::from_secs(seconds) }
    }

    /// The rests between `count` looks without news.
    fn rests(pace: &mut Pace, rest: Rest, count: usize) -> Vec<Duration> {
        (0..count)
            .map(|_| {
                let now = pace.due();
                pace.quiet(now, rest);
                pace.due() - now
            })
            .collect()
    }

    #[test]
    fn quiet_makes_it_slower_up_to_the_limit_and_news_quick_again() {
        let start = Instant::now();
        let mut pace = Pace::quick(start);
        let quiet = rests(&mut pace, rest(30), 12);
        assert!(quiet.is_sorted() && quiet[0] <= 2 * QUICK, "{quiet:?}");
        assert_eq!(quiet.last(), Some(&rest(30).most));
        assert!(!pace.is_lively());
        let now = pace.due();
        pace.news(now, rest(30));
        assert!(pace.is_lively());
        assert_eq!(pace.due() - now, QUICK);
    }

    #[test]
    fn news_are_followed_no_quicker_than_there_is_room_for() {
        let mut pace = Pace::resting(Instant::now(), LAST);
        let now = pace.due();
        pace.news(now, Rest { least: Duration::from_secs(20), most: Duration::from_secs(30) });
        assert_eq!(pace.due() - now, Duration::from_secs(20));
        let now = pace.due();
        pace.news(now, Rest { least: Duration::from_secs(60), most: Duration::from_secs(30) });
        assert_eq!(pace.due() - now, Duration::from_secs(30), "as if it were quiet at most");
    }

    #[test]
    fn the_first_rest_after_the_start_depends_on_the_turn() {
        let turn = Turn { part: 0.25, first_looks: Duration::from_secs(4) };
        let seconds = [7.5 + 3.0, 30.0].map(Duration::from_secs_f64);
        assert_eq!(rests(&mut Pace::resting(Instant::now(), turn), rest(30), 2), seconds);
    }

    #[test]
    fn trouble_is_tried_again_less_and_less_often_but_within_a_minute() {
        let mut pace = Pace::resting(Instant::now(), LAST);
        rests(&mut pace, rest(1000), 1);
        for _ in 0..10 {
            let now = pace.due();
            pace.trouble(now);
            assert!(pace.due() - now <= Duration::from_secs(60));
        }
        let now = pace.due();
        pace.news(now, rest(1000));
        pace.trouble(now);
        assert_eq!(pace.due() - now, TROUBLE);
    }
}
