//! Tables for people: a head, and columns as wide as their widest cell.

use console::{Alignment, measure_text_width, pad_str};

pub(crate) struct Table {
    head: Vec<&'static str>,
    rows: Vec<Vec<String>>,
    /// What stands instead of a table without rows.
    empty: &'static str,
}

impl Table {
    pub(crate) fn new(head: &[&'static str], empty: &'static str) -> Self {
        Self { head: head.to_vec(), rows: Vec::new(), empty }
    }

    pub(crate) fn row<const N: usize>(&mut self, cells: [String; N]) {
        self.rows
            .push(cells.iter().map(|cell| cell.split_whitespace().collect::<Vec<_>>().join(" ")).collect());
    }

    pub(crate) fn rows<T, const N: usize>(mut self, items: &[T], row: impl Fn(&T) -> [String; N]) -> String {
        for item in items {
            self.row(row(item));
        }
        self.to_text()
    }

    pub(crate) fn to_text(&self) -> String {
        if self.rows.is_empty() {
            return self.empty.to_owned();
        }
        let head: Vec<String> = self.head.iter().map(|title| title.to_uppercase()).collect();
        let width = |column: usize| {
            let cells = self.rows.iter().chain([&head]).filter_map(|row| row.get(column));
            cells.map(|cell| measure_text_width(cell)).max().unwrap_or_default()
        };
        let widths: Vec<usize> = (0..head.len()).map(width).collect();
        let line = |row: &Vec<String>| {
            let cells =
                row.iter().zip(&widths).map(|(cell, width)| pad_str(cell, *width, Alignment::Left, None));
            cells.collect::<Vec<_>>().join("  ").trim_end().to_owned()
        };
        std::iter::once(&head).chain(&self.rows).map(line).collect::<Vec<_>>().join("\n")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_line_up_whatever_the_script() {
        let rows = [("データ", "1"), ("plain", "20")];
        let text =
            Table::new(&["name", "n"], "Nothing.").rows(&rows, |(name, n)| [(*name).into(), (*n).into()]);
        assert_eq!(text, "NAME    N\nデータ  1\nplain   20");
    }

    #[test]
    fn no_rows_are_a_sentence() {
        let rows: [u8; 0] = [];
        assert_eq!(
            Table::new(&["name"], "There are no shares.").rows(&rows, |_| [String::new()]),
            "There are no shares."
        );
    }
}
