//! This workspace's identity: the card in the database, the seeds of its two keys in the vault.

use std::fs::File;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use datashare_protocol::{Card, IdentityKeys};
use datashare_secret::Secret;
use zeroize::Zeroizing;

use crate::database::{LOCK_FILE, meta};
use crate::{App, AppError, Code, Result};

const SIGNING: &str = "identity/signing";
const SEALING: &str = "identity/sealing";

impl App {
    /// Who this workspace is to others; `None` before it is initialised.
    pub(crate) fn card_if_any(&self) -> Result<Option<Card>> {
        let card = self.database().read(|connection| meta::get(connection, meta::CARD))?;
        Ok(card.map(|card| serde_json::from_str(&card)).transpose()?)
    }

    /// Who this workspace is to others. [`Code::NotInitialised`] when it has no identity yet.
    pub(crate) fn card(&self) -> Result<Card> {
        self.card_if_any()?.ok_or_else(|| {
            AppError::new(Code::NotInitialised, "This workspace has no identity yet.")
                .hint("Set it up first: give your name, your organisation and your e-mail address.")
        })
    }

    /// Both keys. [`Code::VaultLocked`] while the vault cannot be read, and when the keys are not in it.
    pub(crate) async fn identity(&self) -> Result<IdentityKeys> {
        let card = self.card()?;
        let (Some(signing), Some(sealing)) = (self.seed(SIGNING).await?, self.seed(SEALING).await?) else {
            return Err(not_in_the_vault());
        };
        let keys = IdentityKeys::from_seeds(*signing, *sealing);
        if keys.public() == card.keys { Ok(keys) } else { Err(not_in_the_vault()) }
    }

    async fn seed(&self, name: &str) -> Result<Option<Zeroizing<[u8; 32]>>> {
        let Some(text) = self.vault().get(name).await? else { return Ok(None) };
        let mut seed = Zeroizing::new([0; 32]);
        let length = STANDARD.decode_slice(text.reveal(), seed.as_mut_slice());
        Ok((length == Ok(seed.len())).then_some(seed))
    }

    /// Makes the identity, once: two random seeds into the vault, then the card into the database.
    pub(crate) async fn make_identity(
        &self,
        name: String,
        organisation: String,
        email: String,
    ) -> Result<Card> {
        let _lock = self.only_one_at_a_time()?;
        if self.card_if_any()?.is_some() {
            return Err(AppError::invalid("This workspace has an identity already.")
                .hint("Use it as it is; for another identity choose another data directory."));
        }
        let (signing, sealing) = (Zeroizing::new(self.random()?), Zeroizing::new(self.random()?));
        for (name, seed) in [(SIGNING, &signing), (SEALING, &sealing)] {
            self.vault().set(name, &Secret::new(STANDARD.encode(seed.as_slice()))).await?;
        }
        self.vault().remember()?;
        let keys = IdentityKeys::from_seeds(*signing, *sealing).public();
        let card = Card { name, organisation, email, keys, created_at: self.now() };
        let text = serde_json::to_string(&card)?;
        self.database().write(|transaction| meta::set(transaction, meta::CARD, &text))?;
        Ok(card)
    }

    /// Two processes that initialise would mix up their keys. Held until the file is dropped.
    fn only_one_at_a_time(&self) -> Result<File> {
        let busy = || {
            AppError::invalid("Another Datashare is setting up this workspace right now.")
                .hint("Wait until it is done and look again.")
        };
        let lock = File::create(self.inner.home.join(LOCK_FILE)).map_err(|error| busy().because(error))?;
        lock.try_lock().map_err(|error| busy().because(error))?;
        Ok(lock)
    }
}

fn not_in_the_vault() -> AppError {
    AppError::new(Code::VaultLocked, "The keys of this workspace's identity are not in the vault.").hint(
        "If they are in another kind of vault (the keyring, or the passphrase file), choose that one. If they were kept for \
         the session only, they ended with it: set up a new workspace in another data directory, and ask for new \
         invitations; nobody can continue under the old identity.",
    )
}
