//! Reads the beginning of a file in a connection and shows it as rows. Never reads more than a few megabytes of it, and writes
//! nothing anywhere.

mod parquet;

use datashare_storage::SharedStore;
use futures::TryStreamExt;
use serde_json::{Deserializer, Map, Value};

use crate::dto::{ConnectionPreview, FilePreview, PreviewProblem};
use crate::{App, Result};

/// As much as is read of a file.
const FIRST_BYTES: u64 = 64 * 1024;
const MOST_ROWS: usize = 50;
const MOST_COLUMNS: usize = 50;
/// Of one value.
const MOST_CHARACTERS: usize = 200;

impl App {
    /// The first rows of a CSV, TSV, JSON or Parquet file; of other files that they are of another kind.
    pub async fn connection_preview(&self, request: ConnectionPreview) -> Result<FilePreview> {
        let path = request.path.trim_matches('/');
        match Kind::of(path) {
            Some(_) => preview_of(self.store(&request.connection).await?, path).await,
            None => Ok(nothing(PreviewProblem::OtherKind)),
        }
    }
}

/// The first rows of a file of any store. The file is somebody else's, so whatever its bytes are, the answer is rows or what
/// keeps them from being shown.
pub async fn preview_of(store: SharedStore, path: &str) -> Result<FilePreview> {
    let kind = match Kind::of(path) {
        None => return Ok(nothing(PreviewProblem::OtherKind)),
        Some(Kind::Parquet) => return parquet::preview(store, path).await,
        Some(Kind::Text(kind)) => kind,
    };
    let opened = store.read(path, Some(0..FIRST_BYTES), None).await?;
    let whole = opened.info.size <= FIRST_BYTES;
    let beginning = opened
        .body
        .try_fold(Vec::new(), |mut bytes, part| async move {
            bytes.extend_from_slice(&part);
            Ok(bytes)
        })
        .await?;
    Ok(rows(kind, &beginning, whole))
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Text(TextKind),
    Parquet,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum TextKind {
    Separated(u8),
    Json,
}

impl Kind {
    fn of(path: &str) -> Option<Self> {
        let (_, extension) = path.rsplit_once('.')?;
        match extension.to_ascii_lowercase().as_str() {
            "csv" => Some(Self::Text(TextKind::Separated(b','))),
            "tsv" | "tab" => Some(Self::Text(TextKind::Separated(b'\t'))),
            "json" | "jsonl" | "ndjson" | "geojson" => Some(Self::Text(TextKind::Json)),
            "parquet" | "pq" => Some(Self::Parquet),
            _ => None,
        }
    }
}

fn nothing(problem: PreviewProblem) -> FilePreview {
    FilePreview { problem: Some(problem), columns: Vec::new(), rows: Vec::new(), more: false }
}

fn rows(kind: TextKind, beginning: &[u8], whole: bool) -> FilePreview {
    let text = String::from_utf8_lossy(beginning);
    let text = text.trim_start_matches('\u{feff}');
    if text.trim().is_empty() {
        return nothing(PreviewProblem::Empty);
    }
    if beginning.contains(&0) {
        return nothing(PreviewProblem::Unreadable);
    }
    let found = match kind {
        TextKind::Separated(comma) => separated(text, comma, whole),
        TextKind::Json => json(text, whole),
    };
    found.unwrap_or_else(|| nothing(PreviewProblem::Unreadable))
}

/// The first line names the columns. A spreadsheet in many countries writes `;` where others write a comma.
fn separated(text: &str, comma: u8, whole: bool) -> Option<FilePreview> {
    let heading = text.lines().next().unwrap_or_default();
    let delimiter = if comma == b',' && heading.matches(';').count() > heading.matches(',').count() {
        b';'
    } else {
        comma
    };
    // What follows the last line break may be half a line.
    let text = if whole { text } else { &text[..=text.rfind('\n')?] };
    let mut reader =
        csv::ReaderBuilder::new().delimiter(delimiter).flexible(true).from_reader(text.as_bytes());
    let columns: Vec<String> = reader.headers().ok()?.iter().take(MOST_COLUMNS).map(shortened).collect();
    let mut records = reader.records();
    let read: Vec<csv::StringRecord> = records.by_ref().take(MOST_ROWS).map_while(Result::ok).collect();
    let more = !whole || records.next().is_some();
    let rows = read
        .iter()
        .map(|record| (0..columns.len()).map(|at| shortened(record.get(at).unwrap_or_default())).collect())
        .collect();
    Some(FilePreview { problem: None, columns, rows, more })
}

/// A list of objects, or one object a line; a single object is one row. Objects inside are shown as JSON.
fn json(text: &str, whole: bool) -> Option<FilePreview> {
    let (values, ended) = match text.trim_start().strip_prefix('[') {
        Some(inside) => elements(inside),
        None => lines(text),
    };
    let first = values.first()?;
    let columns: Vec<String> = match first {
        Value::Object(_) => columns_of(&values),
        _ => vec!["value".to_owned()],
    };
    let rows =
        values.iter().map(|value| columns.iter().map(|column| cell(value, column)).collect()).collect();
    let columns = columns.iter().map(|column| shortened(column)).collect();
    Some(FilePreview { problem: None, columns, rows, more: !(whole && ended) })
}

/// The elements of a list up to where it ends or is cut off, and whether it ended.
fn elements(mut rest: &str) -> (Vec<Value>, bool) {
    let mut values = Vec::new();
    while values.len() < MOST_ROWS {
        let mut stream = Deserializer::from_str(rest).into_iter::<Value>();
        let Some(Ok(value)) = stream.next() else { break };
        let offset = stream.byte_offset();
        values.push(value);
        rest = rest[offset..].trim_start();
        match rest.strip_prefix(',') {
            Some(after) => rest = after,
            None => return (values, rest.starts_with(']')),
        }
    }
    (values, rest.trim_start().starts_with(']'))
}

fn lines(text: &str) -> (Vec<Value>, bool) {
    let mut stream = Deserializer::from_str(text).into_iter::<Value>();
    let values: Vec<Value> = stream.by_ref().take(MOST_ROWS).map_while(Result::ok).collect();
    let ended = stream.next().is_none();
    (values, ended)
}

/// Every member's name in the order of its first appearance.
fn columns_of(values: &[Value]) -> Vec<String> {
    let mut columns: Vec<String> = Vec::new();
    for name in values.iter().filter_map(Value::as_object).flat_map(Map::keys) {
        if columns.len() < MOST_COLUMNS && !columns.contains(name) {
            columns.push(name.clone());
        }
    }
    columns
}

fn cell(value: &Value, column: &str) -> String {
    let value = if value.is_object() { value.get(column) } else { Some(value) };
    match value {
        None | Some(Value::Null) => String::new(),
        Some(Value::String(text)) => shortened(text),
        Some(other) => shortened(&other.to_string()),
    }
}

fn shortened(text: &str) -> String {
    match text.char_indices().nth(MOST_CHARACTERS) {
        None => text.to_owned(),
        Some((end, _)) => format!("{}…", &text[..end]),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::panic)]
    use super::*;

    fn text_kind(name: &str) -> TextKind {
        match Kind::of(name) {
            Some(Kind::Text(kind)) => kind,
            other => panic!("{other:?}"),
        }
    }

    fn shown(name: &str, text: &str) -> FilePreview {
        rows(text_kind(name), text.as_bytes(), true)
    }

    #[test]
    fn a_csv_is_rows_under_its_first_line() {
        let preview = shown("a.CSV", "\u{feff}store,city\n1,\"Köln, Süd\"\n2,Essen\n");
        assert_eq!(preview.columns, ["store", "city"]);
        assert_eq!(preview.rows, [["1", "Köln, Süd"], ["2", "Essen"]]);
        assert!(!preview.more);
        assert_eq!(shown("a.csv", "a;b\n1,5;2\n").rows, [["1,5", "2"]]);
        assert_eq!(shown("a.tsv", "a\tb\n1\t2\n").rows, [["1", "2"]]);
    }

    #[test]
    fn a_line_with_too_few_or_too_many_values_keeps_its_columns() {
        assert_eq!(shown("a.csv", "a,b\n1\n1,2,3\n").rows, [["1", ""], ["1", "2"]]);
    }

    #[test]
    fn of_a_file_that_goes_on_the_last_half_line_is_left_out() {
        let preview = rows(TextKind::Separated(b','), b"a,b\n1,2\n3,4 and th", false);
        assert_eq!(preview.rows, [["1", "2"]]);
        assert!(preview.more);
        let preview = rows(TextKind::Json, br#"[{"a":1},{"a":2},{"a":3,"b"#, false);
        assert_eq!(preview.rows, [["1"], ["2"]]);
        assert!(preview.more);
        let preview = rows(TextKind::Json, b"{\"a\":1}\n{\"a\":2}\n{\"a\":", false);
        assert_eq!(preview.rows, [["1"], ["2"]]);
    }

    #[test]
    fn json_is_a_list_or_a_line_each() {
        let list = shown("a.json", r#" [ {"a": 1, "b": null}, {"b": {"c": [1, 2]}, "d": "x"} ] "#);
        assert_eq!(list.columns, ["a", "b", "d"]);
        assert_eq!(list.rows, [["1", "", ""], ["", r#"{"c":[1,2]}"#, "x"]]);
        assert!(!list.more);
        assert_eq!(shown("a.ndjson", "{\"a\":1}\n{\"a\":\"z\"}\n").rows, [["1"], ["z"]]);
        assert_eq!(shown("a.json", "[1, \"two\"]").rows, [["1"], ["two"]]);
    }

    #[test]
    fn rows_columns_and_values_have_limits() {
        let heading = (0..80).map(|at| format!("c{at}")).collect::<Vec<_>>().join(",");
        let line = vec!["x".repeat(5000); 80].join(",");
        let text = format!("{heading}\n{}", format!("{line}\n").repeat(60));
        let preview = shown("a.csv", &text);
        assert_eq!(
            (preview.columns.len(), preview.rows.len(), preview.more),
            (MOST_COLUMNS, MOST_ROWS, true)
        );
        assert!(preview.rows.iter().flatten().all(|value| value.chars().count() <= MOST_CHARACTERS + 1));
        let list = format!("[{}]", vec!["{\"a\":1}"; 60].join(","));
        assert_eq!((shown("a.json", &list).rows.len(), shown("a.json", &list).more), (MOST_ROWS, true));
    }

    #[test]
    fn what_is_no_table_says_so() {
        assert_eq!(Kind::of("picture.png"), None);
        assert_eq!(Kind::of("noextension"), None);
        let problem = |name: &str, bytes: &[u8]| rows(text_kind(name), bytes, true).problem;
        assert_eq!(problem("a.csv", b" \n"), Some(PreviewProblem::Empty));
        assert_eq!(problem("a.csv", b"PK\0\x01"), Some(PreviewProblem::Unreadable));
        assert_eq!(problem("a.json", b"hello"), Some(PreviewProblem::Unreadable));
        assert_eq!(
            rows(TextKind::Separated(b','), &[b'x'; 100], false).problem,
            Some(PreviewProblem::Unreadable)
        );
    }
}
