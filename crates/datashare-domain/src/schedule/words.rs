//! A schedule in a sentence.

use super::{Day, Recurrence, Schedule};

impl Schedule {
    /// In English, without a full stop: `every day at 02:30 (Europe/Berlin)`.
    pub fn in_words(&self) -> String {
        let zone = &self.time_zone;
        let at = self.at.as_deref().unwrap_or("00:00");
        match &self.recurrence {
            Recurrence::Hours { hours: 1 } => format!("every hour, counted from {at} ({zone})"),
            Recurrence::Hours { hours } => format!("every {hours} hours, counted from {at} ({zone})"),
            Recurrence::Day => format!("every day at {at} ({zone})"),
            Recurrence::Week { days } => format!("every {} at {at} ({zone})", days_in_words(days)),
            Recurrence::Cron { expression } => format!("as the cron expression {expression} says ({zone})"),
            Recurrence::Unknown => "in a way that only a newer version of Datashare can follow".into(),
        }
    }
}

fn days_in_words(days: &[Day]) -> String {
    let chosen: Vec<String> =
        Day::ALL.iter().filter(|day| days.contains(day)).map(|day| format!("{day:?}")).collect();
    match chosen.split_last() {
        Some((last, [])) => last.clone(),
        Some((last, others)) => format!("{} and {last}", others.join(", ")),
        None => "week".into(),
    }
}
