//! Credentials of the DRS API: where users keep them, tokens from IAM, and signatures with an access key.
//!
//! The crate does no I/O: it reads no environment, no file and no clock, and has no HTTP client. A caller passes values,
//! lookups and functions. `drs` finds credentials with it, `drs-client` sends with it, and `drs-emulator` verifies with it.
//!
//! | to | use |
//! |---|---|
//! | find the credentials that a user has, each value with its origin | [`sources`] |
//! | sign a request with an access key (AK/SK, SDK-HMAC-SHA256) | [`Signer`], or [`Credentials::authorize`] |
//! | find out why a gateway refuses a signature | [`canonical_difference`] |
//! | verify a signature | [`verify`] |
//! | get a token for a user and a password, or the id of a project | [`iam`] |
//! | give a client its credentials, from wherever | [`ProvideCredentials`] |
//! | read the address of a service | [`endpoint`] |
//! | keep secrets out of what people see | [`Secrets`], [`BodyExcerpt`] |
//!
//! Secrets are [`Redacted`], headers with secrets are marked as sensitive, and no `Debug`, `Display` or error shows one.
//! The body of [`iam::token_request`] has the password.
//!
//! # From the environment to a signed request
//!
//! ```
//! use std::time::SystemTime;
//!
//! use drs_auth::Credentials;
//! use drs_auth::sources::{Setting, Sources};
//!
//! // A program passes `|name| std::env::var(name).ok()`.
//! let environment = |name: &str| match name {
//!     "HUAWEICLOUD_SDK_AK" => Some("AKEXAMPLE".to_owned()),
//!     "HUAWEICLOUD_SDK_SK" => Some("hunter2".to_owned()),
//!     _ => None,
//! };
//! let found = Sources::new(&environment).flag(Setting::Region, "--region", "cn-north-4").resolve()?;
//! let key = found.credentials.and_then(|credentials| credentials.access_key()).ok_or("no access key")?;
//! let url = found.endpoint.ok_or("no endpoint")?.value.join("v3/p1/jobs")?;
//!
//! let request = http::Request::get(url.as_str()).body(Vec::new())?;
//! let request = Credentials::from(key).authorize(request, Some("p1"), SystemTime::now())?;
//! assert_eq!(request.headers()["host"], "drs.cn-north-4.myhuaweicloud.com");
//! let authorization = request.headers()["authorization"].to_str()?;
//! assert!(authorization.starts_with("SDK-HMAC-SHA256 Access=AKEXAMPLE, SignedHeaders=host;x-project-id;x-sdk-date, "));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod access_key;
mod canonical;
mod credentials;
mod date;
mod difference;
pub mod endpoint;
mod excerpt;
pub mod iam;
mod limits;
mod notations;
mod secrets;
mod sign;
pub mod sources;
mod verify;

pub use access_key::AccessKey;
pub use canonical::CanonicalRequest;
pub use credentials::{BoxFuture, Credentials, CredentialsError, ProvideCredentials};
pub use difference::{CanonicalDifference, CanonicalPart, canonical_difference};
pub use drs_types::Redacted;
pub use excerpt::BodyExcerpt;
pub use iam::IamToken;
pub use secrets::Secrets;
pub use sign::{SignError, Signed, Signer, X_SECURITY_TOKEN};
pub use verify::{MAX_CLOCK_SKEW, SignatureError, Verified, is_signed, verify};
