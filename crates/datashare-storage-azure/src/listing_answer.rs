//! The answer of "List Blobs", XML. Names are taken as they are, blanks at their ends too.

use std::collections::BTreeMap;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use chrono::DateTime;
use datashare_storage::{ObjectInfo, ObjectProperties, VersionTag};
use percent_encoding::percent_decode_str;
use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};

/// What one answer lists.
#[derive(Debug, Default, PartialEq)]
pub(crate) struct Listed {
    pub(crate) objects: Vec<ObjectInfo>,
    /// Prefixes up to and with the next `/`.
    pub(crate) folders: Vec<String>,
    pub(crate) next: Option<String>,
}

/// `None` when it is not such an answer.
pub(crate) fn parse(container: &str, body: &[u8]) -> Option<Listed> {
    let parser = parsed(container, body)?;
    parser.seen.then_some(parser.listed)
}

/// The answer of "Get Blob Tags".
pub(crate) fn parse_tags(body: &[u8]) -> Option<BTreeMap<String, String>> {
    Some(parsed("", body)?.tags)
}

fn parsed<'a>(container: &'a str, body: &[u8]) -> Option<Parser<'a>> {
    let text = std::str::from_utf8(body).ok()?;
    let mut reader = Reader::from_str(text.trim_start_matches('\u{feff}'));
    let mut parser = Parser { container, ..Parser::default() };
    loop {
        match reader.read_event().ok()? {
            Event::Start(tag) => parser.open(&tag),
            Event::End(_) => parser.close()?,
            Event::Empty(tag) => {
                parser.open(&tag);
                parser.close()?;
            }
            Event::Text(text) => parser.text.push_str(&text.decode().ok()?),
            Event::CData(text) => parser.text.push_str(&text.decode().ok()?),
            Event::GeneralRef(entity) => parser.text.push_str(&resolve(&entity)?),
            Event::Eof => break,
            _ => {}
        }
    }
    parser.path.is_empty().then_some(parser)
}

fn resolve(entity: &quick_xml::events::BytesRef<'_>) -> Option<String> {
    if let Some(character) = entity.resolve_char_ref().ok()? {
        return Some(character.to_string());
    }
    quick_xml::escape::resolve_predefined_entity(&entity.decode().ok()?).map(str::to_owned)
}

#[derive(Default)]
struct Parser<'a> {
    container: &'a str,
    /// Names of the open elements.
    path: Vec<String>,
    /// Text since the last tag.
    text: String,
    /// The open element's text is percent-encoded (names with characters that XML cannot hold).
    encoded: bool,
    fields: BTreeMap<String, String>,
    metadata: BTreeMap<String, String>,
    tags: BTreeMap<String, String>,
    /// Name of the tag whose value follows.
    tag: String,
    listed: Listed,
    seen: bool,
}

impl Parser<'_> {
    fn open(&mut self, tag: &BytesStart<'_>) {
        self.path.push(String::from_utf8_lossy(tag.name().as_ref()).into_owned());
        self.text.clear();
        self.encoded =
            tag.try_get_attribute("Encoded").ok().flatten().is_some_and(|value| &*value.value == b"true");
        self.seen |= self.path == ["EnumerationResults"];
    }

    fn close(&mut self) -> Option<()> {
        let name = self.path.pop()?;
        let mut text = std::mem::take(&mut self.text);
        if std::mem::take(&mut self.encoded) {
            text = percent_decode_str(&text).decode_utf8().ok()?.into_owned();
        }
        match (self.path.last().map(String::as_str), name.as_str()) {
            (Some("Blobs"), "Blob") => self.finish_object()?,
            (Some("Blob"), "Name") | (Some("Properties"), _) => _ = self.fields.insert(name, text),
            (Some("Metadata"), _) => _ = self.metadata.insert(name.to_lowercase(), text),
            (Some("Tag"), "Key") => self.tag = text,
            (Some("Tag"), "Value") => _ = self.tags.insert(std::mem::take(&mut self.tag), text),
            (Some("BlobPrefix"), "Name") => self.listed.folders.push(text),
            (Some("EnumerationResults"), "NextMarker") if !text.is_empty() => self.listed.next = Some(text),
            (Some("Blobs"), "BlobPrefix") => self.fields.clear(),
            _ => {}
        }
        Some(())
    }

    fn finish_object(&mut self) -> Option<()> {
        let mut fields = std::mem::take(&mut self.fields);
        let (metadata, tags) = (std::mem::take(&mut self.metadata), std::mem::take(&mut self.tags));
        // Accounts with a hierarchical namespace list their folders too.
        let folder = fields.get("ResourceType").is_some_and(|kind| kind == "directory")
            || metadata.get("hdi_isfolder").is_some_and(|value| value == "true");
        if folder {
            return Some(());
        }
        let mut take = |name: &str| fields.remove(name).filter(|value| !value.is_empty());
        self.listed.objects.push(ObjectInfo {
            key: format!("{}/{}", self.container, take("Name")?),
            size: take("Content-Length")?.trim().parse().ok()?,
            version: version_tag(&take("Etag")?),
            modified: take("Last-Modified")
                .and_then(|time| DateTime::parse_from_rfc2822(&time).ok())
                .map(|t| t.to_utc()),
            md5: take("Content-MD5").and_then(|md5| decode_md5(&md5)),
            properties: ObjectProperties {
                content_type: take("Content-Type"),
                content_encoding: take("Content-Encoding"),
                cache_control: take("Cache-Control"),
                metadata,
                tags,
                modified: None,
            },
        });
        Some(())
    }
}

/// Listings write ETags without quotes, headers with.
pub(crate) fn version_tag(etag: &str) -> VersionTag {
    VersionTag(etag.trim_matches('"').to_owned())
}

pub(crate) fn decode_md5(base64: &str) -> Option<[u8; 16]> {
    STANDARD.decode(base64).ok()?.try_into().ok()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    const ANSWER: &str = r#"<?xml version="1.0" encoding="utf-8"?>
<EnumerationResults ServiceEndpoint="https://contoso.blob.core.windows.net/" ContainerName="data">
  <Prefix>a</Prefix>
  <Blobs>
    <BlobPrefix><Name>a &amp; b/</Name></BlobPrefix>
    <Blob><Name> a&lt;b&#x20AC; </Name><Properties><Last-Modified>Sat, 21 Nov 2026 03:29:00 GMT</Last-Modified>
      <Etag>0x8D1</Etag><Content-Length>5</Content-Length><Content-Type>text/csv</Content-Type><Content-Encoding />
      <Content-MD5>XUFAKrxLKna5cZ2REBfFkg==</Content-MD5><Cache-Control></Cache-Control></Properties>
      <Metadata><Origin>till 7</Origin></Metadata></Blob>
    <Blob><Name>folder</Name><Properties><Etag>0x8D2</Etag><Content-Length>0</Content-Length>
      <ResourceType>directory</ResourceType></Properties></Blob>
    <Blob><Name Encoded="true">a%EF%BF%BEb%25</Name><Properties><Etag>"0x8D3"</Etag>
      <Content-Length>0</Content-Length></Properties></Blob>
  </Blobs>
  <NextMarker>2!76!x</NextMarker>
</EnumerationResults>"#;

    #[test]
    fn names_are_taken_as_they_are() {
        let listed = parse("data", ANSWER.as_bytes()).unwrap();
        let keys: Vec<&str> = listed.objects.iter().map(|object| object.key.as_str()).collect();
        assert_eq!(keys, ["data/ a<b€ ", "data/a\u{fffe}b%"]);
        assert_eq!(listed.folders, ["a & b/"]);
        assert_eq!(listed.next.as_deref(), Some("2!76!x"));
        let first = &listed.objects[0];
        assert_eq!((first.size, &first.version), (5, &VersionTag("0x8D1".into())));
        assert_eq!(first.modified.unwrap().to_rfc3339(), "2026-11-21T03:29:00+00:00");
        assert_eq!(first.md5.unwrap()[..2], [0x5d, 0x41]);
        assert_eq!(first.properties.content_type.as_deref(), Some("text/csv"));
        assert_eq!(first.properties.content_encoding, None);
        assert_eq!(first.properties.metadata["origin"], "till 7");
        assert_eq!(listed.objects[1].version, VersionTag("0x8D3".into()));
    }

    #[test]
    fn what_is_no_listing_is_refused() {
        for body in ["<html><body>Please sign in</body></html>", "", "<EnumerationResults><Blobs>", "not xml"]
        {
            assert_eq!(parse("data", body.as_bytes()), None, "{body}");
        }
    }
}
