//! Where the service is: an address that a user gives, checked before anything is sent there.

use std::net::IpAddr;

use url::{Host, Url};

use crate::client::BuildError;

/// The endpoint as an address that calls can be appended to.
pub(crate) fn endpoint(text: &str) -> Result<Url, BuildError> {
    let wrong = |endpoint: &str, problem: &str| BuildError::Endpoint {
        endpoint: endpoint.to_owned(),
        problem: format!("{problem}; expected an address such as https://drs.eu-de.otc.t-systems.com"),
    };
    let whole = if text.contains("://") { text.to_owned() } else { format!("https://{text}") };
    let url = Url::parse(&whole).map_err(|error| wrong(text, &format!("is not an address ({error})")))?;
    if !url.username().is_empty() || url.password().is_some() {
        return Err(wrong("", "holds a user name or a password"));
    }
    match url.scheme() {
        "https" if cfg!(feature = "tls") => {}
        "https" => return Err(wrong(text, "needs TLS, which is the feature `tls` of drs-client")),
        "http" if is_loopback(&url) => {}
        "http" => return Err(wrong(text, "would send the token unencrypted (http is for this machine only)")),
        _ => return Err(wrong(text, "is neither https nor http")),
    }
    if url.query().is_some() || url.fragment().is_some() {
        return Err(wrong(text, "has a query or a fragment"));
    }
    if let Some(at) = version(url.path()) {
        let problem = format!("has {:?} at its end, which every call adds itself; leave that out", &url.path()[at..]);
        return Err(wrong(text, &problem));
    }
    Ok(url)
}

/// Where the version of the API stands in a path, with a slash before it.
fn version(path: &str) -> Option<usize> {
    let is_version = |segment: &str| {
        let number = segment.strip_prefix(['v', 'V']).unwrap_or_default();
        number.starts_with(|first: char| first.is_ascii_digit())
            && number.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.')
    };
    let starts = path.match_indices('/').map(|(at, _)| at);
    starts.into_iter().find(|at| is_version(path[at + 1..].split('/').next().unwrap_or_default()))
}

/// Whether an address is on this machine.
pub(crate) fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name == "localhost",
        Some(Host::Ipv4(address)) => IpAddr::from(address).is_loopback(),
        Some(Host::Ipv6(address)) => IpAddr::from(address).is_loopback(),
        None => false,
    }
}

#[cfg(all(test, feature = "tls"))]
mod tests {
    use super::*;

    #[test]
    fn an_endpoint_may_leave_out_https_and_have_a_path() {
        assert_eq!(endpoint("drs.eu-de.otc.t-systems.com").unwrap().as_str(), "https://drs.eu-de.otc.t-systems.com/");
        assert_eq!(endpoint("http://127.0.0.1:8080/drs/").unwrap().as_str(), "http://127.0.0.1:8080/drs/");
        assert!(endpoint("http://[::1]:1").is_ok());
    }

    #[test]
    fn an_endpoint_with_the_version_of_the_api_is_told_to_leave_it_out() {
        for path in ["/v3/p", "/v3", "/drs/v3/054ba152d480d55b2f5dc0069e7ddef0/", "/v5", "/v5.1/p"] {
            let error = endpoint(&format!("https://drs.example{path}")).unwrap_err().to_string();
            assert!(error.contains("which every call adds itself; leave that out"), "{error}");
        }
        assert!(endpoint("https://drs.example/vault/3").is_ok());
    }

    #[test]
    fn an_endpoint_that_would_leak_or_mislead_is_refused() {
        for text in ["http://drs.example", "ftp://drs.example", "https://", "", "https://a?b", "https://a#b"] {
            assert!(endpoint(text).is_err(), "{text:?}");
        }
        let error = endpoint("https://me:hunter2@drs.example").unwrap_err().to_string();
        assert!(!error.contains("hunter2"), "{error}");
    }
}

#[cfg(all(test, not(feature = "tls")))]
mod tests_without_tls {
    use super::*;

    #[test]
    fn an_https_endpoint_names_the_missing_feature() {
        let error = endpoint("https://drs.eu-de.otc.t-systems.com").unwrap_err().to_string();
        assert!(error.contains("the feature `tls`"), "{error}");
        assert!(endpoint("http://127.0.0.1:1").is_ok());
    }
}
