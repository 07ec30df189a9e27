//! `drs serve` in the foreground.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::process::{Child, Command, Stdio};

use serde_json::Value;

/// Ends the process when the test ends, however it ends.
struct Serving(Child);

impl Drop for Serving {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

#[test]
fn the_printed_line_asks_for_a_documented_example() {
    let child = Command::new(assert_cmd::cargo::cargo_bin!("drs")).arg("serve").stdout(Stdio::piped()).spawn().unwrap();
    let mut serving = Serving(child);
    let mut lines = BufReader::new(serving.0.stdout.take().unwrap()).lines().map(Result::unwrap);
    let first = lines.next().unwrap();
    let address = first.strip_prefix("The emulator listens on http://").unwrap().to_owned();
    let curl = lines.find(|line| line.starts_with("curl ")).unwrap();

    // Sends what the line says, without needing curl.
    let quoted: Vec<&str> = curl.split('\'').skip(1).step_by(2).collect();
    let [url, token, content_type, body] = quoted[..] else { panic!("{curl}") };
    let path = url.strip_prefix(&format!("http://{address}")).unwrap();
    let mut stream = TcpStream::connect(&address).unwrap();
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
