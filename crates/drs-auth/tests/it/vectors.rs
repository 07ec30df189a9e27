//! Signatures that the vendor's SDK made, byte for byte.

use std::collections::BTreeMap;

use drs_auth::{AccessKey, Signer, verify};
use http::request::Parts;
use http::{HeaderName, HeaderValue, Method};
use serde::Deserialize;

use crate::now;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Vector {
    name: String,
    request: Request,
    query: Vec<(String, String)>,
    key: Key,
    project_id: Option<String>,
    canonical_request: Vec<String>,
    string_to_sign: Vec<String>,
    authorization: String,
    sent_headers: BTreeMap<String, String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Request {
    method: String,
    /// As the SDK sends it, the query in its canonical form.
    uri: String,
    headers: BTreeMap<String, String>,
    body: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Key {
    access: String,
    secret: String,
    security_token: Option<String>,
}

impl Vector {
    fn key(&self) -> AccessKey {
        let key = AccessKey::new(&self.key.access, &*self.key.secret);
        key.with_security_token(self.key.security_token.clone().unwrap_or_default())
    }

    fn body(&self) -> &[u8] {
        self.request.body.as_deref().unwrap_or_default().as_bytes()
    }

    /// The request before it is signed, at an address with the query as its pairs were given.
    fn head(&self) -> Parts {
        let mut uri = self.request.uri.split('?').next().unwrap().to_owned();
        if !self.query.is_empty() {
            uri.push('?');
            uri.push_str(&form(&self.query));
        }
        let mut head = http::Request::new(()).into_parts().0;
        head.uri = uri.parse().unwrap();
        head.method = Method::from_bytes(self.request.method.as_bytes()).unwrap();
        for (name, value) in &self.request.headers {
            head.headers.insert(HeaderName::try_from(name).unwrap(), HeaderValue::from_str(value).unwrap());
        }
        if self.key.security_token.as_deref() == Some("") {
            // The SDK sends an empty token; we do so only when the caller adds it.
            head.headers.insert("x-security-token", HeaderValue::from_static(""));
        }
        head
    }
}

/// Pairs as a form has them: unsorted, with `+` for a space.
fn form(pairs: &[(String, String)]) -> String {
    let encoded = |text: &str| -> String {
        let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._".contains(&byte);
        text.bytes()
            .map(|byte| match byte {
                b' ' => "+".to_owned(),
                byte if plain(byte) => char::from(byte).to_string(),
                byte => format!("%{byte:02x}"),
            })
            .collect()
    };
    pairs.iter().map(|(key, value)| format!("{}={}", encoded(key), encoded(value))).collect::<Vec<_>>().join("&")
}

fn vectors() -> Vec<Vector> {
    serde_json::from_str(include_str!("../signatures.json")).unwrap()
}

#[test]
fn signatures_are_those_of_the_sdk() {
    for vector in vectors() {
        let (key, mut head) = (vector.key(), vector.head());
        let mut by = Signer::new(&key).all_headers();
        if let Some(project_id) = &vector.project_id {
            by = by.project_id(project_id);
        }
        let signature = by.sign(&head, vector.body(), now()).unwrap();
        assert_eq!(signature.canonical_request.expose(), vector.canonical_request.join("\n"), "{}", vector.name);
        assert_eq!(signature.string_to_sign, vector.string_to_sign.join("\n"), "{}", vector.name);
        assert_eq!(signature.authorization.to_str().unwrap(), vector.authorization, "{}", vector.name);
        signature.apply(&mut head);
        assert_eq!(head.uri.to_string(), vector.request.uri, "{}", vector.name);
        assert_eq!(head.headers.remove("authorization").unwrap(), vector.authorization, "{}", vector.name);
        // White space around a value is not part of it, in HTTP.
        let sent =
            head.headers.iter().map(|(name, value)| (name.to_string(), value.to_str().unwrap().trim().to_owned()));
        let expected = vector.sent_headers.iter().map(|(name, value)| (name.to_lowercase(), value.clone()));
        assert_eq!(sent.collect::<BTreeMap<_, _>>(), expected.collect(), "{}", vector.name);
    }
}

#[test]
fn signatures_of_the_sdk_are_verified() {
    let vectors = vectors();
    assert_eq!(vectors.len(), 21);
    for vector in vectors {
        let mut head = http::Request::new(()).into_parts().0;
        head.uri = vector.request.uri.parse().unwrap();
        head.method = Method::from_bytes(vector.request.method.as_bytes()).unwrap();
        for (name, value) in &vector.sent_headers {
            head.headers.insert(HeaderName::try_from(name).unwrap(), HeaderValue::from_str(value).unwrap());
        }
        head.headers.insert("authorization", HeaderValue::from_str(&vector.authorization).unwrap());
        let verified = verify(&head, vector.body(), |_| Some(vector.key()), now());
        assert_eq!(verified.unwrap().access, vector.key.access, "{}", vector.name);
    }
}
