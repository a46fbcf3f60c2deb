//! Whether an account can be reached with its credential, in words.

use datashare_storage::{ErrorKind, Result, StoreCheck};

use crate::account::Account;
use crate::failure::{Access, capitalised, has_code};

/// Azure looks at these after it accepted the signature.
const GOOD_BUT_NARROW: [&str; 2] = ["AuthorizationPermissionMismatch", "AuthorizationResourceTypeMismatch"];

/// Refused whatever the signature is for.
const REFUSED_ALTOGETHER: [&str; 3] =
    ["AuthorizationProtocolMismatch", "KeyBasedAuthenticationNotPermitted", "AccountIsDisabled"];

impl Account {
    pub(crate) async fn check(&self) -> Result<StoreCheck> {
        let label = self.label();
        let message = match self.container_names("").await {
            Ok(containers) => format!("{label} answers and holds {}.", counted(containers.len())),
            Err(error) => self.explained(&error)?,
        };
        Ok(StoreCheck { message: capitalised(message) })
    }

    /// Asking for the containers of the account was refused. Of a SAS this need not mean that it is bad.
    fn explained(&self, error: &azure_core::Error) -> Result<String> {
        let label = self.label();
        let failed = self.attempt("check", "").failed(error);
        let has_one_of = |codes: &[&str]| codes.iter().any(|code| has_code(error, code));
        match &self.access {
            Access::Sas(_) if has_one_of(&GOOD_BUT_NARROW) => Ok(format!(
                "{label} answers and accepts the shared access signature, which may not list containers."
            )),
            // It opens nothing but its own container or object. That the account answers, and that the SAS has not
            // ended, is all that can be known without that.
            Access::Sas(facts)
                if facts.of_one_resource
                    && matches!(failed.kind, ErrorKind::Denied | ErrorKind::BadCredential)
                    && !has_one_of(&REFUSED_ALTOGETHER) =>
            {
                Ok(format!(
                    "{label} answers. The shared access signature is for one container or object only, and shows whether \
                     it is good when that is opened."
                ))
            }
            _ => Err(failed),
        }
    }
}

fn counted(containers: usize) -> String {
    match containers {
        0 => "no container yet".to_owned(),
        1 => "1 container".to_owned(),
        more => format!("{more} containers"),
    }
}
