//! Refused signatures, and their messages.

use std::time::Duration;

use drs_auth::{AccessKey, SignatureError, Signer, canonical_difference, verify};
use http::HeaderValue;
use http::request::Parts;

use crate::{key, now, post, shown};

const BODY: &[u8] = br#"{"jobs":["a"]}"#;

fn signed() -> Parts {
    let mut head = post("https://drs.example/v3/p/jobs?b=2&a=1");
    Signer::new(&key()).project_id("p").sign(&head, BODY, now()).unwrap().apply(&mut head);
    head
}

fn refused(change: impl FnOnce(&mut Parts)) -> SignatureError {
    let mut head = signed();
    assert!(verify(&head, BODY, |_| Some(key()), now()).is_ok());
    change(&mut head);
    verify(&head, BODY, |_| Some(key()), now()).unwrap_err()
}

fn set(head: &mut Parts, name: &'static str, value: &str) {
    head.headers.insert(name, HeaderValue::from_str(value).unwrap());
}

/// The refusal of an `Authorization` in which one text is replaced by another.
fn refused_with(from: &str, to: &str) -> SignatureError {
    refused(|head| {
        let text = head.headers["authorization"].to_str().unwrap().replace(from, to);
        set(head, "authorization", &text);
    })
}

#[test]
fn each_refusal_says_what_is_wrong() {
    let digit = |head: &mut Parts| {
        let text = head.headers["authorization"].to_str().unwrap().to_owned();
        let other = if text.ends_with('0') { "1" } else { "0" };
        set(head, "authorization", &(text[..text.len() - 1].to_owned() + other));
    };
    let another_token = || {
        let key = key().with_security_token("another");
        verify(&signed(), BODY, |_| Some(key), now()).unwrap_err()
    };
    let errors = [
        refused(|head| drop(head.headers.remove("authorization"))),
        refused(|head| assert!(head.headers.append("authorization", HeaderValue::from_static("Bearer x")))),
        refused(|head| set(head, "authorization", "Bearer s3cr3t-k3y/+%")),
        refused_with("SDK-HMAC-SHA256 ", "SDK-HMAC-SHA256"),
        refused_with("Access=", "Access "),
        refused_with("Access=AKEXAMPLE, ", ""),
        refused_with("Access=", "Signature=1, Access="),
        refused_with("Access=", "Region=1, Access="),
        refused_with("Signature=", "Signature=0"),
        refused_with("SignedHeaders=", "SignedHeaders=Host;"),
        refused_with("SignedHeaders=", "SignedHeaders=x-alpha;"),
        refused(|head| drop(head.headers.remove("x-sdk-date"))),
        refused(|head| set(head, "x-sdk-date", "yesterday")),
        verify(&signed(), BODY, |_| None, now()).unwrap_err(),
        verify(&signed(), BODY, |_| Some(key()), now() + Duration::from_secs(901)).unwrap_err(),
        verify(&signed(), BODY, |_| Some(key()), now() - Duration::from_secs(901)).unwrap_err(),
        refused(digit),
        another_token(),
    ];
    let messages: Vec<String> = errors.iter().map(|error| shown(error)).collect();
    insta::assert_snapshot!(messages.join("\n"));
}

#[test]
fn a_clock_may_be_off_by_fifteen_minutes() {
    for skew in [Duration::from_mins(15), Duration::ZERO] {
        assert!(verify(&signed(), BODY, |_| Some(key()), now() + skew).is_ok());
        assert!(verify(&signed(), BODY, |_| Some(key()), now() - skew).is_ok());
    }
}

#[test]
fn a_hash_that_the_sender_gives_must_be_the_hash_of_the_body() {
    let mut head = post("https://drs.example/");
    set(&mut head, "x-sdk-content-sha256", "27f7a1afa9cd60e7ea29284ece8b17e5538ce6789b3220bfe03bc5382b33b83a");
    Signer::new(&key()).sign(&head, BODY, now()).unwrap().apply(&mut head);
    let error = verify(&head, BODY, |_| Some(key()), now()).unwrap_err();
    assert!(matches!(error, SignatureError::BodyHash), "{error:?}");
}

#[test]
fn a_request_that_cannot_be_signed_says_why() {
    let sign = |head: &Parts, key: &AccessKey| shown(&Signer::new(key).sign(head, BODY, now()).unwrap_err());
    let mut dated = post("https://drs.example/");
    set(&mut dated, "x-sdk-date", "2024-01-02");
    let mut latin = post("https://drs.example/");
    latin.headers.insert("content-type", HeaderValue::from_bytes(b"application/json;\xff").unwrap());
    let early = std::time::UNIX_EPOCH - Duration::from_secs(1);
    let messages = [
        sign(&post("/v3/p"), &key()),
        shown(&Signer::new(&key()).sign(&post("https://drs.example/"), BODY, early).unwrap_err()),
        sign(&dated, &key()),
        sign(&latin, &key()),
        sign(&post("https://drs.example/"), &key().with_security_token("t0k3n+/=%\n")),
    ];
    insta::assert_snapshot!(messages.join("\n"));
}

#[test]
fn the_first_line_that_differs_is_named() {
    let ours = Signer::new(&key()).sign(&post("https://drs.example/v3/p?a=1"), BODY, now()).unwrap().canonical_request;
    let echo = ours.echo();
    assert!(!echo.contains(crate::TOKEN) && echo.contains("|x-security-token:•••|"), "{echo}");
    for same in [echo.clone(), ours.to_string(), ours.expose().to_owned(), format!(" {echo}\n")] {
        assert_eq!(canonical_difference(&ours, &same), None, "{same}");
    }
    let difference = |from: &str, to: &str| canonical_difference(&ours, &echo.replace(from, to)).unwrap().to_string();
    let messages = [
        difference("POST", "GET"),
        difference("/v3/p/", "/v3/p"),
        difference("a=1", ""),
        difference("host:drs.example", "host:drs.example:443"),
        difference("x-security-token:•••|", ""),
        difference("content-type;", ""),
        difference("|", "||"),
        canonical_difference(&ours, &echo[..echo.len() - 1]).unwrap().to_string(),
        canonical_difference(&ours, &echo[..echo.len() - 65]).unwrap().to_string(),
        canonical_difference(&ours, "").unwrap().to_string(),
        canonical_difference(&ours, &"x".repeat(300)).unwrap().to_string(),
    ];
    insta::assert_snapshot!(messages.join("\n"));
}

#[test]
fn no_form_of_a_signature_shows_a_secret() {
    let head = post("https://drs.example/v3/p");
    let signed = Signer::new(&key()).sign(&head, BODY, now()).unwrap();
    let error = verify(&signed_by_another(), BODY, |_| Some(key()), now()).unwrap_err();
    let shown = format!("{:?} {signed:?} {error:?} {error} {:?}", key(), Signer::new(&key()));
    assert!(!shown.contains(crate::SECRET) && !shown.contains(crate::TOKEN), "{shown}");
}

fn signed_by_another() -> Parts {
    let mut head = post("https://drs.example/v3/p");
    let key = AccessKey::new("AKEXAMPLE", "another").with_security_token(crate::TOKEN);
    Signer::new(&key).sign(&head, BODY, now()).unwrap().apply(&mut head);
    head
}
