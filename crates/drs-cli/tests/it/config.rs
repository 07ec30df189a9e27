//! `drs config show` and `drs config check`.

use std::net::TcpListener;
use std::time::{Duration, SystemTime};

use drs_auth::{AccessKey, SignatureError, verify};
use drs_emulator::{demo_access_key, project_id};
use insta::assert_snapshot;
use serde_json::Value;

use crate::serve::Serving;
use crate::service::{respond_once, respond_with};
use crate::{Run, drs, run, stable};

const KEY: [(&str, &str); 2] = [("HW_ACCESS_KEY", "AKEXAMPLE"), ("HW_SECRET_KEY", "s3cr3t")];

fn shown(arguments: &[&str], environment: &[(&str, &str)]) -> Run {
    run(drs(&[&["config", "show"], arguments].concat()).envs(environment.iter().copied()))
}

#[test]
fn every_setting_is_listed_with_its_origin_and_secrets_are_masked() {
    let region = ["--region", "eu-de"];
    let text = shown(&region, &KEY);
    assert_eq!(text.code, 0, "{}", text.stderr);
    assert_snapshot!(text.stdout, @"
    access key      AKEXAMPLE  (HW_ACCESS_KEY)
    secret key      •••  (HW_SECRET_KEY)
    region          eu-de  (--region)
    endpoint        https://drs.eu-de.otc.t-systems.com  (the documented address of the region eu-de)
    IAM endpoint    https://iam.eu-de.otc.t-systems.com  (the documented address of the region eu-de)
    ");
    assert_snapshot!(text.stderr, @r#"note: IAM is asked for the id of the project "eu-de""#);
    let json = shown(&[&region[..], &["--project-id", "p", "--output", "json"]].concat(), &KEY);
    assert_eq!((json.code, json.stderr.as_str()), (0, ""));
    assert_snapshot!(json.stdout, @r#"
    {
      "missing": [],
      "settings": [
        {
          "origin": "HW_ACCESS_KEY",
          "secret": false,
          "setting": "access key",
          "value": "AKEXAMPLE"
        },
        {
          "origin": "HW_SECRET_KEY",
          "secret": true,
          "setting": "secret key",
          "value": "•••"
        },
        {
          "origin": "--project-id",
          "secret": false,
          "setting": "project id",
          "value": "p"
        },
        {
          "origin": "--region",
          "secret": false,
          "setting": "region",
          "value": "eu-de"
        },
        {
          "origin": "the documented address of the region eu-de",
          "secret": false,
          "setting": "endpoint",
          "value": "https://drs.eu-de.otc.t-systems.com"
        },
        {
          "origin": "the documented address of the region eu-de",
          "secret": false,
          "setting": "IAM endpoint",
          "value": "https://iam.eu-de.otc.t-systems.com"
        }
      ]
    }
    "#);
}

#[test]
fn what_is_missing_is_named_and_is_exit_2() {
    let text = shown(&[], &[("OS_USERNAME", "u"), ("OS_PASSWORD", "s3cr3t"), ("OS_DOMAIN_NAME", "d")]);
    assert_eq!(text.code, 2);
    assert_snapshot!(text.stdout, @"
    user            u  (OS_USERNAME)
    password        •••  (OS_PASSWORD)
    domain          d  (OS_DOMAIN_NAME)
    ");
    assert_snapshot!(text.stderr, @"
    error: the service cannot be reached without: endpoint, project, IAM endpoint
      endpoint: give --region NAME or --endpoint URL (or HW_REGION_NAME)
      project: give --project-id ID (or HUAWEICLOUD_SDK_PROJECT_ID), or --region NAME to have it looked up
      IAM endpoint: give --iam-endpoint URL or --region NAME (or HW_REGION_NAME)
      drs config show lists what is found, and drs config --help where it is looked for.
      To try it without an account, add --embedded for an emulator with the documented tasks.
    ");
    let json = shown(&["--output", "json"], &KEY);
    assert_eq!(json.code, 2);
    let document: Value = serde_json::from_str(&json.stdout).unwrap();
    assert_eq!(document["missing"], serde_json::json!(["endpoint", "project"]));
    let error: Value = serde_json::from_str(&json.stderr).unwrap();
    assert_eq!(error["error"]["exit"], 2);
}

/// Checks the settings with an access key against an endpoint.
fn checked(endpoint: &str, key: &AccessKey, more: &[&str]) -> Run {
    let mut command = drs(&[&["config", "check", "--endpoint", endpoint], more].concat());
    run(command.env("HW_ACCESS_KEY", &key.access).env("HW_SECRET_KEY", key.secret.expose()))
}

/// The first line of a failed check.
fn cause(shown: &Run) -> String {
    assert_eq!((shown.code, shown.stdout.as_str()), (3, ""), "{}", shown.stderr);
    assert!(!shown.stderr.contains("s3cr3t"), "{}", shown.stderr);
    shown.stderr.lines().next().unwrap().to_owned()
}

#[test]
fn a_check_sends_one_call_that_changes_nothing() {
    let (emulator, _stable) = (Serving::start(), stable());
    let endpoint = format!("http://{}", emulator.address);
    let shown = checked(&endpoint, &demo_access_key(), &["--project-id", project_id()]);
    assert_eq!(shown.code, 0, "{}", shown.stderr);
    assert_snapshot!(shown.stdout);
    let shown = run(&mut drs(&["config", "check"]));
    assert_eq!(shown.code, 2);
}

#[test]
fn a_wrong_secret_an_unknown_key_and_another_project_are_told_apart() {
    let (emulator, _stable, demo) = (Serving::start(), stable(), demo_access_key());
    let endpoint = format!("http://{}", emulator.address);
    let project = ["--project-id", project_id()];
    let cause = |key: &AccessKey, more: &[&str]| cause(&checked(&endpoint, key, more));
    assert_snapshot!(cause(&AccessKey::new(&demo.access, "s3cr3t"), &project), @"error: secret key: it is not the one of the access key AKEXAMPLE000000000000 (HW_SECRET_KEY)");
    assert_snapshot!(cause(&AccessKey::new("AKUNKNOWN", "s3cr3t"), &project), @"error: access key: the service does not know AKUNKNOWN (HW_ACCESS_KEY), or it is of another region or vendor");
    assert_snapshot!(cause(&AccessKey::new("AKIAEXAMPLE", "s3cr3t"), &project), @"error: access key: AKIAEXAMPLE has the form of a key of Amazon Web Services, not of this cloud");
    assert_snapshot!(cause(&demo, &["--project-id", "another"]), @"error: project: the credentials are not of the project another (--project-id)");
}

#[test]
fn iam_tells_another_project_from_an_endpoint_of_another_region() {
    let (emulator, _stable) = (Serving::start(), stable());
    let iam = format!("http://{}", emulator.address);
    let with = |key: &AccessKey, project: &str| {
        let endpoint = respond_once("401 Unauthorized", UNAUTHORIZED.to_owned());
        let place = ["--region", "eu-de", "--iam-endpoint", &iam, "--project-id", project];
        cause(&checked(&endpoint, key, &place))
    };
    assert_snapshot!(with(&demo_access_key(), "another"), @r#"error: project: the project "eu-de" has the id 054ba152d480d55b2f5dc0069e7ddef0, and another (--project-id) is another one"#);
    assert_snapshot!(with(&demo_access_key(), project_id()), @r#"error: region: IAM accepts the credentials for "eu-de", but the endpoint http://127.0.0.1:PORT/ (--endpoint) does not"#);
    assert_snapshot!(with(&key(), project_id()), @"error: access key: the service does not know AKEXAMPLE (HW_ACCESS_KEY), or it is of another region or vendor");
}

#[test]
fn a_key_that_iam_refuses_is_explained_without_a_project_id() {
    let (emulator, _stable, demo) = (Serving::start(), stable(), demo_access_key());
    let endpoint = format!("http://{}", emulator.address);
    let with = |key: &AccessKey| checked(&endpoint, key, &["--region", "eu-de", "--iam-endpoint", &endpoint]);
    assert_eq!(with(&demo).code, 0);
    assert_snapshot!(cause(&with(&AccessKey::new(&demo.access, "s3cr3t"))), @"error: secret key: it is not the one of the access key AKEXAMPLE000000000000 (HW_SECRET_KEY)");
    assert_snapshot!(cause(&with(&AccessKey::new("AKUNKNOWN", "s3cr3t"))), @"error: access key: the service does not know AKUNKNOWN (HW_ACCESS_KEY), or it is of another region or vendor");
    let unreachable = respond_with(|_| (503, String::new(), String::new()));
    let place = ["--region", "eu-de", "--iam-endpoint", &unreachable, "--retries", "0"];
    let said = cause(&checked(&endpoint, &demo, &place));
    assert!(said.starts_with("error: IAM refused: 503"), "{said}");
}

fn key() -> AccessKey {
    AccessKey::new("AKEXAMPLE", "s3cr3t")
}

const UNAUTHORIZED: &str = r#"{"error_code":"APIGW.0301","error_msg":"Incorrect IAM authentication information"}"#;

#[test]
fn a_wrong_clock_is_found_by_the_date_of_the_service() {
    let project = ["--project-id", "p"];
    for (direction, date) in [
        ("ahead of", SystemTime::now() - Duration::from_hours(1)),
        ("behind", SystemTime::now() + Duration::from_hours(1) + Duration::from_secs(30)),
    ] {
        let date = httpdate::fmt_http_date(date);
        let endpoint = respond_with(move |_| (401, format!("Date: {date}\r\n"), UNAUTHORIZED.to_owned()));
        let said = cause(&checked(&endpoint, &key(), &project));
        let expected = format!("error: clock: this machine is 60 minutes {direction} the service");
        assert!(said.starts_with(&expected), "{said}");
    }
}

#[test]
fn a_gateway_that_signs_another_request_shows_the_first_line_that_differs() {
    let endpoint = respond_with(|request| {
        // As behind a proxy that rewrites the host.
        let (head, body) = request.split_once("\r\n\r\n").unwrap();
        let mut lines = head.lines();
        let mut words = lines.next().unwrap().split(' ');
        let mut rewritten = http::Request::builder().method(words.next().unwrap()).uri(words.next().unwrap());
        for (name, value) in lines.map(|line| line.split_once(": ").unwrap()) {
            let is_host = name.eq_ignore_ascii_case("host");
            rewritten = rewritten.header(name, if is_host { "proxy.example" } else { value });
        }
        let (head, ()) = rewritten.body(()).unwrap().into_parts();
        let refused = verify(&head, body.as_bytes(), |_| Some(key()), SystemTime::now()).unwrap_err();
        let SignatureError::Mismatch { canonical_request } = refused else { panic!("{refused}") };
        let message = format!("verify aksk signature fail, canonicalRequest:{}", canonical_request.echo());
        (401, String::new(), serde_json::json!({ "error_code": "APIGW.0301", "error_msg": message }).to_string())
    });
    let _stable = stable();
    assert_snapshot!(cause(&checked(&endpoint, &key(), &["--project-id", "p"])));
}

#[test]
fn rights_and_a_wrong_endpoint_are_named() {
    let _stable = stable();
    let against = |status: &str, body: &str| {
        let endpoint = respond_once(status, body.to_owned());
        cause(&checked(&endpoint, &key(), &["--project-id", "p"]))
    };
    let code = |code: &str| format!(r#"{{"error_code":"{code}","error_msg":"no"}}"#);
    assert_snapshot!(against("403 Forbidden", &code("DRS.M00102")), @"error: rights: The account may not do this.");
    assert_snapshot!(against("403 Forbidden", &code("APIGW.0306")), @"error: rights: the user may not list tasks in this project; IAM policies allow it");
    assert_snapshot!(against("404 Not Found", &code("APIGW.0101")), @"error: region: there is no such API at the endpoint http://127.0.0.1:PORT/ (--endpoint)");
    assert_snapshot!(against("401 Unauthorized", UNAUTHORIZED), @"error: access key: the service does not know AKEXAMPLE (HW_ACCESS_KEY), or it is of another region or vendor");
}

#[test]
fn a_service_that_cannot_be_reached_is_reported_as_for_any_call() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let endpoint = format!("http://{}", listener.local_addr().unwrap());
    drop(listener);
    let said = cause(&checked(&endpoint, &key(), &["--project-id", "p", "--retries", "0"]));
    assert!(said.contains("was not sent: 127.0.0.1:"), "{said}");
}
