//! Blocks: staged in any order, committed as one list.

use hyper::StatusCode;
use quick_xml::Reader;
use quick_xml::events::Event;

use super::answer::{Answer, Outcome, Refusal, http_date, xml_text};
use super::blobs::{check, with_checksum, written};
use super::call::Call;
use super::content::Content;
use super::copies;
use super::state::{Blob, Container, NO_BLOB, State};

const INVALID_LIST: Refusal = Refusal::new(400, "InvalidBlockList", "The specified block list is invalid.");
const INVALID_XML: Refusal =
    Refusal::new(400, "InvalidXmlDocument", "XML specified is not syntactically valid.");

/// Put Block.
pub(super) fn stage(state: &mut State, call: &Call) -> Outcome {
    keep(state, call, call.body.clone())?;
    let answer = Answer::new(StatusCode::CREATED).with("x-ms-request-server-encrypted", "true");
    Ok(with_checksum(answer, &call.body, call.header("content-md5")))
}

/// Put Block From URL.
pub(super) fn stage_from_url(state: &mut State, call: &Call) -> Outcome {
    let (_, source) = copies::source(state, call)?;
    let range = call.range(&["x-ms-source-range"], source.content.length())?;
    let content = match range {
        Some(range) => source.content.slice(range),
        None => source.content.as_ref().clone(),
    };
    let (md5, crc64) = (call.header("x-ms-source-content-md5"), call.header("x-ms-source-content-crc64"));
    check(&content, md5, crc64)?;
    keep(state, call, content.clone())?;
    let answer = Answer::new(StatusCode::CREATED).with("x-ms-request-server-encrypted", "true");
    Ok(with_checksum(answer, &content, md5))
}

fn keep(state: &mut State, call: &Call, content: Content) -> Result<(), Refusal> {
    if call.query("blockid").is_empty() {
        return Err(Refusal::new(400, "InvalidQueryParameterValue", "A block has an id."));
    }
    let staged = &mut state.container(&call.place)?.staged;
    let blocks = staged.entry(call.place.blob.clone()).or_default();
    if blocks.keys().next().is_some_and(|id| id.len() != call.query("blockid").len()) {
        return Err(Refusal::new(
            400,
            "InvalidBlobOrBlock",
            "The specified blob or block content is invalid.",
        ));
    }
    blocks.insert(call.query("blockid").to_owned(), content);
    Ok(())
}

/// Put Block List.
pub(super) fn commit(state: &mut State, call: &Call) -> Outcome {
    state.check_write(call)?;
    let list = parse_list(&call.body.joined()).ok_or(INVALID_XML)?;
    let container = state.container(&call.place)?;
    let mut content = Content::default();
    let mut blocks = Vec::with_capacity(list.len());
    for (kind, id) in list {
        let block = find(container, &call.place.blob, &kind, &id).ok_or(INVALID_LIST)?;
        blocks.push((id, block.length()));
        content.append(&block);
    }
    let mut blob = Blob::of(call, content);
    blob.blocks = blocks;
    let answer = written(state.write(&call.place, blob)?);
    Ok(with_checksum(answer, &call.body, call.header("content-md5")))
}

fn find(container: &Container, name: &str, kind: &str, id: &str) -> Option<Content> {
    let staged = || container.staged.get(name)?.get(id).cloned();
    let committed = || {
        let blob = container.blobs.get(name)?;
        let mut start = 0;
        for (block, length) in &blob.blocks {
            if block == id {
                return Some(blob.content.slice(start..start + length));
            }
            start += length;
        }
        None
    };
    match kind {
        "Committed" => committed(),
        "Uncommitted" => staged(),
        "Latest" => staged().or_else(committed),
        _ => None,
    }
}

/// Kind and id of every block, in order.
fn parse_list(xml: &[u8]) -> Option<Vec<(String, String)>> {
    let text = std::str::from_utf8(xml).ok()?;
    let mut reader = Reader::from_str(text.trim_start_matches('\u{feff}'));
    let (mut list, mut id) = (Vec::new(), String::new());
    loop {
        match reader.read_event().ok()? {
            Event::Start(_) => id.clear(),
            Event::Text(text) => id.push_str(&text.decode().ok()?),
            Event::End(tag) if tag.name().as_ref() != b"BlockList" => {
                let kind = String::from_utf8_lossy(tag.name().as_ref()).into_owned();
                list.push((kind, id.trim().to_owned()));
            }
            Event::Eof => return Some(list),
            _ => {}
        }
    }
}

/// Get Block List.
pub(super) fn list(state: &mut State, call: &Call) -> Outcome {
    let container = state.container(&call.place)?;
    let (blob, staged) = (container.blobs.get(&call.place.blob), container.staged.get(&call.place.blob));
    if blob.is_none() && staged.is_none() {
        return Err(NO_BLOB);
    }
    let kind = call.query("blocklisttype");
    let mut xml = String::from("<?xml version=\"1.0\" encoding=\"utf-8\"?><BlockList>");
    if kind != "uncommitted" {
        let blocks = blob.into_iter().flat_map(|blob| blob.blocks.iter());
        push_blocks(&mut xml, "CommittedBlocks", blocks.map(|(id, length)| (id, *length)));
    }
    if matches!(kind, "uncommitted" | "all") {
        let blocks = staged.into_iter().flatten().map(|(id, content)| (id, content.length()));
        push_blocks(&mut xml, "UncommittedBlocks", blocks);
    }
    xml.push_str("</BlockList>");
    let mut answer = Answer::new(StatusCode::OK);
    if let Some(blob) = blob {
        answer = answer
            .with("etag", &blob.etag)
            .with("last-modified", http_date(blob.modified))
            .with("x-ms-blob-content-length", blob.content.length().to_string());
    }
    Ok(answer.with_xml(xml))
}

fn push_blocks<'a>(xml: &mut String, element: &str, blocks: impl Iterator<Item = (&'a String, u64)>) {
    xml.push_str(&format!("<{element}>"));
    for (id, length) in blocks {
        xml.push_str(&format!("<Block><Name>{}</Name><Size>{length}</Size></Block>", xml_text(id)));
    }
    xml.push_str(&format!("</{element}>"));
}
