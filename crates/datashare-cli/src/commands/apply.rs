//! `datashare apply`

use std::path::{Path, PathBuf};

use clap::Args;
use console::Term;
use datashare_app::AppError;
use datashare_app::dto::{
    Applied, ApplyAction, ApplyChange, ApplyDifference, ApplyDocument, ApplyKind, ApplyPlan, Desired,
    InvitationLink,
};

use crate::failure::{DONE, Failure, NEEDS_ATTENTION};
use crate::session::Session;
use crate::{input, words};

/// Bring shares to the state that a file describes: plan, then apply
#[derive(Args, Debug)]
#[command(after_help = "Examples:
  datashare apply shares.yaml --plan
  datashare apply shares.yaml --yes

The file, in which only name and exchange of a share are needed:
  prune: false                 # true: what the shares below do not name is removed from them
  shares:
    - name: sales
      description: Point of sale, daily
      exchange: store          # CONNECTION[/PREFIX]; connections are named, never described
      terms_file: terms.md     # beside this file; or the terms themselves: 'terms'
      datasets:
        - { name: pos, connection: store, path: pos/2026 }
      schedule: { every: week, on: [mon, thu], at: 06:00, time_zone: Europe/Berlin }
      recipients:
        - { email: ben@fabrikam.example, accept: automatic, access_until: 2027-06-30T00:00:00Z }

A schedule takes the words of the command 'schedule set': every, on, at, time_zone, start, jitter. 'schedule: none' takes it away;
without a word of it, it stays as it is, whatever 'prune' says.

Ends with 0 when all is as it should be, with 3 when there are changes that were not applied.")]
pub(crate) struct Apply {
    /// What should be, in YAML; '-' reads standard input
    file: PathBuf,
    /// Only show what would be done
    #[arg(long, conflicts_with = "yes")]
    plan: bool,
    /// Do it without asking
    #[arg(long)]
    yes: bool,
}

pub(crate) async fn run(apply: Apply, session: &Session) -> Result<u8, Failure> {
    let desired = read(&apply.file)?;
    let (app, output) = (&session.app, &session.output);
    let plan = app.apply_plan(&desired).await?;
    if apply.plan || plan.changes.is_empty() {
        output.show(&plan, plan_text)?;
        return Ok(if plan.changes.is_empty() { DONE } else { NEEDS_ATTENTION });
    }
    if !apply.yes && !confirmed(&plan, session)? {
        return Ok(NEEDS_ATTENTION);
    }
    let applied = app.apply(&desired, &plan).await?;
    output.show(&applied, |applied| applied_text(applied, apply.yes))?;
    Ok(DONE)
}

fn read(file: &Path) -> Result<Desired, Failure> {
    let text = if file == Path::new("-") {
        std::io::read_to_string(std::io::stdin())?
    } else {
        input::text_file(file)?
    };
    let document: ApplyDocument = serde_saphyr::from_str(&text).map_err(|error| {
        let message =
            format!("'{}' cannot be understood: {}", file.display(), first_line(&error.to_string()));
        AppError::invalid(message).hint("'datashare apply --help' shows what such a file looks like.")
    })?;
    let folder = file.parent().unwrap_or(Path::new(""));
    Ok(document.desired(|terms| input::text_file(&folder.join(terms)))?)
}

/// What is wrong and where, without the picture of the place.
fn first_line(error: &str) -> String {
    let line = error.lines().next().unwrap_or_default();
    line.trim_start_matches("error: ").trim_end_matches('.').to_owned() + "."
}

/// Shows the plan and asks; where nobody can answer, nothing is done.
fn confirmed(plan: &ApplyPlan, session: &Session) -> Result<bool, Failure> {
    session.output.show(plan, plan_text)?;
    let somebody = console::user_attended() && console::user_attended_stderr() && !session.output.json;
    if !somebody {
        return Ok(false);
    }
    let terminal = Term::stderr();
    terminal.write_str("Apply these changes? Only 'yes' does: ")?;
    Ok(terminal.read_line()?.trim() == "yes")
}

fn plan_text(plan: &ApplyPlan) -> String {
    let head = match plan.changes.len() {
        0 => "All is as it should be.".to_owned(),
        count => format!("{} to make:", words::counted(count as u64, "change")),
    };
    let changes = plan.changes.iter().map(change_text);
    std::iter::once(head)
        .chain(changes)
        .chain(plan.notes.iter().map(note_text))
        .collect::<Vec<_>>()
        .join("\n")
}

fn applied_text(applied: &Applied, with_changes: bool) -> String {
    let mut lines: Vec<String> = Vec::new();
    if with_changes {
        lines.extend(applied.changes.iter().map(change_text));
        lines.extend(applied.notes.iter().map(note_text));
    }
    lines.push(format!("{} made.", words::counted(applied.changes.len() as u64, "change")));
    let link = |link: &InvitationLink| format!("{}: {}", link.email, link.link);
    lines.extend(applied.links.iter().map(link));
    lines.join("\n")
}

fn note_text(note: &String) -> String {
    format!("  ! {note}")
}

/// One line for the thing, one for each value that differs.
fn change_text(change: &ApplyChange) -> String {
    let mark = match change.action {
        ApplyAction::Create => "+",
        ApplyAction::Update => "~",
        ApplyAction::Replace => "-/+",
        ApplyAction::Remove => "-",
    };
    let what = match change.kind {
        ApplyKind::Share => format!("share '{}'", change.name),
        ApplyKind::Dataset => format!("dataset '{}' of '{}'", change.name, change.share),
        ApplyKind::Schedule => format!("schedule of '{}'", change.share),
        ApplyKind::Recipient => format!("recipient {} of '{}'", change.name, change.share),
    };
    let difference = |difference: &ApplyDifference| {
        let value = |value: &Option<String>| value.as_deref().map_or_else(|| "(none)".to_owned(), one_line);
        match &difference.from {
            None => format!("\n      {}: {}", difference.field, value(&difference.to)),
            Some(_) => format!(
                "\n      {}: {} -> {}",
                difference.field,
                value(&difference.from),
                value(&difference.to)
            ),
        }
    };
    let differences: String = change.differences.iter().map(difference).collect();
    format!("  {mark} {what}{differences}")
}

/// Terms are long; their beginning tells them apart.
fn one_line(text: &str) -> String {
    const LONGEST: usize = 120;
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    match line.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("'{}…'", &line[..end]),
        None => format!("'{line}'"),
    }
}
