//! Operations on one blob.

use hyper::StatusCode;

use super::answer::{Answer, Outcome, Refusal, http_date};
use super::call::Call;
use super::content::Content;
use super::state::{Blob, Copy, CopyStatus, NO_BLOB, Properties, State};

const RANGE: [&str; 2] = ["x-ms-range", "range"];
const MD5: Refusal = Refusal::new(
    400,
    "Md5Mismatch",
    "The MD5 value specified in the request did not match with the MD5 value calculated by the server.",
);
const CRC64: Refusal = Refusal::new(
    400,
    "Crc64Mismatch",
    "The CRC64 value specified in the request did not match with the CRC64 value calculated by the server.",
);

/// Compares bytes with the checksums that came with them.
pub(super) fn check(content: &Content, md5: Option<&str>, crc64: Option<&str>) -> Result<(), Refusal> {
    if md5.is_some_and(|md5| md5 != content.md5()) {
        return Err(MD5);
    }
    if crc64.is_some_and(|crc64| crc64 != content.crc64()) {
        return Err(CRC64);
    }
    Ok(())
}

/// Compares the body of a call with its checksums. Work, so not under the lock.
pub(super) fn check_body(call: &Call) -> Result<(), Refusal> {
    // Put Blob is checked against the hash that it is to keep, too; the service has no body for it elsewhere.
    let whole = call.header("x-ms-blob-type").is_some() && call.header("x-ms-copy-source").is_none();
    let kept = call.header("x-ms-blob-content-md5").filter(|_| whole);
    if whole {
        // Kept with the blob, so it is computed here.
        call.body.md5();
    }
    check(&call.body, call.header("content-md5").or(kept), call.header("x-ms-content-crc64"))
}

/// The checksum that the service answers to bytes it took.
pub(super) fn with_checksum(answer: Answer, content: &Content, md5: Option<&str>) -> Answer {
    match md5 {
        Some(md5) => answer.with("content-md5", md5),
        None => answer.with("x-ms-content-crc64", content.crc64()),
    }
}

pub(super) fn put(state: &mut State, call: &Call) -> Outcome {
    if call.header("x-ms-blob-type") != Some("BlockBlob") {
        return Err(Refusal::new(501, "NotImplemented", "This server holds block blobs only."));
    }
    state.check_write(call)?;
    let mut blob = Blob::of(call, call.body.clone());
    blob.properties.default_to("content-md5", call.body.md5());
    for name in ["content-type", "content-encoding", "content-language", "cache-control"] {
        if let Some(value) = call.header(name) {
            blob.properties.default_to(name, value);
        }
    }
    let answer = written(state.write(&call.place, blob)?);
    Ok(with_checksum(answer, &call.body, Some(call.body.md5())))
}

pub(super) fn written(blob: &Blob) -> Answer {
    Answer::new(StatusCode::CREATED)
        .with("etag", &blob.etag)
        .with("last-modified", http_date(blob.modified))
        .with("x-ms-request-server-encrypted", "true")
}

pub(super) fn get(state: &mut State, call: &Call) -> Outcome {
    let blob = state.blob_to_read(call)?;
    let length = blob.content.length();
    let Some(range) = call.range(&RANGE, length)? else {
        let body = blob.content.as_ref().clone();
        let md5 = blob.properties.get("content-md5");
        return Ok(described(StatusCode::OK, blob).with_some("content-md5", md5).with_body(body));
    };
    let body = blob.content.slice(range.clone());
    let mut answer = described(StatusCode::PARTIAL_CONTENT, blob)
        .with("content-range", format!("bytes {}-{}/{length}", range.start, range.end - 1))
        .with_some("x-ms-blob-content-md5", blob.properties.get("content-md5"));
    if call.header("x-ms-range-get-content-md5") == Some("true") {
        answer = answer.with("content-md5", body.md5());
    }
    if call.header("x-ms-range-get-content-crc64") == Some("true") {
        answer = answer.with("x-ms-content-crc64", body.crc64());
    }
    Ok(answer.with_body(body))
}

pub(super) fn head(state: &mut State, call: &Call) -> Outcome {
    let blob = state.blob_to_read(call)?;
    let md5 = blob.properties.get("content-md5");
    Ok(described(StatusCode::OK, blob)
        .with_some("content-md5", md5)
        .with("x-ms-access-tier", "Hot")
        .with("x-ms-access-tier-inferred", "true")
        .with_length_alone(blob.content.length()))
}

pub(super) fn delete(state: &mut State, call: &Call) -> Outcome {
    state.blob_to_read(call)?;
    state.container(&call.place)?.blobs.remove(&call.place.blob).ok_or(NO_BLOB)?;
    Ok(Answer::new(StatusCode::ACCEPTED))
}

pub(super) fn set_metadata(state: &mut State, call: &Call) -> Outcome {
    change(state, call, |blob| blob.metadata = call.metadata())
}

pub(super) fn set_properties(state: &mut State, call: &Call) -> Outcome {
    change(state, call, |blob| blob.properties = Properties::of(call))
}

fn change(state: &mut State, call: &Call, change: impl FnOnce(&mut Blob)) -> Outcome {
    state.check_write(call)?;
    let etag = state.next_etag();
    let blob = state.blob(&call.place)?;
    change(blob);
    blob.etag = etag;
    blob.modified = chrono::Utc::now();
    let Blob { etag, modified, .. } = blob;
    Ok(Answer::new(StatusCode::OK).with("etag", etag).with("last-modified", http_date(*modified)))
}

fn described(status: StatusCode, blob: &Blob) -> Answer {
    let mut answer = Answer::new(status)
        .with("content-type", "application/octet-stream")
        .with("accept-ranges", "bytes")
        .with("etag", &blob.etag)
        .with("last-modified", http_date(blob.modified))
        .with("x-ms-creation-time", http_date(blob.created))
        .with("x-ms-blob-type", "BlockBlob")
        .with("x-ms-lease-state", "available")
        .with("x-ms-lease-status", "unlocked")
        .with("x-ms-server-encrypted", "true");
    for (name, value) in blob.properties.iter().filter(|(name, _)| *name != "content-md5") {
        answer = answer.with(name, value);
    }
    for (name, value) in &blob.metadata {
        answer = answer.with(&format!("x-ms-meta-{name}"), value);
    }
    if !blob.tags.is_empty() {
        answer = answer.with("x-ms-tag-count", blob.tags.len().to_string());
    }
    blob.copy.iter().fold(answer, copy_headers)
}

fn copy_headers(answer: Answer, copy: &Copy) -> Answer {
    let done = if copy.status == CopyStatus::Success { copy.total } else { 0 };
    let description = match copy.status {
        CopyStatus::Failed(description) => Some(description),
        _ => None,
    };
    answer
        .with("x-ms-copy-id", &copy.id)
        .with("x-ms-copy-source", &copy.source)
        .with("x-ms-copy-status", copy.status.name())
        .with("x-ms-copy-progress", format!("{done}/{}", copy.total))
        .with_some("x-ms-copy-completion-time", copy.completed.map(http_date))
        .with_some("x-ms-copy-status-description", description)
}
