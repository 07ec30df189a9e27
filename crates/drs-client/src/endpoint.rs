//! The endpoint: an address from the user, checked before anything is sent there.

use url::Url;

use crate::builder::BuildError;

/// Parses an endpoint to the URL that the paths of calls are appended to.
pub(crate) fn endpoint(text: &str) -> Result<Url, BuildError> {
    let url = drs_auth::endpoint::parse(text)
        .map_err(|error| BuildError::Endpoint { endpoint: error.endpoint, problem: error.problem })?;
    let wrong = |problem: String| BuildError::Endpoint { endpoint: text.to_owned(), problem };
    if url.scheme() == "https" && !cfg!(feature = "tls") {
        return Err(wrong("needs TLS, which is the feature `tls` of drs-client".to_owned()));
    }
    if let Some(at) = version(url.path()) {
        let version = &url.path()[at..];
        return Err(wrong(format!("ends in {version:?}, which every call adds; omit it")));
    }
    Ok(url)
}

/// The host and port of an endpoint.
pub(crate) fn host(endpoint: &Url) -> String {
    endpoint[url::Position::BeforeHost..url::Position::AfterPort].to_owned()
}

/// Finds the version of the API in a path, with the slash before it.
fn version(path: &str) -> Option<usize> {
    let is_version = |segment: &str| {
        let number = segment.strip_prefix(['v', 'V']).unwrap_or_default();
        number.starts_with(|first: char| first.is_ascii_digit())
            && number.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.')
    };
    let starts = path.match_indices('/').map(|(at, _)| at);
    starts.into_iter().find(|at| is_version(path[at + 1..].split('/').next().unwrap_or_default()))
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
    fn an_endpoint_with_the_version_of_the_api_is_refused() {
        for path in ["/v3/p", "/v3", "/drs/v3/054ba152d480d55b2f5dc0069e7ddef0/", "/v5", "/v5.1/p"] {
            let error = endpoint(&format!("https://drs.example{path}")).unwrap_err().to_string();
            assert!(error.contains("which every call adds; omit it"), "{error}");
        }
        assert!(endpoint("https://drs.example/vault/3").is_ok());
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
