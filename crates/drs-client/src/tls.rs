//! TLS: the trusted certificate authorities, and errors.

use std::sync::Arc;

use rustls::{ClientConfig, RootCertStore};
use url::Url;

use crate::builder::BuildError;
use crate::transport::Source;

/// Returns the TLS settings for an endpoint. They trust the authorities that this machine trusts.
pub(crate) fn settings(endpoint: &Url) -> Result<ClientConfig, BuildError> {
    // A server on this machine may speak plain HTTP, which needs no authority.
    let trusting =
        if endpoint.scheme() == "https" { platform().map_err(BuildError::NoTrust) } else { Ok(without_authorities()) };
    trusting.map(|mut settings| {
        // The server chooses between HTTP/2 and HTTP/1.1.
        settings.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
        settings
    })
}

fn platform() -> Result<ClientConfig, String> {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let verifier = rustls_platform_verifier::Verifier::new(provider.clone()).map_err(|error| match error {
        rustls::Error::General(reason) => reason,
        other => other.to_string(),
    })?;
    Ok(ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|error| error.to_string())?
        .dangerous()
        .with_custom_certificate_verifier(Arc::new(verifier))
        .with_no_client_auth())
}

fn without_authorities() -> ClientConfig {
    ClientConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
        .with_safe_default_protocol_versions()
        .expect("the provider has the default versions")
        .with_root_certificates(RootCertStore::empty())
        .with_no_client_auth()
}

/// Describes a TLS error.
pub(crate) fn reason(error: &rustls::Error) -> Source {
    match error {
        rustls::Error::InvalidMessage(_) => "the server there does not speak TLS".into(),
        other => other.to_string().into(),
    }
}
