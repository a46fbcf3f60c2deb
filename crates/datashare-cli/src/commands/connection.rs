//! `datashare connection`

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};
use datashare_app::dto::{
    BrowseEntry, BrowseLevel, Connection, ConnectionAdd, ConnectionBrowse, ConnectionCheck, ConnectionName,
    ConnectionPreview, ConnectionSettings, Credential, EntryKind, FilePreview, Nothing, PreviewProblem,
};

use crate::failure::{DONE, FAILED, Failure, NEEDS_ATTENTION};
use crate::session::Session;
use crate::table::Table;
use crate::{input, values, words};

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Connect a folder or an Azure Blob account; its secret is read from standard input
    #[command(after_help = "Examples:
  datashare connection add disk --kind folder --path /data/outgoing
  echo \"$KEY\" | datashare connection add store --kind azure-blob --account contoso --key-stdin
  datashare connection add store --kind azure-blob --account contoso --sas-stdin < sas.txt")]
    Add(Add),
    /// List the connections
    #[command(after_help = "Example:\n  datashare connection list")]
    List,
    /// Try a connection, and name the exact cause when it does not work
    #[command(after_help = "Example:\n  datashare connection test store")]
    Test {
        /// Name or id of the connection
        name: String,
    },
    /// Show what is in a connection, one level at a time
    #[command(after_help = "Example:\n  datashare connection browse store pos/2026")]
    Browse {
        /// Name or id of the connection
        name: String,
        /// Container or folder [default: the top]
        #[arg(default_value = "", hide_default_value = true)]
        path: String,
        /// Only entries whose name has these words in it, also of folders that are too large to be listed whole
        #[arg(long, value_name = "WORDS")]
        find: Option<String>,
    },
    /// Show the first rows of a CSV, JSON or Parquet file
    #[command(after_help = "Example:\n  datashare connection preview store pos/2026/stores.csv")]
    Preview {
        /// Name or id of the connection
        name: String,
        /// The file
        path: String,
    },
    /// Forget a connection and its secret; the data stays where it is
    #[command(after_help = "Example:\n  datashare connection remove store")]
    Remove {
        /// Name or id of the connection
        name: String,
    },
}

#[derive(Args, Debug)]
pub(crate) struct Add {
    /// What to call it here
    name: String,
    #[arg(long, value_enum)]
    kind: Kind,
    /// The folder
    #[arg(long, value_name = "DIR", required_if_eq("kind", "folder"))]
    path: Option<PathBuf>,
    /// The storage account [default: the one that the endpoint or the connection string names]
    #[arg(long)]
    account: Option<String>,
    /// The account's address, for other clouds, private endpoints and emulators
    #[arg(long, value_name = "URL")]
    endpoint: Option<String>,
    /// Read the account key from standard input
    #[arg(long, group = "credential")]
    key_stdin: bool,
    /// Read a shared access signature (SAS) from standard input
    #[arg(long, group = "credential")]
    sas_stdin: bool,
    /// Read a connection string from standard input
    #[arg(long, group = "credential")]
    connection_string_stdin: bool,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Kind {
    Folder,
    AzureBlob,
}

pub(crate) async fn run(command: Command, session: &Session) -> Result<u8, Failure> {
    let (app, output) = (&session.app, &session.output);
    match command {
        Command::Add(add) => {
            let added = app.connection_add(add.request()?).await?;
            output.done(&added, |added| format!("Connection '{}' added: {}.", added.name, added.address))?;
        }
        Command::List => output.show(app.connection_list(Nothing {}).await?.as_slice(), list_text)?,
        Command::Test { name } => {
            let check = app.connection_test(ConnectionName { connection: name }).await?;
            output.show(&check, check_text)?;
            return Ok(check_code(&check));
        }
        Command::Browse { name, path, find } => {
            let request = ConnectionBrowse { connection: name, path, limit: None, next: None, find };
            output.show(&app.connection_browse(request).await?, level_text)?;
        }
        Command::Preview { name, path } => {
            let request = ConnectionPreview { connection: name, path };
            output.show(&app.connection_preview(request).await?, preview_text)?;
        }
        Command::Remove { name } => {
            let removed = app.connection_remove(ConnectionName { connection: name.clone() }).await?;
            output.done(&removed, |_| format!("Connection '{name}' removed."))?;
        }
    }
    Ok(DONE)
}

impl Add {
    fn request(self) -> Result<ConnectionAdd, Failure> {
        match self.kind {
            Kind::Folder => self.folder(),
            Kind::AzureBlob => self.azure_blob(),
        }
    }

    fn folder(self) -> Result<ConnectionAdd, Failure> {
        let azure = self.key_stdin || self.sas_stdin || self.connection_string_stdin;
        if azure || self.account.is_some() || self.endpoint.is_some() {
            return Err(Failure::usage("A folder has no account, endpoint or key: give --path only."));
        }
        let path = values::absolute(&self.path.unwrap_or_default())?;
        let settings = ConnectionSettings::Folder { path };
        Ok(ConnectionAdd { name: self.name, settings, credential: Credential::None })
    }

    fn azure_blob(self) -> Result<ConnectionAdd, Failure> {
        if self.path.is_some() {
            return Err(Failure::usage(
                "--path is for folders; an Azure Blob connection is the whole account.",
            ));
        }
        let credential = self.credential()?;
        let account = self.account.unwrap_or_default();
        let settings = ConnectionSettings::AzureBlob { account, endpoint: self.endpoint };
        Ok(ConnectionAdd { name: self.name, settings, credential })
    }

    fn credential(&self) -> Result<Credential, Failure> {
        if self.key_stdin {
            input::secret("account key").map(Credential::AccountKey)
        } else if self.sas_stdin {
            input::secret("shared access signature").map(Credential::Sas)
        } else if self.connection_string_stdin {
            input::secret("connection string").map(Credential::ConnectionString)
        } else {
            let ways = "--key-stdin, --sas-stdin or --connection-string-stdin";
            Err(Failure::usage(format!("Say how to sign in to the account: {ways}.")))
        }
    }
}

fn list_text(connections: &[Connection]) -> String {
    let empty = "There are no connections yet: add one with 'datashare connection add'.";
    Table::new(&["name", "kind", "address", "used by"], empty).rows(connections, |connection| {
        let kind = match connection.settings {
            ConnectionSettings::Folder { .. } => "folder",
            ConnectionSettings::AzureBlob { .. } => "Azure Blob",
        };
        let used_by = connection.used_by.join(", ");
        [connection.name.clone(), kind.to_owned(), connection.address.clone(), used_by]
    })
}

fn check_text(check: &ConnectionCheck) -> String {
    let hint = check.hint.as_ref().map(|hint| format!("\n{hint}")).unwrap_or_default();
    format!("{}{hint}", check.message)
}

fn preview_text(preview: &FilePreview) -> String {
    match preview.problem {
        Some(PreviewProblem::OtherKind) => {
            return "Rows can be shown of CSV, JSON and Parquet files.".to_owned();
        }
        Some(PreviewProblem::Unreadable) => {
            return "The file is named like a table but does not read like one.".to_owned();
        }
        Some(PreviewProblem::Empty) => return "The file is empty.".to_owned(),
        None => {}
    }
    // What is in a file must not steer the terminal.
    let plain = |value: &String| value.replace(char::is_control, " ");
    let line = |values: &Vec<String>| values.iter().map(plain).collect::<Vec<_>>().join("\t");
    let mut lines = vec![line(&preview.columns)];
    lines.extend(preview.rows.iter().map(line));
    if preview.more {
        lines.push("…".to_owned());
    }
    lines.join("\n")
}

fn check_code(check: &ConnectionCheck) -> u8 {
    match check.code.as_deref() {
        _ if check.ok => DONE,
        Some("bad-credential" | "expired-credential") => NEEDS_ATTENTION,
        _ => FAILED,
    }
}

fn level_text(level: &BrowseLevel) -> String {
    let table =
        Table::new(&["name", "size", "modified"], "There is nothing here.").rows(&level.entries, entry_row);
    if level.next.is_some() { format!("{table}\nThere is more than is listed here.") } else { table }
}

fn entry_row(entry: &BrowseEntry) -> [String; 3] {
    let slash = if entry.kind == EntryKind::File { "" } else { "/" };
    let size = words::or_dash(entry.size.map(words::bytes));
    [format!("{}{slash}", entry.name), size, words::or_dash(entry.modified.map(words::time))]
}
