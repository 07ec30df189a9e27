//! Laws of signing and verifying.

use drs_auth::sources::Sources;
use drs_auth::{AccessKey, Signer, canonical_difference, verify};
use http::request::Parts;
use http::{HeaderName, HeaderValue, Method};
use proptest::prelude::*;

use crate::now;

fn methods() -> impl Strategy<Value = Method> {
    prop::sample::select(vec![Method::GET, Method::POST, Method::PUT, Method::DELETE])
}

prop_compose! {
    /// A request with any path, query and headers that HTTP can carry.
    fn requests()(
        method in methods(),
        path in "/[a-zA-Z0-9._~%/é|-]{0,20}",
        query in proptest::option::of("[a-z0-9&=+%.~é]{0,20}"),
        headers in prop::collection::vec(("[a-z][a-z0-9-]{0,8}", "[ -~é]{0,12}"), 0..4),
        kind in prop::sample::select(vec!["application/json", "text/plain"]),
    ) -> Parts {
        let query = query.map(|query| format!("?{query}")).unwrap_or_default();
        let mut head = http::Request::new(()).into_parts().0;
        head.method = method;
        head.uri = format!("https://drs.example:8443{path}{query}").parse().unwrap();
        for (name, value) in headers {
            let name: HeaderName = format!("z-{name}").parse().unwrap();
            head.headers.append(name, HeaderValue::from_bytes(value.as_bytes()).unwrap());
        }
        head.headers.insert("content-type", HeaderValue::from_static(kind));
        head
    }
}

prop_compose! {
    fn keys()(access in "[A-Z0-9]{1,20}", secret in "\\PC{0,80}", token in "[ -~]{0,30}") -> AccessKey {
        AccessKey::new(access, secret).with_security_token(token)
    }
}

fn sign(key: &AccessKey, head: &Parts, body: &[u8], all: bool) -> Parts {
    let signer = Signer::new(key).project_id("p");
    let signer = if all { signer.all_headers() } else { signer };
    let mut head = head.clone();
    signer.sign(&head, body, now()).unwrap().apply(&mut head);
    head
}

proptest! {
    #[test]
    fn what_is_signed_is_accepted(head in requests(), key in keys(), body: Vec<u8>, all: bool) {
        let head = sign(&key, &head, &body, all);
        let verified = verify(&head, &body, |_| Some(key.clone()), now());
        prop_assert_eq!(verified.unwrap().access, key.access);
    }

    #[test]
    fn a_changed_byte_of_the_body_is_refused(
        key in keys(), mut body in prop::collection::vec(any::<u8>(), 1..50), at: prop::sample::Index, flip in 1..=255u8,
    ) {
        let head = sign(&key, &crate::post("https://drs.example/"), &body, false);
        let at = at.index(body.len());
        body[at] ^= flip;
        prop_assert!(verify(&head, &body, |_| Some(key), now()).is_err());
    }

    /// Changes a byte of a signed header, of `Authorization`, or of path and query, to another letter or digit.
    #[test]
    fn a_changed_byte_of_the_head_is_refused(
        head in requests(), key in keys(), which: prop::sample::Index, at: prop::sample::Index, to in "[a-z0-9]",
    ) {
        let mut head = sign(&key, &head, b"x", true);
        let names: Vec<HeaderName> = head.headers.keys().cloned().collect();
        let which = which.index(names.len() + 1);
        let changed = |text: &[u8]| {
            let mut text = text.to_vec();
            let at = at.index(text.len().max(1));
            let is_plain = text.get(at).is_some_and(u8::is_ascii_alphanumeric) && !text.contains(&b'%');
            (is_plain && text[at] != to.as_bytes()[0]).then(|| { text[at] = to.as_bytes()[0]; text })
        };
        if let Some(name) = names.get(which) {
            let Some(value) = changed(head.headers[name].as_bytes()) else { return Ok(()) };
            head.headers.insert(name, HeaderValue::from_bytes(&value).unwrap());
        } else {
            let target = head.uri.path_and_query().unwrap().as_str().as_bytes().to_vec();
            let Some(target) = changed(&target) else { return Ok(()) };
            head.uri = format!("https://drs.example:8443{}", String::from_utf8(target).unwrap()).parse().unwrap();
        }
        let lookup = |access: &str| (access == key.access).then(|| key.clone());
        prop_assert!(verify(&head, b"x", lookup, now()).is_err());
    }

    #[test]
    fn another_secret_is_refused(head in requests(), key in keys(), other in "\\PC{0,80}") {
        let head = sign(&key, &head, b"x", false);
        // HMAC fills a short key with zeros.
        prop_assume!(key.secret.expose().trim_end_matches('\0') != other.trim_end_matches('\0'));
        let mut key = key;
        key.secret = other.into();
        prop_assert!(verify(&head, b"x", |_| Some(key), now()).is_err());
    }
}

proptest! {
    /// Only the two last lines of a file are random, so that it is not refused at its first character.
    #[test]
    fn no_input_is_too_odd(
        header in "\\PC{0,60}", line in "\\PC{0,40}", yaml in "[ -~\\n]{0,80}", echo in "[|\\n:;a-z]{0,60}",
    ) {
        let mut head = sign(&AccessKey::new("AK", "secret"), &crate::post("https://drs.example/"), b"x", false);
        let ours = Signer::new(&AccessKey::new("AK", "secret")).sign(&head, b"x", now()).unwrap().canonical_request;
        prop_assert!(canonical_difference(&ours, &echo).is_some());
        if let Ok(header) = HeaderValue::from_bytes(format!("SDK-HMAC-SHA256 {header}").as_bytes()) {
            head.headers.insert("authorization", header);
            prop_assert!(verify(&head, b"x", |_| None, now()).is_err());
        }
        let environment = |name: &str| (name == "OS_CLOUD").then(|| "otc".to_owned());
        let (ini, yaml) = (format!("[basic]\n{line}\nak = x"), format!("clouds:\n  otc:\n    auth:\n      {yaml}"));
        let sources = Sources::new(&environment).credentials_file("c", &ini).clouds_yaml("y", &yaml);
        let _ = sources.resolve().map_err(|error| error.to_string());
        let _ = drs_auth::endpoint::parse_iam(&line).map_err(|error| error.to_string());
    }
}
