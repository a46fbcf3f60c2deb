//! Where an account is, and what proves access to it.

use datashare_secret::Secret;
use datashare_storage::{ErrorKind, Result, StoreError};
use url::Url;

use crate::AzureBlobStore;

const PUBLIC_CLOUD: &str = "core.windows.net";

/// The account and key that every emulator knows; public, see Microsoft's documentation of Azurite.
const EMULATOR_ACCOUNT: &str = "devstoreaccount1";
const EMULATOR_ENDPOINT: &str = "http://127.0.0.1:10000/devstoreaccount1";
const EMULATOR_KEY: &str =
    "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==";

/// What proves access.
#[derive(Clone, Debug)]
pub enum AzureCredential {
    /// One of the account's two keys, base64.
    AccountKey(Secret),
    /// A shared access signature: the query text, with or without the leading `?`.
    Sas(Secret),
    /// Nothing: public containers, and reads with a query of their own.
    None,
}

/// Which account, and where it answers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AzureSettings {
    pub account: String,
    /// Address of the blob service; `None` is `https://{account}.blob.core.windows.net`. Path-style addresses such as
    /// `http://127.0.0.1:10000/account` work too.
    pub endpoint: Option<String>,
}

impl AzureSettings {
    /// The settings of an address, the account taken from it.
    pub fn from_endpoint(endpoint: &str) -> Result<Self> {
        let url = parse_endpoint(endpoint)?;
        Ok(Self {
            account: account_of(&url),
            endpoint: Some(endpoint.trim().trim_end_matches('/').to_owned()),
        })
    }

    /// The address, without query.
    pub(crate) fn url(&self) -> Result<Url> {
        if let Some(endpoint) = &self.endpoint {
            return parse_endpoint(endpoint);
        }
        let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit();
        if !(3..=24).contains(&self.account.len()) || !self.account.chars().all(plain) {
            return Err(bad_address(format!(
                "'{}' is not the name of a storage account: 3 to 24 lower-case letters and digits. Copy the name from the \
                 account's page.",
                self.account
            )));
        }
        parse_endpoint(&format!("https://{}.blob.{PUBLIC_CLOUD}", self.account))
    }
}

impl AzureBlobStore {
    /// Takes apart what people copy from the portal ("Access keys", "Shared access signature"). Nothing of the text
    /// stands in an error.
    pub fn from_connection_string(text: &Secret) -> Result<(AzureSettings, AzureCredential)> {
        let fields = Fields::parse(text.reveal());
        if fields.get("UseDevelopmentStorage").is_some_and(|value| value.eq_ignore_ascii_case("true")) {
            let endpoint = Some(EMULATOR_ENDPOINT.to_owned());
            let settings = AzureSettings { account: EMULATOR_ACCOUNT.to_owned(), endpoint };
            return Ok((settings, AzureCredential::AccountKey(Secret::new(EMULATOR_KEY))));
        }
        Ok((fields.settings()?, fields.credential()?))
    }
}

/// The parts of a connection string; names in any case, values may contain `=`.
struct Fields<'a>(Vec<(&'a str, &'a str)>);

impl<'a> Fields<'a> {
    fn parse(text: &'a str) -> Self {
        let pairs = text.split(';').filter_map(|part| part.split_once('='));
        Self(
            pairs
                .map(|(name, value)| (name.trim(), value.trim()))
                .filter(|(_, value)| !value.is_empty())
                .collect(),
        )
    }

    fn get(&self, name: &str) -> Option<&'a str> {
        self.0.iter().find(|(found, _)| found.eq_ignore_ascii_case(name)).map(|(_, value)| *value)
    }

    fn settings(&self) -> Result<AzureSettings> {
        let account = self.get("AccountName");
        if let Some(endpoint) = self.get("BlobEndpoint") {
            let found = AzureSettings::from_endpoint(endpoint)?;
            return Ok(AzureSettings { account: account.map_or(found.account, str::to_owned), ..found });
        }
        let Some(account) = account else {
            return Err(bad_address(
                "The connection string has neither AccountName nor BlobEndpoint. Copy it whole from the account's page.",
            ));
        };
        let protocol = self.get("DefaultEndpointsProtocol").unwrap_or("https");
        let suffix = self.get("EndpointSuffix").unwrap_or(PUBLIC_CLOUD);
        let usual = protocol == "https" && suffix == PUBLIC_CLOUD;
        let endpoint = (!usual).then(|| format!("{protocol}://{account}.blob.{suffix}"));
        let settings = AzureSettings { account: account.to_owned(), endpoint };
        settings.url().map(|_| settings)
    }

    fn credential(&self) -> Result<AzureCredential> {
        let key = self.get("AccountKey").map(|key| AzureCredential::AccountKey(Secret::new(key)));
        let sas = || self.get("SharedAccessSignature").map(|sas| AzureCredential::Sas(Secret::new(sas)));
        key.or_else(sas).ok_or_else(|| {
            let message = "The connection string has neither AccountKey nor SharedAccessSignature, so it opens nothing. \
                           Copy it whole from the account's page.";
            StoreError::new(ErrorKind::BadCredential, "connect", "", message)
        })
    }
}

fn parse_endpoint(endpoint: &str) -> Result<Url> {
    let parsed = Url::parse(endpoint.trim().trim_end_matches('/'));
    match parsed {
        Ok(mut url) if matches!(url.scheme(), "http" | "https") && url.has_host() => {
            url.set_query(None);
            url.set_fragment(None);
            Ok(url)
        }
        // The text is not shown: a pasted address may carry a signature.
        _ => Err(bad_address(
            "The address of the storage account is not an address that starts with https:// (or http://). Copy the \
             \"Blob service\" address from the account's page.",
        )),
    }
}

fn bad_address(message: impl Into<String>) -> StoreError {
    StoreError::new(ErrorKind::BadName, "connect", "", message)
}

/// `contoso` of `https://contoso.blob.core.windows.net`, and of `http://127.0.0.1:10000/contoso`.
fn account_of(endpoint: &Url) -> String {
    let host = endpoint.host_str().unwrap_or_default();
    let mut labels = host.split('.');
    if let (Some(account), Some("blob" | "dfs")) = (labels.next(), labels.next()) {
        return account.to_owned();
    }
    let first = endpoint.path_segments().and_then(|mut segments| segments.next()).unwrap_or_default();
    if first.is_empty() { host.to_owned() } else { first.to_owned() }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::panic)]
    use super::*;

    fn parse(text: &str) -> Result<(AzureSettings, AzureCredential)> {
        AzureBlobStore::from_connection_string(&Secret::new(text))
    }

    #[test]
    fn connection_strings_of_the_portal_are_understood() {
        let (settings, credential) = parse(
            "DefaultEndpointsProtocol=https;AccountName=contoso;AccountKey=a2V5==;EndpointSuffix=core.windows.net",
        )
        .unwrap();
        assert_eq!(settings, AzureSettings { account: "contoso".into(), endpoint: None });
        assert_eq!(settings.url().unwrap().as_str(), "https://contoso.blob.core.windows.net/");
        assert!(matches!(credential, AzureCredential::AccountKey(key) if key.reveal() == "a2V5=="));

        let (settings, credential) = parse(
            "BlobEndpoint=https://contoso.blob.core.windows.net/;SharedAccessSignature=?sv=1&sig=a%3D;",
        )
        .unwrap();
        assert_eq!(settings.account, "contoso");
        assert!(matches!(credential, AzureCredential::Sas(sas) if sas.reveal() == "?sv=1&sig=a%3D"));

        let china =
            parse("accountname=contoso;accountkey=a2V5;endpointsuffix=core.chinacloudapi.cn").unwrap().0;
        assert_eq!(china.endpoint.as_deref(), Some("https://contoso.blob.core.chinacloudapi.cn"));

        let (emulator, key) = parse("UseDevelopmentStorage=true").unwrap();
        assert_eq!(emulator.endpoint.as_deref(), Some(EMULATOR_ENDPOINT));
        assert!(matches!(key, AzureCredential::AccountKey(_)));
    }

    #[test]
    fn a_path_style_address_names_its_account() {
        let settings = AzureSettings::from_endpoint("http://127.0.0.1:10000/prov/").unwrap();
        assert_eq!(settings.account, "prov");
        assert_eq!(settings.url().unwrap().as_str(), "http://127.0.0.1:10000/prov");
    }

    #[test]
    fn what_is_missing_is_said_and_nothing_is_repeated() {
        let wrong = [
            ("AccountKey=canary", ErrorKind::BadName),
            ("AccountName=contoso", ErrorKind::BadCredential),
            ("AccountName=Con/toso;AccountKey=canary", ErrorKind::BadName),
            ("BlobEndpoint=ftp://x?sig=canary;SharedAccessSignature=sig=canary", ErrorKind::BadName),
            ("canary", ErrorKind::BadName),
        ];
        for (text, kind) in wrong {
            let error = parse(text).unwrap_err();
            assert_eq!(error.kind, kind, "{text}");
            assert!(!format!("{error} {error:?}").contains("canary"), "{error:?}");
        }
    }
}
