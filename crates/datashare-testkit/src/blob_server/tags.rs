//! Tags of a blob: read and replaced as a whole.

use std::collections::BTreeMap;

use hyper::StatusCode;
use quick_xml::Reader;
use quick_xml::events::Event;

use super::answer::{Answer, Outcome, Refusal};
use super::call::Call;
use super::listing::tag_set;
use super::state::State;

pub(super) fn get(state: &mut State, call: &Call) -> Outcome {
    let tags = tag_set(&state.blob(&call.place)?.tags);
    Ok(Answer::new(StatusCode::OK).with_xml(format!("<?xml version=\"1.0\" encoding=\"utf-8\"?>{tags}")))
}

pub(super) fn set(state: &mut State, call: &Call) -> Outcome {
    let tags = parse(&call.body.joined()).ok_or(Refusal::new(
        400,
        "InvalidXmlDocument",
        "XML specified is not syntactically valid.",
    ))?;
    state.blob(&call.place)?.tags = tags;
    Ok(Answer::new(StatusCode::NO_CONTENT))
}

fn parse(xml: &[u8]) -> Option<BTreeMap<String, String>> {
    let text = std::str::from_utf8(xml).ok()?;
    let mut reader = Reader::from_str(text.trim_start_matches('\u{feff}'));
    let (mut tags, mut key, mut text) = (BTreeMap::new(), String::new(), String::new());
    loop {
        match reader.read_event().ok()? {
            Event::Start(_) => text.clear(),
            Event::Text(part) => text.push_str(&part.decode().ok()?),
            Event::GeneralRef(entity) => {
                text.push_str(quick_xml::escape::resolve_predefined_entity(&entity.decode().ok()?)?);
            }
            Event::End(tag) if tag.name().as_ref() == b"Key" => key = std::mem::take(&mut text),
            Event::End(tag) if tag.name().as_ref() == b"Value" => {
                tags.insert(std::mem::take(&mut key), std::mem::take(&mut text));
            }
            Event::Eof => return Some(tags),
            _ => {}
        }
    }
}
