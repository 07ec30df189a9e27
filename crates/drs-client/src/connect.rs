//! From an address to a connection: the name, the proxy, TCP, TLS. Each step says itself when it fails.

use std::io;
use std::net::{SocketAddr, ToSocketAddrs as _};
use std::pin::Pin;
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll};
use std::time::Duration;

use http::Uri;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::client::legacy::connect::dns::Name;
use hyper_util::client::legacy::connect::{Connected, Connection};
use hyper_util::client::proxy::matcher::{Intercept, Matcher};
use hyper_util::rt::TokioIo;
use rustls::pki_types::ServerName;
use thiserror::Error as ThisError;
use tokio::io::{AsyncRead, AsyncWrite};
use tower_service::Service;

use crate::proxy;

/// An error of a library below this one.
pub(crate) type Source = Box<dyn std::error::Error + Send + Sync>;

/// A step on the way to a connection. A call that fails in one of them was not sent.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum Stage {
    /// The name of the host is made an address.
    Resolve,
    /// The host is connected to.
    Connect,
    /// The connection is made secure.
    Tls,
    /// A proxy is asked for the connection.
    Proxy,
}

/// No connection, and at which step.
#[derive(Debug, ThisError)]
#[error("{problem}")]
pub(crate) struct NotConnected {
    pub(crate) stage: Stage,
    /// The step in words, with whom it was about.
    pub(crate) problem: String,
    pub(crate) source: Source,
}

/// A connection of any kind.
pub(crate) trait Io: AsyncRead + AsyncWrite + Unpin + Send {}

impl<T: AsyncRead + AsyncWrite + Unpin + Send> Io for T {}

pub(crate) type Stream = Box<dyn Io>;

impl Connection for Box<dyn Io> {
    fn connected(&self) -> Connected {
        Connected::new()
    }
}

/// How connections are made.
#[derive(Clone)]
pub(crate) struct Connector {
    /// `None` where nothing is secure: on this machine.
    pub(crate) tls: Option<Arc<rustls::ClientConfig>>,
    /// `None` where no proxy is asked: on this machine.
    pub(crate) proxies: Option<Arc<Matcher>>,
    pub(crate) timeout: Duration,
    /// Makes a name addresses; may block.
    pub(crate) lookup: fn(&str) -> io::Result<Vec<SocketAddr>>,
}

impl Connector {
    /// The addresses that this machine knows for a name.
    pub(crate) fn lookup(name: &str) -> io::Result<Vec<SocketAddr>> {
        (name, 0).to_socket_addrs().map(Iterator::collect)
    }

    /// A connection for a request to this address.
    async fn connect(self, to: Uri) -> Result<Stream, NotConnected> {
        let steps = Steps(Mutex::new((Stage::Connect, String::new())));
        let source = match tokio::time::timeout(self.timeout, self.all_steps(&to, &steps)).await {
            Ok(Ok(stream)) => return Ok(stream),
            Ok(Err(source)) => source,
            Err(_) => format!("no answer within {:?}", self.timeout).into(),
        };
        let (stage, problem) = steps.0.into_inner().unwrap_or_else(std::sync::PoisonError::into_inner);
        Err(NotConnected { stage, problem, source })
    }

    async fn all_steps(&self, to: &Uri, steps: &Steps) -> Result<Stream, Source> {
        let secure = to.scheme_str() == Some("https");
        let (host, port) = (host(to), to.port_u16().unwrap_or(if secure { 443 } else { 80 }));
        let there = format!("{host}:{port}");
        let proxy = self.proxies.as_ref().and_then(|proxies| proxies.intercept(to));
        let stream = match proxy {
            None => self.tcp(host, port, steps, Stage::Connect).await?,
            Some(proxy) => self.through(&proxy, host, port, steps).await?,
        };
        if !secure {
            return Ok(stream);
        }
        steps.at(Stage::Tls, format!("no secure connection to {there} can be made"));
        self.tls(stream, host).await
    }

    /// A connection that a proxy makes.
    async fn through(&self, proxy: &Intercept, host: &str, port: u16, steps: &Steps) -> Result<Stream, Source> {
        let scheme = proxy.uri().scheme_str().unwrap_or("http");
        let own_port = match scheme {
            "http" => 80,
            "https" => 443,
            _ => 1080,
        };
        let (at, own_port) = (self::host(proxy.uri()), proxy.uri().port_u16().unwrap_or(own_port));
        let name = format!("{scheme}://{at}:{own_port}");
        let asked = format!("the proxy {name} makes no connection to {host}:{port}");
        match scheme {
            "socks4" | "socks5" => {
                let addresses = self.resolve(host, steps, Stage::Resolve).await?;
                let address = addresses.first().ok_or("the name has no address")?;
                let stream = self.tcp(at, own_port, steps, Stage::Proxy).await?;
                steps.at(Stage::Proxy, asked);
                proxy::socks(stream, proxy, &SocketAddr::new(address.ip(), port).to_string()).await
            }
            "socks4a" | "socks5h" => {
                let stream = self.tcp(at, own_port, steps, Stage::Proxy).await?;
                steps.at(Stage::Proxy, asked);
                proxy::socks(stream, proxy, &format!("{}:{port}", bracketed(host))).await
            }
            _ => {
                let mut stream = self.tcp(at, own_port, steps, Stage::Proxy).await?;
                if scheme == "https" {
                    steps.at(Stage::Proxy, format!("no secure connection to the proxy {name} can be made"));
                    stream = self.tls(stream, at).await?;
                }
                steps.at(Stage::Proxy, asked);
                proxy::tunnel(stream, proxy, &format!("{}:{port}", bracketed(host))).await
            }
        }
    }

    /// A plain connection to a host, or to a proxy.
    async fn tcp(&self, host: &str, port: u16, steps: &Steps, stage: Stage) -> Result<Stream, Source> {
        let addresses = self.resolve(host, steps, stage).await?;
        let who = if stage == Stage::Proxy { "the proxy " } else { "" };
        steps.at(stage, format!("{who}{host}:{port} cannot be reached"));
        let mut connector = HttpConnector::new_with_resolver(Known(addresses));
        connector.enforce_http(false);
        connector.set_nodelay(true);
        let address = Uri::try_from(format!("http://{}:{port}", bracketed(host)))?;
        match connector.call(address).await {
            Ok(stream) => Ok(Box::new(stream.into_inner())),
            Err(error) => Err(root(&error).into()),
        }
    }

    /// The addresses of a host. Whoever waits for them can stop: the thread that looks them up holds nobody.
    async fn resolve(&self, host: &str, steps: &Steps, stage: Stage) -> Result<Vec<SocketAddr>, Source> {
        if let Ok(address) = host.parse() {
            return Ok(vec![SocketAddr::new(address, 0)]);
        }
        let (stage, who) = if stage == Stage::Proxy { (stage, " of the proxy") } else { (Stage::Resolve, "") };
        steps.at(stage, format!("the name {host}{who} cannot be resolved"));
        let (tell, told) = tokio::sync::oneshot::channel();
        let (lookup, name) = (self.lookup, host.to_owned());
        std::thread::Builder::new().name("resolve".to_owned()).spawn(move || drop(tell.send(lookup(&name))))?;
        let addresses = told.await??;
        if addresses.is_empty() { Err("it has no address".into()) } else { Ok(addresses) }
    }

    async fn tls(&self, stream: Stream, host: &str) -> Result<Stream, Source> {
        let config = self.tls.clone().ok_or("TLS is not set up")?;
        let name = ServerName::try_from(host.to_owned())?;
        match tokio_rustls::TlsConnector::from(config).connect(name, stream).await {
            Ok(stream) => Ok(Box::new(stream)),
            Err(error) => Err(match error.get_ref().and_then(|cause| cause.downcast_ref()) {
                Some(rustls::Error::InvalidMessage(_)) => "what listens there does not speak TLS".into(),
                Some(other) => other.to_string().into(),
                None => error.into(),
            }),
        }
    }
}

/// What is being done, for the error that may come of it.
struct Steps(Mutex<(Stage, String)>);

impl Steps {
    fn at(&self, stage: Stage, problem: String) {
        *self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner) = (stage, problem);
    }
}

/// The host of an address, without the brackets of IPv6.
fn host(address: &Uri) -> &str {
    address.host().unwrap_or_default().trim_start_matches('[').trim_end_matches(']')
}

/// A host as it stands before a port.
fn bracketed(host: &str) -> String {
    if host.contains(':') { format!("[{host}]") } else { host.to_owned() }
}

/// The last cause of an error, which says more than what is wrapped around it.
pub(crate) fn root(error: &dyn std::error::Error) -> String {
    let mut last = error;
    while let Some(cause) = last.source() {
        last = cause;
    }
    last.to_string()
}

/// Addresses that are known already.
#[derive(Clone)]
struct Known(Vec<SocketAddr>);

impl Service<Name> for Known {
    type Response = std::vec::IntoIter<SocketAddr>;
    type Error = io::Error;
    type Future = std::future::Ready<Result<Self::Response, io::Error>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), io::Error>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, _: Name) -> Self::Future {
        std::future::ready(Ok(self.0.clone().into_iter()))
    }
}

impl Service<Uri> for Connector {
    type Response = TokioIo<Stream>;
    type Error = NotConnected;
    type Future = Pin<Box<dyn Future<Output = Result<Self::Response, NotConnected>> + Send>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), NotConnected>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, to: Uri) -> Self::Future {
        let connecting = self.clone().connect(to);
        Box::pin(async move { connecting.await.map(TokioIo::new) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The test ends, and with it the runtime, although the lookup never does.
    #[tokio::test]
    async fn a_silent_name_server_holds_nobody_beyond_the_timeout() {
        let lookup = |_: &str| loop {
            std::thread::park();
        };
        let connector = Connector { tls: None, proxies: None, timeout: Duration::from_millis(50), lookup };
        let error = connector.connect(Uri::from_static("https://drs.example")).await.err().unwrap();
        assert_eq!(error.stage, Stage::Resolve);
        assert_eq!(error.problem, "the name drs.example cannot be resolved");
        assert_eq!(error.source.to_string(), "no answer within 50ms");
    }
}
