//! The schedule of a share as it should be: compared by what it means, in words.

use datashare_domain::Schedule;

use super::plan::{change, difference, text};
use super::{check, unplanned};
use crate::dto::{
    ApplyAction, ApplyChange, ApplyDifference, ApplyKind, DesiredSchedule, DesiredShare, ScheduleSet,
    ScheduleWish, ShareDetails, ShareName,
};
use crate::{App, Result};

impl App {
    pub(super) fn plan_schedule(
        &self,
        share: &DesiredShare,
        known: Option<&ShareDetails>,
    ) -> Result<Option<ApplyChange>> {
        let Some(desired) = &share.schedule else { return Ok(None) };
        let known = known.and_then(|known| known.schedule.as_ref()).map(|view| &view.schedule);
        let wanted = match desired {
            DesiredSchedule::None => None,
            DesiredSchedule::Offered(wish) => {
                let start = wish.start.or(known.map(|known| known.start));
                let schedule = self.wished(ScheduleWish { start, ..wish.clone() });
                Some((schedule.map_err(|error| check::within(share, error))?, wish.start.is_some()))
            }
        };
        let (action, differences) = match (known, wanted) {
            (None, None) => return Ok(None),
            (Some(known), None) => {
                (ApplyAction::Remove, vec![difference("runs", Some(&known.in_words()), None)])
            }
            (None, Some((wanted, starts))) => (ApplyAction::Create, created(&wanted, starts)),
            (Some(known), Some((wanted, _))) => (ApplyAction::Update, differing(known, &wanted)),
        };
        let found = !differences.is_empty();
        Ok(found.then(|| change(action, ApplyKind::Schedule, share, &share.name, differences)))
    }

    pub(super) async fn change_share_schedule(
        &self,
        change: &ApplyChange,
        share: &DesiredShare,
    ) -> Result<()> {
        let name = share.name.clone();
        match &share.schedule {
            None => return Err(unplanned(change)),
            Some(DesiredSchedule::None) => self.schedule_clear(ShareName { share: name }).await?,
            Some(DesiredSchedule::Offered(wish)) => {
                self.schedule_set(ScheduleSet { share: name, schedule: wish.clone() }).await?
            }
        };
        Ok(())
    }
}

/// What a schedule says that is not as usual. A start that nobody named is the moment of the change, which no plan can show.
fn created(wanted: &Schedule, starts: bool) -> Vec<ApplyDifference> {
    let start = starts.then(|| text(wanted.start));
    let jitter = (wanted.jitter_seconds > 0).then(|| seconds(wanted));
    let mut differences = vec![
        difference("runs", None, Some(&wanted.in_words())),
        difference("start", None, start.as_deref()),
        difference("jitter", None, jitter.as_deref()),
    ];
    differences.retain(|difference| difference.to.is_some());
    differences
}

fn differing(known: &Schedule, wanted: &Schedule) -> Vec<ApplyDifference> {
    let values = |schedule: &Schedule| [schedule.in_words(), text(schedule.start), seconds(schedule)];
    let all = ["runs", "start", "jitter"].into_iter().zip(values(known)).zip(values(wanted));
    let differing = all.filter(|((_, from), to)| from != to);
    differing.map(|((field, from), to)| difference(field, Some(&from), Some(&to))).collect()
}

fn seconds(schedule: &Schedule) -> String {
    match schedule.jitter_seconds {
        1 => "1 second".to_owned(),
        seconds => format!("{seconds} seconds"),
    }
}
