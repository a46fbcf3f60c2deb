//! One account as the rest of the crate talks to it: addresses, signed requests, errors with its name.

use std::sync::Arc;

use azure_core::Result as AzureResult;
use azure_core::http::policies::Policy;
use azure_core::http::{
    AsyncRawResponse, ClientOptions, Context, Method, Pipeline, RawResponse, Request, RetryOptions, Url,
};
use azure_storage_blob::models::BlobServiceClientGetAccountInfoResultHeaders;
use azure_storage_blob::{BlobServiceClient, BlobServiceClientOptions};
use bytes::Bytes;
use datashare_secret::Secret;
use datashare_storage::{ErrorKind, Result, StoreError};

use tokio::sync::OnceCell;

use crate::checked::LARGEST_CHECKED_RANGE;
use crate::failure::{Access, Attempt};
use crate::sas::SasFacts;
use crate::server_copy::Ways;
use crate::shared_key::{AccountKey, SasQuery, SharedKey, append_query};
use crate::tags::Tags;
use crate::transport::ConnectionPool;
use crate::write_checks::WriteCheck;
use crate::{AzureCredential, AzureSettings, VERSION};

const PAGE: usize = 5000;

pub(crate) struct Account {
    pub(crate) name: String,
    /// Without query, without slash at the end.
    pub(crate) endpoint: String,
    pub(crate) access: Access,
    /// Only with an account key can others be given access.
    pub(crate) key: Option<AccountKey>,
    pub(crate) pool: ConnectionPool,
    /// Names asked for in one answer; the service gives 5000 at most.
    pub(crate) page: usize,
    /// The official client, for what it offers.
    pub(crate) service: BlobServiceClient,
    /// The same way of sending, for what it does not.
    signed: Pipeline,
    /// No credential: the request's own query is the proof.
    open: Pipeline,
    /// The account's own SAS, where that is its credential.
    pub(crate) query: Option<Secret>,
    pub(crate) ways: Ways,
    pub(crate) tags: Tags,
    /// Asked once; an account does not go back.
    hierarchical: OnceCell<bool>,
}

impl Account {
    pub(crate) fn new(
        pool: ConnectionPool,
        settings: &AzureSettings,
        credential: AzureCredential,
    ) -> Result<Self> {
        let url = settings.url()?;
        let name = settings.account.clone();
        let query = match &credential {
            AzureCredential::Sas(query) => Some(query.clone()),
            _ => None,
        };
        let (access, key, policy) = proof(&name, credential)?;
        let options = || client_options(&pool, policy.clone());
        let service_options =
            BlobServiceClientOptions { client_options: options(), version: VERSION.to_owned() };
        let service = BlobServiceClient::new(url.clone(), None, Some(service_options)).map_err(|_| {
            StoreError::new(
                ErrorKind::BadName,
                "connect",
                "",
                "The address of the storage account cannot be used.",
            )
        })?;
        Ok(Self {
            endpoint: url.as_str().trim_end_matches('/').to_owned(),
            signed: pipeline(options()),
            open: pipeline(client_options(&pool, None)),
            page: PAGE,
            query,
            ways: Ways::default(),
            tags: Tags::of(key.is_some()),
            hierarchical: OnceCell::new(),
            name,
            access,
            key,
            pool,
            service,
        })
    }

    /// Whether folders are directories of their own here (a hierarchical namespace), which tokens can be made for.
    pub(crate) async fn is_hierarchical(&self) -> Result<bool> {
        let asked = async || {
            let answer = self.service.get_account_info(None).await;
            let answer = answer.map_err(|error| self.attempt("look into", "").failed(&error))?;
            // Old services and emulators do not say.
            Ok(answer.is_hierarchical_namespace_enabled().ok().flatten().unwrap_or(false))
        };
        self.hierarchical.get_or_try_init(asked).await.copied()
    }

    fn is_emulator(&self) -> bool {
        self.pool.is_emulator(self.service.url())
    }

    /// Bytes of the largest range that comes with a checksum of its own. An emulator has none, and hashes what it sends in
    /// ranges of up to that size.
    pub(crate) fn checked_range(&self) -> Option<u64> {
        (!self.is_emulator()).then_some(LARGEST_CHECKED_RANGE)
    }

    /// The checksum that a write of these bytes carries; `None` when the runtime is closing.
    pub(crate) async fn write_check(&self, bytes: &Bytes) -> Option<WriteCheck> {
        WriteCheck::of(bytes, self.is_emulator()).await
    }

    /// `account 'contoso'`
    pub(crate) fn label(&self) -> String {
        format!("account '{}'", self.name)
    }

    pub(crate) fn attempt(&self, operation: &'static str, key: &str) -> Attempt {
        Attempt { operation, key: key.to_owned(), account: self.label(), access: self.access.clone() }
    }

    /// Requests with the account's own credential.
    pub(crate) fn requests(&self) -> Requests<'_> {
        Requests { account: self, query: None }
    }

    /// Requests with this query as the only proof.
    pub(crate) fn requests_with<'a>(&'a self, query: &'a Secret) -> Requests<'a> {
        Requests { account: self, query: Some(query) }
    }
}

/// Requests that the official client does not offer (or not in the form needed), sent the same way.
#[derive(Clone, Copy)]
pub(crate) struct Requests<'a> {
    pub(crate) account: &'a Account,
    query: Option<&'a Secret>,
}

impl Requests<'_> {
    pub(crate) fn attempt(&self, operation: &'static str, key: &str) -> Attempt {
        let attempt = self.account.attempt(operation, key);
        match self.query {
            Some(query) => {
                Attempt { access: Access::Sas(SasFacts::read(query).unwrap_or_default()), ..attempt }
            }
            None => attempt,
        }
    }

    pub(crate) fn blob(&self, method: Method, container: &str, name: &str) -> Request {
        self.request(method, self.account.service.blob_client(container, name).url().clone())
    }

    pub(crate) fn container(&self, method: Method, container: &str, query: &[(&str, &str)]) -> Request {
        let mut url = self.account.service.blob_container_client(container).url().clone();
        url.query_pairs_mut().extend_pairs(query);
        self.request(method, url)
    }

    fn request(&self, method: Method, mut url: Url) -> Request {
        if let Some(query) = self.query {
            append_query(&mut url, query);
        }
        let mut request = Request::new(url, method);
        request.insert_header("x-ms-version", VERSION);
        request
    }

    pub(crate) async fn send(&self, mut request: Request) -> AzureResult<RawResponse> {
        self.pipeline().send(&Context::new(), &mut request, None).await
    }

    /// As `send`, the body left to be read.
    pub(crate) async fn stream(&self, mut request: Request) -> AzureResult<AsyncRawResponse> {
        self.pipeline().stream(&Context::new(), &mut request, None).await
    }

    fn pipeline(&self) -> &Pipeline {
        if self.query.is_some() { &self.account.open } else { &self.account.signed }
    }
}

type Proof = (Access, Option<AccountKey>, Option<Arc<dyn Policy>>);

fn proof(account: &str, credential: AzureCredential) -> Result<Proof> {
    let wrong = |message: String| StoreError::new(ErrorKind::BadCredential, "connect", "", message);
    match credential {
        AzureCredential::None => Ok((Access::Anonymous, None, None)),
        AzureCredential::AccountKey(text) => {
            let key = AccountKey::new(&text).ok_or_else(|| {
                wrong(format!(
                    "The key of account '{account}' is not whole: it is not base64 text. Copy it anew from the portal \
                     (Security + networking, Access keys)."
                ))
            })?;
            let policy = SharedKey { account: account.to_owned(), key: key.clone() };
            Ok((Access::Key, Some(key), Some(Arc::new(policy))))
        }
        AzureCredential::Sas(query) => {
            let facts = SasFacts::read(&query).ok_or_else(|| {
                wrong(format!(
                    "The shared access signature of account '{account}' is not whole: its 'sig' is missing. Copy the whole \
                     text, from 'sv=' to the end."
                ))
            })?;
            Ok((Access::Sas(facts), None, Some(Arc::new(SasQuery(query)))))
        }
    }
}

fn client_options(pool: &ConnectionPool, policy: Option<Arc<dyn Policy>>) -> ClientOptions {
    ClientOptions {
        per_try_policies: policy.into_iter().collect(),
        // The engine above retries, and it alone.
        retry: RetryOptions::none(),
        transport: Some(pool.transport()),
        ..ClientOptions::default()
    }
}

fn pipeline(options: ClientOptions) -> Pipeline {
    Pipeline::new(
        option_env!("CARGO_PKG_NAME"),
        option_env!("CARGO_PKG_VERSION"),
        options,
        vec![],
        vec![],
        None,
    )
}
