//! Tokens: what they stand on, and the signature of one among many that have all the rest in common.

use chrono::{DateTime, TimeDelta, Utc};
use datashare_secret::Secret;
use datashare_storage::{AccessPermission, DelegateAccess, DelegatedScope, Delegation};

use crate::Result;

/// How long a token lives that stands under no policy, because all policies of its container are taken. So long a
/// revocation takes at most.
pub const SHORT_LIFE: TimeDelta = TimeDelta::hours(1);
/// What the tokens of one container stand on.
pub(crate) struct TokenTerms<'a> {
    pub(crate) delegate: &'a dyn DelegateAccess,
    /// `None` for tokens that end soon by themselves.
    pub(crate) policy: Option<String>,
    pub(crate) permission: AccessPermission,
    pub(crate) until: DateTime<Utc>,
}

impl TokenTerms<'_> {
    /// Makes a token. `distinct` makes it this recipient's own.
    pub(crate) fn sign(&self, scope: &DelegatedScope, distinct: &str) -> Result<Delegation> {
        let distinct = Some(distinct);
        Ok(match &self.policy {
            Some(policy) => self.delegate.delegate(scope, policy, distinct)?,
            None => self.delegate.delegate_until(scope, self.permission, self.until, distinct)?,
        })
    }
}

/// The query without its signature, and the signature as base64.
pub(crate) fn split_signature(query: &Secret) -> (Secret, String) {
    let mut signature = String::new();
    let mut rest = url::form_urlencoded::Serializer::new(String::new());
    for (name, value) in url::form_urlencoded::parse(query.reveal().as_bytes()) {
        match name.as_ref() {
            "sig" => signature = value.into_owned(),
            name => {
                rest.append_pair(name, &value);
            }
        }
    }
    (Secret::new(rest.finish()), signature)
}

/// The signature alone, as base64: it stands last.
pub(crate) fn signature_of(query: &Secret) -> String {
    let last = query.reveal().rsplit('&').next().unwrap_or_default();
    let signature = url::form_urlencoded::parse(last.as_bytes()).next().filter(|(name, _)| name == "sig");
    match signature {
        Some((_, value)) => value.into_owned(),
        None => split_signature(query).1,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_signature_is_taken_out_of_the_query() {
        let (rest, signature) = split_signature(&Secret::new("sv=1&sr=b&sig=a%2Bb%3D&rscd=x%3B+y"));
        assert_eq!(signature, "a+b=");
        assert_eq!(rest.reveal(), "sv=1&sr=b&rscd=x%3B+y");
        for query in ["sv=1&sig=a%2Bb%3D", "sig=a%2Bb%3D&sv=1", "sig=a%2Bb%3D"] {
            assert_eq!(signature_of(&Secret::new(query)), "a+b=");
        }
    }
}
