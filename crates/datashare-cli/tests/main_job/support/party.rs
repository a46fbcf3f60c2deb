//! One party: a workspace in a directory, with a vault file.

use std::cell::RefCell;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use datashare_testkit::unique_name;
use serde_json::Value;

use super::{Ran, Running};

pub struct Party {
    pub home: PathBuf,
    passphrase: PathBuf,
    /// Everything that its processes printed.
    said: RefCell<String>,
}

impl Party {
    /// A workspace in `directory/name`, made and ready.
    pub fn new(directory: &Path, name: &str, organisation: &str) -> Self {
        let party = Self::bare(directory, &name.to_lowercase());
        let email = format!("{name}@{organisation}.example").to_lowercase();
        let request =
            ["workspace", "init", "--name", name, "--organisation", organisation, "--email", &email];
        party.run(&request).ends_with(0);
        party
    }

    /// A directory without a workspace yet.
    pub fn bare(directory: &Path, folder: &str) -> Self {
        let passphrase = directory.join(format!("{folder}-passphrase.txt"));
        fs::write(&passphrase, format!("{}\n", unique_name("passphrase"))).unwrap();
        Self { home: directory.join(folder), passphrase, said: RefCell::default() }
    }

    pub fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_datashare-cli"));
        for (name, _) in
            std::env::vars_os().filter(|(name, _)| name.to_string_lossy().starts_with("DATASHARE_"))
        {
            command.env_remove(name);
        }
        command
            .env("DATASHARE_VAULT", "file")
            .env("DATASHARE_VAULT_PASSPHRASE_FILE", &self.passphrase)
            .arg("--home")
            .arg(&self.home)
            .args(arguments);
        command
    }

    pub fn start(&self, arguments: &[&str]) -> Running {
        Running::start(self.command(arguments), "")
    }

    pub fn run(&self, arguments: &[&str]) -> Ran {
        self.run_with(arguments, "")
    }

    /// With text on standard input.
    pub fn run_with(&self, arguments: &[&str], stdin: &str) -> Ran {
        let ran = Running::start(self.command(arguments), stdin).ended();
        self.heard(&ran);
        ran
    }

    /// Remembers what a process printed that was started by `start`.
    pub fn heard(&self, ran: &Ran) {
        self.said.borrow_mut().push_str(&format!("{}\n{}\n", ran.out, ran.err));
    }

    /// Runs with `--json`, which must succeed, and answers the document.
    #[track_caller]
    pub fn json(&self, arguments: &[&str]) -> Value {
        self.run(&[&["--json"], arguments].concat()).ends_with(0).json()
    }

    /// Runs with `--json`, which must end with this code, and answers the error.
    #[track_caller]
    pub fn refused(&self, code: i32, arguments: &[&str]) -> Value {
        let ran = self.run(&[&["--json"], arguments].concat()).ends_with(code);
        assert_eq!(ran.out, "", "an error has no answer beside it");
        ran.error()
    }

    /// The agent at work in the background.
    pub fn agent(&self) -> Running {
        self.start(&["agent", "run", "--json"])
    }

    /// Fails when a secret was printed, or lies readable in the workspace.
    pub fn keeps_secret(&self, secrets: &[&str]) {
        let passphrase = fs::read_to_string(&self.passphrase).unwrap();
        for secret in secrets.iter().copied().chain([passphrase.trim()]).filter(|secret| !secret.is_empty()) {
            assert!(!self.said.borrow().contains(secret), "a secret was printed");
            for file in fs::read_dir(&self.home)
                .unwrap()
                .map(|entry| entry.unwrap().path())
                .filter(|path| path.is_file())
            {
                let bytes = fs::read(&file).unwrap();
                let found = bytes.windows(secret.len()).any(|window| window == secret.as_bytes());
                assert!(!found, "a secret lies readable in {}", file.display());
            }
        }
    }
}
