//! Azurite, the blob server of the tests: two accounts with random keys, in memory, on a free port of this computer.
//!
//! It ends with the value, and with the test process whatever happens to that: its standard input closes then.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, Stdio};
use std::time::Duration;

use anyhow::{Context, bail};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use tokio::sync::OnceCell;

/// The account that shares.
pub const PROVIDER: &str = "prov";
/// The account that receives.
pub const CONSUMER: &str = "cons";

/// Longest wait for the server's word that it listens; it takes about one second.
const START_TIME: Duration = Duration::from_secs(60);

/// A running server.
#[derive(Debug)]
pub struct Azurite {
    child: Child,
    /// Kept open: the server writes a line when it stops.
    _output: BufReader<ChildStdout>,
    address: String,
    keys: BTreeMap<&'static str, String>,
}

impl Azurite {
    /// A server of one's own, over http.
    pub async fn start() -> anyhow::Result<Self> {
        Self::start_with(&[]).await
    }

    /// A server over https with this certificate and key (PEM files).
    pub async fn start_tls(certificate: &Path, key: &Path) -> anyhow::Result<Self> {
        let (certificate, key) = (certificate.display().to_string(), key.display().to_string());
        Self::start_with(&["--cert", &certificate, "--key", &key]).await
    }

    /// The server that all tests of this process share. Take container names of your own, see [`unique_name`].
    pub async fn shared() -> anyhow::Result<&'static Self> {
        static SHARED: OnceCell<Azurite> = OnceCell::const_new();
        SHARED.get_or_try_init(Self::start).await
    }

    /// Address of an account, path-style: `http://127.0.0.1:<port>/<account>`.
    pub fn endpoint(&self, account: &str) -> String {
        format!("{}/{account}", self.address)
    }

    /// The account's key, base64. Empty for an account that does not exist.
    pub fn key(&self, account: &str) -> &str {
        self.keys.get(account).map_or("", String::as_str)
    }

    /// What a person would paste to connect the account.
    pub fn connection_string(&self, account: &str) -> String {
        let (endpoint, key) = (self.endpoint(account), self.key(account));
        format!(
            "DefaultEndpointsProtocol=http;AccountName={account};AccountKey={key};BlobEndpoint={endpoint};"
        )
    }

    async fn start_with(options: &[&str]) -> anyhow::Result<Self> {
        let keys = BTreeMap::from([(PROVIDER, random_key()?), (CONSUMER, random_key()?)]);
        let mut child =
            command(options, &keys)?.spawn().context("Node could not be started; is it installed?")?;
        let output = child.stdout.take().context("Azurite has no standard output")?;
        let listening = tokio::task::spawn_blocking(move || listening_address(output));
        match tokio::time::timeout(START_TIME, listening).await {
            Ok(found) => {
                let (address, output) = found??;
                Ok(Self { child, _output: output, address, keys })
            }
            Err(_) => {
                stop(&mut child);
                bail!("Azurite did not listen within {} seconds", START_TIME.as_secs());
            }
        }
    }
}

impl Drop for Azurite {
    fn drop(&mut self) {
        stop(&mut self.child);
    }
}

/// A container name no other test has: `<prefix>-<random>`.
pub fn unique_name(prefix: &str) -> String {
    let mut random = [0; 8];
    // Without randomness the name is just not unique, and a test that cares says so.
    let _ = getrandom::fill(&mut random);
    format!("{prefix}-{:016x}", u64::from_le_bytes(random))
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/azurite")
}

fn command(options: &[&str], keys: &BTreeMap<&'static str, String>) -> anyhow::Result<Command> {
    let folder = folder();
    if !folder.join("node_modules/azurite").is_dir() {
        bail!("Azurite is not installed. Run `npm ci` in tests/azurite, or `./dev test`, which does it.");
    }
    let accounts: Vec<String> = keys.iter().map(|(account, key)| format!("{account}:{key}")).collect();
    let mut command = Command::new("node");
    command
        .arg("launch.cjs")
        .args(["--inMemoryPersistence", "--disableTelemetry", "--silent", "--blobPort", "0"])
        .args(options)
        .current_dir(folder)
        .env("AZURITE_ACCOUNTS", accounts.join(";"))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped());
    Ok(command)
}

/// Reads until the server says where it listens.
fn listening_address(output: ChildStdout) -> anyhow::Result<(String, BufReader<ChildStdout>)> {
    let mut output = BufReader::new(output);
    let mut line = String::new();
    while output.read_line(&mut line)? > 0 {
        if let Some((_, address)) = line.split_once("successfully listens on ") {
            return Ok((address.trim().to_owned(), output));
        }
        line.clear();
    }
    bail!("Azurite ended before it listened; its reason stands above")
}

fn random_key() -> anyhow::Result<String> {
    let mut key = [0; 64];
    getrandom::fill(&mut key)?;
    Ok(STANDARD.encode(key))
}

fn stop(child: &mut Child) {
    // It may have ended by itself; then there is nothing to stop.
    let _ = child.kill();
    let _ = child.wait();
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[tokio::test]
    async fn it_answers_for_both_accounts_and_ends_with_the_value() {
        let azurite = Azurite::start().await.unwrap();
        for account in [PROVIDER, CONSUMER] {
            let answer = reqwest::get(format!("{}?comp=list", azurite.endpoint(account))).await.unwrap();
            assert_eq!(answer.status(), 403, "it asks for a credential");
        }
        let address = azurite.endpoint(PROVIDER);
        drop(azurite);
        assert!(reqwest::get(address).await.unwrap_err().is_connect());
    }
}
