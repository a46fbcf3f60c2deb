//! Copies between the accounts of this server: at once, or asynchronous with an id.
//!
//! Only the path of the source's address counts, so that copies work behind a proxy too.

use chrono::{DateTime, Utc};
use hyper::StatusCode;
use url::Url;

use super::answer::{Answer, Outcome, Refusal};
use super::blobs::{check, written};
use super::call::{Call, Place, parse_query};
use super::state::{Blob, Copy, CopyStatus, State};

const UNREADABLE: Refusal =
    Refusal::new(403, "CannotVerifyCopySource", "The source of the copy cannot be read with its credential.");
const ABSENT: Refusal = Refusal::new(404, "CannotVerifyCopySource", "The specified resource does not exist.");

/// Where `x-ms-copy-source` points, and what is there now, if the source's conditions hold.
pub(super) fn source(state: &mut State, call: &Call) -> Result<(Place, Blob), Refusal> {
    if let Some(refusal) = state.manners.copies_refused {
        return Err(refusal);
    }
    let address = call.header("x-ms-copy-source").and_then(|source| Url::parse(source).ok());
    let address = address.ok_or(Refusal::new(400, "InvalidHeaderValue", "The copy source is no address."))?;
    let query = parse_query(address.query().unwrap_or_default());
    if state.manners.refuses(&query) {
        return Err(UNREADABLE);
    }
    let place = Place::parse(address.path());
    match state.source(&place, call) {
        Err(refusal) if refusal.status == 404 => Err(ABSENT),
        found => Ok((place, found?)),
    }
}

/// Put Blob From URL.
pub(super) fn put(state: &mut State, call: &Call) -> Outcome {
    let (_, from) = source(state, call)?;
    state.check_write(call)?;
    check(&from.content, call.header("x-ms-source-content-md5"), None)?;
    let mut blob = Blob::of(call, from.content.as_ref().clone());
    if call.header("x-ms-copy-source-blob-properties") != Some("false") {
        blob.properties.extend_from(&from.properties);
    }
    take_tags(&mut blob, &from, call);
    Ok(written(state.write(&call.place, blob)?))
}

/// Copy Blob, and Copy Blob From URL when the call requires it at once.
pub(super) fn copy(state: &mut State, call: &Call) -> Outcome {
    let (place, from) = source(state, call)?;
    state.check_write(call)?;
    check(&from.content, call.header("x-ms-source-content-md5"), None)?;
    let at_once = call.header("x-ms-requires-sync") == Some("true");
    let mut blob = Blob::of(call, Default::default());
    blob.properties.extend_from(&from.properties);
    if blob.metadata.is_empty() {
        blob.metadata = from.metadata.clone();
    }
    take_tags(&mut blob, &from, call);
    let mut copy = Copy {
        id: format!("00000000-0000-4000-8000-{:012x}", state.next_serial()),
        source: call.header("x-ms-copy-source").unwrap_or_default().to_owned(),
        place,
        pinned: from.etag.clone(),
        total: from.content.length(),
        status: CopyStatus::Pending,
        completed: None,
    };
    if at_once || !state.manners.copies_held {
        succeed(&mut blob, &mut copy, &from);
    }
    let (id, status) = (copy.id.clone(), copy.status.name());
    // A copy at once leaves no trace of itself.
    blob.copy = (!at_once).then_some(copy);
    let mut answer = written(state.write(&call.place, blob)?);
    answer =
        answer.with_status(StatusCode::ACCEPTED).with("x-ms-copy-id", id).with("x-ms-copy-status", status);
    Ok(answer)
}

fn take_tags(blob: &mut Blob, from: &Blob, call: &Call) {
    if call.header("x-ms-copy-source-tag-option").is_some_and(|option| option.eq_ignore_ascii_case("copy")) {
        blob.tags = from.tags.clone();
    }
}

fn succeed(blob: &mut Blob, copy: &mut Copy, from: &Blob) {
    blob.content = from.content.clone();
    blob.blocks = from.blocks.clone();
    copy.status = CopyStatus::Success;
    copy.completed = Some(Utc::now());
}

/// Abort Copy Blob: the target stays, empty.
pub(super) fn abort(state: &mut State, call: &Call) -> Outcome {
    let etag = state.next_etag();
    let blob = state.blob(&call.place)?;
    let Some(copy) = blob.copy.as_mut().filter(|copy| copy.is_pending()) else {
        return Err(Refusal::new(
            409,
            "NoPendingCopyOperation",
            "There is currently no pending copy operation.",
        ));
    };
    if copy.id != call.query("copyid") {
        return Err(Refusal::new(
            409,
            "CopyIdMismatch",
            "The specified copy ID did not match the pending one.",
        ));
    }
    copy.status = CopyStatus::Aborted;
    copy.completed = Some(Utc::now());
    blob.etag = etag;
    Ok(Answer::new(StatusCode::NO_CONTENT))
}

/// Ends every pending copy: with the source's bytes, or failed when the source is gone or another by now.
pub(super) fn finish_pending(state: &mut State) {
    let mut pending = Vec::new();
    for ((account, container), held) in &state.containers {
        let names = held.blobs.iter().filter(|(_, blob)| blob.copy.as_ref().is_some_and(Copy::is_pending));
        pending.extend(names.map(|(blob, _)| Place {
            account: account.clone(),
            container: container.clone(),
            blob: blob.clone(),
        }));
    }
    pending.iter().for_each(|place| finish(state, place));
}

fn finish(state: &mut State, place: &Place) {
    let etag = state.next_etag();
    let Ok(mut blob) = state.blob(place).cloned() else { return };
    let Some(mut copy) = blob.copy.take() else { return };
    match state.blob(&copy.place).cloned() {
        Ok(from) if from.etag == copy.pinned => succeed(&mut blob, &mut copy, &from),
        Ok(_) => copy.fail("412 ConditionNotMet \"Copy failed when reading the source.\""),
        Err(_) => copy.fail("404 BlobNotFound \"Copy failed when reading the source.\""),
    }
    blob.copy = Some(copy);
    (blob.etag, blob.modified) = (etag, Utc::now());
    if let Ok(held) = state.blob(place) {
        *held = blob;
    }
}

impl Copy {
    fn fail(&mut self, description: &'static str) {
        self.status = CopyStatus::Failed(description);
        self.completed = Some(Utc::now());
    }
}

impl super::state::Manners {
    /// Whether a query holds a SAS that is over: by its own word, or because a test said so.
    pub(super) fn refuses(&self, query: &std::collections::BTreeMap<String, String>) -> bool {
        let expiry = query.get("se").and_then(|time| DateTime::parse_from_rfc3339(time).ok());
        query.contains_key("sig") && (self.sas_expired || expiry.is_some_and(|expiry| expiry < Utc::now()))
    }
}
