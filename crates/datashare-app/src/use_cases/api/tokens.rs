//! Tokens: made, listed, revoked, and told from what is none.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::TimeDelta;
use datashare_domain::hex;
use datashare_secret::Secret;
use sha2::{Digest, Sha256};

use super::{ApiAnswers, ApiSeat};
use crate::database::api;
use crate::dto::{ApiScope, ApiToken, ApiTokenCreate, ApiTokenCreated, ApiTokenName, Nothing};
use crate::{App, AppError, Result};

/// So that a token is known for one wherever it turns up.
const PREFIX: &str = "datashare_";
const LONGEST_NAME: usize = 100;
/// The last use is written down no more often than this.
const NOTED_EVERY: TimeDelta = TimeDelta::hours(1);

/// Whoever sent a request with a token that holds.
#[derive(Clone, Debug)]
pub struct ApiCaller {
    pub name: String,
    pub scopes: Vec<ApiScope>,
    token: Secret,
    sha256: String,
}

impl ApiCaller {
    /// May do what asks for this scope.
    pub fn may(&self, wanted: ApiScope) -> bool {
        self.scopes.iter().any(|scope| scope.covers(wanted))
    }
}

impl App {
    /// Makes a token. It has 256 random bits, so its plain hash is all that has to be kept.
    pub async fn api_token_create(&self, request: ApiTokenCreate) -> Result<ApiTokenCreated> {
        let name = request.name.trim().to_owned();
        if name.is_empty() || name.chars().count() > LONGEST_NAME || name.chars().any(char::is_control) {
            let message = format!("The name of a token has 1 to {LONGEST_NAME} characters, in one line.");
            return Err(AppError::invalid(message));
        }
        let mut scopes = request.scopes;
        scopes.sort();
        scopes.dedup();
        if scopes.is_empty() {
            return Err(AppError::invalid("A token without a scope can do nothing.")
                .hint("Name at least one: read, provider, consumer or admin."));
        }
        let now = self.now();
        if request.expires_at.is_some_and(|end| end <= now) {
            return Err(AppError::invalid("The token would have expired already.").hint("Name a later date."));
        }
        let secret = Secret::new(format!("{PREFIX}{}", URL_SAFE_NO_PAD.encode(self.random::<32>()?)));
        let token =
            ApiToken { name, scopes, created_at: now, expires_at: request.expires_at, last_used_at: None };
        self.database().write(|transaction| {
            if api::find_token(transaction, &token.name)?.is_some() {
                let message = format!("There is a token '{}' already.", token.name);
                return Err(AppError::invalid(message).hint("Choose another name, or revoke that one first."));
            }
            api::insert_token(transaction, &token, &hash(&secret))
        })?;
        Ok(ApiTokenCreated { secret, token })
    }

    /// Every token, by name.
    pub async fn api_token_list(&self, _request: Nothing) -> Result<Vec<ApiToken>> {
        self.database().read(api::list_tokens)
    }

    /// Ends a token at once.
    pub async fn api_token_revoke(&self, request: ApiTokenName) -> Result<ApiToken> {
        self.database().write(|transaction| {
            let token = api::find_token(transaction, &request.name)?.ok_or_else(|| {
                AppError::not_found(format!("There is no token '{}'.", request.name))
                    .hint("List the tokens to see their names.")
            })?;
            api::remove_token(transaction, &token.name)?;
            Ok(token)
        })
    }

    /// Whose token this is; `None` when it holds (or ever held) for nobody.
    pub fn api_caller(&self, token: &Secret) -> Result<Option<ApiCaller>> {
        let (sha256, now) = (hash(token), self.now());
        let Some(found) = self.database().read(|connection| api::token_of(connection, &sha256))? else {
            return Ok(None);
        };
        if found.expires_at.is_some_and(|end| end <= now) {
            return Ok(None);
        }
        if found.last_used_at.is_none_or(|last| now - last >= NOTED_EVERY) {
            self.database().write(|transaction| api::set_last_used(transaction, &sha256, now))?;
        }
        Ok(Some(ApiCaller { name: found.name, scopes: found.scopes, token: token.clone(), sha256 }))
    }

    /// The answers that are kept for this caller, for whoever serves from this seat.
    pub fn api_answers(&self, caller: &ApiCaller, seat: &ApiSeat) -> ApiAnswers {
        ApiAnswers::new(self.clone(), &caller.token, caller.sha256.clone(), seat.clone())
    }
}

fn hash(token: &Secret) -> String {
    hex(&Sha256::digest(token.reveal().as_bytes()))
}
