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

/// The directory that was asked for, else the platform's; and the vault that the environment asks for.
pub(crate) fn app_options(flag: Option<&Path>) -> Result<AppOptions, Failure> {
    let platform = || dirs::data_dir().map(|data| data.join("datashare"));
    let home = chosen_home(flag)?.or_else(platform).ok_or_else(|| {
        Failure::usage(
            "This computer names no directory for data of applications: say where with --home DIR.",
        )
    })?;
    Ok(AppOptions { home, vault: vault_choice()? })
}

/// The vault as `DATASHARE_VAULT` and `DATASHARE_VAULT_PASSPHRASE_FILE` want it.
pub(crate) fn vault_choice() -> Result<VaultChoice, Failure> {
    let kind = match std::env::var("DATASHARE_VAULT").unwrap_or_default().as_str() {
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

fn passphrase() -> Result<Option<Secret>, Failure> {
    const VARIABLE: &str = "DATASHARE_VAULT_PASSPHRASE_FILE";
    let Some(path) = std::env::var_os(VARIABLE).filter(|path| !path.is_empty()).map(PathBuf::from) else {
        return Ok(None);
    };
    let text = std::fs::read_to_string(&path).map_err(|error| {
        Failure::usage(format!("The file '{}' of {VARIABLE} cannot be read: {error}.", path.display()))
    })?;
    Ok(Some(Secret::new(text)))
}
