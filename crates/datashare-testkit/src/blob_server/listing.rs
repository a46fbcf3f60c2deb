//! List Blobs, in order of name bytes; flat, or by level.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::ops::Bound::{Excluded, Included, Unbounded};

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE;
use hyper::StatusCode;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};

use super::answer::{Answer, Outcome, http_date, xml_text};
use super::call::Call;
use super::state::{Blob, Container, CopyStatus, State};

/// The service's own limit.
const MOST: usize = 5000;

/// What the caller wants beside the names.
struct Include {
    metadata: bool,
    tags: bool,
    copy: bool,
}

pub(super) fn list(state: &mut State, call: &Call) -> Outcome {
    let container = state.container(&call.place)?;
    let most = call.query("maxresults").parse().unwrap_or(MOST).clamp(1, MOST);
    let included = |part: &str| call.query("include").split(',').any(|name| name == part);
    let include = Include { metadata: included("metadata"), tags: included("tags"), copy: included("copy") };
    let mut xml = opening(call);
    let next = entries(container, call, most, &include, &mut xml);
    let next = next.map(|name| URL_SAFE.encode(name)).unwrap_or_default();
    let _ = write!(xml, "</Blobs><NextMarker>{next}</NextMarker></EnumerationResults>");
    Ok(Answer::new(StatusCode::OK).with_xml(xml))
}

/// The start of the answer, with the question in it: clients take the prefix of the next page from there.
fn opening(call: &Call) -> String {
    let element =
        |(element, name): (&str, &str)| format!("<{element}>{}</{element}>", xml_text(call.query(name)));
    let asked = [
        ("Prefix", "prefix"),
        ("Marker", "marker"),
        ("MaxResults", "maxresults"),
        ("Delimiter", "delimiter"),
    ];
    let asked = asked.into_iter().filter(|(_, name)| !call.query(name).is_empty());
    format!(
        "<?xml version=\"1.0\" encoding=\"utf-8\"?><EnumerationResults ServiceEndpoint=\"/\" ContainerName=\"{}\">{}<Blobs>",
        xml_text(&call.place.container),
        asked.map(element).collect::<String>()
    )
}

/// Writes one page; answers the name where the next one starts.
fn entries(
    container: &Container,
    call: &Call,
    most: usize,
    include: &Include,
    xml: &mut String,
) -> Option<String> {
    let (prefix, delimiter) = (call.query("prefix"), call.query("delimiter"));
    let marker = URL_SAFE.decode(call.query("marker")).ok().and_then(|name| String::from_utf8(name).ok());
    let first = [prefix, call.query("startFrom"), marker.as_deref().unwrap_or_default()];
    let mut from = Included(first.into_iter().max().unwrap_or_default().to_owned());
    for written in 0.. {
        let (name, blob) = container.blobs.range::<String, _>((from.as_ref(), Unbounded)).next()?;
        let below = name.strip_prefix(prefix)?;
        if written == most {
            return Some(name.clone());
        }
        let folder = below.find(delimiter).filter(|_| !delimiter.is_empty());
        match folder {
            Some(end) => {
                let folder = &name[..prefix.len() + end + delimiter.len()];
                let _ = write!(xml, "<BlobPrefix>{}</BlobPrefix>", name_element(folder));
                // Past everything that starts with the folder's name.
                from = Included(format!("{folder}\u{10ffff}"));
            }
            None => {
                push_blob(xml, name, blob, include);
                from = Excluded(name.clone());
            }
        }
    }
    None
}

fn push_blob(xml: &mut String, name: &str, blob: &Blob, include: &Include) {
    let _ = write!(
        xml,
        "<Blob>{}<Properties><Creation-Time>{}</Creation-Time><Last-Modified>{}</Last-Modified><Etag>{}</Etag>\
         <Content-Length>{}</Content-Length>",
        name_element(name),
        http_date(blob.created),
        http_date(blob.modified),
        blob.etag.trim_matches('"'),
        blob.content.length()
    );
    for (name, value) in blob.properties.iter() {
        let element = match name {
            "content-type" => "Content-Type",
            "content-encoding" => "Content-Encoding",
            "content-language" => "Content-Language",
            "content-disposition" => "Content-Disposition",
            "cache-control" => "Cache-Control",
            _ => "Content-MD5",
        };
        let _ = write!(xml, "<{element}>{}</{element}>", xml_text(value));
    }
    xml.push_str(
        "<BlobType>BlockBlob</BlobType><AccessTier>Hot</AccessTier><AccessTierInferred>true</AccessTierInferred>\
         <LeaseStatus>unlocked</LeaseStatus><LeaseState>available</LeaseState><ServerEncrypted>true</ServerEncrypted>",
    );
    if include.copy {
        push_copy(xml, blob);
    }
    xml.push_str("</Properties>");
    if include.metadata {
        push_pairs(xml, &blob.metadata);
    }
    if include.tags && !blob.tags.is_empty() {
        xml.push_str(&tag_set(&blob.tags));
    }
    xml.push_str("</Blob>");
}

fn push_copy(xml: &mut String, blob: &Blob) {
    let Some(copy) = &blob.copy else { return };
    let done = if copy.status == CopyStatus::Success { copy.total } else { 0 };
    let _ = write!(
        xml,
        "<CopyId>{}</CopyId><CopyStatus>{}</CopyStatus><CopySource>{}</CopySource><CopyProgress>{done}/{}</CopyProgress>",
        copy.id,
        copy.status.name(),
        xml_text(&copy.source),
        copy.total
    );
}

fn push_pairs(xml: &mut String, metadata: &BTreeMap<String, String>) {
    xml.push_str("<Metadata>");
    for (name, value) in metadata {
        let _ = write!(xml, "<{name}>{}</{name}>", xml_text(value));
    }
    xml.push_str("</Metadata>");
}

/// Tags as one element.
pub(super) fn tag_set(tags: &BTreeMap<String, String>) -> String {
    let one = |(name, value): (&String, &String)| {
        format!("<Tag><Key>{}</Key><Value>{}</Value></Tag>", xml_text(name), xml_text(value))
    };
    format!("<Tags><TagSet>{}</TagSet></Tags>", tags.iter().map(one).collect::<String>())
}

/// Names with characters that XML cannot hold are percent-encoded.
fn name_element(name: &str) -> String {
    let cannot = |character: char| matches!(character, '\0'..='\u{1f}' | '\u{fffe}' | '\u{ffff}');
    if name.contains(cannot) {
        return format!("<Name Encoded=\"true\">{}</Name>", utf8_percent_encode(name, NON_ALPHANUMERIC));
    }
    format!("<Name>{}</Name>", xml_text(name))
}
