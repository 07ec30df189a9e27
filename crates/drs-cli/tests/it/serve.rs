//! `drs serve` in the foreground.

use std::io::{BufRead, BufReader, Lines, Read, Write};
use std::net::TcpStream;
use std::process::{Child, ChildStdout, Command, Stdio};
use std::time::SystemTime;

use drs_auth::Credentials;
use drs_auth::sources::{Setting, Sources};
use serde_json::Value;

/// A running `drs serve`. It ends with the test.
pub(crate) struct Serving {
    process: Child,
    /// Its address, as `host:port`.
    pub(crate) address: String,
    /// The output after the address.
    lines: Lines<BufReader<ChildStdout>>,
}

impl Serving {
    /// Sends a signal by its name, such as `TERM`.
    #[cfg(unix)]
    fn signal(&self, name: &str) {
        let id = self.process.id().to_string();
        assert!(Command::new("kill").args(["-s", name, &id]).status().unwrap().success());
    }

    /// Waits for the end of the process; returns its exit code.
    #[cfg(unix)]
    fn end(mut self) -> Option<i32> {
        self.process.wait().unwrap().code()
    }

    /// Returns the lines of its output after the address.
    pub(crate) fn lines(&mut self) -> impl Iterator<Item = String> {
        self.lines.by_ref().map(Result::unwrap)
    }

    pub(crate) fn start() -> Self {
        Self::start_with(&[])
    }

    pub(crate) fn start_with(arguments: &[&str]) -> Self {
        let mut command = Command::new(assert_cmd::cargo::cargo_bin!("drs"));
        let mut process = command.arg("serve").args(arguments).stdout(Stdio::piped()).spawn().unwrap();
        let mut lines = BufReader::new(process.stdout.take().unwrap()).lines();
        let first = lines.next().unwrap().unwrap();
        let address = first.strip_prefix("The emulator listens on http://").unwrap().to_owned();
        Self { process, address, lines }
    }
}

impl Drop for Serving {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

#[test]
fn the_printed_command_gets_a_documented_response() {
    let mut serving = Serving::start();
    let curl = serving.lines().find(|line| line.starts_with("curl ")).unwrap();
    let address = &serving.address;

    // The test sends the request of the command without curl.
    let quoted: Vec<&str> = curl.split('\'').skip(1).step_by(2).collect();
    let [url, token, content_type, body] = quoted[..] else { panic!("{curl}") };
    let path = url.strip_prefix(&format!("http://{address}")).unwrap();
    let mut stream = TcpStream::connect(address).unwrap();
    let length = body.len();
    write!(
        stream,
        "POST {path} HTTP/1.1\r\nHost: {address}\r\n{token}\r\n{content_type}\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n{body}"
    )
    .unwrap();
    let mut response = String::new();
    stream.read_to_string(&mut response).unwrap();
    let (head, response) = response.split_once("\r\n\r\n").unwrap();
    assert!(head.starts_with("HTTP/1.1 200"), "{head}");

    let documented =
        concat!(env!("CARGO_MANIFEST_DIR"), "/../../schemas/v3/batch_check_results/examples/response.2.json");
    let documented: Value = serde_json::from_str(&std::fs::read_to_string(documented).unwrap()).unwrap();
    assert_eq!(serde_json::from_str::<Value>(response).unwrap(), documented);
}

#[test]
fn the_printed_variables_sign_a_request() {
    let mut serving = Serving::start();
    let line = serving.lines().find(|line| line.starts_with("export ")).unwrap();
    let variables: Vec<(&str, &str)> = line.split(' ').filter_map(|word| word.split_once('=')).collect();
    let environment = |name: &str| {
        let found = variables.iter().find(|(known, _)| *known == name);
        found.map(|(_, value)| (*value).to_owned())
    };
    let found = Sources::new(&environment).flag(Setting::Region, "--region", "cn-north-4").resolve().unwrap();
    let project = found.project_id.unwrap().value;
    let url = found.endpoint.unwrap().value.join(&format!("v3/{project}/jobs/batch-precheck-result")).unwrap();
    let key = found.credentials.unwrap().access_key().unwrap();
    let body = r#"{"jobs":["140b5236-88ad-43c8-811c-1268453jb101"]}"#.as_bytes().to_vec();
    let request = http::Request::post(url.as_str()).body(body).unwrap();
    let request = Credentials::from(key).authorize(request, Some(project.as_str()), SystemTime::now()).unwrap();

    let mut stream = TcpStream::connect(&serving.address).unwrap();
    let (path, length) = (request.uri().path(), request.body().len());
    write!(stream, "POST {path} HTTP/1.1\r\nContent-Length: {length}\r\nConnection: close\r\n").unwrap();
    for (name, value) in request.headers() {
        write!(stream, "{name}: {}\r\n", value.to_str().unwrap()).unwrap();
    }
    stream.write_all(b"\r\n").unwrap();
    stream.write_all(request.body()).unwrap();
    let mut response = String::new();
    stream.read_to_string(&mut response).unwrap();
    assert!(response.starts_with("HTTP/1.1 200"), "{response}");
}

#[test]
fn a_port_in_use_is_refused_with_advice() {
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().port().to_string();
    let shown = crate::run(&mut crate::drs(&["serve", "--port", &port]));
    assert_eq!(shown.code, 2);
    assert!(shown.stderr.contains(&port) && shown.stderr.contains("--port"), "{}", shown.stderr);
}

#[cfg(unix)]
#[test]
fn sigterm_ends_it_like_ctrl_c() {
    for name in ["TERM", "INT"] {
        let serving = Serving::start();
        // An idle connection has no pending response.
        let _idle = TcpStream::connect(&serving.address).unwrap();
        serving.signal(name);
        assert_eq!(serving.end(), Some(0), "{name}");
    }
}

/// Connects a client that has sent half a request.
#[cfg(unix)]
fn stalled(address: &str) -> TcpStream {
    let mut stream = TcpStream::connect(address).unwrap();
    let head = b"POST /v3/p/jobs HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 4\r\n\r\n";
    stream.write_all(head).unwrap();
    let mut response = [0; 12];
    stream.read_exact(&mut response).unwrap();
    assert_eq!(&response, b"HTTP/1.1 100");
    stream
}

#[cfg(unix)]
#[test]
fn a_stalled_client_does_not_delay_the_end() {
    let serving = Serving::start();
    let _stalled = stalled(&serving.address);
    serving.signal("TERM");
    assert_eq!(serving.end(), Some(0));
}

#[cfg(unix)]
#[test]
fn a_second_signal_ends_it_at_once() {
    let serving = Serving::start();
    let _stalled = stalled(&serving.address);
    serving.signal("TERM");
    // It accepts no connections after the first signal.
    while TcpStream::connect(&serving.address).is_ok() {
        std::thread::yield_now();
    }
    serving.signal("INT");
    assert_eq!(serving.end(), Some(0));
}

#[test]
fn the_health_check_needs_no_token() {
    let serving = Serving::start();
    let get = |path: &str| {
        let mut stream = TcpStream::connect(&serving.address).unwrap();
        write!(stream, "GET {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n").unwrap();
        let mut response = String::new();
        stream.read_to_string(&mut response).unwrap();
        let (head, body) = response.split_once("\r\n\r\n").unwrap();
        (head.lines().next().unwrap().to_owned(), body.to_owned())
    };
    assert_eq!(get("/healthz"), ("HTTP/1.1 200 OK".to_owned(), "ok\n".to_owned()));
    let (status, text) = get("/");
    assert!(status == "HTTP/1.1 200 OK" && text.contains("emulator of drs"), "{status} {text}");
}
