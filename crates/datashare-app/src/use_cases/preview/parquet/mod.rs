//! The first rows of a Parquet file, whatever its size: its end, which says what is where, and the first pages of the
//! columns that are shown.
//!
//! A file may be anybody's. What is read and what is unpacked is bounded before it is done; what the library makes of the
//! rest is done on a thread whose failure is an answer.

mod pages;
#[cfg(test)]
mod tests;
mod thrift;
mod values;

use std::collections::HashMap;
use std::ops::Range;
use std::sync::Arc;

use bytes::Bytes;
use datashare_storage::{SharedStore, VersionTag};
use futures::{StreamExt, TryStreamExt, stream};
use parquet::file::metadata::{
    ColumnChunkMetaData, ParquetMetaData, ParquetMetaDataReader, RowGroupMetaData,
};

use super::{MOST_COLUMNS, nothing};
use crate::Result;
use crate::dto::{FilePreview, PreviewProblem};

const MAGIC: &[u8; 4] = b"PAR1";
/// Length of the footer and the magic, at the very end.
const TAIL: u64 = 8;
/// Read in one go; most footers are smaller.
const END_BYTES: u64 = 64 * 1024;
const LARGEST_FOOTER: u64 = 16 * 1024 * 1024;
/// A first look at each column; most first pages are smaller when a file is small.
const FIRST_BYTES: u64 = 32 * 1024;
/// Of one column, when its first pages are larger.
const LARGEST_COLUMN: u64 = 2 * 1024 * 1024;
/// Of all columns together.
const MOST_BYTES: u64 = 16 * 1024 * 1024;
const MOST_LEAVES: usize = 200;
const AT_ONCE: usize = 8;

/// A file that is read piece by piece, always the same version of it.
#[derive(Clone)]
struct File {
    store: SharedStore,
    path: Arc<str>,
    version: VersionTag,
    size: u64,
}

impl File {
    async fn read(&self, range: Range<u64>) -> Result<Bytes> {
        let opened = self.store.read(&self.path, Some(range), Some(&self.version)).await?;
        collected(opened.body).await
    }
}

pub(super) async fn preview(store: SharedStore, path: &str) -> Result<FilePreview> {
    let opened = store.read(path, Some(0..4), None).await?;
    let (version, size) = (opened.info.version.clone(), opened.info.size);
    let file = File { store, path: path.into(), version, size };
    let beginning = collected(opened.body).await?;
    if file.size == 0 {
        return Ok(nothing(PreviewProblem::Empty));
    }
    if beginning.as_ref() != MAGIC || file.size < TAIL + 4 {
        return Ok(nothing(PreviewProblem::Unreadable));
    }
    let Some(footer) = footer(&file).await? else { return Ok(nothing(PreviewProblem::Unreadable)) };
    let Some(metadata) = guarded(move || decoded(&footer)).await else {
        return Ok(nothing(PreviewProblem::Unreadable));
    };
    let Some((group, more)) = first_rows(&metadata) else { return Ok(values::without_rows(&metadata)) };
    let chunks = chunks(&file, &group).await?;
    let shown = guarded(move || values::rows(&group, chunks, more)).await;
    Ok(shown.unwrap_or_else(|| nothing(PreviewProblem::Unreadable)))
}

async fn collected(mut body: datashare_storage::ByteStream) -> Result<Bytes> {
    let mut bytes = Vec::new();
    while let Some(part) = body.try_next().await? {
        bytes.extend_from_slice(&part);
    }
    Ok(bytes.into())
}

/// Does it on a thread of its own; a thread that fails did not find anything.
async fn guarded<T: Send + 'static>(work: impl FnOnce() -> Option<T> + Send + 'static) -> Option<T> {
    tokio::task::spawn_blocking(work).await.ok().flatten()
}

/// The bytes that describe the file; `None` when its end is none, or they are too many.
async fn footer(file: &File) -> Result<Option<Bytes>> {
    let end = file.read(file.size.saturating_sub(END_BYTES)..file.size).await?;
    let Some((rest, tail)) = end.split_last_chunk::<{ TAIL as usize }>() else { return Ok(None) };
    let [a, b, c, d, magic @ ..] = *tail;
    let length = u64::from(u32::from_le_bytes([a, b, c, d]));
    if &magic != MAGIC || length > LARGEST_FOOTER || length + TAIL + 4 > file.size {
        return Ok(None);
    }
    let here = rest.len() as u64;
    if length <= here {
        return Ok(Some(end.slice((here - length) as usize..rest.len())));
    }
    let start = file.size - TAIL - length;
    Ok(Some(file.read(start..file.size - TAIL).await?))
}

fn decoded(footer: &[u8]) -> Option<ParquetMetaData> {
    thrift::schema_is_sound(footer)?;
    ParquetMetaDataReader::decode_metadata(footer).ok()
}

/// The first group that has rows, and whether others follow.
fn first_rows(metadata: &ParquetMetaData) -> Option<(RowGroupMetaData, bool)> {
    let mut groups = metadata.row_groups().iter().filter(|group| group.num_rows() > 0);
    let first = groups.next()?.clone();
    Some((first, groups.next().is_some()))
}

/// The beginning of each column that is shown, by its number among the leaves.
async fn chunks(file: &File, group: &RowGroupMetaData) -> Result<HashMap<usize, Bytes>> {
    let schema = group.schema_descr();
    let fields: Vec<_> = schema.root_schema().get_fields().iter().take(MOST_COLUMNS).collect();
    let shown = (0..schema.num_columns()).filter(|leaf| {
        fields.iter().any(|field| std::ptr::eq(field.as_ref(), schema.get_column_root(*leaf)))
    });
    let wanted: Vec<(usize, Range<u64>)> =
        shown.filter_map(|leaf| Some((leaf, place(group.columns().get(leaf)?, file.size)?))).collect();
    // As many leaves as there are: one nested column may have thousands.
    let looks: Vec<_> =
        wanted.into_iter().take(MOST_LEAVES).map(|(leaf, place)| look(file.clone(), leaf, place)).collect();
    let looked: Vec<_> = stream::iter(looks).buffered(AT_ONCE).try_collect().await?;
    let mut left = MOST_BYTES;
    let mut found = HashMap::new();
    for (leaf, place, first) in looked {
        let needed = pages::bytes_of_the_first(&first).min(place.end - place.start);
        let bytes = if needed <= first.len() as u64 {
            first
        } else if needed <= LARGEST_COLUMN && needed <= left {
            left -= needed;
            file.read(place.start..place.start + needed).await?
        } else {
            continue;
        };
        found.insert(leaf, bytes);
    }
    Ok(found)
}

/// The first bytes of a leaf, with its number and its place.
async fn look(file: File, leaf: usize, place: Range<u64>) -> Result<(usize, Range<u64>, Bytes)> {
    let first = file.read(place.start..place.end.min(place.start + FIRST_BYTES)).await?;
    Ok((leaf, place, first))
}

/// Where a column's bytes are, when that can be.
fn place(chunk: &ColumnChunkMetaData, size: u64) -> Option<Range<u64>> {
    let data = u64::try_from(chunk.data_page_offset()).ok()?;
    let dictionary =
        chunk.dictionary_page_offset().and_then(|at| u64::try_from(at).ok()).filter(|at| *at > 0);
    let start = dictionary.map_or(data, |dictionary| dictionary.min(data));
    let end = start.checked_add(u64::try_from(chunk.compressed_size()).ok()?)?;
    (start < end && end <= size).then_some(start..end)
}
