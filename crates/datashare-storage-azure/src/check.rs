//! Whether an account can be reached with its credential, in words.

use datashare_storage::{ErrorKind, Result, StoreCheck, StoreError};

use crate::account::Account;
use crate::failure::{Access, capitalised};

impl Account {
    pub(crate) async fn check(&self) -> Result<StoreCheck> {
        let found = self.containers("").await.map_err(|error| StoreError { operation: "check", ..error });
        let message = match (found, &self.access) {
            (Ok(containers), _) => {
                format!("{} answers and holds {}.", self.label(), counted(containers.len()))
            }
            (Err(error), Access::Sas(facts)) if facts.of_one_resource => self.narrow_sas(error)?,
            (Err(error), Access::Sas(_)) if error.kind == ErrorKind::Denied => {
                format!(
                    "{} answers and accepts the shared access signature, which may not list containers.",
                    self.label()
                )
            }
            (Err(error), _) => return Err(error),
        };
        Ok(StoreCheck { message: capitalised(message) })
    }

    /// A SAS of one container or object opens nothing else, so that asking for the account is refused even when it is
    /// good. That the account answers, and that the SAS has not ended, is all that can be known without a container.
    fn narrow_sas(&self, error: StoreError) -> Result<String> {
        match error.kind {
            ErrorKind::Denied | ErrorKind::BadCredential => Ok(format!(
                "{} answers. The shared access signature is for one container or object only, and shows whether it is good \
                 when that is opened.",
                self.label()
            )),
            _ => Err(error),
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
