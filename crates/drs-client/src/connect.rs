//! Errors of a connection: which step failed, and whether anything was sent.

use std::collections::BTreeSet;
use std::error::Error as StdError;
use std::fmt;
use std::io;
use std::net::{SocketAddr, ToSocketAddrs as _};
use std::sync::{Arc, Mutex, PoisonError};

use hyper_util::client::proxy::matcher::{Intercept, Matcher};
use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use thiserror::Error as ThisError;
use url::Url;

use crate::proxy;
use crate::transport::{Source, Stage};

/// A failed connection, and the step that failed.
#[derive(Debug)]
pub(crate) struct NotConnected {
    pub(crate) stage: Stage,
    /// The step in words, with the host or proxy.
    pub(crate) problem: String,
    pub(crate) source: Source,
}

/// Resolves names on separate threads, so that a silent name server does not block the runtime.
#[derive(Clone)]
pub(crate) struct Resolver {
    /// The lookup, which may block.
    lookup: fn(&str) -> io::Result<Vec<SocketAddr>>,
    /// The names with a pending lookup.
    open: Arc<Mutex<BTreeSet<String>>>,
}

/// The error of a name without an address.
#[derive(Debug, ThisError)]
#[error("{source}")]
struct Unresolved {
    name: String,
    source: Source,
}

impl Resolver {
    /// Creates a resolver that uses the resolver of this machine.
    pub(crate) fn new() -> Self {
        Self::with(|name| (name, 0).to_socket_addrs().map(Iterator::collect))
    }

    fn with(lookup: fn(&str) -> io::Result<Vec<SocketAddr>>) -> Self {
        Self { lookup, open: Arc::default() }
    }

    fn open(&self) -> std::sync::MutexGuard<'_, BTreeSet<String>> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }

    async fn addresses(self, name: String) -> Result<Vec<SocketAddr>, Unresolved> {
        let (sender, receiver) = tokio::sync::oneshot::channel();
        let (lookup, wanted) = (self.lookup, name.clone());
        self.open().insert(name.clone());
        let thread = std::thread::Builder::new().name("resolve".to_owned());
        let found = match thread.spawn(move || drop(sender.send(lookup(&wanted)))) {
            Ok(_) => receiver.await.unwrap_or_else(|_| Err(io::Error::other("the lookup ended without a result"))),
            Err(error) => Err(error),
        };
        self.open().remove(&name);
        let unresolved = |source: Source| Unresolved { name: name.clone(), source };
        match found {
            Ok(addresses) if addresses.is_empty() => Err(unresolved("it has no address".into())),
            Ok(addresses) => Ok(addresses),
            Err(error) => Err(unresolved(error.into())),
        }
    }
}

impl Resolve for Resolver {
    fn resolve(&self, name: Name) -> Resolving {
        let finding = self.clone().addresses(name.as_str().to_owned());
        Box::pin(async move { Ok(Box::new(finding.await?.into_iter()) as Addrs) })
    }
}

/// The way to the endpoint, to explain a failed connection.
#[derive(Clone)]
pub(crate) struct Route {
    pub(crate) resolver: Resolver,
    /// The proxies of the environment; `None` for an endpoint on this machine.
    pub(crate) proxies: Option<Arc<Matcher>>,
}

/// Hides the proxies: their addresses may hold a password.
impl fmt::Debug for Route {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Route").finish_non_exhaustive()
    }
}

impl Route {
    /// Finds the step of a connection that failed.
    pub(crate) async fn not_connected(&self, endpoint: &Url, error: &reqwest::Error) -> NotConnected {
        let (host, port) =
            (endpoint.host_str().unwrap_or_default(), endpoint.port_or_known_default().unwrap_or_default());
        let proxy = self.proxy(endpoint);
        let at = proxy.as_ref().map(|proxy| (proxy::host(proxy), proxy::port(proxy)));
        if let Some(Unresolved { name, source }) = causes(error).find_map(<dyn StdError>::downcast_ref) {
            return self.unresolved(endpoint, name, source.to_string().into());
        }
        if let Some(source) = tls_error(error) {
            let problem = format!("no secure connection to {host}:{port} is possible");
            return NotConnected { stage: Stage::Tls, problem, source };
        }
        let source: Source = root(error).into();
        let (Some(proxy), Some((name, own_port))) = (proxy, at) else {
            let problem = format!("{host}:{port} cannot be reached");
            return NotConnected { stage: Stage::Connect, problem, source };
        };
        // reqwest drops the reason why a SOCKS proxy cannot be reached, so the proxy is tried again.
        let scheme = proxy.uri().scheme_str().unwrap_or("http");
        let unreached = if source.to_string().contains("underlying connection") {
            match self.resolver.clone().addresses(name.clone()).await {
                Ok(addresses) => proxy::unreachable(&addresses, own_port).await,
                Err(Unresolved { source, .. }) => return self.unresolved(endpoint, &name, source),
            }
        } else {
            causes(error).find_map(<dyn StdError>::downcast_ref::<io::Error>).map(ToString::to_string)
        };
        if let Some(cause) = unreached {
            let problem = format!("the proxy {name}:{own_port} cannot be reached");
            return NotConnected { stage: Stage::Proxy, problem, source: cause.into() };
        }
        let problem = format!("the proxy {scheme}://{name}:{own_port} cannot connect to {host}:{port}");
        // reqwest drops the response of the proxy.
        let source = if scheme == "http" { proxy::refusal(&proxy, host, port).await.unwrap_or(source) } else { source };
        NotConnected { stage: Stage::Proxy, problem, source }
    }

    /// Finds the step of a connection that exceeded the timeout.
    pub(crate) fn too_slow(&self, endpoint: &Url, after: std::time::Duration) -> NotConnected {
        let source = || format!("no response within {after:?}").into();
        let name = self.resolver.open().first().cloned();
        if let Some(name) = name {
            return self.unresolved(endpoint, &name, source());
        }
        let at = &endpoint[url::Position::BeforeHost..url::Position::AfterPort];
        let (stage, problem) = match self.proxy(endpoint) {
            None => (Stage::Connect, format!("{at} cannot be reached")),
            Some(proxy) => {
                let (name, port) = (proxy::host(&proxy), proxy::port(&proxy));
                (Stage::Proxy, format!("the proxy {name}:{port} cannot connect to {at}"))
            }
        };
        NotConnected { stage, problem, source: source() }
    }

    fn unresolved(&self, endpoint: &Url, name: &str, source: Source) -> NotConnected {
        let is_of_proxy = self.proxy(endpoint).is_some_and(|proxy| proxy::host(&proxy) == name);
        let (stage, who) = if is_of_proxy { (Stage::Proxy, " of the proxy") } else { (Stage::Resolve, "") };
        NotConnected { stage, problem: format!("the name {name}{who} cannot be resolved"), source }
    }

    fn proxy(&self, endpoint: &Url) -> Option<Intercept> {
        self.proxies.as_ref()?.intercept(&endpoint.as_str().parse().ok()?)
    }
}

/// Returns an error and all its causes.
pub(crate) fn causes<'a>(error: &'a (dyn StdError + 'static)) -> impl Iterator<Item = &'a (dyn StdError + 'static)> {
    std::iter::successors(Some(error), |error| below(*error))
}

fn below<'a>(error: &'a (dyn StdError + 'static)) -> Option<&'a (dyn StdError + 'static)> {
    // The error inside an I/O error is not among its sources.
    match error.downcast_ref::<io::Error>().and_then(io::Error::get_ref) {
        Some(wrapped) => Some(wrapped),
        None => error.source(),
    }
}

/// Returns the last cause of an error, which says most.
pub(crate) fn root(error: &(dyn StdError + 'static)) -> String {
    causes(error).last().map_or_else(String::new, ToString::to_string)
}

#[cfg(feature = "tls")]
fn tls_error(error: &reqwest::Error) -> Option<Source> {
    causes(error).find_map(<dyn StdError>::downcast_ref).map(crate::tls::reason)
}

#[cfg(not(feature = "tls"))]
fn tls_error(_: &reqwest::Error) -> Option<Source> {
    None
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    /// The test and its runtime end, although the lookup never ends.
    #[tokio::test]
    async fn a_silent_name_server_delays_a_call_only_to_the_timeout() {
        let resolver = Resolver::with(|_| {
            loop {
                std::thread::park();
            }
        });
        let endpoint = Url::parse("https://drs.example").unwrap();
        let waiting = resolver.clone().addresses("drs.example".to_owned());
        assert!(tokio::time::timeout(Duration::from_millis(50), waiting).await.is_err());
        let route = Route { resolver, proxies: None };
        let NotConnected { stage, problem, source } = route.too_slow(&endpoint, Duration::from_millis(50));
        assert_eq!(stage, Stage::Resolve);
        assert_eq!(problem, "the name drs.example cannot be resolved");
        assert_eq!(source.to_string(), "no response within 50ms");
    }
}
