//! Why an HTTP proxy makes no connection: reqwest asks it and does not keep its answer, so it is asked once more.

use std::net::SocketAddr;
use std::time::Duration;

use hyper_util::client::proxy::matcher::Intercept;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use crate::connect::Source;

/// The first line of a proxy's answer may be so long.
const LONGEST_LINE: u64 = 4 << 10;

/// The proxy has so long to repeat its answer.
const PATIENCE: Duration = Duration::from_secs(5);

/// The host of a proxy, without the brackets of IPv6.
pub(crate) fn host(proxy: &Intercept) -> String {
    proxy.uri().host().unwrap_or_default().trim_start_matches('[').trim_end_matches(']').to_owned()
}

/// The port of a proxy.
pub(crate) fn port(proxy: &Intercept) -> u16 {
    let usual = match proxy.uri().scheme_str().unwrap_or("http") {
        "http" => 80,
        "https" => 443,
        _ => 1080,
    };
    proxy.uri().port_u16().unwrap_or(usual)
}

/// Why no connection to a proxy can be made; `None` when one can, or when nothing is said in time.
pub(crate) async fn unreachable(addresses: &[SocketAddr], port: u16) -> Option<String> {
    let addresses: Vec<SocketAddr> = addresses.iter().map(|address| SocketAddr::new(address.ip(), port)).collect();
    let connected = tokio::time::timeout(PATIENCE, TcpStream::connect(addresses.as_slice())).await.ok()?;
    connected.err().map(|error| error.to_string())
}

/// What an HTTP proxy answers when it is asked for a connection to `host:port`; `None` when it says nothing this time.
pub(crate) async fn refusal(proxy: &Intercept, host: &str, port: u16) -> Option<Source> {
    let line = tokio::time::timeout(PATIENCE, first_line(proxy, host, port)).await.ok()?.ok()?;
    if line.is_empty() {
        return Some("it closes the connection without an answer".into());
    }
    let line = String::from_utf8_lossy(&line);
    let line = line.lines().next().unwrap_or_default();
    let status = line.strip_prefix("HTTP/").and_then(|line| line.split_once(' ')).map(|(_, status)| status.trim());
    match status.filter(|status| status.as_bytes().iter().take_while(|byte| byte.is_ascii_digit()).count() == 3) {
        Some(status) => Some(format!("it answers {}", status.chars().take(100).collect::<String>()).into()),
        None => Some("its answer is not HTTP".into()),
    }
}

async fn first_line(proxy: &Intercept, to: &str, port: u16) -> std::io::Result<Vec<u8>> {
    let mut stream = TcpStream::connect((host(proxy), self::port(proxy))).await?;
    let authorization = proxy.basic_auth().map(|value| [b"Proxy-Authorization: ", value.as_bytes(), b"\r\n"].concat());
    let head = format!("CONNECT {to}:{port} HTTP/1.1\r\nHost: {to}:{port}\r\n").into_bytes();
    stream.write_all(&[head, authorization.unwrap_or_default(), b"\r\n".to_vec()].concat()).await?;
    let mut line = Vec::new();
    let mut answer = stream.take(LONGEST_LINE);
    while !line.ends_with(b"\n") && answer.read_buf(&mut line).await? > 0 {}
    Ok(line)
}
