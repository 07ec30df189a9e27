//! Signing, verifying, and reading credentials, on values and strings.
#![allow(clippy::unwrap_used)]

mod iam;
mod laws;
mod provide;
mod refusals;
mod sources;
mod vectors;

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use drs_auth::AccessKey;
use http::request::Parts;

/// A secret that must never be seen.
const SECRET: &str = "s3cr3t-k3y/+%";
/// A security token that must never be seen.
const TOKEN: &str = "t0k3n+/=%";

/// 2024-01-02T03:04:05Z.
fn now() -> SystemTime {
    UNIX_EPOCH + Duration::from_secs(1_704_164_645)
}

fn key() -> AccessKey {
    AccessKey::new("AKEXAMPLE", SECRET).with_security_token(TOKEN)
}

fn post(uri: &str) -> Parts {
    let request = http::Request::post(uri).header("Content-Type", "application/json").body(());
    request.unwrap().into_parts().0
}

/// An error as a user sees it, with its cause; neither form has a secret.
fn shown(error: &dyn std::error::Error) -> String {
    let cause = error.source().map(|cause| format!(": {cause}")).unwrap_or_default();
    let (text, debug) = (format!("{error}{cause}"), format!("{error:?}"));
    for secret in [SECRET, TOKEN] {
        assert!(!text.contains(secret) && !debug.contains(secret), "a secret leaked: {text} {debug}");
    }
    text
}
