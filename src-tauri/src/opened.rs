//! What the system hands over when a person clicks a link or double-clicks a file: an invitation or an approval to show.
//!
//! Anybody can make a computer open a link, so nothing here acts: a link is checked by its shape, a file is read within
//! limits, and the window shows it.

use std::collections::VecDeque;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use datashare_app::dto::AppEvent;
use tauri::Url;
use tokio::sync::Notify;

const SCHEME: &str = "datashare:";
const LINK: &str = "datashare://invitation#";
const INVITATION: &str = ".datashare";
const APPROVAL: &str = ".datashare-approval";
const LONGEST_LINK: usize = 4 * 1024;
const LARGEST_INVITATION: u64 = 64 * 1024;
/// It lists datasets and addresses, and holds the terms.
const LARGEST_APPROVAL: u64 = 16 * 1024 * 1024;
/// More than this many at once is nobody's click.
const KEPT: usize = 8;

/// Whether an argument is a link or a file of this application, whole or not.
pub(crate) fn is_ours(argument: &str) -> bool {
    let is_file = argument.ends_with(INVITATION) || argument.ends_with(APPROVAL);
    argument.starts_with(SCHEME) || (is_file && !argument.starts_with('-'))
}

/// The event for what was handed over: what to show, or what is wrong with it. A relative path is looked up in
/// `directory`.
pub(crate) fn event(argument: &str, directory: &Path) -> AppEvent {
    let read = if argument.starts_with(SCHEME) {
        link(argument).map(|invitation| AppEvent::OpenInvitation { invitation })
    } else if argument.ends_with(APPROVAL) {
        approval(&path(argument, directory)).map(|text| AppEvent::OpenApproval { text })
    } else {
        invitation(&path(argument, directory)).map(|invitation| AppEvent::OpenInvitation { invitation })
    };
    read.unwrap_or_else(|message| AppEvent::Notice { message })
}

fn link(argument: &str) -> Result<String, String> {
    let ticket = argument.strip_prefix(LINK).or_else(|| argument.strip_prefix("datashare://invitation/#"));
    match ticket {
        Some(ticket) if is_ticket(ticket) && argument.len() <= LONGEST_LINK => Ok(format!("{LINK}{ticket}")),
        _ => Err("The link that was opened is not a whole invitation. Copy it again from the mail, or ask the sender \
                  for a new one."
            .to_owned()),
    }
}

fn is_ticket(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'))
}

/// File managers name a file by its path or by its `file:` address.
fn path(argument: &str, directory: &Path) -> PathBuf {
    let address =
        argument.starts_with("file:").then(|| Url::parse(argument).ok()?.to_file_path().ok()).flatten();
    address.unwrap_or_else(|| directory.join(argument))
}

fn invitation(path: &Path) -> Result<String, String> {
    let name = name_of(path);
    text_of(path, LARGEST_INVITATION).map_err(|unreadable| match unreadable {
        Unreadable::Gone(why) => format!(
            "The invitation file “{name}” cannot be read ({why}). Save it from the mail again, then open it."
        ),
        Unreadable::Other => {
            format!("“{name}” is not an invitation file. Open the .datashare file that came with the mail.")
        }
        Unreadable::Damaged => format!(
            "The invitation file “{name}” is damaged. Save it from the mail again, or use the link in the mail."
        ),
    })
}

fn approval(path: &Path) -> Result<String, String> {
    let name = name_of(path);
    text_of(path, LARGEST_APPROVAL).map_err(|unreadable| match unreadable {
        Unreadable::Gone(why) => {
            format!("The approval file “{name}” cannot be read ({why}). Save it again, then open it.")
        }
        Unreadable::Other | Unreadable::Damaged => {
            format!("“{name}” is not an approval file, or it is damaged. Ask whoever sent it for it again.")
        }
    })
}

fn name_of(path: &Path) -> String {
    path.file_name().unwrap_or_default().to_string_lossy().into_owned()
}

/// Why a file has no text for us.
enum Unreadable {
    Gone(ErrorKind),
    /// No file, or far too large for one of ours.
    Other,
    Damaged,
}

fn text_of(path: &Path, largest: u64) -> Result<String, Unreadable> {
    let found = std::fs::metadata(path).map_err(|error| Unreadable::Gone(error.kind()))?;
    if !found.is_file() || found.len() > largest {
        return Err(Unreadable::Other);
    }
    std::fs::read_to_string(path).map_err(|_| Unreadable::Damaged)
}

/// What waits for the window. It keeps until a page listens, so that a link opened before the first paint is not lost.
#[derive(Debug, Default)]
pub(crate) struct Inbox {
    waiting: Mutex<VecDeque<AppEvent>>,
    arrived: Notify,
}

impl Inbox {
    /// Puts an event into the queue; the oldest makes room.
    pub(crate) fn put(&self, event: AppEvent) {
        let mut waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        if waiting.len() == KEPT {
            waiting.pop_front();
        }
        waiting.push_back(event);
        self.arrived.notify_one();
    }

    /// The next event, once there is one. Cancelling it loses nothing.
    pub(crate) async fn next(&self) -> AppEvent {
        loop {
            let event = self.waiting.lock().unwrap_or_else(PoisonError::into_inner).pop_front();
            match event {
                Some(event) => return event,
                None => self.arrived.notified().await,
            }
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::panic)]
    use super::*;

    fn opened(argument: &str) -> Option<String> {
        match event(argument, Path::new("/nowhere")) {
            AppEvent::OpenInvitation { invitation } => Some(invitation),
            AppEvent::Notice { .. } => None,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn a_link_is_shown_and_nothing_else_of_the_scheme() {
        assert_eq!(opened("datashare://invitation#Ab-_9").unwrap(), "datashare://invitation#Ab-_9");
        assert_eq!(opened("datashare://invitation/#Ab").unwrap(), "datashare://invitation#Ab");
        let long = format!("datashare://invitation#{}", "A".repeat(5000));
        for bad in [
            "datashare://invitation",
            "datashare://invitation#",
            "datashare://invitation#a b",
            "datashare://invitation#<script>",
            "datashare://delete?share=sales#abc",
            "datashare:invitation#abc",
            long.as_str(),
        ] {
            assert_eq!(opened(bad), None, "{bad}");
        }
    }

    /// Ten thousand of them: pieces of links, and of what is none, put together by chance.
    #[test]
    fn whatever_is_handed_over_is_a_ticket_or_a_sentence() {
        const PIECES: [&str; 19] = [
            SCHEME,
            LINK,
            "//",
            "#",
            "/#",
            "invitation",
            "Ab-_9",
            "AAAA",
            "%41",
            "..",
            "?delete=1",
            "javascript:",
            "\0",
            "\u{202e}",
            "é",
            " ",
            INVITATION,
            APPROVAL,
            "file:///",
        ];
        let mut seed = 1u64;
        let mut next = |below: usize| {
            seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (seed >> 33) as usize % below
        };
        let mut tickets = 0;
        for _ in 0..10_000 {
            let count = 1 + next(5);
            let argument: String = (0..count).map(|_| PIECES[next(PIECES.len())]).collect();
            let argument = if next(2) == 0 { format!("{LINK}{argument}") } else { argument };
            let Some(invitation) = opened(&argument) else { continue };
            assert!(invitation.strip_prefix(LINK).is_some_and(is_ticket), "{argument:?}");
            let _ = datashare_protocol::Ticket::read(&invitation);
            tickets += 1;
        }
        assert!(tickets > 100, "some of them have the shape of one");
    }

    #[test]
    fn a_file_is_read_within_limits() {
        let directory = tempfile::tempdir().unwrap();
        let read = |name: &str| match event(name, directory.path()) {
            AppEvent::OpenInvitation { invitation } => Ok(invitation),
            AppEvent::Notice { message } => Err(message),
            other => panic!("{other:?}"),
        };
        std::fs::write(directory.path().join("a.datashare"), "the text").unwrap();
        std::fs::write(directory.path().join("für Ben.datashare"), "the other").unwrap();
        std::fs::write(directory.path().join("huge.datashare"), vec![b'x'; 70_000]).unwrap();
        std::fs::write(directory.path().join("binary.datashare"), [0xff, 0xfe]).unwrap();
        std::fs::create_dir(directory.path().join("folder.datashare")).unwrap();
        assert_eq!(read("a.datashare").unwrap(), "the text");
        let address = Url::from_file_path(directory.path().join("für Ben.datashare")).unwrap();
        assert_eq!(read(address.as_str()).unwrap(), "the other");
        for bad in ["huge.datashare", "binary.datashare", "folder.datashare", "missing.datashare"] {
            let message = read(bad).unwrap_err();
            assert!(message.contains(bad), "{message}");
        }
    }

    #[test]
    fn an_approval_is_handed_to_the_page_as_it_is() {
        let directory = tempfile::tempdir().unwrap();
        let read = |name: &str| match event(name, directory.path()) {
            AppEvent::OpenApproval { text } => Ok(text),
            AppEvent::Notice { message } => Err(message),
            other => panic!("{other:?}"),
        };
        // With terms it is far larger than an invitation.
        let long = "x".repeat(100_000);
        std::fs::write(directory.path().join("Request sales.datashare-approval"), &long).unwrap();
        std::fs::write(directory.path().join("binary.datashare-approval"), [0xff, 0xfe]).unwrap();
        assert_eq!(read("Request sales.datashare-approval").unwrap(), long);
        for bad in ["binary.datashare-approval", "missing.datashare-approval"] {
            let message = read(bad).unwrap_err();
            assert!(message.contains(bad), "{message}");
        }
    }

    #[test]
    fn options_are_no_files() {
        assert!(!is_ours("--out=a.datashare"));
        assert!(is_ours("a.datashare") && is_ours("Request sales.datashare-approval"));
        assert!(!is_ours("a.datashare-workspace"));
    }

    #[tokio::test]
    async fn what_arrives_before_the_window_listens_waits_for_it() {
        let inbox = Inbox::default();
        for number in 0..KEPT + 1 {
            inbox.put(AppEvent::Notice { message: number.to_string() });
        }
        match inbox.next().await {
            AppEvent::Notice { message } => assert_eq!(message, "1", "the oldest made room"),
            other => panic!("{other:?}"),
        }
    }
}
