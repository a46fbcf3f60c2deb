//! What goes to standard output: JSON documents, or text for people.

use std::io::{ErrorKind, Write};

use serde::Serialize;

use crate::arguments::Globals;
use crate::failure::Failure;

/// How answers are shown.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Output {
    pub(crate) json: bool,
    pub(crate) quiet: bool,
}

impl Output {
    pub(crate) fn new(globals: &Globals) -> Self {
        Self { json: globals.json, quiet: globals.quiet }
    }

    /// What was asked for: shown always.
    pub(crate) fn show<T: Serialize + ?Sized>(
        &self,
        answer: &T,
        text: impl FnOnce(&T) -> String,
    ) -> Result<(), Failure> {
        if self.json {
            write_line(&serde_json::to_string(answer)?)
        } else {
            write_line(&printable(&text(answer)))
        }
    }

    /// What was done: the confirmation is left out when quiet.
    pub(crate) fn done<T: Serialize + ?Sized>(
        &self,
        answer: &T,
        text: impl FnOnce(&T) -> String,
    ) -> Result<(), Failure> {
        if self.quiet && !self.json { Ok(()) } else { self.show(answer, text) }
    }

    /// A remark for people; JSON has no place for it.
    pub(crate) fn say(&self, text: &str) -> Result<(), Failure> {
        if self.quiet || self.json { Ok(()) } else { write_line(&printable(text)) }
    }

    /// Text as it is, whatever the flags say.
    pub(crate) fn text(&self, text: &str) -> Result<(), Failure> {
        write_line(text)
    }
}

/// One line; empty text is no line. A reader that has gone away is no failure of ours.
fn write_line(text: &str) -> Result<(), Failure> {
    let text = text.trim_end_matches('\n');
    if text.is_empty() {
        return Ok(());
    }
    let mut stdout = std::io::stdout().lock();
    match writeln!(stdout, "{text}").and_then(|()| stdout.flush()) {
        Err(error) if error.kind() != ErrorKind::BrokenPipe => Err(error.into()),
        _ => Ok(()),
    }
}

/// Names and messages come from other people too: what could steer the terminal is shown as a replacement mark.
pub(crate) fn printable(text: &str) -> String {
    text.chars()
        .map(|character| match character {
            '\n' | '\t' => character,
            _ if character.is_control() || is_direction(character) => char::REPLACEMENT_CHARACTER,
            _ => character,
        })
        .collect()
}

/// Marks that reverse the direction of what follows, and so can make a name look like another.
fn is_direction(character: char) -> bool {
    matches!(character, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_of_others_cannot_steer_the_terminal() {
        assert_eq!(printable("a\u{1b}[2Jb\rc\u{202e}d\n\té"), "a\u{fffd}[2Jb\u{fffd}c\u{fffd}d\n\té");
    }
}
