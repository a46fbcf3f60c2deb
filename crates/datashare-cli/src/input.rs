//! What a command reads beside its arguments: secrets, terms, invitations.

use std::fs::File;
use std::io::Read;
use std::path::Path;

use console::Term;
use datashare_app::{AppError, Code};
use datashare_secret::Secret;

use crate::failure::Failure;

/// More than any ticket, key or invitation file has, bytes.
const LONGEST_SECRET: u64 = 64 * 1024;

/// A secret from standard input, or typed unseen where a person sits. `what` is shown: `account key`.
pub(crate) fn secret(what: &str) -> Result<Secret, Failure> {
    let terminal = Term::stderr();
    let secret = if console::user_attended() && console::user_attended_stderr() && stdin_is_terminal() {
        terminal.write_str(&format!("The {what} (not shown): "))?;
        Secret::new(terminal.read_secure_line()?)
    } else {
        Secret::new(read_text(std::io::stdin())?)
    };
    if secret.is_empty() {
        return Err(Failure::usage(format!("There is no {what} on standard input.")));
    }
    Ok(secret)
}

fn stdin_is_terminal() -> bool {
    std::io::IsTerminal::is_terminal(&std::io::stdin())
}

/// A link or ticket as it stands, the text of a file, or (`-`) of standard input.
pub(crate) fn invitation(argument: &str) -> Result<Secret, Failure> {
    if argument == "-" {
        return Ok(Secret::new(read_text(std::io::stdin())?));
    }
    let path = Path::new(argument);
    if path.is_file() {
        let file = File::open(path).map_err(|error| unreadable(path, &error))?;
        return Ok(Secret::new(read_text(file).map_err(|error| unreadable(path, &error))?));
    }
    if argument.ends_with(".datashare") {
        let message = format!("There is no file '{argument}'.");
        return Err(AppError::new(Code::NotFound, message)
            .hint("Check the path of the invitation file.")
            .into());
    }
    Ok(Secret::new(argument))
}

/// A text file, such as terms of use.
pub(crate) fn text_file(path: &Path) -> datashare_app::Result<String> {
    std::fs::read_to_string(path).map_err(|error| unreadable(path, &error))
}

fn unreadable(path: &Path, error: &std::io::Error) -> AppError {
    AppError::invalid(format!("The file '{}' cannot be read: {error}.", path.display()))
}

/// Bytes that are no text are left to whoever reads the meaning.
fn read_text(from: impl Read) -> std::io::Result<String> {
    let mut bytes = Vec::new();
    from.take(LONGEST_SECRET).read_to_end(&mut bytes)?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}
