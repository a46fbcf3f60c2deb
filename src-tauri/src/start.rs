//! What the arguments of the program ask for.

use std::ffi::{OsStr, OsString};
use std::path::PathBuf;

use crate::opened;

/// How the window was asked to start.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Start {
    /// The workspace's data directory; the platform's place for it when `None`.
    pub home: Option<PathBuf>,
    /// Make the sample share of "Try it on this computer" when it is not there.
    pub demo: bool,
    /// A link or a file that the system handed over, not looked at yet.
    pub opened: Option<String>,
}

impl Start {
    /// Reads the arguments that follow the program's name. `None` when they are not the window's: then they are the
    /// command line's.
    pub fn read(arguments: impl IntoIterator<Item = impl Into<OsString>>) -> Option<Self> {
        let mut start = Self::default();
        let mut arguments = arguments.into_iter().map(Into::into);
        while let Some(argument) = arguments.next() {
            match argument.to_str() {
                Some("--home") => start.home = Some(PathBuf::from(arguments.next()?)),
                Some("--demo") => start.demo = true,
                Some(text) if start.opened.is_none() && opened::is_ours(text) => {
                    start.opened = Some(text.to_owned());
                }
                _ => start.home = Some(home_in(&argument)?),
            }
        }
        Some(start)
    }
}

/// The directory in `--home=DIR`.
fn home_in(argument: &OsStr) -> Option<PathBuf> {
    argument.to_str()?.strip_prefix("--home=").filter(|home| !home.is_empty()).map(PathBuf::from)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn read(arguments: &[&str]) -> Option<Start> {
        Start::read(arguments.iter().map(OsString::from))
    }

    #[test]
    fn no_arguments_open_the_window() {
        assert_eq!(read(&[]), Some(Start::default()));
    }

    #[test]
    fn the_window_takes_a_home_a_demo_and_what_was_opened() {
        let start = read(&["--home", "/w", "--demo", "datashare://invitation#abc"]).unwrap();
        assert_eq!(start.home.unwrap(), PathBuf::from("/w"));
        assert!(start.demo);
        assert_eq!(start.opened.unwrap(), "datashare://invitation#abc");
        for file in ["mail/a.datashare", "Request sales.datashare-approval"] {
            assert_eq!(read(&["--home=/w", file]).unwrap().opened.unwrap(), file);
        }
    }

    #[test]
    fn everything_else_belongs_to_the_command_line() {
        for arguments in [
            &["workspace", "show"][..],
            &["--home", "/w", "share", "list"],
            &["--help"],
            &["--json"],
            &["--home"],
            &["invitation", "show", "datashare://invitation#abc"],
            &["conection", "list"],
        ] {
            assert_eq!(read(arguments), None, "{arguments:?}");
        }
    }
}
