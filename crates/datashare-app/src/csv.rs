//! Tables as RFC 4180 text, for spreadsheets.

/// Head and rows, lines ended by CRLF but for the last.
pub fn csv<const COLUMNS: usize>(
    head: [&str; COLUMNS],
    rows: impl Iterator<Item = [String; COLUMNS]>,
) -> String {
    let lines = rows.map(|row| row.map(|field| quoted(&field)).join(","));
    std::iter::once(head.join(",")).chain(lines).collect::<Vec<_>>().join("\r\n")
}

/// Quoted where it must be; text that a spreadsheet would take for a formula is made text.
fn quoted(field: &str) -> String {
    let formula = field.starts_with(['=', '+', '-', '@', '\t', '\r']);
    let field = if formula { format!("'{field}") } else { field.to_owned() };
    if field.contains(['"', ',', '\n', '\r']) { format!("\"{}\"", field.replace('"', "\"\"")) } else { field }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_field_is_quoted_and_never_a_formula() {
        assert_eq!(["a", "a,b", "a\"b", "=1+1"].map(quoted), ["a", "\"a,b\"", "\"a\"\"b\"", "'=1+1"]);
        assert_eq!(csv(["x", "y"], [["1".to_owned(), "2,3".to_owned()]].into_iter()), "x,y\r\n1,\"2,3\"");
    }
}
