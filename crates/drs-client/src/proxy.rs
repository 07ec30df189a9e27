//! The reasons of failed proxies. reqwest drops the response of a proxy, so the proxy is asked again.

use std::net::SocketAddr;

use hyper_util::client::proxy::matcher::Intercept;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use crate::limits::LIMITS;
use crate::transport::Source;

/// Returns the host of a proxy, without the brackets of IPv6.
pub(crate) fn host(proxy: &Intercept) -> String {
    proxy.uri().host().unwrap_or_default().trim_start_matches('[').trim_end_matches(']').to_owned()
}

/// Returns the port of a proxy.
pub(crate) fn port(proxy: &Intercept) -> u16 {
    let usual = match proxy.uri().scheme_str().unwrap_or("http") {
        "http" => 80,
        "https" => 443,
        _ => 1080,
    };
    proxy.uri().port_u16().unwrap_or(usual)
}

/// Returns the reason why a proxy cannot be reached; `None` when it can, or when there is no result in time.
pub(crate) async fn unreachable(addresses: &[SocketAddr], port: u16) -> Option<String> {
    let addresses: Vec<SocketAddr> = addresses.iter().map(|address| SocketAddr::new(address.ip(), port)).collect();
    let connected = tokio::time::timeout(LIMITS.proxy_wait, TcpStream::connect(addresses.as_slice())).await.ok()?;
    connected.err().map(|error| error.to_string())
}

/// Returns the response of an HTTP proxy to a request for a connection to `host:port`; `None` without one in time.
pub(crate) async fn refusal(proxy: &Intercept, host: &str, port: u16) -> Option<Source> {
    let line = tokio::time::timeout(LIMITS.proxy_wait, first_line(proxy, host, port)).await.ok()?.ok()?;
    if line.is_empty() {
        return Some("it closes the connection without a response".into());
    }
    let line = String::from_utf8_lossy(&line);
    let line = line.lines().next().unwrap_or_default();
    let status = line.strip_prefix("HTTP/").and_then(|line| line.split_once(' ')).map(|(_, status)| status.trim());
    match status.filter(|status| status.as_bytes().iter().take_while(|byte| byte.is_ascii_digit()).count() == 3) {
        Some(status) => {
            Some(format!("it responds {}", status.chars().take(LIMITS.proxy_status).collect::<String>()).into())
        }
        None => Some("its response is not HTTP".into()),
    }
}

async fn first_line(proxy: &Intercept, to: &str, port: u16) -> std::io::Result<Vec<u8>> {
    let mut stream = TcpStream::connect((host(proxy), self::port(proxy))).await?;
    let authorization = proxy.basic_auth().map(|value| [b"Proxy-Authorization: ", value.as_bytes(), b"\r\n"].concat());
    let head = format!("CONNECT {to}:{port} HTTP/1.1\r\nHost: {to}:{port}\r\n").into_bytes();
    stream.write_all(&[head, authorization.unwrap_or_default(), b"\r\n".to_vec()].concat()).await?;
    let mut line = Vec::new();
    let mut response = stream.take(LIMITS.proxy_line);
    while !line.ends_with(b"\n") && response.read_buf(&mut line).await? > 0 {}
    Ok(line)
}
