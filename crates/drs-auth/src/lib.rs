//! Credentials of the DRS API.

mod access_key;
mod canonical;
mod date;
mod difference;
pub mod endpoint;
mod excerpt;
pub mod iam;
mod secrets;
mod sign;
pub mod sources;
mod verify;

pub use access_key::AccessKey;
pub use canonical::CanonicalRequest;
pub use difference::{CanonicalDifference, Part, canonical_difference};
pub use drs_types::Redacted;
pub use excerpt::Excerpt;
pub use secrets::Secrets;
pub use sign::{SignError, Signed, Signer};
pub use verify::{MAX_CLOCK_SKEW, SignatureError, Verified, verify};
