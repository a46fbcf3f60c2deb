//! `datashare trigger`

use clap::{Args, Subcommand};
use datashare_app::dto::{Every, ReceivedName, Trigger, TriggerEnable};
use datashare_domain::SnapshotMode;

use crate::commands::schedule::{Time, next_text, tick_text};
use crate::failure::Failure;
use crate::session::Session;
use crate::{values, words};

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Take snapshots by themselves: by the provider's schedule, or by one of your own that comes no more often
    #[command(after_help = "Examples:
  datashare trigger enable contoso-sales
  datashare trigger enable contoso-sales --mode full
  datashare trigger enable contoso-sales --own week --on sat --at 06:00 --time-zone Europe/Berlin

With --json, here, in show and in disable: {received, status, mode|null, own|null, next: [five times], last|null, message|null}. \
Status is Active, Inactive or SourceScheduleDeleted; own is a schedule and last a tick as 'schedule show' has them.")]
    Enable(Enable),
    /// Take no more snapshots by themselves; one that runs goes on
    #[command(after_help = "Example:\n  datashare trigger disable contoso-sales")]
    Disable {
        /// Name or id of the received share
        received: String,
    },
    /// Show whether snapshots are taken by themselves, when next, and how the last one went
    #[command(after_help = "Example:\n  datashare trigger show contoso-sales")]
    Show {
        /// Name or id of the received share
        received: String,
    },
}

#[derive(Args, Debug)]
pub(crate) struct Enable {
    /// Name or id of the received share
    received: String,
    /// Everything each time, or what changed
    #[arg(long, default_value = "incremental", value_parser = values::one_of::<SnapshotMode>(&["full", "incremental"]))]
    mode: SnapshotMode,
    /// A schedule of your own: hour, day, week, a number of hours such as 12h, or cron:EXPRESSION
    #[arg(long, value_name = "EVERY")]
    own: Option<Every>,
    #[command(flatten)]
    time: Time,
}

pub(crate) async fn run(command: Command, session: &Session) -> Result<(), Failure> {
    let (app, output) = (&session.app, &session.output);
    match command {
        Command::Enable(Enable { received, mode, own, time }) => {
            let own = match own {
                Some(every) => Some(time.wish(every).map_err(Failure::usage)?),
                None => time.must_be_unused()?,
            };
            output.done(&app.trigger_enable(TriggerEnable { received, mode, own }).await?, text)
        }
        Command::Disable { received } => {
            output.done(&app.trigger_disable(ReceivedName { received }).await?, text)
        }
        Command::Show { received } => output.show(&app.trigger_show(ReceivedName { received }).await?, text),
    }
}

/// The state of a trigger, in lines.
pub(crate) fn text(trigger: &Trigger) -> String {
    let by_itself = match (&trigger.mode, &trigger.own) {
        (None, _) => "off".to_owned(),
        (Some(mode), None) => format!("{}, by the provider's schedule", words::state(mode)),
        (Some(mode), Some(own)) => format!("{}, {}", words::state(mode), own.in_words),
    };
    let mut lines = vec![format!("By itself:    {} ({by_itself})", words::state(trigger.status))];
    lines.extend(trigger.message.clone());
    lines.extend(next_text(&trigger.next));
    lines.extend(trigger.last.as_ref().map(|last| format!("Last run:     {}", tick_text(last))));
    lines.join("\n")
}
