//! How long something rests between two looks: briefly after news, longer and longer while there are none.

use std::time::Duration;

use tokio::time::Instant;

/// After news.
pub(super) const QUICK: Duration = Duration::from_secs(2);
/// After trouble, at first and at most. What was promised to happen within a minute does, once the trouble is over.
const TROUBLE: Duration = Duration::from_secs(5);
const MOST_TROUBLE: Duration = Duration::from_secs(60);

/// When to look next, and how long to rest then.
#[derive(Clone, Copy, Debug)]
pub(super) struct Pace {
    rest: Duration,
    due: Instant,
}

impl Pace {
    /// Due at this time for the first time, and quick from then on.
    pub(super) fn quick(due: Instant) -> Self {
        Self { rest: QUICK, due }
    }

    /// Due at this time for the first time; without news it rests as long as it may from then on.
    pub(super) fn resting(due: Instant) -> Self {
        Self { rest: Duration::MAX, due }
    }

    pub(super) fn due(&self) -> Instant {
        self.due
    }

    /// The look brought news.
    pub(super) fn news(&mut self, now: Instant) {
        *self = Self::quick(now + QUICK);
    }

    /// The look brought nothing; the rest grows up to `most`.
    pub(super) fn quiet(&mut self, now: Instant, most: Duration) {
        let rest = (self.rest.saturating_mul(3) / 2).min(most).max(QUICK);
        *self = Self { rest, due: now + rest };
    }

    /// The look failed.
    pub(super) fn trouble(&mut self, now: Instant) {
        let rest = self.rest.saturating_mul(2).clamp(TROUBLE, MOST_TROUBLE);
        *self = Self { rest, due: now + rest };
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The rests between `count` looks without news.
    fn rests(pace: &mut Pace, most: Duration, count: usize) -> Vec<Duration> {
        (0..count)
            .map(|_| {
                let now = pace.due();
                pace.quiet(now, most);
                pace.due() - now
            })
            .collect()
    }

    #[test]
    fn quiet_makes_it_slower_up_to_the_limit_and_news_quick_again() {
        let start = Instant::now();
        let mut pace = Pace::quick(start);
        let most = Duration::from_secs(30);
        let quiet = rests(&mut pace, most, 12);
        assert!(quiet.is_sorted() && quiet[0] <= 2 * QUICK, "{quiet:?}");
        assert_eq!(quiet.last(), Some(&most));
        let now = pace.due();
        pace.news(now);
        assert_eq!(pace.due() - now, QUICK);
        assert_eq!(rests(&mut Pace::resting(start), most, 1), [most]);
    }

    #[test]
    fn trouble_is_tried_again_less_and_less_often_but_within_a_minute() {
        let mut pace = Pace::resting(Instant::now());
        rests(&mut pace, Duration::from_secs(1000), 1);
        for _ in 0..10 {
            let now = pace.due();
            pace.trouble(now);
            assert!(pace.due() - now <= Duration::from_secs(60));
        }
        let now = pace.due();
        pace.news(now);
        pace.trouble(now);
        assert_eq!(pace.due() - now, TROUBLE);
    }
}
