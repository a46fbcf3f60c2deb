//! `datashare mail`

use clap::{Args, Subcommand, ValueEnum};
use datashare_app::dto::{MailSecurity, MailSet, MailSettings, MailStatus, Nothing};

use crate::failure::{DONE, FAILED, Failure};
use crate::input;
use crate::session::Session;

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Show by which server invitations are sent
    #[command(after_help = "Example:\n  datashare mail show")]
    Show,
    /// Say by which server invitations are sent
    #[command(after_help = "Examples:
  datashare mail set --server smtp.contoso.example --user ana@contoso.example --from ana@contoso.example --password-stdin < password.txt
  datashare mail set --server smtp.contoso.example --security start-tls --port 2587 --from ana@contoso.example")]
    Set(Set),
    /// Send a mail to the sender itself
    #[command(after_help = "Example:\n  datashare mail test")]
    Test,
    /// Forget the mail server and its password
    #[command(after_help = "Example:\n  datashare mail clear")]
    Clear,
}

#[derive(Args, Debug)]
pub(crate) struct Set {
    /// Name of the mail server
    #[arg(long, value_name = "NAME")]
    server: String,
    /// Its port [default: 465 with TLS, 587 with STARTTLS, 25 without encryption]
    #[arg(long, value_name = "PORT", value_parser = clap::value_parser!(u16).range(1..))]
    port: Option<u16>,
    /// How the way to it is encrypted; none only to a server on this computer
    #[arg(long, value_name = "MODE", default_value = "tls")]
    security: Security,
    /// Who logs in; without a user there is no login
    #[arg(long, value_name = "USER")]
    user: Option<String>,
    /// Read the password from standard input; without this the one that was given before is kept
    #[arg(long, requires = "user")]
    password_stdin: bool,
    /// The address that mails come from
    #[arg(long, value_name = "ADDRESS")]
    from: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Security {
    Tls,
    StartTls,
    None,
}

pub(crate) async fn run(command: Command, session: &Session) -> Result<u8, Failure> {
    let (app, output) = (&session.app, &session.output);
    match command {
        Command::Show => output.show(&app.mail_show(Nothing {}).await?, text)?,
        Command::Set(set) => output.done(&app.mail_set(set.request()?).await?, text)?,
        Command::Clear => {
            output
                .done(&app.mail_clear(Nothing {}).await?, |_| "The mail server is forgotten.".to_owned())?;
        }
        Command::Test => {
            let check = app.mail_test(Nothing {}).await?;
            let hint = check.hint.as_ref().map(|hint| format!(" {hint}")).unwrap_or_default();
            output.show(&check, |check| format!("{}{hint}", check.message))?;
            return Ok(if check.ok { DONE } else { FAILED });
        }
    }
    Ok(DONE)
}

impl Set {
    fn request(self) -> Result<MailSet, Failure> {
        let password = self.password_stdin.then(|| input::secret("password")).transpose()?;
        let (security, usual) = match self.security {
            Security::Tls => (MailSecurity::Tls, 465),
            Security::StartTls => (MailSecurity::StartTls, 587),
            Security::None => (MailSecurity::None, 25),
        };
        let port = self.port.unwrap_or(usual);
        let settings = MailSettings { server: self.server, port, security, user: self.user, from: self.from };
        Ok(MailSet { settings, password })
    }
}

fn text(status: &MailStatus) -> String {
    let Some(settings) = &status.settings else {
        return "No mail server was named yet: see 'datashare mail set --help'.".to_owned();
    };
    let security = match settings.security {
        MailSecurity::Tls => "TLS",
        MailSecurity::StartTls => "STARTTLS",
        MailSecurity::None => "not encrypted",
    };
    [
        format!("server         {}:{} ({security})", settings.server, settings.port),
        format!("login          {}", settings.user.as_deref().unwrap_or("none")),
        format!("from           {}", settings.from),
    ]
    .join("\n")
}
