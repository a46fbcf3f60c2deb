//! The first pages of a column: found, unpacked within limits, and handed to the library's decoders.

use std::collections::VecDeque;
use std::io::Read;

use bytes::Bytes;
use parquet::basic::{Compression, Encoding};
use parquet::column::page::{Page, PageMetadata, PageReader};
use parquet::errors::Result;

use super::thrift::{Reader, Struct};

/// Unpacked, of one page and of all pages of a column that are looked at.
const LARGEST_PAGE: usize = 8 * 1024 * 1024;
/// Values of a column that is a list: a row may have any number of them.
const MOST_LISTED: u32 = 200_000;
const MOST_PAGES: usize = 64;

/// The header of a page.
struct Header {
    kind: i64,
    unpacked: usize,
    packed: usize,
    inside: Struct,
}

const DATA: i64 = 0;
const DICTIONARY: i64 = 2;
const DATA_2: i64 = 3;

impl Header {
    fn read(reader: &mut Reader<'_>) -> Option<Self> {
        let header = reader.structure()?;
        Some(Self {
            kind: header.number(1)?,
            unpacked: usize::try_from(header.number(2)?).ok()?,
            packed: usize::try_from(header.number(3)?).ok()?,
            inside: header,
        })
    }
}

/// How many bytes of a column it takes to have its first page of data; as much as anything when that cannot be seen.
pub(super) fn bytes_of_the_first(beginning: &[u8]) -> u64 {
    let mut reader = Reader::new(beginning);
    let mut passed = 0_u64;
    loop {
        let before = reader.rest().len();
        let Some(header) = Header::read(&mut reader) else {
            // Headers carry statistics, but never so many.
            return if before == beginning.len() { u64::MAX } else { passed + 64 * 1024 };
        };
        let length = (before - reader.rest().len()) as u64 + header.packed as u64;
        passed += length;
        if header.kind != DICTIONARY {
            return passed;
        }
        let Some(rest) = reader.rest().get(header.packed..) else { return passed + 1024 * 1024 };
        reader = Reader::new(rest);
    }
}

/// The whole pages that a column begins with. Those that are damaged, too large, or packed in a way that is not known end
/// them.
pub(super) fn pages(beginning: &Bytes, packing: Compression, is_list: bool) -> Pages {
    let mut found = VecDeque::new();
    let mut rest = beginning.clone();
    let (mut room, mut listed) = (LARGEST_PAGE, 0_u32);
    while found.len() < MOST_PAGES {
        let Some((page, used)) = page(&rest, packing, room) else { break };
        room -= page.buffer().len();
        if is_list && !matches!(page, Page::DictionaryPage { .. }) {
            listed = listed.saturating_add(page.num_values());
        }
        if listed > MOST_LISTED {
            break;
        }
        found.push_back(page);
        rest = rest.slice(used..);
    }
    Pages(found)
}

/// One page, and how many bytes it took.
fn page(bytes: &Bytes, packing: Compression, room: usize) -> Option<(Page, usize)> {
    let mut reader = Reader::new(bytes);
    let header = Header::read(&mut reader)?;
    let start = bytes.len() - reader.rest().len();
    let end = start.checked_add(header.packed).filter(|end| *end <= bytes.len())?;
    if header.unpacked > room {
        return None;
    }
    let body = bytes.slice(start..end);
    let page = match header.kind {
        DATA => data_page(&header, body, packing)?,
        DATA_2 => data_page_2(&header, body, packing)?,
        DICTIONARY => dictionary(&header, body, packing)?,
        _ => return None,
    };
    Some((page, end))
}

fn data_page(header: &Header, body: Bytes, packing: Compression) -> Option<Page> {
    let inside = header.inside.inside(5)?;
    Some(Page::DataPage {
        buf: unpacked(packing, body, header.unpacked)?,
        num_values: count(inside, 1)?,
        encoding: encoding(inside.number(2)?)?,
        def_level_encoding: encoding(inside.number(3)?)?,
        rep_level_encoding: encoding(inside.number(4)?)?,
        statistics: None,
    })
}

/// Its levels stand before the values and are never packed.
fn data_page_2(header: &Header, body: Bytes, packing: Compression) -> Option<Page> {
    let inside = header.inside.inside(8)?;
    let (definition, repetition) = (count(inside, 5)?, count(inside, 6)?);
    let levels = usize::try_from(definition.checked_add(repetition)?).ok()?;
    if levels > body.len() || levels > header.unpacked {
        return None;
    }
    let is_packed = inside.truth(7).unwrap_or(true);
    let buf = if is_packed {
        let values = unpacked(packing, body.slice(levels..), header.unpacked - levels)?;
        [&body[..levels], &values].concat().into()
    } else {
        body
    };
    Some(Page::DataPageV2 {
        buf,
        num_values: count(inside, 1)?,
        encoding: encoding(inside.number(4)?)?,
        num_nulls: count(inside, 2)?,
        num_rows: count(inside, 3)?,
        def_levels_byte_len: definition,
        rep_levels_byte_len: repetition,
        is_compressed: is_packed,
        statistics: None,
    })
}

fn dictionary(header: &Header, body: Bytes, packing: Compression) -> Option<Page> {
    let inside = header.inside.inside(7)?;
    let buf = unpacked(packing, body, header.unpacked)?;
    let num_values = count(inside, 1)?;
    // Room is made for as many as are announced.
    (num_values as usize <= buf.len()).then_some(())?;
    let is_sorted = inside.truth(3).unwrap_or_default();
    Some(Page::DictionaryPage { buf, num_values, encoding: encoding(inside.number(2)?)?, is_sorted })
}

fn count(inside: &Struct, id: i16) -> Option<u32> {
    u32::try_from(inside.number(id)?).ok()
}

/// Two are missing: the decoders make room for as many values as pages in `DELTA_LENGTH_BYTE_ARRAY` and
/// `DELTA_BYTE_ARRAY` claim to have.
fn encoding(number: i64) -> Option<Encoding> {
    Some(match number {
        0 => Encoding::PLAIN,
        2 => Encoding::PLAIN_DICTIONARY,
        3 => Encoding::RLE,
        5 => Encoding::DELTA_BINARY_PACKED,
        8 => Encoding::RLE_DICTIONARY,
        9 => Encoding::BYTE_STREAM_SPLIT,
        _ => return None,
    })
}

/// The bytes, which must be as many as `length` says.
fn unpacked(packing: Compression, bytes: Bytes, length: usize) -> Option<Bytes> {
    let unpacked: Bytes = match packing {
        Compression::UNCOMPRESSED => bytes,
        Compression::SNAPPY => {
            if snap::raw::decompress_len(&bytes).ok()? != length {
                return None;
            }
            snap::raw::Decoder::new().decompress_vec(&bytes).ok()?.into()
        }
        Compression::GZIP(_) => first(flate2::read::MultiGzDecoder::new(bytes.as_ref()), length)?,
        Compression::ZSTD(_) if bytes.is_empty() => bytes,
        Compression::ZSTD(_) => first(ruzstd::decoding::StreamingDecoder::new(bytes.as_ref()).ok()?, length)?,
        _ => return None,
    };
    (unpacked.len() == length).then_some(unpacked)
}

fn first(from: impl Read, length: usize) -> Option<Bytes> {
    let mut bytes = Vec::new();
    from.take(length as u64 + 1).read_to_end(&mut bytes).ok()?;
    Some(bytes.into())
}

/// Pages one after the other, as the library wants them.
pub(super) struct Pages(VecDeque<Page>);

impl Iterator for Pages {
    type Item = Result<Page>;

    fn next(&mut self) -> Option<Self::Item> {
        self.0.pop_front().map(Ok)
    }
}

impl PageReader for Pages {
    fn get_next_page(&mut self) -> Result<Option<Page>> {
        Ok(self.0.pop_front())
    }

    fn peek_next_page(&mut self) -> Result<Option<PageMetadata>> {
        Ok(self.0.front().map(|page| PageMetadata {
            num_rows: None,
            num_levels: Some(page.num_values() as usize),
            is_dict: matches!(page, Page::DictionaryPage { .. }),
        }))
    }

    fn skip_next_page(&mut self) -> Result<()> {
        self.0.pop_front();
        Ok(())
    }
}
