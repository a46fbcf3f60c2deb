//! Starting the agent with the session of a person: what is written where, and what the system is told. The texts are
//! made by pure functions, one module for each system; here they are written.

mod launchd;
mod systemd;
mod task;

use std::path::{Path, PathBuf};
use std::process::Stdio;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::failure::{DONE, Failure};
use crate::session::{self, PASSPHRASE_FILE, Session, VAULT};

/// What the system is to start.
#[derive(Clone, Debug)]
struct Service {
    /// `datashare-agent`, with a mark of the workspace where that is not the usual one.
    name: String,
    program: PathBuf,
    home: PathBuf,
    /// Arguments of `agent run`; never a secret.
    served: Vec<String>,
    /// Names and values; never a secret.
    environment: Vec<(String, String)>,
}

impl Service {
    fn of(session: &Session, served: Vec<String>) -> Result<Self, Failure> {
        let home = std::path::absolute(&session.home)?;
        Ok(Self {
            name: name_of(&home, session::usual_home().as_deref()),
            program: std::env::current_exe()?,
            home,
            served,
            environment: environment()?,
        })
    }

    /// The program's arguments, without its name.
    fn arguments(&self) -> Vec<String> {
        let home = self.home.to_string_lossy().into_owned();
        let run = ["--home", &home, "--quiet", "agent", "run"].map(str::to_owned);
        [run.as_slice(), &self.served].concat()
    }
}

fn name_of(home: &Path, usual: Option<&Path>) -> String {
    if Some(home) == usual {
        return "datashare-agent".into();
    }
    let mark = Sha256::digest(home.as_os_str().as_encoded_bytes());
    let mark: String = mark.iter().take(4).map(|byte| format!("{byte:02x}")).collect();
    format!("datashare-agent-{mark}")
}

/// The vault as this command was told.
fn environment() -> Result<Vec<(String, String)>, Failure> {
    let mut found = Vec::new();
    if let Ok(kind) = std::env::var(VAULT) {
        found.push((VAULT.to_owned(), kind));
    }
    if let Some(file) = std::env::var_os(PASSPHRASE_FILE) {
        let file = std::path::absolute(PathBuf::from(file))?;
        found.push((PASSPHRASE_FILE.to_owned(), file.to_string_lossy().into_owned()));
    }
    found.retain(|(_, value)| !value.is_empty());
    Ok(found)
}

/// What is installed: a file, and the commands that make the system take it in or let go of it.
struct Installation {
    file: PathBuf,
    contents: Vec<u8>,
    text: String,
    /// Before the file is there: what an earlier one needs to be let go of. Failing is no failure.
    begin: Vec<Vec<String>>,
    start: Vec<Vec<String>>,
    stop: Vec<Vec<String>>,
    after_removal: Vec<Vec<String>>,
}

fn installation(service: &Service) -> Result<Installation, Failure> {
    let folder = |found: Option<PathBuf>| {
        found.ok_or_else(|| Failure::usage("This computer names no directory for settings of applications."))
    };
    if cfg!(target_os = "macos") {
        Ok(launchd::installation(service, &folder(dirs::home_dir())?))
    } else if cfg!(windows) {
        Ok(task::installation(service))
    } else {
        Ok(systemd::installation(service, &folder(dirs::config_dir())?))
    }
}

/// What was installed last; kept in the workspace, so that everybody can tell.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Installed {
    name: String,
    pub(super) file: String,
    /// Arguments of `agent run`.
    pub(super) arguments: Vec<String>,
}

impl Installed {
    const FILE: &str = "agent-installed.json";

    fn of(service: &Service, installation: &Installation) -> Self {
        let file = installation.file.display().to_string();
        Self { name: service.name.clone(), file, arguments: service.served.clone() }
    }

    /// `None` when the agent does not start with the session; also when somebody took the file of the system away.
    pub(super) fn find(home: &Path) -> Option<Self> {
        let text = std::fs::read(home.join(Self::FILE)).ok()?;
        let found: Self = serde_json::from_slice(&text).ok()?;
        Path::new(&found.file).exists().then_some(found)
    }

    fn keep(&self, home: &Path) -> Result<(), Failure> {
        Ok(std::fs::write(home.join(Self::FILE), serde_json::to_vec(self)?)?)
    }
}

pub(super) async fn install(session: &Session, print: bool, served: Vec<String>) -> Result<u8, Failure> {
    let service = Service::of(session, served)?;
    let wanted = installation(&service)?;
    if print {
        session.output.text(&wanted.text)?;
        return Ok(DONE);
    }
    if let Some(folder) = wanted.file.parent() {
        std::fs::create_dir_all(folder)?;
    }
    for command in &wanted.begin {
        // There is mostly nothing to let go of.
        let _ = tell_system(command, &wanted.file).await;
    }
    std::fs::write(&wanted.file, &wanted.contents)?;
    let installed = Installed::of(&service, &wanted);
    installed.keep(&service.home)?;
    for command in &wanted.start {
        tell_system(command, &wanted.file).await?;
    }
    session.output.done(&installed, |installed| {
        format!("The agent starts with your session from now on, and is at work ({}).", installed.file)
    })?;
    Ok(DONE)
}

pub(super) async fn uninstall(session: &Session) -> Result<u8, Failure> {
    let service = Service::of(session, Vec::new())?;
    let installed = installation(&service)?;
    if !installed.file.exists() {
        session.output.say("The agent does not start with your session.")?;
        return Ok(DONE);
    }
    for command in &installed.stop {
        tell_system(command, &installed.file).await?;
    }
    std::fs::remove_file(&installed.file)?;
    for command in &installed.after_removal {
        tell_system(command, &installed.file).await?;
    }
    // Without the file of the system it says nothing any more.
    let _ = std::fs::remove_file(service.home.join(Installed::FILE));
    let was = Installed::of(&service, &installed);
    session.output.done(&was, |_| "The agent no longer starts with your session.".into())?;
    Ok(DONE)
}

async fn tell_system(command: &[String], file: &Path) -> Result<(), Failure> {
    let words = command.join(" ");
    let Some((program, arguments)) = command.split_first() else { return Ok(()) };
    let ran = tokio::process::Command::new(program).args(arguments).stdin(Stdio::null()).output().await;
    let why = match ran {
        Ok(ran) if ran.status.success() => return Ok(()),
        Ok(ran) => String::from_utf8_lossy(&ran.stderr).trim().to_owned(),
        Err(error) => error.to_string(),
    };
    let message = format!(
        "The system did not take '{words}': {why}. What is to be started stands in {}.",
        file.display()
    );
    Err(datashare_app::AppError::new(datashare_app::Code::Internal, message)
        .hint("Run that command in your own session, or start 'datashare agent run' in another way.")
        .into())
}

/// A command as words.
fn words<const N: usize>(words: [&str; N]) -> Vec<String> {
    words.map(str::to_owned).into()
}

/// Text as the contents of an XML element.
fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    /// A service whose places are as awkward as can be.
    pub(super) fn awkward() -> Service {
        Service {
            name: "datashare-agent-1a2b3c4d".into(),
            program: "/opt/Data & share/data\"share".into(),
            home: "/home/ana/100% $HOME <data> \\".into(),
            served: ["--api", "127.0.0.1:8790", "--tls-key", "/home/ana/50% \"$key\".pem"]
                .map(str::to_owned)
                .into(),
            environment: vec![("DATASHARE_VAULT_PASSPHRASE_FILE".into(), "/home/ana/50% $x".into())],
        }
    }

    #[test]
    fn another_workspace_has_another_name() {
        let usual = Path::new("/home/ana/.local/share/datashare");
        assert_eq!(name_of(usual, Some(usual)), "datashare-agent");
        let (a, b) = (name_of(Path::new("/a"), Some(usual)), name_of(Path::new("/b"), Some(usual)));
        assert!(a != b && a.starts_with("datashare-agent-"));
    }
}
