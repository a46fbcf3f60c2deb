//! Signing as Standard Webhooks do: HMAC-SHA256 over id, time and body, so that a receiver knows who posted and that it is
//! not an old post again.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use datashare_secret::Secret;
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

use crate::{NotifyError, Problem};

const PREFIX: &str = "whsec_";
/// Bytes that a secret has at least and at most.
const LENGTHS: std::ops::RangeInclusive<usize> = 24..=64;

/// What both sides know. Written as `whsec_` and Base64.
#[derive(Clone)]
pub struct SigningSecret(Vec<u8>);

impl std::fmt::Debug for SigningSecret {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("SigningSecret")
    }
}

impl SigningSecret {
    /// Of fresh random bytes.
    pub fn of_bytes(bytes: &[u8; 32]) -> Self {
        Self(bytes.to_vec())
    }

    /// [`Problem::Secret`] for text that is none.
    pub fn parse(text: &Secret) -> Result<Self, NotifyError> {
        let text = text.reveal().trim();
        let bytes = STANDARD.decode(text.strip_prefix(PREFIX).unwrap_or(text)).ok();
        bytes.filter(|bytes| LENGTHS.contains(&bytes.len())).map(Self).ok_or_else(|| {
            let message =
                "This is no signing secret: it begins with whsec_, then 24 to 64 bytes in Base64 follow.";
            NotifyError::new(Problem::Secret, message)
        })
    }

    /// As it is handed to the receiver.
    pub fn text(&self) -> Secret {
        Secret::new(format!("{PREFIX}{}", STANDARD.encode(&self.0)))
    }

    /// The value of the header `webhook-signature`. `timestamp` in seconds since 1970.
    pub(crate) fn sign(&self, id: &str, timestamp: i64, body: &[u8]) -> Option<String> {
        let mut mac = Hmac::<Sha256>::new_from_slice(&self.0).ok()?;
        mac.update(format!("{id}.{timestamp}.").as_bytes());
        mac.update(body);
        Some(format!("v1,{}", STANDARD.encode(mac.finalize().into_bytes())))
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    /// The example of the specification of Standard Webhooks.
    #[test]
    fn signs_as_the_specification_says() {
        let secret = SigningSecret::parse(&Secret::new("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")).unwrap();
        let signed = secret.sign("msg_p5jXN8AQM9LWM0D4loKWxJek", 1_614_265_330, br#"{"test": 2432232314}"#);
        assert_eq!(signed.unwrap(), "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
    }

    #[test]
    fn a_secret_is_what_it_was_and_is_not_printed() {
        let secret = SigningSecret::of_bytes(&[7; 32]);
        let again = SigningSecret::parse(&secret.text()).unwrap();
        assert_eq!(secret.0, again.0);
        assert_eq!(format!("{secret:?}"), "SigningSecret");
        for bad in ["", "whsec_", "whsec_AAAA", "whsec_not base64 at all, not at all, not at all"] {
            assert_eq!(SigningSecret::parse(&Secret::new(bad)).unwrap_err().problem, Problem::Secret);
        }
    }
}
