//! Messages about a failed network, proxy or gateway: what failed, whether anything was sent, and whether to retry.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::Arc;
use std::thread::JoinHandle;

use insta::assert_snapshot;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::{ServerConfig, ServerConnection, StreamOwned};
use serde_json::Value;

use crate::service::read_request;
use crate::{MYSQL, Run, drs, run};

/// The authority of the test server's certificate, for `drs.example` and 127.0.0.1.
const AUTHORITY: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/it/tls/authority.pem");

/// Serves one connection in a thread; returns the address as `host:port`.
fn serve<T: Send + 'static>(serve: impl FnOnce(TcpStream) -> T + Send + 'static) -> (String, JoinHandle<T>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap().to_string();
    (address, std::thread::spawn(move || serve(listener.accept().unwrap().0)))
}

/// Starts a server that reads a request and responds with these bytes.
fn responding(bytes: &'static str) -> String {
    let (address, _) = serve(move |mut stream| {
        read_request(&mut stream);
        stream.write_all(bytes.as_bytes()).unwrap();
    });
    format!("http://{address}")
}

/// Requests a result from an endpoint, which may be sent twice, but is sent once; with these variables.
fn asked(endpoint: &str, variables: &[(&str, &str)], more: &[&str]) -> Run {
    let place = ["--endpoint", endpoint, "--project-id", "p", "--retries", "0"];
    let arguments = [&["precheck", "results", MYSQL], &place[..], more].concat();
    run(drs(&arguments).env("OS_TOKEN", "s3cr3t").envs(variables.iter().copied()))
}

/// Requests a deletion from an endpoint, which must not be sent twice.
fn deleting(endpoint: &str) -> Run {
    let task = format!("jobs.0.job_id={MYSQL}");
    let fields = ["--field", &task, "--field", "jobs.0.delete_type=delete"];
    let arguments = ["call", "batch_delete_jobs", "--endpoint", endpoint, "--project-id", "p"];
    run(drs(&arguments).args(fields).env("OS_TOKEN", "s3cr3t"))
}

/// Returns stderr, with the same address in every run.
fn said(shown: &Run) -> String {
    assert_eq!((shown.code, shown.stdout.as_str()), (3, ""), "{}", shown.stderr);
    assert!(!shown.stderr.contains("s3cr3t"), "{}", shown.stderr);
    let mut text = shown.stderr.clone();
    while let Some(at) = text.find("127.0.0.1:") {
        let digits = text[at + 10..].find(|character: char| !character.is_ascii_digit()).unwrap();
        text.replace_range(at..at + 10 + digits, "HOST");
    }
    text
}

const TRUSTED: (&str, &str) = ("SSL_CERT_FILE", AUTHORITY);

#[test]
fn only_a_call_that_may_be_sent_twice_should_be_retried() {
    let closed = || responding("");
    assert_snapshot!(said(&asked(&closed(), &[], &[])), @"
    error: batch_check_results was sent to HOST, but the connection was closed before a response arrived: connection closed before message completed
      The problem may be temporary: try again in a minute.
    ");
    assert_snapshot!(said(&deleting(&closed())), @"
    error: batch_delete_jobs was sent to HOST, but the connection was closed before a response arrived: connection closed before message completed
      The service may have carried out the operation; check before you send the request again.
    ");
    for response in [
        "HTTP/1.1 20",
        "HTTP/1.1 200 OK\r\nbad header\r\n\r\n",
        "HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\n\r\n",
        "HTTP/1.1 503 Busy\r\nRetry-After: 9\r\nContent-Length: 0\r\n\r\n",
        "HTTP/1.1 202 Accepted\r\nContent-Length: 99\r\n\r\n{",
        "HTTP/1.1 202 Accepted\r\nContent-Length: 1\r\n\r\n{",
        "HTTP/1.1 202 Accepted\r\nContent-Length: 2\r\n\r\né",
    ] {
        let shown = said(&deleting(&responding(response)));
        assert!(
            shown.contains("The service may have carried out the operation; check before you send the request again."),
            "{response}: {shown}"
        );
        assert!(!shown.contains("try again"), "{response}: {shown}");
    }
    let throttled =
        responding("HTTP/1.1 429 Slow Down\r\nContent-Length: 31\r\n\r\n{\"error_code\":\"APIGW.0308\",\"a\":1}");
    let shown = said(&deleting(&throttled));
    assert!(!shown.contains("try again") && !shown.contains("may have been carried out"), "{shown}");
}

#[test]
fn the_advised_time_of_a_retry_is_that_of_the_service() {
    let busy = || responding("HTTP/1.1 503 Busy\r\nRetry-After: 120\r\nContent-Length: 4\r\n\r\nbusy");
    assert_snapshot!(said(&asked(&busy(), &[], &[])), @"
    error: batch_check_results: the response has status 503 Service Unavailable and no error code (Retry-After: 120): busy
      The problem may be temporary: try again in 120 seconds.
    ");
    let shown = asked(&busy(), &[], &["--output", "json"]);
    let error: Value = serde_json::from_str(&shown.stderr).unwrap();
    assert_eq!(error["error"]["retry_after"], "120");
}

#[test]
fn a_redirect_is_reported_with_its_target() {
    let shown = asked(
        &responding("HTTP/1.1 302 Found\r\nLocation: https://login.example/\r\nContent-Length: 0\r\n\r\n"),
        &[],
        &[],
    );
    assert_snapshot!(said(&shown), @"
    error: batch_check_results: the response has status 302 Found and redirects to https://login.example/
      The redirect was not followed, because that would send the token elsewhere. If the service has moved: --endpoint URL
    ");
}

#[test]
fn nothing_is_sent_to_a_closed_port() {
    let (address, _) = serve(drop);
    drop(TcpStream::connect(&address).unwrap());
    let shown = said(&deleting(&format!("http://{address}")));
    assert!(
        shown.starts_with("error: batch_delete_jobs was not sent: HOST cannot be reached: Connection refused"),
        "{shown}"
    );
    assert!(
        shown.ends_with("\n  Nothing was sent. Check the endpoint, and whether this machine can reach it.\n"),
        "{shown}"
    );
}

#[test]
fn nothing_is_sent_to_an_unknown_name() {
    let shown = said(&asked("https://drs.invalid", &[TRUSTED], &["--request-timeout", "20"]));
    assert!(
        shown.starts_with("error: batch_check_results was not sent: the name drs.invalid cannot be resolved: "),
        "{shown}"
    );
    assert!(shown.contains("\n  Nothing was sent. Check the name in the endpoint, and the name servers"), "{shown}");
}

#[test]
fn nothing_is_sent_to_a_port_without_tls() {
    let (address, _) = serve(|mut stream| {
        let _ = stream.read(&mut [0; 4096]);
        let _ = stream.write_all(b"HTTP/1.1 400 Bad Request\r\n\r\n");
    });
    assert_snapshot!(said(&asked(&format!("https://{address}"), &[TRUSTED], &[])), @"
    error: batch_check_results was not sent: no secure connection to HOST is possible: the server there does not speak TLS
      Nothing was sent. Check the endpoint. For an authority of your own, name its PEM file in SSL_CERT_FILE.
    ");
}

#[test]
fn without_authorities_only_a_secure_connection_is_refused() {
    let none = [("SSL_CERT_FILE", "/no/such/file"), ("SSL_CERT_DIR", "/no/such/folder")];
    let shown = asked("https://drs.invalid", &none, &[]);
    assert_eq!(shown.code, 2);
    assert_snapshot!(shown.stderr, @"error: this machine has no trusted certificate authorities (No CA certificates were loaded from the system); install the package ca-certificates, or name a PEM file in SSL_CERT_FILE");
    let embedded = run(drs(&["precheck", "results", MYSQL, "--embedded"]).envs(none));
    assert_eq!(embedded.code, 0, "{}", embedded.stderr);
    let response = "HTTP/1.1 200 OK\r\nContent-Length: 14\r\n\r\n{\"results\":[]}";
    let plain = asked(&responding(response), &none, &[]);
    assert!(plain.stdout.starts_with("MISSING"), "{}", plain.stderr);
}

/// Starts a proxy that sends this response to each request for a connection. It gets two requests: for the connection,
/// and for the reason of the refusal. Returns both.
fn refusing(response: String) -> (String, JoinHandle<[String; 2]>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap().to_string();
    let served = std::thread::spawn(move || {
        [(); 2].map(|()| {
            let mut stream = listener.accept().unwrap().0;
            let request = read_request(&mut stream);
            stream.write_all(response.as_bytes()).unwrap();
            request
        })
    });
    (address, served)
}

#[test]
fn a_refusing_proxy_is_reported_with_its_status() {
    for (status, shown_status) in [
        ("407 Proxy Authentication Required", "it responds 407 Proxy Authentication Required"),
        ("502 Bad Gateway", "it responds 502 Bad Gateway"),
    ] {
        let (proxy, connect) = refusing(format!("HTTP/1.1 {status}\r\nContent-Length: 0\r\n\r\n"));
        let proxy = format!("http://user:hunter2@{proxy}");
        let shown = asked("https://drs.example", &[TRUSTED, ("HTTPS_PROXY", &proxy)], &[]);
        let text = said(&shown);
        assert!(!text.contains("hunter2"), "{text}");
        assert_eq!(
            text,
            format!(
                "error: batch_check_results was not sent: the proxy http://HOST cannot connect to drs.example:443: \
                 {shown_status}\n  Nothing was sent. Check HTTPS_PROXY and ALL_PROXY; NO_PROXY names hosts that need no \
                 proxy.\n"
            )
        );
        for connect in connect.join().unwrap() {
            assert!(connect.starts_with("CONNECT drs.example:443 HTTP/1.1\r\n"), "{connect}");
            assert!(connect.contains("\r\nProxy-Authorization: Basic dXNlcjpodW50ZXIy\r\n"), "{connect}");
            assert!(!connect.contains("s3cr3t"), "{connect}");
        }
    }
}

#[test]
fn an_unreachable_or_invalid_proxy_is_reported() {
    let through = |proxy: String| {
        said(&asked("https://drs.example", &[TRUSTED, ("ALL_PROXY", &proxy)], &["--request-timeout", "20"]))
    };
    // The port was free a moment ago.
    let address = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    for kind in ["http", "socks5h"] {
        let shown = through(format!("{kind}://{address}"));
        assert!(shown.contains("was not sent: the proxy HOST cannot be reached: Connection refused"), "{shown}");
    }
    let shown = through("http://proxy.invalid:1".to_owned());
    assert!(shown.contains("was not sent: the name proxy.invalid of the proxy cannot be resolved: "), "{shown}");
    for (response, problem) in
        [("", "it closes the connection without a response"), ("SSH-2.0-x\r\n\r\n", "its response is not HTTP")]
    {
        let (address, _) = refusing(response.to_owned());
        let shown = through(format!("http://{address}"));
        assert!(
            shown.contains(&format!("the proxy http://HOST cannot connect to drs.example:443: {problem}\n")),
            "{shown}"
        );
    }
    // The code of SOCKS for a general failure.
    let (address, _) = serve(|mut stream| {
        let mut greeting = [0; 3];
        stream.read_exact(&mut greeting).unwrap();
        stream.write_all(&[5, 0]).unwrap();
        let _ = stream.read(&mut [0; 512]);
        stream.write_all(&[5, 1, 0, 1, 0, 0, 0, 0, 0, 0]).unwrap();
    });
    let shown = through(format!("socks5h://{address}"));
    assert!(shown.contains("the proxy socks5h://HOST cannot connect to drs.example:443: SOCKS error"), "{shown}");
}

#[test]
fn a_silent_proxy_ends_with_the_timeout() {
    // The listener takes connections, and nobody responds.
    let silent = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = silent.local_addr().unwrap();
    for kind in ["http", "socks5h"] {
        let proxy = format!("{kind}://{address}");
        let shown = said(&asked("https://drs.example", &[TRUSTED, ("ALL_PROXY", &proxy)], &["--request-timeout", "1"]));
        let problem = "the proxy HOST cannot connect to drs.example: no response within 1s\n";
        assert!(shown.contains(&format!("error: batch_check_results was not sent: {problem}")), "{shown}");
    }
}

#[test]
fn an_unsupported_kind_of_proxy_is_reported() {
    let shown = asked("https://drs.invalid", &[TRUSTED, ("ALL_PROXY", "socks://127.0.0.1:1")], &[]);
    let note = "note: ALL_PROXY is ignored: \"socks\" is not one of http, https, socks4, socks4a, socks5, socks5h\n";
    assert!(shown.stderr.starts_with(note), "{}", shown.stderr);
}

/// Serves TLS once, with a passed pre-check as the response.
fn respond_securely(stream: TcpStream) -> String {
    let certificate = CertificateDer::from_pem_slice(include_bytes!("tls/server.pem")).unwrap();
    let key = PrivateKeyDer::from_pem_slice(include_bytes!("tls/server.key")).unwrap();
    let config = ServerConfig::builder().with_no_client_auth().with_single_cert(vec![certificate], key).unwrap();
    let mut stream = StreamOwned::new(ServerConnection::new(Arc::new(config)).unwrap(), stream);
    let request = read_request(&mut stream);
    let body = format!(r#"{{"results":[{{"precheck_id":"{MYSQL}","process":"100%","result":true}}]}}"#);
    write!(stream, "HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n{body}", body.len()).unwrap();
    stream.flush().unwrap();
    request
}

/// Serves one connection over HTTP/2, as a server that offers both versions. Returns the version of the request.
fn respond_over_http2(stream: TcpStream) -> String {
    let certificate = CertificateDer::from_pem_slice(include_bytes!("tls/server.pem")).unwrap();
    let key = PrivateKeyDer::from_pem_slice(include_bytes!("tls/server.key")).unwrap();
    let mut config = ServerConfig::builder().with_no_client_auth().with_single_cert(vec![certificate], key).unwrap();
    config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    stream.set_nonblocking(true).unwrap();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let stream = tokio::net::TcpStream::from_std(stream).unwrap();
        let stream = tokio_rustls::TlsAcceptor::from(Arc::new(config)).accept(stream).await.unwrap();
        let mut connection = h2::server::handshake(stream).await.unwrap();
        let (request, mut responding) = connection.accept().await.unwrap().unwrap();
        let seen = format!("{:?} {} {:?}", request.version(), request.uri(), request.headers()["x-auth-token"]);
        // A head of this size is accepted over HTTP/1.1, too.
        let head = http::Response::builder().header("x-large", "y".repeat(64 << 10)).body(()).unwrap();
        let mut body = responding.send_response(head, false).unwrap();
        let text = format!(r#"{{"results":[{{"precheck_id":"{MYSQL}","process":"100%","result":true}}]}}"#);
        body.send_data(text.into(), true).unwrap();
        // The connection sends while it is polled, until the client closes.
        while connection.accept().await.is_some_and(|request| request.is_ok()) {}
        seen
    })
}

#[test]
fn a_server_that_offers_http2_gets_it() {
    let (address, server) = serve(respond_over_http2);
    let shown = asked(&format!("https://{address}"), &[TRUSTED], &[]);
    assert_eq!(shown.code, 0, "{}", shown.stderr);
    let seen = server.join().unwrap();
    assert!(seen.starts_with("HTTP/2.0 https://127.0.0.1:") && seen.ends_with(" \"s3cr3t\""), "{seen}");
}

#[test]
fn a_socks_proxy_carries_a_secure_call() {
    let (proxy, server) = serve(|mut stream| {
        let mut expect = |expected: &[u8], response: &[u8]| {
            let mut bytes = vec![0; expected.len()];
            stream.read_exact(&mut bytes).unwrap();
            assert_eq!(bytes, expected);
            stream.write_all(response).unwrap();
        };
        // The messages of SOCKS: the method (name and password), the name and password, the target.
        expect(&[5, 1, 2], &[5, 2]);
        expect(b"\x01\x04user\x05hunt2", &[1, 0]);
        expect(b"\x05\x01\x00\x03\x0bdrs.example\x01\xbb", &[5, 0, 0, 1, 0, 0, 0, 0, 0, 0]);
        respond_securely(stream)
    });
    let proxy = format!("socks5h://user:hunt2@{proxy}");
    let shown = asked("https://drs.example", &[TRUSTED, ("HTTPS_PROXY", &proxy)], &[]);
    assert_eq!(shown.code, 0, "{}", shown.stderr);
    assert!(shown.stdout.starts_with("PASSED"), "{}", shown.stdout);
    let request = server.join().unwrap();
    assert!(request.to_lowercase().contains("\r\nx-auth-token: s3cr3t\r\n"), "{request}");
}

#[test]
fn an_http_proxy_carries_a_secure_call() {
    let (proxy, server) = serve(|mut stream| {
        let connect = read_request(&mut stream);
        stream.write_all(b"HTTP/1.1 200 Connection established\r\nVia: x\r\n\r\n").unwrap();
        (connect, respond_securely(stream))
    });
    let shown = asked("https://drs.example", &[TRUSTED, ("https_proxy", &format!("http://{proxy}"))], &[]);
    assert_eq!(shown.code, 0, "{}", shown.stderr);
    let (connect, request) = server.join().unwrap();
    assert!(connect.starts_with("CONNECT drs.example:443") && request.starts_with("POST /v3/p/jobs/"), "{request}");
}

#[test]
fn the_certificate_authority_of_a_private_cloud_is_trusted() {
    let none = [("SSL_CERT_FILE", "/no/such/file"), ("SSL_CERT_DIR", "/no/such/folder")];
    let (address, server) = serve(respond_securely);
    let variables = [&none[..], &[("OS_CACERT", AUTHORITY)]].concat();
    let shown = asked(&format!("https://{address}"), &variables, &[]);
    assert_eq!(shown.code, 0, "{}", shown.stderr);
    assert!(server.join().unwrap().starts_with("POST /v3/p/jobs/"));

    let folder = tempfile::tempdir().unwrap();
    let clouds = folder.path().join("clouds.yaml");
    let in_cloud = |members: &str| {
        let (address, _) = serve(|stream| std::panic::catch_unwind(|| respond_securely(stream)).is_ok());
        std::fs::write(&clouds, format!("clouds: {{ own: {{ auth: {{ token: s3cr3t }}, {members} }} }}")).unwrap();
        let named = [("OS_CLOUD", "own"), ("OS_CLIENT_CONFIG_FILE", clouds.to_str().unwrap())];
        let place = ["--endpoint", &format!("https://{address}"), "--project-id", "p", "--retries", "0"];
        run(drs(&[&["precheck", "results", MYSQL], &place[..]].concat()).envs(none).envs(named))
    };
    let shown = in_cloud(&format!("cacert: {AUTHORITY}"));
    assert!(shown.code == 0 && shown.stdout.starts_with("PASSED"), "{}", shown.stderr);
    let shown = in_cloud("verify: false");
    assert!(shown.code == 2 && shown.stderr.contains("turns off the check of certificates"), "{}", shown.stderr);
    let shown = in_cloud("cacert: no-such.pem");
    assert!(shown.code == 2 && shown.stderr.contains("no-such.pem ("), "{}", shown.stderr);
    let shown = in_cloud(&format!("cacert: {}", clouds.display()));
    assert!(shown.code == 2 && shown.stderr.contains("the file has no certificate"), "{}", shown.stderr);
    // An authority that has not signed the certificate of the server.
    let other = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/it/tls/server.pem");
    let shown = in_cloud(&format!("cacert: {other}"));
    assert!(shown.code == 3 && shown.stderr.contains("no secure connection"), "{}", shown.stderr);
}

#[test]
fn nothing_is_sent_to_a_server_with_a_wrong_certificate() {
    let (address, _) = serve(|stream| std::panic::catch_unwind(|| respond_securely(stream)).is_ok());
    // The certificate is trusted, but for another name.
    let endpoint = format!("https://localhost:{}", address.rsplit(':').next().unwrap());
    let shown = asked(&endpoint, &[TRUSTED], &[]);
    assert_eq!(shown.code, 3);
    assert!(shown.stderr.contains("was not sent: no secure connection to localhost:"), "{}", shown.stderr);
    assert!(shown.stderr.contains("certificate"), "{}", shown.stderr);
}
