//! Rows of text from the columns' pages.

use std::collections::HashMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use bytes::Bytes;
use chrono::DateTime;
use parquet::basic::{LogicalType, TimeUnit};
use parquet::bloom_filter::Sbbf;
use parquet::column::page::PageReader;
use parquet::errors::{ParquetError, Result};
use parquet::file::metadata::{ParquetMetaData, RowGroupMetaData};
use parquet::file::reader::RowGroupReader;
use parquet::record::Field;
use parquet::record::reader::{RowIter, TreeBuilder};
use parquet::schema::types::{SchemaDescriptor, Type, TypePtr};

use super::super::{MOST_COLUMNS, MOST_ROWS, shortened};
use super::pages;
use crate::dto::FilePreview;

/// Stands for a value that was not read: its page is too large, or packed in an unusual way.
const NOT_READ: &str = "…";
/// Rows that the library decodes at once; a value may be large.
const AT_ONCE: usize = 8;

/// A file without rows has columns all the same.
pub(super) fn without_rows(metadata: &ParquetMetaData) -> FilePreview {
    let columns = columns(metadata.file_metadata().schema_descr());
    FilePreview { problem: None, columns, rows: Vec::new(), more: false }
}

fn columns(schema: &SchemaDescriptor) -> Vec<String> {
    fields(schema).map(|field| shortened(field.name())).collect()
}

fn fields(schema: &SchemaDescriptor) -> impl Iterator<Item = &TypePtr> {
    schema.root_schema().get_fields().iter().take(MOST_COLUMNS)
}

/// The first rows of a group, from the beginnings of its columns.
pub(super) fn rows(
    group: &RowGroupMetaData,
    chunks: HashMap<usize, Bytes>,
    others_follow: bool,
) -> Option<FilePreview> {
    let schema = group.schema_descr();
    let all = usize::try_from(group.num_rows()).ok()?;
    let reader = Beginnings { group, chunks };
    let read: Vec<Vec<String>> =
        fields(schema).map(|field| column(&reader, field, all.min(MOST_ROWS))).collect();
    let count = read.iter().map(Vec::len).max().unwrap_or_default();
    let cell =
        |column: &Vec<String>, at: usize| column.get(at).cloned().unwrap_or_else(|| NOT_READ.to_owned());
    let rows = (0..count).map(|at| read.iter().map(|column| cell(column, at)).collect()).collect();
    Some(FilePreview { problem: None, columns: columns(schema), rows, more: others_follow || count < all })
}

/// The first values of a field and everything below it, up to where they cannot be read. Each field on its own, so that one
/// that is damaged takes no other with it.
fn column(reader: &Beginnings<'_>, field: &TypePtr, most: usize) -> Vec<String> {
    let mut found = Vec::new();
    // The library trusts what is inside a page more than it should.
    let _ = catch_unwind(AssertUnwindSafe(|| {
        let alone = Type::group_type_builder("rows").with_fields(vec![field.clone()]).build()?;
        let alone = Arc::new(SchemaDescriptor::new(Arc::new(alone)));
        let rows = TreeBuilder::new().with_batch_size(AT_ONCE).as_iter(alone, reader)?;
        for row in rows.take(most) {
            let row = row?;
            let (_, value) =
                row.get_column_iter().next().ok_or_else(|| general("a row without its column"))?;
            found.push(text(value, field));
        }
        Ok::<_, ParquetError>(())
    }));
    found
}

fn text(value: &Field, field: &TypePtr) -> String {
    match value {
        Field::Null => String::new(),
        Field::Str(text) => shortened(text),
        Field::Bytes(bytes) => shortened(
            &bytes.data().iter().take(MOST_COLUMNS).map(|byte| format!("{byte:02x}")).collect::<String>(),
        ),
        Field::Long(number) if is_nanoseconds(field) => DateTime::from_timestamp_nanos(*number).to_string(),
        Field::Group(_) | Field::ListInternal(_) | Field::MapInternal(_) => {
            shortened(&value.to_json_value().to_string())
        }
        other => shortened(&other.to_string()),
    }
}

fn is_nanoseconds(field: &TypePtr) -> bool {
    let logical = field.get_basic_info().logical_type_ref();
    matches!(logical, Some(LogicalType::Timestamp(kind)) if kind.unit == TimeUnit::NANOS)
}

fn general(text: &str) -> ParquetError {
    ParquetError::General(text.to_owned())
}

/// A group of which only the beginnings are here.
struct Beginnings<'a> {
    group: &'a RowGroupMetaData,
    chunks: HashMap<usize, Bytes>,
}

impl RowGroupReader for Beginnings<'_> {
    fn metadata(&self) -> &RowGroupMetaData {
        self.group
    }

    fn num_columns(&self) -> usize {
        self.group.num_columns()
    }

    fn get_column_page_reader(&self, leaf: usize) -> Result<Box<dyn PageReader>> {
        let bytes = self.chunks.get(&leaf).ok_or_else(|| general("a column that was not read"))?;
        let chunk = self.group.column(leaf);
        Ok(Box::new(pages::pages(bytes, chunk.compression(), chunk.column_descr().max_rep_level() > 0)))
    }

    fn get_column_bloom_filter(&self, _leaf: usize) -> Option<&Sbbf> {
        None
    }

    fn get_row_iter(&self, projection: Option<Type>) -> Result<RowIter<'_>> {
        RowIter::from_row_group(projection, self)
    }
}
