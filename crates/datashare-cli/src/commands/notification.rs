//! `datashare notification`

use clap::{Args, Subcommand, ValueEnum};
use datashare_app::dto::{
    Channel, DeadLetter, EventKind, Nothing, NotificationResend, NotificationRule, NotificationRulesSet,
    NotificationStatus, NotificationTargetName, NotificationTargetSaved, NotificationTargetSet,
    NotificationTest, TargetKind,
};
use serde::Serialize;

use crate::failure::{DONE, FAILED, Failure};
use crate::input;
use crate::session::Session;
use crate::table::Table;
use crate::values::one_of;
use crate::words::{counted, time};

const KINDS: &[&str] = &[
    "invitation-accepted",
    "invitation-rejected",
    "terms-agreed",
    "recipient-left",
    "recipient-snapshot-succeeded",
    "recipient-snapshot-failed",
    "access-granted",
    "access-refused",
    "snapshot-succeeded",
    "snapshot-failed",
    "snapshot-needs-attention",
    "terms-changed",
    "revoked",
    "reinstated",
    "share-deleted",
    "new-publication",
    "schedule-changed",
    "expiry-soon",
    "access-expired",
];

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Show what is told where
    #[command(after_help = "Example:\n  datashare notification show")]
    Show,
    /// Say where kinds of events are told
    #[command(
        after_help = "The process that does the work in the background tells them: the agent, or the window.

Examples:
  datashare notification set snapshot-failed revoked --on email desktop
  datashare notification set snapshot-succeeded --on none
  datashare notification set --email-to team@contoso.example"
    )]
    Set(Set),
    /// Webhooks and Teams workflows
    #[command(subcommand)]
    Target(Target),
    /// Send a test to a target, or by mail
    #[command(
        after_help = "Examples:\n  datashare notification test email\n  datashare notification test operations"
    )]
    Test {
        /// Name of a target, or 'email'
        #[arg(value_name = "TARGET")]
        target: String,
    },
    /// Notifications that were given up
    #[command(subcommand)]
    Dead(Dead),
}

#[derive(Args, Debug)]
pub(crate) struct Set {
    /// Kinds of events
    #[arg(value_name = "KIND", value_parser = one_of::<EventKind>(KINDS))]
    kinds: Vec<EventKind>,
    /// Where they are told from now on; 'none' for nowhere
    #[arg(long, value_name = "CHANNEL", num_args = 1.., requires = "kinds")]
    on: Vec<On>,
    /// Whom mails go to; an empty text for the workspace's own address
    #[arg(long, value_name = "ADDRESS")]
    email_to: Option<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum On {
    Desktop,
    Email,
    Webhook,
    Teams,
    None,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Target {
    /// Add a webhook or a Teams workflow, or give it another address; the address is read from standard input
    #[command(
        after_help = "A webhook gets CloudEvents 1.0 in JSON, signed as Standard Webhooks are. The signing secret is shown once.

Examples:
  datashare notification target set operations --kind webhook < address.txt
  datashare notification target set channel --kind teams < address.txt
  datashare notification target set operations --kind webhook --with-secret < address-and-secret.txt"
    )]
    Set {
        /// A name for it
        #[arg(value_name = "NAME")]
        name: String,
        #[arg(long, value_name = "KIND")]
        kind: Kind,
        /// The second line of standard input is the signing secret (whsec_...) [default: a new one is made]
        #[arg(long)]
        with_secret: bool,
    },
    /// Forget a target and what still waits for it
    #[command(after_help = "Example:\n  datashare notification target remove operations")]
    Remove {
        /// Name or id of the target
        #[arg(value_name = "TARGET")]
        target: String,
    },
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Kind {
    Webhook,
    Teams,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Dead {
    /// List them, the newest first
    #[command(after_help = "Example:\n  datashare notification dead list")]
    List,
    /// Send them once more
    #[command(
        after_help = "Examples:\n  datashare notification dead resend\n  datashare notification dead resend cqz4kxh2u3v5w7y2a4b6c3d5e7"
    )]
    Resend {
        /// Only those of this event
        #[arg(value_name = "EVENT")]
        event: Option<String>,
    },
}

pub(crate) async fn run(command: Command, session: &Session) -> Result<u8, Failure> {
    let (app, output) = (&session.app, &session.output);
    match command {
        Command::Show => output.show(&app.notification_show(Nothing {}).await?, text)?,
        Command::Set(set) => output.done(&set.run(session).await?, text)?,
        Command::Target(Target::Set { name, kind, with_secret }) => {
            let saved = app.notification_target_set(target(name, kind, with_secret)?).await?;
            output.show(&saved, saved_text)?;
        }
        Command::Target(Target::Remove { target }) => {
            let status = app.notification_target_remove(NotificationTargetName { target }).await?;
            output.done(&status, |_| "The target is forgotten.".to_owned())?;
        }
        Command::Test { target } => {
            let check = app.notification_test(NotificationTest { target }).await?;
            let hint = check.hint.as_ref().map(|hint| format!(" {hint}")).unwrap_or_default();
            output.show(&check, |check| format!("{}{hint}", check.message))?;
            return Ok(if check.ok { DONE } else { FAILED });
        }
        Command::Dead(Dead::List) => {
            output.show(&app.notification_dead(Nothing {}).await?, |dead| dead_text(dead))?;
        }
        Command::Dead(Dead::Resend { event: event_id }) => {
            let resent = app.notification_resend(NotificationResend { event_id }).await?;
            output.done(&resent, |resent| {
                format!("{} will be sent again.", counted(resent.deliveries.into(), "notification"))
            })?;
        }
    }
    Ok(DONE)
}

impl Set {
    async fn run(self, session: &Session) -> Result<NotificationStatus, Failure> {
        if self.kinds.is_empty() && self.email_to.is_none() || self.on.is_empty() != self.kinds.is_empty() {
            return Err(Failure::usage(
                "Name kinds of events and, with --on, where they are told; or give --email-to.",
            ));
        }
        let known = session.app.notification_show(Nothing {}).await?;
        let channels: Vec<Channel> = self.on.iter().filter_map(|on| on.channel()).collect();
        let rule = |kind: &EventKind| NotificationRule { kind: *kind, channels: channels.clone() };
        let rules = self.kinds.iter().map(rule).collect();
        let email_to = self.email_to.or(known.email_to);
        Ok(session.app.notification_rules_set(NotificationRulesSet { rules, email_to }).await?)
    }
}

impl On {
    fn channel(self) -> Option<Channel> {
        match self {
            Self::Desktop => Some(Channel::Desktop),
            Self::Email => Some(Channel::Email),
            Self::Webhook => Some(Channel::Webhook),
            Self::Teams => Some(Channel::Teams),
            Self::None => None,
        }
    }
}

fn target(name: String, kind: Kind, with_secret: bool) -> Result<NotificationTargetSet, Failure> {
    let kind = match kind {
        Kind::Webhook => TargetKind::Webhook,
        Kind::Teams => TargetKind::Teams,
    };
    let given = input::secret("address")?;
    let mut lines = given.reveal().lines().map(str::trim).filter(|line| !line.is_empty());
    let address = datashare_secret::Secret::new(lines.next().unwrap_or_default());
    let secret = lines.next().filter(|_| with_secret).map(datashare_secret::Secret::new);
    if with_secret && secret.is_none() {
        return Err(Failure::usage("There is no signing secret in the second line of standard input."));
    }
    Ok(NotificationTargetSet { name, kind, address, secret })
}

fn saved_text(saved: &NotificationTargetSaved) -> String {
    let target = &saved.target;
    let secret = saved.signing_secret.as_ref().map(|secret| {
        format!("\nSigning secret, to be given to the receiver; it is not shown again:\n{secret}")
    });
    format!("{} at {} will be told.{}", target.name, target.host, secret.unwrap_or_default())
}

fn name(value: impl Serialize) -> String {
    serde_json::to_value(value).ok().and_then(|value| value.as_str().map(str::to_owned)).unwrap_or_default()
}

fn text(status: &NotificationStatus) -> String {
    let rules = Table::new(&["event", "told on"], "").rows(&status.rules, |rule| {
        let on: Vec<String> = rule.channels.iter().map(name).collect();
        [name(rule.kind), if on.is_empty() { "-".into() } else { on.join(", ") }]
    });
    let targets = Table::new(&["target", "kind", "host"], "No webhook or workflow.")
        .rows(&status.targets, |target| [target.name.clone(), name(target.kind), target.host.clone()]);
    let mail = match (&status.email_to, status.mail_ready) {
        (_, false) => "No mail server was named yet: see 'datashare mail set --help'.".to_owned(),
        (Some(address), true) => format!("Mails go to {address}."),
        (None, true) => "Mails go to your own address.".to_owned(),
    };
    let dead = match status.dead {
        0 => String::new(),
        dead => format!(
            "\n\n{} given up: see 'datashare notification dead list'.",
            counted(dead.into(), "notification")
        ),
    };
    format!("{rules}\n\n{targets}\n\n{mail}{dead}")
}

fn dead_text(dead: &[DeadLetter]) -> String {
    Table::new(&["event", "kind", "share", "target", "when", "tries", "problem"], "Nothing was given up.")
        .rows(dead, |letter| {
            let event = &letter.event;
            [
                event.event_id.clone(),
                name(event.kind),
                event.share.clone(),
                letter.target.clone(),
                time(event.at),
                letter.tries.to_string(),
                letter.problem.clone(),
            ]
        })
}
