//! TLS: the trusted certificate authorities, and errors.

use std::sync::Arc;

use rustls::ClientConfig;
pub(crate) use rustls::RootCertStore;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject as _;
use url::Url;

use crate::builder::BuildError;
use crate::transport::Source;

/// Returns the TLS settings for an endpoint. They trust the given authorities, and without any those that this machine
/// trusts.
pub(crate) fn settings(endpoint: &Url, authorities: Option<RootCertStore>) -> Result<ClientConfig, BuildError> {
    let trusting = match authorities {
        Some(authorities) => Ok(trusting(authorities)),
        // A server on this machine may speak plain HTTP, which needs no authority.
        None if endpoint.scheme() == "https" => platform().map_err(BuildError::NoTrust),
        None => Ok(trusting(RootCertStore::empty())),
    };
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

/// Reads certificate authorities, as PEM.
pub(crate) fn authorities(pem: &[u8]) -> Result<RootCertStore, BuildError> {
    let mut roots = RootCertStore::empty();
    for (number, certificate) in (1..).zip(CertificateDer::pem_slice_iter(pem)) {
        let problem = |problem: &dyn std::fmt::Display| {
            BuildError::Authorities(format!("certificate {number} is invalid: {problem}"))
        };
        roots.add(certificate.map_err(|error| problem(&error))?).map_err(|error| problem(&error))?;
    }
    if roots.is_empty() { Err(BuildError::Authorities("the file has no certificate".to_owned())) } else { Ok(roots) }
}

fn trusting(roots: RootCertStore) -> ClientConfig {
    ClientConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
        .with_safe_default_protocol_versions()
        .expect("the provider has the default versions")
        .with_root_certificates(roots)
        .with_no_client_auth()
}

/// Describes a TLS error.
pub(crate) fn reason(error: &rustls::Error) -> Source {
    match error {
        rustls::Error::InvalidMessage(_) => "the server there does not speak TLS".into(),
        other => other.to_string().into(),
    }
}
