//! Versions of terms, side by side.

use std::time::Duration;

use datashare_protocol::Body;
use similar::{ChangeTag, TextDiff};

use super::audit::{Audited, LocalCopy};
use crate::chains::Chain;
use crate::database::shares;
use crate::dto::{LineChange, TermsCompare, TermsDifference, TermsLine};
use crate::{App, AppError, Result};

/// Texts of megabytes that have little in common take for ever to be compared well. Terms are the other party's: after this,
/// more is said to have changed than did.
const LONGEST_COMPARISON: Duration = Duration::from_millis(500);

/// Every version that is known here, oldest first, and the one that was agreed to.
struct Versions {
    texts: Vec<(u32, String)>,
    agreed: Option<u32>,
}

impl App {
    /// What changed from one version of the terms to another, line by line.
    pub async fn terms_compare(&self, request: TermsCompare) -> Result<TermsDifference> {
        let versions = self.terms_versions(&request.name)?;
        let newest = versions.texts.last().map(|(version, _)| *version);
        let to = request.to.or(newest).ok_or_else(|| AppError::not_found("This share has no terms."))?;
        let before = versions.texts.iter().rev().map(|(version, _)| *version).find(|version| *version < to);
        let from = request.from.or(versions.agreed.filter(|agreed| *agreed < to)).or(before);
        let text = |version: u32| {
            let found = versions.texts.iter().find(|(known, _)| *known == version);
            let message = format!("There is no version {version} of these terms here.");
            found.map(|(_, text)| text.as_str()).ok_or_else(|| AppError::not_found(message))
        };
        Ok(difference(from, from.map(text).transpose()?.unwrap_or_default(), to, text(to)?))
    }

    fn terms_versions(&self, name: &str) -> Result<Versions> {
        let audited = Audited::find(self, name)?;
        if let Audited::Share(row) = &audited {
            let rows = self.database().read(|connection| shares::list_terms(connection, &row.id))?;
            let texts = rows.into_iter().rev().map(|row| (row.version, row.text)).collect();
            return Ok(Versions { texts, agreed: None });
        }
        let mut versions = Versions { texts: Vec::new(), agreed: None };
        for log in audited.logs(self)? {
            let records = LocalCopy::load(self, &log)?.verified;
            match &log.chain {
                Chain::In(_) => versions.agreed = records.iter().rev().find_map(|r| agreed(&r.record.body)),
                _ => versions.texts.extend(records.iter().filter_map(|r| told(&r.record.body))),
            }
        }
        Ok(versions)
    }
}

fn told(body: &Body) -> Option<(u32, String)> {
    let terms = match body {
        Body::Offer(offer) => offer.terms.as_ref()?,
        Body::TermsChanged { terms } => terms,
        _ => return None,
    };
    Some((terms.version, terms.text.clone()))
}

fn agreed(body: &Body) -> Option<u32> {
    match body {
        Body::TermsAgreed { version, .. } => Some(*version),
        Body::Claim(claim) => claim.terms_version,
        _ => None,
    }
}

fn difference(from: Option<u32>, before: &str, to: u32, after: &str) -> TermsDifference {
    let line = |change: similar::Change<&str>| TermsLine {
        change: match change.tag() {
            ChangeTag::Equal => LineChange::Same,
            ChangeTag::Insert => LineChange::Added,
            ChangeTag::Delete => LineChange::Removed,
        },
        text: change.value().trim_end_matches(['\r', '\n']).to_owned(),
    };
    let compared = TextDiff::configure().timeout(LONGEST_COMPARISON).diff_lines(before, after);
    let lines: Vec<TermsLine> = compared.iter_all_changes().map(line).collect();
    let count = |change| lines.iter().filter(|line| line.change == change).count();
    TermsDifference { from, to, added: count(LineChange::Added), removed: count(LineChange::Removed), lines }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_removed_stands_before_what_took_its_place() {
        let difference =
            difference(Some(1), "Use it.\nTell nobody.\n", 2, "Use it.\nTell your team.\nDelete it.");
        let shown: Vec<_> = difference.lines.iter().map(|line| (line.change, line.text.as_str())).collect();
        assert_eq!(
            shown,
            [
                (LineChange::Same, "Use it."),
                (LineChange::Removed, "Tell nobody."),
                (LineChange::Added, "Tell your team."),
                (LineChange::Added, "Delete it."),
            ]
        );
        assert_eq!((difference.added, difference.removed), (2, 1));
    }

    /// Without an end to the comparison this goes on for minutes.
    #[test]
    fn terms_that_are_made_to_be_slow_are_compared_all_the_same() {
        let text = |mut seed: u32| {
            let mut next = || {
                seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                if seed >> 31 == 0 { "a\n" } else { "b\n" }
            };
            (0..300_000).map(|_| next()).collect::<String>()
        };
        let (before, after) = (text(1), text(2));
        let difference = difference(Some(1), &before, 2, &after);
        let side = |other: LineChange| {
            let lines = difference.lines.iter().filter(|line| line.change != other);
            lines.map(|line| format!("{}\n", line.text)).collect::<String>()
        };
        assert!(
            side(LineChange::Added) == before && side(LineChange::Removed) == after,
            "nothing is left out"
        );
    }
}
