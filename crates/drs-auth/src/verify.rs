//! Verifies signatures, as the vendor's gateway does.

use std::time::{Duration, SystemTime};

use hmac::Mac as _;
use http::HeaderMap;
use http::header::{AUTHORIZATION, HOST, HeaderName};
use http::request::Parts;
use thiserror::Error;

use crate::AccessKey;
use crate::canonical::{
    self, ALGORITHM, CanonicalRequest, UNSIGNED_PAYLOAD, UnusableHeader, X_SDK_CONTENT_SHA256, sha256,
};
use crate::date::{parse_signing_date, signing_date};
use crate::sign::{X_SDK_DATE, X_SECURITY_TOKEN, host, keyed};

/// So far the date of a request may be from the clock of the server, in either direction.
pub const MAX_CLOCK_SKEW: Duration = Duration::from_mins(15);

/// Whether a request says that it is signed with this algorithm. [`verify`] finds out whether that is true.
#[must_use]
pub fn is_signed(headers: &HeaderMap) -> bool {
    headers.get_all(AUTHORIZATION).iter().any(|value| value.as_bytes().starts_with(ALGORITHM.as_bytes()))
}

/// Verifies the signature of a request that arrived at `now`. `key` looks a key up by its id.
///
/// Signature and security token are compared in constant time. As the algorithm has it, a sender may leave the body
/// unsigned, with `UNSIGNED-PAYLOAD` in `X-Sdk-Content-Sha256`; the vendor's SDKs do so for everything but JSON and BSON.
///
/// ```
/// use std::time::SystemTime;
///
/// use drs_auth::{AccessKey, SignatureError, Signer, verify};
///
/// let key = AccessKey::new("AKEXAMPLE", "hunter2");
/// let (mut head, body) = http::Request::get("http://localhost:1/v3/jobs").body(Vec::new())?.into_parts();
/// let now = SystemTime::now();
/// Signer::new(&key).sign(&head, &body, now)?.apply(&mut head);
///
/// let lookup = |access: &str| (access == key.access).then(|| key.clone());
/// assert_eq!(verify(&head, &body, lookup, now)?.access, "AKEXAMPLE");
///
/// head.method = http::Method::DELETE;
/// assert!(matches!(verify(&head, &body, lookup, now), Err(SignatureError::Mismatch { .. })));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
/// See [`SignatureError`].
pub fn verify(
    head: &Parts,
    body: &[u8],
    key: impl FnOnce(&str) -> Option<AccessKey>,
    now: SystemTime,
) -> Result<Verified, SignatureError> {
    let authorization = authorization(&head.headers)?;
    let Authorization { access, signed, signature } = Authorization::parse(authorization)?;
    let Some(key) = key(access) else { return Err(SignatureError::UnknownAccessKey { access: access.to_owned() }) };
    let date = date(&head.headers, now)?;
    let mut headers = head.headers.clone();
    if let (false, Some(host)) = (headers.contains_key(HOST), host(&head.uri).and_then(|host| host.parse().ok())) {
        // HTTP/2 has the host in the address.
        headers.insert(HOST, host);
    }
    let payload_hash = canonical::payload_hash(&headers, body)?;
    let canonical_request = CanonicalRequest::new(&head.method, &head.uri, &headers, &signed, &payload_hash)?;
    let mac = keyed(&key).chain_update(canonical_request.string_to_sign(date));
    if mac.verify_slice(&signature).is_err() {
        return Err(SignatureError::Mismatch { canonical_request });
    }
    verify_body(&headers, body)?;
    verify_token(&headers, &key)?;
    Ok(Verified { access: key.access, signed_headers: signed })
}

/// The signer of a request, and the headers that were signed.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub struct Verified {
    /// The id of the access key.
    pub access: String,
    /// The headers that were signed. Any other may have been changed on the way.
    pub signed_headers: Vec<HeaderName>,
}

/// The reason why a signature is refused. It has no secret.
#[derive(Clone, Debug, Error)]
#[non_exhaustive]
pub enum SignatureError {
    /// There is no header `Authorization`.
    #[error("the header `Authorization` is missing")]
    NoAuthorization,
    /// The header `Authorization` does not have the form of this algorithm.
    #[error(
        "the header `Authorization` is malformed: {problem}; expected `SDK-HMAC-SHA256 Access=…, SignedHeaders=…, \
         Signature=…`"
    )]
    MalformedAuthorization {
        /// The problem with it.
        problem: &'static str,
    },
    /// Nobody has this access key.
    #[error("the access key {access:?} is unknown")]
    UnknownAccessKey {
        /// The id of the key.
        access: String,
    },
    /// There is no header `X-Sdk-Date`.
    #[error("the header `X-Sdk-Date` is missing")]
    NoDate,
    /// The header `X-Sdk-Date` is not a date.
    #[error("the header `X-Sdk-Date` is malformed: expected a date such as 20240102T030405Z")]
    MalformedDate,
    /// The request was signed too long ago, or in the future: a wrong clock, or a request that is sent again.
    #[error("the request was signed at {signed_at}, more than 15 minutes from the time of the server, {now}")]
    ClockSkew {
        /// The time of the signature, by the clock of the sender.
        signed_at: String,
        /// The time of the server.
        now: String,
    },
    /// A header that was signed is missing.
    #[error("the header `{name}` is signed but missing")]
    NoHeader {
        /// The header.
        name: HeaderName,
    },
    /// The value of a signed header is not UTF-8.
    #[error("the value of the header `{name}` is not UTF-8")]
    NotUtf8 {
        /// The header.
        name: HeaderName,
    },
    /// `X-Sdk-Content-Sha256` is not the hash of the body.
    #[error("the header `X-Sdk-Content-Sha256` is not the SHA-256 of the body")]
    BodyHash,
    /// The access key is temporary, and its security token is missing or another one.
    #[error("the header `X-Security-Token` is missing or does not belong to the access key")]
    SecurityToken,
    /// The signature is of something else, or by another key.
    #[error("the signature is not the one of this request by this access key")]
    Mismatch {
        /// The canonical request that the signature should cover.
        canonical_request: CanonicalRequest,
    },
}

impl From<UnusableHeader> for SignatureError {
    fn from(header: UnusableHeader) -> Self {
        match header {
            UnusableHeader::Missing(name) => Self::NoHeader { name },
            UnusableHeader::NotUtf8(name) => Self::NotUtf8 { name },
        }
    }
}

/// The header `Authorization`, taken apart.
struct Authorization<'a> {
    access: &'a str,
    signed: Vec<HeaderName>,
    signature: Vec<u8>,
}

fn authorization(headers: &HeaderMap) -> Result<&str, SignatureError> {
    let mut values = headers.get_all(AUTHORIZATION).iter();
    let first = values.next().ok_or(SignatureError::NoAuthorization)?;
    if values.next().is_some() {
        return Err(SignatureError::MalformedAuthorization { problem: "it is there more than once" });
    }
    first.to_str().map_err(|_| SignatureError::MalformedAuthorization { problem: "it has characters outside ASCII" })
}

impl<'a> Authorization<'a> {
    fn parse(text: &'a str) -> Result<Self, SignatureError> {
        let malformed = |problem| SignatureError::MalformedAuthorization { problem };
        let parameters = text.strip_prefix(ALGORITHM).and_then(|rest| rest.strip_prefix(' '));
        let parameters = parameters.ok_or(malformed("it names another algorithm"))?;
        let [mut access, mut signed, mut signature] = [None; 3];
        for parameter in parameters.split(',') {
            let (name, value) = parameter.trim().split_once('=').ok_or(malformed("a parameter has no `=`"))?;
            let slot = match name {
                "Access" => &mut access,
                "SignedHeaders" => &mut signed,
                "Signature" => &mut signature,
                _ => return Err(malformed("it has an unknown parameter")),
            };
            if slot.replace(value).is_some() {
                return Err(malformed("it has a parameter twice"));
            }
        }
        let signature = signature.ok_or(malformed("`Signature` is missing"))?;
        let mut bytes = [0; 32];
        let decoded = base16ct::lower::decode(signature, &mut bytes).ok().filter(|bytes| bytes.len() == 32);
        let signature = decoded.ok_or(malformed("`Signature` is not 64 digits of lower-case hexadecimal"))?.to_vec();
        let signed = signed.ok_or(malformed("`SignedHeaders` is missing"))?.split(';');
        let signed = signed.map(|name| HeaderName::from_lowercase(name.as_bytes())).collect::<Result<_, _>>();
        Ok(Self {
            access: access.ok_or(malformed("`Access` is missing"))?,
            signed: signed
                .map_err(|_| malformed("`SignedHeaders` has a value that is not a lower-case header name"))?,
            signature,
        })
    }
}

/// The text of the date, if it is near `now`.
fn date(headers: &HeaderMap, now: SystemTime) -> Result<&str, SignatureError> {
    let text = headers.get(&X_SDK_DATE).ok_or(SignatureError::NoDate)?;
    let text = text.to_str().map_err(|_| SignatureError::MalformedDate)?.trim();
    let signed_at = parse_signing_date(text).ok_or(SignatureError::MalformedDate)?;
    let skew = now.duration_since(signed_at).unwrap_or_else(|ahead| ahead.duration());
    if skew > MAX_CLOCK_SKEW {
        let now = signing_date(now).unwrap_or_else(|| "a time before 1970".to_owned());
        return Err(SignatureError::ClockSkew { signed_at: text.to_owned(), now });
    }
    Ok(text)
}

/// A hash that the sender gives itself is signed, but the body need not be the one that was hashed.
fn verify_body(headers: &HeaderMap, body: &[u8]) -> Result<(), SignatureError> {
    let given = headers.get(&X_SDK_CONTENT_SHA256).map(|hash| hash.as_bytes().trim_ascii());
    match given {
        Some(hash) if !body.is_empty() && hash != UNSIGNED_PAYLOAD.as_bytes() && hash != sha256(body).as_bytes() => {
            Err(SignatureError::BodyHash)
        }
        _ => Ok(()),
    }
}

fn verify_token(headers: &HeaderMap, key: &AccessKey) -> Result<(), SignatureError> {
    let Some(wanted) = &key.security_token else { return Ok(()) };
    let sent = headers.get(&X_SECURITY_TOKEN).ok_or(SignatureError::SecurityToken)?;
    // Equal MACs of the same key mean equal tokens, and are compared in constant time.
    let sent = keyed(key).chain_update(sent.as_bytes()).finalize().into_bytes();
    let wanted = keyed(key).chain_update(wanted.expose());
    wanted.verify(&sent).map_err(|_| SignatureError::SecurityToken)
}
