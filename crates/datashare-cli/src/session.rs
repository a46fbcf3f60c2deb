//! What every command works with: the open workspace, how to show answers, being asked to stop.

use std::path::{Path, PathBuf};

use datashare_app::dto::VaultKind;
use datashare_app::{App, AppOptions, VaultChoice};
use datashare_secret::Secret;

use crate::failure::Failure;
use crate::output::Output;
use crate::stop::Stop;

pub(crate) struct Session {
    pub(crate) app: App,
    pub(crate) home: PathBuf,
    pub(crate) output: Output,
    pub(crate) stop: Stop,
}

impl Session {
    pub(crate) async fn open(options: AppOptions, output: Output, stop: Stop) -> Result<Self, Failure> {
        let home = options.home.clone();
        Ok(Self { app: App::open(options).await?, home, output, stop })
    }
}

/// The directory that was asked for, by flag or by environment.
pub(crate) fn chosen_home(flag: Option<&Path>) -> Result<Option<PathBuf>, Failure> {
    let chosen = flag
        .map(Path::to_owned)
        .or_else(|| std::env::var_os("DATASHARE_HOME").filter(|home| !home.is_empty()).map(PathBuf::from));
    Ok(chosen.map(std::path::absolute).transpose()?)
}

/// The platform's directory for the workspace, where it has one.
pub(crate) fn usual_home() -> Option<PathBuf> {
    dirs::data_dir().map(|data| data.join("datashare"))
}

/// The directory that was asked for, else the platform's.
pub(crate) fn home(flag: Option<&Path>) -> Result<PathBuf, Failure> {
    chosen_home(flag)?.or_else(usual_home).ok_or_else(|| {
        Failure::usage(
            "This computer names no directory for data of applications: say where with --home DIR.",
        )
    })
}

/// The directory that was asked for, else the platform's; and the vault that the environment asks for.
pub(crate) fn app_options(flag: Option<&Path>) -> Result<AppOptions, Failure> {
    Ok(AppOptions { home: home(flag)?, vault: vault_choice()? })
}

/// The vault as `DATASHARE_VAULT` and `DATASHARE_VAULT_PASSPHRASE_FILE` want it.
pub(crate) fn vault_choice() -> Result<VaultChoice, Failure> {
    let kind = match std::env::var(VAULT).unwrap_or_default().as_str() {
        "" => None,
        "keyring" => Some(VaultKind::Keyring),
        "file" => Some(VaultKind::File),
        "session" => Some(VaultKind::Session),
        other => {
            return Err(Failure::usage(format!(
                "DATASHARE_VAULT is '{other}': it can be keyring, file or session."
            )));
        }
    };
    Ok(VaultChoice { kind, passphrase: passphrase()? })
}

/// The environment's names of the vault and of the file with its passphrase.
pub(crate) const VAULT: &str = "DATASHARE_VAULT";
pub(crate) const PASSPHRASE_FILE: &str = "DATASHARE_VAULT_PASSPHRASE_FILE";

fn passphrase() -> Result<Option<Secret>, Failure> {
    let Some(path) = std::env::var_os(PASSPHRASE_FILE).filter(|path| !path.is_empty()).map(PathBuf::from)
    else {
        return Ok(None);
    };
    let text = std::fs::read_to_string(&path).map_err(|error| {
        Failure::usage(format!("The file '{}' of {PASSPHRASE_FILE} cannot be read: {error}.", path.display()))
    })?;
    Ok(Some(Secret::new(text)))
}
