//! The order of a level, and where in it one goes on. For stores that have a whole level, or a stretch of it, at hand.

use crate::{Level, LevelEntry, LevelKind};

/// At most `limit` of the entries that come after `next`, in order: folders first, each group in order of names.
pub fn part_of_level(mut entries: Vec<LevelEntry>, limit: usize, next: Option<&str>) -> Level {
    if let Some(next) = next {
        entries.retain(|entry| position(entry) > position_of(next));
    }
    entries.sort_unstable_by(|a, b| position(a).cmp(&position(b)));
    let more = entries.len() > limit;
    entries.truncate(limit);
    let next = entries.last().filter(|_| more).map(mark);
    Level { entries, next }
}

/// Folders come before files.
fn position(entry: &LevelEntry) -> (bool, &str) {
    (matches!(entry.kind, LevelKind::File { .. }), &entry.name)
}

/// A name as a mark: that of a folder ends with `/`, which no name does.
fn mark(entry: &LevelEntry) -> String {
    let slash = if matches!(entry.kind, LevelKind::File { .. }) { "" } else { "/" };
    format!("{}{slash}", entry.name)
}

/// The position that a mark stands for.
pub(crate) fn position_of(mark: &str) -> (bool, &str) {
    match mark.strip_suffix('/') {
        Some(folder) => (false, folder),
        None => (true, mark),
    }
}
