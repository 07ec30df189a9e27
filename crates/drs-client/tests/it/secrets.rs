//! No secret is in anything that the client, or a library below it, says at the most detailed level.

use std::fmt::{Debug, Write as _};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use base64::prelude::{BASE64_STANDARD_NO_PAD, BASE64_URL_SAFE_NO_PAD, Engine as _};
use drs_client::auth::iam::{IamToken, PasswordLogin, Project};
use drs_client::auth::{AccessKey, ProvideCredentials};
use drs_client::types::operations::v3::batch_validate_connections::BatchValidateConnections;
use drs_client::{Client, ClientBuilder, Credentials, RetryPolicy, iam_sender};
use h2::server::SendResponse;
use http::{Request, Response};
use rustls::ServerConfig;
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use serde_json::json;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;
use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Metadata, Subscriber};

/// The beginning of every secret. The rest has characters that formats escape.
const MARK: &str = "m4rk3d";

fn secret(kind: &str) -> String {
    format!("{MARK}-{kind}-\"\\+/%é")
}

/// All that was said so far, by every test of this process.
static SAID: Mutex<String> = Mutex::new(String::new());

fn say(text: &str) {
    SAID.lock().unwrap_or_else(PoisonError::into_inner).push_str(text);
}

/// Keeps every event and span of `tracing`, and every record of `log`.
struct Listener;

impl Subscriber for Listener {
    fn enabled(&self, _: &Metadata<'_>) -> bool {
        true
    }

    fn new_span(&self, span: &Attributes<'_>) -> Id {
        let mut line = Line(span.metadata().name().to_owned());
        span.record(&mut line);
        say(&line.0);
        Id::from_u64(1)
    }

    fn record(&self, _: &Id, values: &Record<'_>) {
        let mut line = Line("\nrecorded".to_owned());
        values.record(&mut line);
        say(&line.0);
    }

    fn record_follows_from(&self, _: &Id, _: &Id) {}

    fn event(&self, event: &Event<'_>) {
        let mut line = Line(format!("\n{}", event.metadata().target()));
        event.record(&mut line);
        say(&line.0);
    }

    fn enter(&self, _: &Id) {}

    fn exit(&self, _: &Id) {}
}

struct Line(String);

impl Visit for Line {
    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        _ = write!(self.0, " {field}={value:?}");
    }
}

impl log::Log for Listener {
    fn enabled(&self, _: &log::Metadata<'_>) -> bool {
        true
    }

    fn log(&self, record: &log::Record<'_>) {
        say(&format!("\n{} {}", record.target(), record.args()));
    }

    fn flush(&self) {}
}

/// A service that sends back all that it receives: as it is, in JSON, in base64 and in its headers.
async fn echoing(status: &'static str) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move {
        loop {
            let (mut stream, _) = listener.accept().await.unwrap();
            let mut request = vec![0; 64 << 10];
            let mut length = 0;
            loop {
                let received = stream.read(&mut request[length..]).await.unwrap();
                length += received;
                let text = String::from_utf8_lossy(&request[..length]).into_owned();
                let is_whole = text.split_once("\r\n\r\n").is_some_and(|(head, body)| {
                    let told = head.to_lowercase().split_once("content-length: ").map(|(_, rest)| rest.to_owned());
                    let told = told.and_then(|rest| rest.lines().next().and_then(|line| line.parse::<usize>().ok()));
                    body.len() >= told.unwrap_or_default()
                });
                if received == 0 || is_whole {
                    break;
                }
            }
            let request = String::from_utf8_lossy(&request[..length]).into_owned();
            let (head, body) = request.split_once("\r\n\r\n").unwrap_or_default();
            let in_header = head.lines().find(|line| line.contains(MARK)).and_then(|line| line.split_once(": "));
            let id = in_header.map_or("r-1", |(_, value)| value);
            let said = sent_back(&request, body, status.starts_with("200"));
            let head = format!(
                "HTTP/1.1 {status}\r\nX-Request-Id: {id}\r\nX-Other: {id}\r\nRetry-After: 0\r\nContent-Length: {}\r\nConnection: close\r\n\r\n",
                said.len()
            );
            _ = stream.write_all((head + &said).as_bytes()).await;
        }
    });
    url
}

/// The body of a response that has all of the request: as it is, in JSON and in base64.
fn sent_back(request: &str, body: &str, is_success: bool) -> String {
    let parts = [request, body, &BASE64_STANDARD_NO_PAD.encode(request), &BASE64_URL_SAFE_NO_PAD.encode(body)];
    let said = json!({ "error_code": parts[2], "error_msg": parts.join(" "), "request_id": request });
    let said = if is_success { json!({ "results": [parts.join(" ")], "x": said }) } else { said };
    said.to_string()
}

/// The authority of the server, and the server, for 127.0.0.1.
const AUTHORITY: &[u8] = include_bytes!("../../../drs-cli/tests/it/tls/authority.pem");
const SERVER: &[u8] = include_bytes!("../../../drs-cli/tests/it/tls/server.pem");
const SERVER_KEY: &[u8] = include_bytes!("../../../drs-cli/tests/it/tls/server.key");

/// The same service over HTTP/2.
async fn echoing_over_http2(status: u16) -> String {
    let (certificate, key) =
        (CertificateDer::from_pem_slice(SERVER).unwrap(), PrivateKeyDer::from_pem_slice(SERVER_KEY));
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ServerConfig::builder_with_provider(provider).with_safe_default_protocol_versions().unwrap();
    let mut config = config.with_no_client_auth().with_single_cert(vec![certificate], key.unwrap()).unwrap();
    config.alpn_protocols = vec![b"h2".to_vec()];
    let acceptor = TlsAcceptor::from(Arc::new(config));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("https://{}", listener.local_addr().unwrap());
    tokio::spawn(async move {
        loop {
            let stream = listener.accept().await.unwrap().0;
            let acceptor = acceptor.clone();
            tokio::spawn(async move {
                let stream = acceptor.accept(stream).await.unwrap();
                let mut connection = h2::server::handshake(stream).await.unwrap();
                while let Some(Ok((request, responding))) = connection.accept().await {
                    tokio::spawn(echo(request, responding, status));
                }
            });
        }
    });
    url
}

async fn echo(request: Request<h2::RecvStream>, mut responding: SendResponse<bytes::Bytes>, status: u16) {
    let (head, mut stream) = request.into_parts();
    let mut body = Vec::new();
    while let Some(Ok(data)) = stream.data().await {
        body.extend_from_slice(&data);
    }
    let body = String::from_utf8(body).unwrap();
    let fields =
        head.headers.iter().map(|(name, value)| (name, String::from_utf8_lossy(value.as_bytes()).into_owned()));
    let fields: Vec<_> = fields.collect();
    let secret = fields.iter().find(|(_, value)| value.contains(MARK)).map_or("r-1", |(_, value)| value);
    let said = sent_back(&format!("{fields:?} {body}"), &body, status == 200);
    let response = Response::builder().status(status).header("x-request-id", secret).header("x-other", secret);
    let mut sending = responding.send_response(response.header("retry-after", "0").body(()).unwrap(), false).unwrap();
    sending.send_data(said.into(), true).unwrap();
}

fn call() -> BatchValidateConnections {
    let job = json!({ "id": "a", "net_type": "eip", "db_type": "mysql", "ip": "192.0.2.1", "db_port": 3306, "db_user": "u",
        "db_password": secret("database"), "end_point_type": "so", "project_id": "p", "region": "r",
        "ssl_cert_password": secret("certificate") });
    BatchValidateConnections::new(serde_json::from_value(json!({ "jobs": [job] })).unwrap())
}

/// Every form of a mark that can be searched for.
fn assert_clean(text: &str, context: &str) {
    let mut forms = vec![MARK.to_owned(), MARK.bytes().map(|byte| format!("%{byte:02X}")).collect()];
    for before in 0..3 {
        let padded: Vec<u8> = std::iter::repeat_n(b' ', before).chain(MARK.bytes()).collect();
        let encoded = BASE64_STANDARD_NO_PAD.encode(&padded);
        forms.push(encoded[(before * 8).div_ceil(6)..padded.len() * 8 / 6].to_owned());
    }
    for form in forms {
        let line = text.lines().find(|line| line.contains(&form));
        assert!(line.is_none(), "{context}: {form} in {line:?}");
    }
}

fn trusting(builder: ClientBuilder) -> ClientBuilder {
    builder.certificate_authorities(AUTHORITY).unwrap()
}

async fn use_client(credentials: impl ProvideCredentials + 'static, url: &str) {
    let retry = RetryPolicy { base: Duration::from_millis(1), ..RetryPolicy::default() };
    let builder = trusting(Client::builder(url, "p1".parse().unwrap(), credentials).retry(retry));
    say(&format!("\n{builder:?}"));
    let client = builder.build().unwrap();
    say(&format!("\n{client:?}"));
    let call = call();
    match client.send(&call).await {
        Ok(reply) => say(&format!("\n{:?} {:?} {:?}", reply.body, reply.misfits, reply.request_id)),
        Err(error) => {
            let mut cause: Option<&dyn std::error::Error> = Some(&error);
            while let Some(error) = cause {
                say(&format!("\n{error} {error:?} {error:#?}"));
                cause = error.source();
            }
        }
    }
    say(&format!("\n{call:?}"));
}

#[tokio::test]
async fn no_secret_is_in_any_log_error_or_debug_output() {
    // It can be set once in a process. Other tests say nothing of these secrets.
    tracing::subscriber::set_global_default(Listener).unwrap();
    log::set_boxed_logger(Box::new(Listener)).unwrap();
    log::set_max_level(log::LevelFilter::Trace);
    let mut urls = Vec::new();
    for status in ["401 Unauthorized", "400 Bad Request", "503 Service Unavailable", "200 OK", "302 Found"] {
        urls.push(echoing(status).await);
    }
    for status in [401, 200] {
        urls.push(echoing_over_http2(status).await);
    }
    for url in urls {
        // A header cannot have the characters that JSON escapes.
        let in_header = |kind: &str| format!("{MARK}-{kind}-+/%");
        use_client(Credentials::token(in_header("token")), &url).await;
        let key = AccessKey::new("AKEXAMPLE", secret("secret-key")).with_security_token(in_header("security-token"));
        use_client(Credentials::from(key), &url).await;
        let login =
            PasswordLogin { user: "me".into(), password: secret("password").as_str().into(), domain: "ours".into() };
        let iam = drs_client::auth::endpoint::parse_iam(&url).unwrap();
        let transport = trusting(crate::client(&url)).http_transport().unwrap();
        let retry = RetryPolicy { base: Duration::from_millis(1), ..RetryPolicy::default() };
        let send = iam_sender(transport, retry);
        let provider = IamToken::new(iam, login, Project::Name("r".into()), send, std::time::SystemTime::now);
        use_client(provider, &url).await;
    }
    let said = SAID.lock().unwrap().clone();
    // The listener has heard the client, and the libraries below it.
    // Each attempt is a span inside that of the call, with its number, the status and the id of the request.
    let call = "call operation=\"batch_validate_connections\"";
    let attempts = ["attempt attempt=1", "attempt attempt=3", "\nrecorded status=503\nrecorded request_id="];
    for heard in [&[call][..], &attempts, &["drs_client", "hyper_util", "reqwest", "h2::", "•••"]].concat() {
        assert!(said.contains(heard), "nothing of {heard}");
    }
    assert_clean(&said, "trace");
}
