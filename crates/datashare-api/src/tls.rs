//! The server's certificate and key.

use std::path::Path;
use std::sync::Arc;

use axum_server::tls_rustls::RustlsConfig;
use datashare_app::AppError;
use rustls::ServerConfig;
use rustls::crypto::aws_lc_rs;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};

use crate::server::TlsFiles;

/// TLS 1.2 and 1.3 with this certificate (its chain after it) and key, both in PEM.
pub(crate) fn configuration(files: &TlsFiles) -> Result<RustlsConfig, AppError> {
    let certificates = CertificateDer::pem_file_iter(&files.certificate)
        .and_then(Iterator::collect::<Result<Vec<_>, _>>)
        .map_err(|error| unreadable("certificate", &files.certificate, &error))?;
    let key =
        PrivateKeyDer::from_pem_file(&files.key).map_err(|error| unreadable("key", &files.key, &error))?;
    let unusable = |error: rustls::Error| {
        AppError::invalid(format!("The certificate and its key cannot be used: {error}."))
            .hint("Check that they belong together and that the certificate comes first in its file.")
    };
    let mut config = ServerConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
        .with_safe_default_protocol_versions()
        .map_err(unusable)?
        .with_no_client_auth()
        .with_single_cert(certificates, key)
        .map_err(unusable)?;
    config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    Ok(RustlsConfig::from_config(Arc::new(config)))
}

fn unreadable(what: &str, path: &Path, error: &rustls::pki_types::pem::Error) -> AppError {
    AppError::invalid(format!("The {what} in '{}' cannot be read: {error}.", path.display()))
        .hint("It has to be a PEM file that you may read.")
}
