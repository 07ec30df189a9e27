//! `--retries` and `--verbose`: how often a call is sent, counted at the socket.

use std::io::Write as _;
use std::net::TcpListener;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use insta::assert_snapshot;

use crate::service::read_request;
use crate::{MYSQL, Run, drs, run};

/// Runs a command against a service that is always busy; returns the number of requests.
fn against_a_busy_service(arguments: &[&str]) -> (Run, usize) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let endpoint = format!("http://{}", listener.local_addr().unwrap());
    let requests = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&requests);
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            if !read_request(&mut stream).is_empty() {
                counted.fetch_add(1, Ordering::SeqCst);
            }
            let head = "HTTP/1.1 503 Busy\r\nX-Request-Id: r-1\r\nConnection: close\r\nContent-Length: 0\r\n\r\n";
            stream.write_all(head.as_bytes()).unwrap();
        }
    });
    let mut command = drs(&[arguments, &["--endpoint", &endpoint, "--project-id", "p"]].concat());
    let shown = run(command.env("OS_TOKEN", "s3cr3t"));
    assert_eq!(shown.code, 3, "{}", shown.stderr);
    (shown, requests.load(Ordering::SeqCst))
}

#[test]
fn a_call_that_may_be_sent_twice_is_sent_again_as_often_as_asked() {
    let results = ["precheck", "results", MYSQL];
    assert_eq!(against_a_busy_service(&results).1, 3);
    for (retries, requests) in [("0", 1), ("1", 2)] {
        let arguments = [&results[..], &["--retries", retries]].concat();
        assert_eq!(against_a_busy_service(&arguments).1, requests);
    }
}

#[test]
fn a_call_that_changes_something_is_sent_once() {
    let task = format!("jobs.0.job_id={MYSQL}");
    let delete = ["call", "batch_delete_jobs", "--field", &task, "--field", "jobs.0.delete_type=delete"];
    assert_eq!(against_a_busy_service(&[&delete[..], &["--retries", "9"]].concat()).1, 1);
}

#[test]
fn each_attempt_is_shown_with_verbose_and_none_without() {
    let arguments = ["precheck", "results", MYSQL, "--retries", "1"];
    let (shown, _) = against_a_busy_service(&[&arguments[..], &["--verbose"]].concat());
    let mut settings = insta::Settings::clone_current();
    settings.add_filter(r"wait=\S+", "wait=TIME");
    let _bound = settings.bind_to_scope();
    assert_snapshot!(shown.stderr, @r#"
    sending attempt=1
    failed: refused attempt=1 status=503 request_id="r-1"
    the call is sent again: refused attempt=1 wait=TIME
    sending attempt=2
    failed: refused attempt=2 status=503 request_id="r-1"
    error: batch_check_results: the response has status 503 Service Unavailable and no error code (request r-1): an empty body
      The problem may be temporary: try again in a minute.
    "#);
    let (silent, _) = against_a_busy_service(&arguments);
    assert_eq!(shown.stdout, silent.stdout);
    assert!(!silent.stderr.contains("attempt"), "{}", silent.stderr);
}
