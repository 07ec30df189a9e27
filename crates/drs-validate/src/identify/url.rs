//! Which operation a URL calls: by method, host, path and the names in its query.

use drs_types::operation::Location;
use drs_types::{OPERATIONS, OperationInfo, SERVERS};

/// The operation that a URL or a path calls; without a method, the only one that has this path.
///
/// A path between the host and `/v3/` does not matter, because a gateway may add a prefix. A host of another service
/// of the vendor calls none. Where method and path leave a doubt, each name in the query must be documented.
#[must_use]
pub fn by_url(method: Option<&str>, url: &str) -> Option<&'static OperationInfo> {
    let (host, path, query) = parts(url);
    if host.is_some_and(is_of_another_service) {
        return None;
    }
    let fits = |info: &&OperationInfo| {
        method.is_none_or(|method| info.method.as_str().eq_ignore_ascii_case(method)) && has_path(info, path)
    };
    let mut fitting = OPERATIONS.iter().copied().filter(fits);
    let first = fitting.next()?;
    if method.is_some() && fitting.next().is_none() {
        return Some(first);
    }
    let mut documented = OPERATIONS.iter().copied().filter(fits).filter(|info| has_query(info, query));
    let first = documented.next()?;
    documented.next().is_none().then_some(first)
}

/// The host of a URL, its path and its query. What has no scheme has a host when it looks like one of the vendor's.
fn parts(url: &str) -> (Option<&str>, &str, &str) {
    let url = url.split('#').next().unwrap_or_default();
    let (rest, query) = url.split_once('?').unwrap_or((url, ""));
    let rest = match rest.split_once("://") {
        Some((scheme, rest)) if !scheme.contains('/') => rest,
        _ => rest.strip_prefix("//").unwrap_or(rest),
    };
    let (authority, _) = rest.split_once('/').unwrap_or((rest, ""));
    let host = authority.rsplit('@').next().unwrap_or_default();
    let host = host.split(':').next().unwrap_or_default().trim_end_matches('.');
    ((!host.is_empty()).then_some(host), rest.trim_end_matches('/'), query)
}

/// Whether a host is one of the vendor's, but of another service: `rds.eu-de.otc.t-systems.com`, for example.
fn is_of_another_service(host: &str) -> bool {
    let host = host.to_ascii_lowercase();
    let label = host.split('.').next().unwrap_or_default();
    SERVERS.iter().any(|server| {
        let known = server.url.split_once("://").and_then(|(_, known)| known.split_once(".{region}."));
        known.is_some_and(|(service, domain)| {
            let prefix = host.strip_suffix(domain).and_then(|prefix| prefix.strip_suffix('.'));
            prefix.is_some() && label != service && !label.starts_with(&format!("{service}-"))
        })
    })
}

fn has_path(info: &OperationInfo, path: &str) -> bool {
    // From the end, where paths differ.
    let mut segments = path.rsplit('/');
    let mut is_next = |part: &str| {
        segments.next().is_some_and(|segment| part == segment || (part.starts_with('{') && !segment.is_empty()))
    };
    info.path.trim_start_matches('/').rsplit('/').all(&mut is_next)
}

/// Whether an operation documents every name in a query.
fn has_query(info: &OperationInfo, query: &str) -> bool {
    let names = query.split('&').map(|pair| pair.split('=').next().unwrap_or_default()).filter(|name| !name.is_empty());
    let is_documented = |name: &str| {
        info.parameters.iter().any(|parameter| parameter.location == Location::Query && parameter.name == name)
    };
    names.into_iter().all(is_documented)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn id(method: Option<&str>, url: &str) -> Option<&'static str> {
        by_url(method, url).map(|info| info.id)
    }

    #[test]
    fn a_call_is_known_by_its_path_with_or_without_host_prefix_and_query() {
        for url in [
            "/v3/p/jobs/batch-precheck-result",
            "https://drs.example/v3/p/jobs/batch-precheck-result?x=1",
            "http://gateway/drs/v3/p/jobs/batch-precheck-result/",
            "http://127.0.0.1:8080/v3/p/jobs/batch-precheck-result",
            "https://DRS.eu-de.otc.t-systems.com:443/v3/p/jobs/batch-precheck-result#top",
            "https://user@drs-gray.cn-north-4.myhuaweicloud.com/v3/p/jobs/batch-precheck-result",
        ] {
            assert_eq!(id(Some("post"), url), Some("batch_check_results"), "{url}");
        }
        assert!(by_url(Some("GET"), "/v3/p/jobs/batch-precheck-result").is_none());
        assert!(by_url(None, "/v3//jobs/batch-precheck-result").is_none());
        assert!(by_url(None, "/").is_none());
        assert!(by_url(None, "").is_none());
    }

    #[test]
    fn a_host_of_another_service_of_the_vendor_calls_no_operation() {
        for host in
            ["rds.eu-de.otc.t-systems.com", "IAM.cn-north-4.myhuaweicloud.com:443", "ecs.eu-west-101.myhuaweicloud.eu"]
        {
            let url = format!("https://{host}/v3/p/jobs/batch-precheck-result");
            assert_eq!(id(Some("POST"), &url), None, "{url}");
            assert_eq!(id(None, url.trim_start_matches("https://")), None, "{url}");
        }
    }

    #[test]
    fn without_a_method_a_query_that_is_not_documented_rules_an_operation_out() {
        assert_eq!(id(None, "https://gateway.example/v3/p/jobs"), Some("show_job_list"));
        assert_eq!(id(None, "https://gateway.example/v3/p/jobs?id=x"), None);
        assert_eq!(id(Some("POST"), "https://gateway.example/v3/p/jobs?id=x"), Some("show_job_list"));
    }
}
