//! What is said to a proxy, so that it connects to the service.

use std::task::{Context, Poll};

use http::Uri;
use hyper_util::client::legacy::connect::proxy::{SocksV4, SocksV5};
use hyper_util::client::proxy::matcher::Intercept;
use hyper_util::rt::TokioIo;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tower_service::Service;

use crate::connect::{Source, Stream};

/// The head of a proxy's answer may be so long.
const LONGEST_HEAD: usize = 16 << 10;

/// Asks an HTTP proxy for a tunnel to `host:port`.
pub(crate) async fn tunnel(mut stream: Stream, proxy: &Intercept, to: &str) -> Result<Stream, Source> {
    let mut request = format!("CONNECT {to} HTTP/1.1\r\nHost: {to}\r\n").into_bytes();
    if let Some(authorization) = proxy.basic_auth() {
        request.extend_from_slice(b"Proxy-Authorization: ");
        request.extend_from_slice(authorization.as_bytes());
        request.extend_from_slice(b"\r\n");
    }
    request.extend_from_slice(b"\r\n");
    stream.write_all(&request).await?;
    stream.flush().await?;
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") && !head.ends_with(b"\n\n") {
        // Byte for byte: what follows the head belongs to the service.
        match stream.read_u8().await {
            Ok(byte) if head.len() < LONGEST_HEAD => head.push(byte),
            Ok(_) => return Err("it answers with an endless head".into()),
            Err(_) if head.is_empty() => return Err("it closes the connection without an answer".into()),
            // A refusal is readable without its end.
            Err(_) => break,
        }
    }
    let head = String::from_utf8_lossy(&head);
    let line = head.lines().next().unwrap_or_default();
    let status = line.strip_prefix("HTTP/").and_then(|line| line.split_once(' ')).map(|(_, status)| status.trim());
    match status.filter(|status| status.as_bytes().iter().take_while(|byte| byte.is_ascii_digit()).count() == 3) {
        Some(status) if status.starts_with('2') => Ok(stream),
        Some(status) => Err(format!("it answers {}", status.chars().take(100).collect::<String>()).into()),
        None => Err("its answer is not HTTP".into()),
    }
}

/// Asks a SOCKS proxy for a connection to `host:port`.
pub(crate) async fn socks(stream: Stream, proxy: &Intercept, to: &str) -> Result<Stream, Source> {
    let (to, ready) = (Uri::try_from(format!("https://{to}"))?, Ready(Some(TokioIo::new(stream))));
    let connected = if proxy.uri().scheme_str().is_some_and(|scheme| scheme.starts_with("socks4")) {
        SocksV4::new(proxy.uri().clone(), ready).call(to).await.map_err(|error| error.to_string())
    } else {
        let mut socks = SocksV5::new(proxy.uri().clone(), ready);
        if let Some((user, password)) = proxy.raw_auth() {
            socks = socks.with_auth(user.to_owned(), password.to_owned());
        }
        socks.call(to).await.map_err(|error| error.to_string())
    };
    Ok(connected?.into_inner())
}

/// A connection that is there already.
struct Ready(Option<TokioIo<Stream>>);

impl Service<Uri> for Ready {
    type Response = TokioIo<Stream>;
    type Error = std::io::Error;
    type Future = std::future::Ready<std::io::Result<TokioIo<Stream>>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<std::io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, _: Uri) -> Self::Future {
        std::future::ready(self.0.take().ok_or_else(|| std::io::ErrorKind::NotConnected.into()))
    }
}
