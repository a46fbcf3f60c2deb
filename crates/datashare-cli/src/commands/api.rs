//! `datashare api`

use std::net::SocketAddr;
use std::path::PathBuf;

use chrono::{DateTime, Utc};
use clap::{Args, Subcommand};
use datashare_api::{ServeOptions, Server, TlsFiles};
use datashare_app::dto::{ApiScope, ApiToken, ApiTokenCreate, ApiTokenCreated, ApiTokenName, Nothing};
use serde::Serialize;

use crate::failure::Failure;
use crate::session::Session;
use crate::table::Table;
use crate::{values, words};

const SCOPES: &[&str] = &["read", "provider", "consumer", "admin"];

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Serve the REST API until asked to stop; the page at its address shows what it can do
    #[command(after_help = "Examples:
  datashare api serve
  datashare api serve --listen 0.0.0.0:8443 --tls-cert chain.pem --tls-key key.pem --host share.contoso.example")]
    Serve(Listen),
    /// Print the OpenAPI description
    #[command(after_help = "Example:\n  datashare api describe")]
    Describe,
    /// Who may use the API
    #[command(subcommand)]
    Token(Token),
}

/// Where the API is served.
#[derive(Args, Debug)]
pub(crate) struct Listen {
    /// Address and port; port 0 takes a free one. Another address than this computer's own needs a certificate
    #[arg(long, value_name = "ADDRESS:PORT", default_value = "127.0.0.1:8790")]
    listen: SocketAddr,
    #[command(flatten)]
    called: Called,
}

/// By which names clients call the API, and how they know that it is the one.
#[derive(Args, Clone, Debug, Default)]
pub(crate) struct Called {
    /// A name under which clients call the API, beside its address and 'localhost'; may be given several times
    #[arg(long, value_name = "NAME")]
    host: Vec<String>,
    /// The certificate of the API with its chain, PEM
    #[arg(long, value_name = "FILE", requires = "tls_key")]
    tls_cert: Option<PathBuf>,
    /// The certificate's key, PEM
    #[arg(long, value_name = "FILE", requires = "tls_cert")]
    tls_key: Option<PathBuf>,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Token {
    /// Make a token and print it, this once
    #[command(after_help = "Example:\n  datashare api token create nightly --scope consumer --expires 90d")]
    Create {
        /// Who or what uses it
        name: String,
        /// What it may do; may be given several times. Each one may read, admin may do everything
        #[arg(long, required = true, value_parser = values::one_of::<ApiScope>(SCOPES))]
        scope: Vec<ApiScope>,
        /// When it ends: a day, a time, or a span such as 90d [default: when revoked]
        #[arg(long, value_name = "DATE", value_parser = values::until)]
        expires: Option<DateTime<Utc>>,
    },
    /// List the tokens; what they say is not kept
    #[command(after_help = "Example:\n  datashare api token list")]
    List,
    /// End a token at once
    #[command(after_help = "Example:\n  datashare api token revoke nightly")]
    Revoke {
        /// Name of the token
        name: String,
    },
}

/// The one answer that has the token itself.
#[derive(Serialize)]
struct Made<'a> {
    token: &'a str,
    #[serde(flatten)]
    about: &'a ApiToken,
}

#[derive(Serialize)]
struct Serving {
    url: String,
    address: SocketAddr,
}

impl Command {
    /// Whether it serves until asked to stop.
    pub(crate) fn stays(&self) -> bool {
        matches!(self, Self::Serve(_))
    }
}

impl Called {
    /// The same once more as words of a command line that may be called in any directory.
    pub(crate) fn words(&self) -> Result<Vec<String>, Failure> {
        let mut words: Vec<String> =
            self.host.iter().flat_map(|host| ["--host".to_owned(), host.clone()]).collect();
        for (name, file) in [("--tls-cert", &self.tls_cert), ("--tls-key", &self.tls_key)] {
            if let Some(file) = file {
                let file = std::path::absolute(file)?.to_string_lossy().into_owned();
                words.extend([name.to_owned(), file]);
            }
        }
        Ok(words)
    }

    /// Refuses what could not be served at this address, without taking it.
    pub(crate) fn check(self, listen: SocketAddr) -> Result<(), Failure> {
        Ok(self.at(listen).check()?)
    }

    fn at(self, listen: SocketAddr) -> ServeOptions {
        let tls = self.tls_cert.zip(self.tls_key).map(|(certificate, key)| TlsFiles { certificate, key });
        ServeOptions { listen, hosts: self.host, tls }
    }
}

pub(crate) async fn run(command: Command, session: &Session) -> Result<(), Failure> {
    match command {
        Command::Serve(listen) => serve(listen, session).await,
        Command::Describe => {
            let text = serde_json::to_string_pretty(&datashare_api::description())?;
            session.output.text(&text)
        }
        Command::Token(command) => token(command, session).await,
    }
}

async fn serve(listen: Listen, session: &Session) -> Result<(), Failure> {
    let server = bind(listen.listen, listen.called, session)?;
    session.output.say("Ctrl-C ends it.")?;
    let served = server.run(session.stop.asked(1)).await;
    session.app.leave().await;
    Ok(served?)
}

/// Takes the port and says where; nothing is answered yet.
pub(crate) fn bind(address: SocketAddr, called: Called, session: &Session) -> Result<Server, Failure> {
    let server = Server::bind(session.app.clone(), called.at(address))?;
    let serving = Serving { url: server.url(), address: server.address() };
    tracing::info!("the API is at {}", serving.url);
    session.output.done(&serving, |serving| format!("The API is at {}.", serving.url))?;
    Ok(server)
}

async fn token(command: Token, session: &Session) -> Result<(), Failure> {
    let (app, output) = (&session.app, &session.output);
    match command {
        Token::Create { name, scope, expires } => {
            let request = ApiTokenCreate { name, scopes: scope, expires_at: expires };
            let ApiTokenCreated { secret, token } = app.api_token_create(request).await?;
            output.show(&Made { token: secret.reveal(), about: &token }, |made| made.token.to_owned())?;
            output.say("It is shown this once. Keep it where only its user can read it.")
        }
        Token::List => output.show(app.api_token_list(Nothing {}).await?.as_slice(), list_text),
        Token::Revoke { name } => {
            let revoked = app.api_token_revoke(ApiTokenName { name }).await?;
            output.done(&revoked, |token| format!("The token '{}' does not hold any more.", token.name))
        }
    }
}

fn list_text(tokens: &[ApiToken]) -> String {
    let empty = "There are no tokens: make one with 'datashare api token create'.";
    Table::new(&["name", "scopes", "made", "expires", "last used"], empty).rows(tokens, |token| {
        let scopes: Vec<String> = token.scopes.iter().map(|scope| words::state(*scope)).collect();
        [
            token.name.clone(),
            scopes.join(", "),
            words::time(token.created_at),
            words::or_dash(token.expires_at.map(words::time)),
            words::or_dash(token.last_used_at.map(words::time)),
        ]
    })
}
