//! `datashare policy`

use clap::{Args, Subcommand, ValueEnum};
use datashare_app::dto::{Approver, DatasetApproval, Nothing, WorkspacePolicy};

use crate::failure::Failure;
use crate::session::Session;
use crate::{values, words};

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Show the rules that invitations and access from this workspace keep to
    #[command(after_help = "Example:\n  datashare policy show")]
    Show,
    /// Change rules; those that are not named stay as they are
    #[command(
        after_help = "Examples:\n  datashare policy set --domain fabrikam.example --terms required --right-away forbidden\n  datashare policy set --approver \"Olga Owner=5e2f…\" --approve-invitations every --approve-datasets sensitive"
    )]
    Set(Set),
}

#[derive(Args, Debug)]
#[group(required = true, multiple = true)]
pub(crate) struct Set {
    /// Only addresses of this domain may be invited; may be given several times
    #[arg(long, value_name = "DOMAIN")]
    domain: Vec<String>,
    /// Addresses of any domain may be invited
    #[arg(long, conflicts_with = "domain")]
    any_domain: bool,
    /// Days an invitation may be open, or 'any'
    #[arg(long, value_name = "DAYS", value_parser = days)]
    longest_invitation: Option<Days>,
    /// Days an access may last, or 'any'
    #[arg(long, value_name = "DAYS", value_parser = days)]
    longest_access: Option<Days>,
    /// Whether a share needs terms before somebody is invited to it
    #[arg(long)]
    terms: Option<Terms>,
    /// Whether invitations may let recipients start right away
    #[arg(long)]
    right_away: Option<RightAway>,
    /// Who may approve: a name and the fingerprint of that person's own workspace; may be given several times
    #[arg(long, value_name = "NAME=FINGERPRINT", value_parser = approver)]
    approver: Vec<Approver>,
    /// Nobody may approve any more
    #[arg(long, conflicts_with = "approver")]
    no_approver: bool,
    /// Whether a second person has to approve invitations
    #[arg(long, value_name = "RULE")]
    approve_invitations: Option<ApproveInvitations>,
    /// Which datasets a second person has to approve
    #[arg(long, value_name = "RULE", value_parser = values::one_of::<DatasetApproval>(&["none", "sensitive", "every"]))]
    approve_datasets: Option<DatasetApproval>,
}

fn approver(text: &str) -> Result<Approver, String> {
    let (name, fingerprint) = text.rsplit_once('=').ok_or("it is not written NAME=FINGERPRINT")?;
    Ok(Approver { name: name.trim().to_owned(), fingerprint: fingerprint.trim().to_owned() })
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum ApproveInvitations {
    None,
    Every,
}

#[derive(Clone, Copy, Debug)]
struct Days(Option<u32>);

fn days(text: &str) -> Result<Days, String> {
    match text {
        "any" => Ok(Days(None)),
        number => {
            number.parse().map(|days| Days(Some(days))).map_err(|_| "it is no number of days".to_owned())
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Terms {
    Required,
    Optional,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum RightAway {
    Allowed,
    Forbidden,
}

pub(crate) async fn run(command: Command, session: &Session) -> Result<(), Failure> {
    let policy = session.app.policy_show(Nothing {}).await?;
    match command {
        Command::Show => session.output.show(&policy, text),
        Command::Set(set) => {
            let changed = session.app.policy_set(set.applied_to(policy)).await?;
            session.output.done(&changed, text)
        }
    }
}

impl Set {
    fn applied_to(self, before: WorkspacePolicy) -> WorkspacePolicy {
        let named = self.no_approver || !self.approver.is_empty();
        let chosen = self.any_domain || !self.domain.is_empty();
        WorkspacePolicy {
            recipient_domains: if chosen { self.domain } else { before.recipient_domains },
            longest_invitation_days: self
                .longest_invitation
                .map_or(before.longest_invitation_days, |days| days.0),
            longest_access_days: self.longest_access.map_or(before.longest_access_days, |days| days.0),
            terms_required: self.terms.map_or(before.terms_required, |terms| terms == Terms::Required),
            right_away_forbidden: self
                .right_away
                .map_or(before.right_away_forbidden, |right_away| right_away == RightAway::Forbidden),
            approvers: if named { self.approver } else { before.approvers },
            invitations_need_approval: self
                .approve_invitations
                .map_or(before.invitations_need_approval, |rule| rule == ApproveInvitations::Every),
            datasets_need_approval: self.approve_datasets.unwrap_or(before.datasets_need_approval),
        }
    }
}

fn text(policy: &WorkspacePolicy) -> String {
    let days = |days: Option<u32>| days.map_or_else(|| "any number of".to_owned(), |days| days.to_string());
    let domains = match policy.recipient_domains.as_slice() {
        [] => "any domain".to_owned(),
        domains => domains.join(", "),
    };
    let approvers = policy.approvers.iter();
    let approvers: Vec<_> =
        approvers.map(|Approver { name, fingerprint }| format!("{name} ({fingerprint})")).collect();
    let approvers = if approvers.is_empty() { "nobody".to_owned() } else { approvers.join(", ") };
    let invitations = if policy.invitations_need_approval { "every" } else { "none" };
    [
        format!("recipients     {domains}"),
        format!("invitations    open for {} days at most", days(policy.longest_invitation_days)),
        format!("access         for {} days at most", days(policy.longest_access_days)),
        format!("terms          {}", if policy.terms_required { "required" } else { "optional" }),
        format!("right away     {}", if policy.right_away_forbidden { "forbidden" } else { "allowed" }),
        format!("approvers      {approvers}"),
        format!(
            "approve        invitations: {invitations}, datasets: {}",
            words::state(policy.datasets_need_approval)
        ),
    ]
    .join("\n")
}
