//! Requests that are signed with an access key, over a real socket.

use std::time::{Duration, SystemTime};

use drs_auth::{AccessKey, CanonicalRequest, Signer, canonical_difference};
use drs_emulator::{Emulator, demo_access_key, project_id};
use http::HeaderValue;
use http::request::Parts;
use serde_json::{Value, json};

use crate::{MYSQL, documented_path, send};

/// The documented call, signed by a key.
struct Call {
    head: Parts,
    body: Vec<u8>,
    canonical_request: CanonicalRequest,
}

impl Call {
    fn signed(emulator: &Emulator, key: &AccessKey) -> Self {
        Self::signed_at(emulator, key, SystemTime::now())
    }

    fn signed_at(emulator: &Emulator, key: &AccessKey, now: SystemTime) -> Self {
        let body = json!({ "jobs": [MYSQL] }).to_string().into_bytes();
        let url = format!("{}{}", emulator.url(), documented_path());
        let request = http::Request::post(url).header("Content-Type", "application/json").body(()).unwrap();
        let (mut head, ()) = request.into_parts();
        let signed = Signer::new(key).project_id(project_id()).sign(&head, &body, now).unwrap();
        let canonical_request = signed.canonical_request.clone();
        signed.apply(&mut head);
        Self { head, body, canonical_request }
    }

    fn header(mut self, name: &'static str, value: &str) -> Self {
        self.head.headers.insert(name, HeaderValue::from_str(value).unwrap());
        self
    }

    async fn send(self) -> (u16, Value) {
        let response = send(http::Request::from_parts(self.head, self.body)).await.unwrap();
        (response.status().as_u16(), serde_json::from_slice(response.body()).unwrap())
    }

    /// Sends it; returns the message of the gateway.
    async fn refused(self) -> String {
        let (status, body) = self.send().await;
        assert_eq!((status, &body["error_code"]), (401, &json!("APIGW.0301")), "{body}");
        body["error_msg"].as_str().unwrap().to_owned()
    }
}

fn echo(message: &str) -> &str {
    message.split_once("canonicalRequest:").unwrap().1
}

#[tokio::test]
async fn a_request_signed_with_the_demo_key_gets_its_documented_response() {
    let emulator = Emulator::start(0).await.unwrap();
    let (status, body) = Call::signed(&emulator, &demo_access_key()).send().await;
    assert_eq!((status, &body["results"][0]["precheck_id"]), (200, &json!(MYSQL)));
}

#[test]
fn the_demo_key_is_the_one_of_the_published_vectors() {
    let vectors = concat!(env!("CARGO_MANIFEST_DIR"), "/../drs-auth/tests/signatures.json");
    let vectors: Value = serde_json::from_slice(&std::fs::read(vectors).unwrap()).unwrap();
    let key = demo_access_key();
    assert_eq!((&json!(key.access), &json!(key.secret)), (&vectors[0]["key"]["access"], &vectors[0]["key"]["secret"]));
}

#[tokio::test]
async fn a_wrong_secret_is_refused_with_the_same_canonical_request() {
    let emulator = Emulator::start(0).await.unwrap();
    let call = Call::signed(&emulator, &AccessKey::new(demo_access_key().access, "wrong"));
    let ours = call.canonical_request.clone();
    let message = call.refused().await;
    let start = "Incorrect IAM authentication information: verify aksk signature fail, canonicalRequest:POST|/v3/";
    assert!(message.starts_with(start), "{message}");
    assert_eq!(canonical_difference(&ours, echo(&message)), None);
}

#[tokio::test]
async fn what_was_changed_on_the_way_is_named() {
    let emulator = Emulator::start(0).await.unwrap();
    let call = Call::signed(&emulator, &demo_access_key()).header("x-project-id", "other");
    let ours = call.canonical_request.clone();
    let message = call.refused().await;
    let difference = canonical_difference(&ours, echo(&message)).unwrap();
    assert_eq!(difference.theirs.as_deref(), Some("x-project-id:other"));

    let mut call = Call::signed(&emulator, &demo_access_key());
    call.body.push(b' ');
    let ours = call.canonical_request.clone();
    let message = call.refused().await;
    let difference = canonical_difference(&ours, echo(&message)).unwrap();
    assert_eq!(difference.part, drs_auth::CanonicalPart::BodyHash);
}

#[tokio::test]
async fn each_refusal_says_what_is_wrong() {
    let emulator = Emulator::start(0).await.unwrap();
    let key = demo_access_key();
    let signed = || Call::signed(&emulator, &key);
    let mut undated = signed();
    undated.head.headers.remove("x-sdk-date");
    let messages = [
        Call::signed(&emulator, &AccessKey::new("AKOTHER", "x")).refused().await,
        signed().header("authorization", "SDK-HMAC-SHA256 Access=AKEXAMPLE000000000000").refused().await,
        undated.refused().await,
    ];
    insta::assert_snapshot!(messages.join("\n"), @r#"
    Incorrect IAM authentication information: the access key "AKOTHER" is unknown
    Incorrect IAM authentication information: the header `Authorization` is malformed: `Signature` is missing; expected `SDK-HMAC-SHA256 Access=…, SignedHeaders=…, Signature=…`
    Incorrect IAM authentication information: the header `X-Sdk-Date` is missing
    "#);
    let early = SystemTime::now() - Duration::from_mins(16);
    let message = Call::signed_at(&emulator, &key, early).refused().await;
    assert!(message.contains("more than 15 minutes from the time of the server"), "{message}");
}

#[tokio::test]
async fn a_valid_token_does_not_make_up_for_a_wrong_signature() {
    let emulator = Emulator::start(0).await.unwrap();
    let key = AccessKey::new(demo_access_key().access, "wrong");
    Call::signed(&emulator, &key).header("x-auth-token", "any").refused().await;
}

#[tokio::test]
async fn another_access_key_takes_the_place_of_the_demo_key() {
    let key = AccessKey::new("AKMINE", "hunter2");
    let emulator = Emulator::builder().access_key(key.clone()).start().await.unwrap();
    assert_eq!(Call::signed(&emulator, &key).send().await.0, 200);
    Call::signed(&emulator, &demo_access_key()).refused().await;
}

#[tokio::test]
async fn the_security_token_of_a_temporary_key_is_verified_and_never_shown() {
    let permanent = AccessKey::new("AKMINE", "hunter2");
    let temporary = permanent.clone().with_security_token("security-token-1");
    let emulator = Emulator::builder().access_key(temporary.clone()).start().await.unwrap();
    assert_eq!(Call::signed(&emulator, &temporary).send().await.0, 200);
    let without = Call::signed(&emulator, &permanent).refused().await;
    assert!(without.contains("X-Security-Token"), "{without}");
    let other = permanent.with_security_token("security-token-2");
    let other = Call::signed(&emulator, &other).refused().await;
    assert!(other.contains("X-Security-Token"), "{other}");
    let changed = Call::signed(&emulator, &temporary).header("x-security-token", "security-token-2").refused().await;
    assert!(changed.contains("|x-security-token:•••|"), "{changed}");
    assert!(![without, other, changed].concat().contains("security-token-"));
}
