//! Plans and moves: from an ordered source listing to a target, with progress and honest results.
//!
//! # The pipeline
//!
//! ```text
//! listing ── comparison ──▶ queue ──▶ workers ──▶ arrived
//! (source)   (what arrived,  (bounded)  (64 MiB in   (recorded once
//!             target list)               flight)      it is visible)
//! ```
//!
//! * **Listing and comparison** run ahead of the transfer, never the other way round: the first byte moves while the
//!   listing goes on. Both listings are in order of path bytes, so incremental is a merge, and memory does not grow with
//!   the number of files. A file is left out only if the target is known to have received this very version *and* still
//!   shows what was written then.
//! * **Names** that the target cannot hold are refused before anything is written, never changed. Where two names are one
//!   in the target, the first in order of bytes is written and the others are reported.
//! * **Workers** move one file each. A small file is one `put`; a large one goes in parts, read in order and hashed while
//!   they are written, and a later run goes on inside it. Where both ends can, the target fetches the file by itself. What
//!   is in memory is bounded by bytes, not by files; how many requests are under way is found by trying.
//! * **Pinned**: every read names the version that was listed. A file that changes on the way is looked up again and
//!   restarted, three times, then reported.
//! * **Checked**: every file against its size, and against MD5 and SHA-256 where the source has them.
//! * **Failures** that pass are tried again with growing, jittered pauses. What concerns one file fails that file; what
//!   concerns the whole source or target ends the dataset, with the reason once and not ten thousand times.
//! * **Cancelling** takes no new files and gives up those on their way; nothing half-written is ever visible.
//!
//! The engine never writes under another name than the source's, deletes only when it is told to mirror, and keeps no state of
//! its own: what arrived, and how far, is remembered by whoever implements [`ArrivedFiles`]. Two datasets of one run must not receive into
//! overlapping folders; whoever maps them sees to that.

mod allowance;
mod buffers;
mod checksum;
mod control;
mod dataset;
mod delivery;
mod fetch;
mod hand_over;
mod listing;
mod mirror;
mod names;
mod outcome;
mod pace;
mod parts;
mod patience;
mod plan;
mod progress;
mod request;
mod run;
mod scan;
mod verify;

pub use control::RunControl;
pub use mirror::Mirror;
pub use names::{Conflict, name_conflicts};
pub use outcome::{DatasetOutcome, Failure, MOST_FAILURES, Outcome};
pub use plan::{FileCount, Plan, PlannedBytes, PlannedFile, plan};
pub use progress::{Phase, Progress};
pub use request::{
    ArrivedFile, ArrivedFiles, Begun, BegunFile, DatasetRun, HandOver, HandedFile, RunRequest, Verification,
};
pub use run::{Run, start, start_with};
pub use scan::Reason;
