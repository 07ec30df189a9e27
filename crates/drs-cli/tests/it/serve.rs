//! `drs serve` in the foreground.

use std::io::{BufRead, BufReader, Lines, Read, Write};
use std::net::TcpStream;
use std::process::{Child, ChildStdout, Command, Stdio};

use serde_json::Value;

/// A `drs serve` that ends when the test ends, however that ends.
pub(crate) struct Serving {
    process: Child,
    /// Where it listens, as `host:port`.
    pub(crate) address: String,
    /// What it prints after that.
    lines: Lines<BufReader<ChildStdout>>,
}

impl Serving {
    pub(crate) fn start() -> Self {
        let mut command = Command::new(assert_cmd::cargo::cargo_bin!("drs"));
        let mut process = command.arg("serve").stdout(Stdio::piped()).spawn().unwrap();
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
fn the_printed_line_asks_for_a_documented_example() {
    let mut serving = Serving::start();
    let curl = serving.lines.by_ref().map(Result::unwrap).find(|line| line.starts_with("curl ")).unwrap();
    let address = &serving.address;

    // Sends what the line says, without needing curl.
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
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    let (head, answer) = answer.split_once("\r\n\r\n").unwrap();
    assert!(head.starts_with("HTTP/1.1 200"), "{head}");

    let documented =
        concat!(env!("CARGO_MANIFEST_DIR"), "/../../schemas/v3/batch_check_results/examples/response.2.json");
    let documented: Value = serde_json::from_str(&std::fs::read_to_string(documented).unwrap()).unwrap();
    assert_eq!(serde_json::from_str::<Value>(answer).unwrap(), documented);
}

#[test]
fn a_port_that_is_taken_is_refused_with_a_way_out() {
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().port().to_string();
    let shown = crate::run(&mut crate::drs(&["serve", "--port", &port]));
    assert_eq!(shown.code, 2);
    assert!(shown.stderr.contains(&port) && shown.stderr.contains("--port"), "{}", shown.stderr);
}
