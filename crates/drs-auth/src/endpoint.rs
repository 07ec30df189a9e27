//! Addresses that users give, checked before anything is sent there.

use std::net::IpAddr;

use thiserror::Error;
use url::{Host, Url};

/// An address of the service. Without a scheme it is https; http is for this machine only, because anyone on the way
/// could read the credentials.
///
/// ```
/// use drs_auth::endpoint;
///
/// assert_eq!(endpoint::parse("drs.eu-de.otc.t-systems.com")?.as_str(), "https://drs.eu-de.otc.t-systems.com/");
/// assert!(endpoint::parse("http://127.0.0.1:8080").is_ok());
/// assert!(endpoint::parse("http://drs.example").is_err());
/// # Ok::<(), endpoint::EndpointError>(())
/// ```
///
/// # Errors
/// The string is not an address, or not one that credentials may be sent to.
pub fn parse(text: &str) -> Result<Url, EndpointError> {
    parse_like(text, "https://drs.eu-de.otc.t-systems.com")
}

/// An address of IAM, as [`parse`] reads it. The version of the API at its end, which `OS_AUTH_URL` has, is taken off.
///
/// ```
/// let url = drs_auth::endpoint::parse_iam("https://iam.eu-de.otc.t-systems.com/v3")?;
/// assert_eq!(url.as_str(), "https://iam.eu-de.otc.t-systems.com/");
/// # Ok::<(), drs_auth::endpoint::EndpointError>(())
/// ```
///
/// # Errors
/// See [`parse`].
pub fn parse_iam(text: &str) -> Result<Url, EndpointError> {
    let mut url = parse_like(text, "https://iam.eu-de.otc.t-systems.com")?;
    let path = url.path().trim_end_matches('/');
    let path = path.strip_suffix("/v3").unwrap_or(path).to_owned();
    url.set_path(&path);
    Ok(url)
}

fn parse_like(text: &str, example: &str) -> Result<Url, EndpointError> {
    // A user name, a query and a fragment may hold a secret.
    let shown = if text.contains(['@', '?', '#']) { "" } else { text };
    let wrong = |problem: &str| EndpointError {
        endpoint: shown.to_owned(),
        problem: format!("{problem}; expected an address such as {example}"),
    };
    let whole = if text.contains("://") { text.to_owned() } else { format!("https://{text}") };
    let url = Url::parse(&whole).map_err(|error| wrong(&format!("is not an address ({error})")))?;
    if !url.username().is_empty() || url.password().is_some() {
        return Err(wrong("holds a user name or a password"));
    }
    match url.scheme() {
        "https" => {}
        "http" if is_loopback(&url) => {}
        "http" => return Err(wrong("would send credentials unencrypted (http is for this machine only)")),
        _ => return Err(wrong("is neither https nor http")),
    }
    if url.query().is_some() || url.fragment().is_some() {
        return Err(wrong("has a query or a fragment"));
    }
    Ok(url)
}

/// The reason why an address cannot be used.
#[derive(Clone, Debug, Eq, Error, PartialEq)]
#[error("the endpoint{} {problem}", shown(.endpoint))]
#[non_exhaustive]
pub struct EndpointError {
    /// The string that was given; empty when it may hold a secret.
    pub endpoint: String,
    /// The problem, and what to give instead.
    pub problem: String,
}

fn shown(endpoint: &str) -> String {
    if endpoint.is_empty() { String::new() } else { format!(" {endpoint:?}") }
}

/// Whether an address is on this machine.
#[must_use]
pub fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name == "localhost",
        Some(Host::Ipv4(address)) => IpAddr::from(address).is_loopback(),
        Some(Host::Ipv6(address)) => IpAddr::from(address).is_loopback(),
        None => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_endpoint_that_would_leak_or_mislead_is_refused() {
        for text in ["http://drs.example", "ftp://drs.example", "https://", "", "https://a?b", "https://a#b"] {
            assert!(parse(text).is_err(), "{text:?}");
        }
        for secret in
            ["https://me:hunter2@drs.example", "https://me:hunter2@[", "http://a?t=hunter2", "ftp://a#hunter2"]
        {
            let error = parse(secret).unwrap_err().to_string();
            assert!(!error.contains("hunter2"), "{error}");
        }
    }

    #[test]
    fn the_version_at_the_end_of_an_iam_endpoint_is_taken_off() {
        for text in ["iam.example", "https://iam.example/v3", "https://iam.example/v3/"] {
            assert_eq!(parse_iam(text).unwrap().as_str(), "https://iam.example/");
        }
        assert_eq!(parse_iam("http://127.0.0.1:1/iam/v3").unwrap().as_str(), "http://127.0.0.1:1/iam");
        let error = parse_iam("http://iam.example").unwrap_err().to_string();
        assert!(error.ends_with("expected an address such as https://iam.eu-de.otc.t-systems.com"), "{error}");
    }
}
