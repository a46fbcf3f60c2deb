//! What there is to watch, as the database shows it. No record is verified here: that is a look's work.

use datashare_domain::ShareId;
use rusqlite::{Connection, OptionalExtension};

use super::agenda::{Subject, Surveyed};
use crate::database::columns::id;
use crate::database::received::{self, ReceivedRow};
use crate::database::state;
use crate::{App, Result};

/// Requests of a look at a received share that finds nothing.
const OF_RECEIVED: u32 = 1;

/// What the database was when it was surveyed last.
pub(super) type Known = Option<(i64, i64)>;

impl App {
    /// Everything to watch, which is nothing before the workspace is somebody's; `None` when the database is as it was
    /// known. Many shares take a while to be surveyed.
    pub(super) fn survey(&self, known: &mut Known) -> Result<Option<Vec<Surveyed>>> {
        let now = self.database().read(state)?;
        if *known == Some(now) {
            return Ok(None);
        }
        let surveyed = if self.card_if_any()?.is_some() { self.survey_all()? } else { Vec::new() };
        *known = Some(now);
        Ok(Some(surveyed))
    }

    fn survey_all(&self) -> Result<Vec<Surveyed>> {
        self.database().read(|connection| {
            let mut found = sent(connection)?;
            for row in received::list(connection)? {
                let (last, _) = own_records(connection, &row)?;
                let subject = Subject::Received(row.id.clone());
                found.push(surveyed(subject, row, last.to_string()));
            }
            for row in received::list_left(connection)? {
                let (last, pushed) = own_records(connection, &row)?;
                if last > pushed {
                    let subject = Subject::Left(row.id.clone());
                    found.push(surveyed(subject, row, String::new()));
                }
            }
            Ok(found)
        })
    }
}

fn surveyed(subject: Subject, row: ReceivedRow, fingerprint: String) -> Surveyed {
    let store = format!("{:?}", row.invitation.place);
    Surveyed { subject, name: row.name, store, requests: OF_RECEIVED, fingerprint }
}

/// A share differs from before when there are other mailboxes or datasets, records to anybody, dates or generations.
fn sent(connection: &Connection) -> Result<Vec<Surveyed>> {
    let mut statement = connection.prepare_cached(
        "SELECT s.id, s.name, s.connection_id, s.generation, count(m.id),
                coalesce(sum((SELECT max(sequence) FROM records WHERE chain = 'mailbox:' || m.id || ':out')), 0),
                (SELECT max(sequence) FROM records WHERE chain = 'share:' || s.id)
         FROM shares s LEFT JOIN mailboxes m ON m.share_id = s.id
         WHERE s.deleted_at IS NULL GROUP BY s.id ORDER BY s.name",
    )?;
    let rows = statement.query_map([], |row| {
        let (generation, mailboxes): (i64, u32) = (row.get(3)?, row.get(4)?);
        let (told, logged): (i64, Option<i64>) = (row.get(5)?, row.get(6)?);
        Ok(Surveyed {
            subject: Subject::Sent(id(row, 0, ShareId::parse)?),
            name: row.get(1)?,
            store: row.get(2)?,
            requests: mailboxes + 1,
            fingerprint: format!("{generation} {mailboxes} {told} {logged:?}"),
        })
    })?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

/// How many records of ours there are for the provider, and how many it has.
fn own_records(connection: &Connection, row: &ReceivedRow) -> Result<(i64, i64)> {
    const LAST: &str = "SELECT max(sequence) FROM records WHERE chain = ?1";
    const PUSHED: &str = "SELECT CAST(value AS INTEGER) FROM meta WHERE key = 'pushed:' || ?1";
    let chain = crate::chains::Chain::In(row.mailbox_id.clone()).name();
    let last: Option<i64> = connection.prepare_cached(LAST)?.query_row([&chain], |row| row.get(0))?;
    let pushed = connection.prepare_cached(PUSHED)?.query_row([&chain], |row| row.get(0)).optional()?;
    Ok((last.unwrap_or(0), pushed.unwrap_or(0)))
}
