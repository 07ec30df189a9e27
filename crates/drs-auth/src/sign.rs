//! Signs requests with an access key: SDK-HMAC-SHA256.

use std::time::SystemTime;

use hmac::{Hmac, KeyInit as _, Mac as _};
use http::header::{AUTHORIZATION, CONTENT_TYPE, HOST, HeaderName, InvalidHeaderValue};
use http::request::Parts;
use http::uri::PathAndQuery;
use http::{HeaderMap, HeaderValue, Uri};
use sha2::Sha256;
use thiserror::Error;

use crate::AccessKey;
use crate::canonical::{
    self, ALGORITHM, CanonicalRequest, UNSIGNED_PAYLOAD, UnusableHeader, X_SDK_CONTENT_SHA256, names,
};
use crate::date::{parse_signing_date, signing_date};

/// The time of a signature.
pub(crate) const X_SDK_DATE: HeaderName = HeaderName::from_static("x-sdk-date");
/// The token of a temporary access key.
/// The header of the security token of a temporary access key.
pub const X_SECURITY_TOKEN: HeaderName = HeaderName::from_static("x-security-token");
const X_PROJECT_ID: HeaderName = HeaderName::from_static("x-project-id");
const X_DOMAIN_ID: HeaderName = HeaderName::from_static("x-domain-id");
const X_LANGUAGE: HeaderName = HeaderName::from_static("x-language");

/// Headers that no proxy and no HTTP library rewrites.
const STABLE: [HeaderName; 8] =
    [CONTENT_TYPE, HOST, X_DOMAIN_ID, X_LANGUAGE, X_PROJECT_ID, X_SDK_CONTENT_SHA256, X_SDK_DATE, X_SECURITY_TOKEN];

/// Signs requests with an [`AccessKey`].
///
/// It adds `X-Sdk-Date` and `Host` where they are missing, `X-Project-Id` if it knows the project, and
/// `X-Security-Token` for a temporary key. By default it signs a small fixed set of headers, so that a proxy or an HTTP
/// library may change the others.
///
/// ```
/// use std::time::{Duration, UNIX_EPOCH};
///
/// use drs_auth::{AccessKey, Signer};
///
/// let key = AccessKey::new("AKEXAMPLE000000000000", "sk-example-not-a-real-secret-0123456789");
/// let request = http::Request::get("https://drs.cn-north-4.myhuaweicloud.com/").header("User-Agent", "any");
/// let (mut head, body) = request.body(Vec::new())?.into_parts();
/// let now = UNIX_EPOCH + Duration::from_secs(1_704_164_645);
/// let signed = Signer::new(&key).sign(&head, &body, now)?;
/// assert!(signed.canonical_request.expose().starts_with("GET\n/\n\nhost:drs.cn-north-4.myhuaweicloud.com\n"));
/// signed.apply(&mut head);
/// assert_eq!(head.headers["x-sdk-date"], "20240102T030405Z");
/// assert!(head.headers["authorization"].is_sensitive());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy, Debug)]
#[must_use]
pub struct Signer<'a> {
    key: &'a AccessKey,
    project_id: Option<&'a str>,
    signs_all_headers: bool,
}

impl<'a> Signer<'a> {
    /// A signer that knows no project.
    pub fn new(key: &'a AccessKey) -> Self {
        Self { key, project_id: None, signs_all_headers: false }
    }

    /// Sends and signs the project of the request, as `X-Project-Id`.
    pub fn project_id(mut self, project_id: &'a str) -> Self {
        self.project_id = Some(project_id);
        self
    }

    /// Signs every header of the request except those with `_` in their name, as the vendor's SDK does. Nothing may
    /// change a header afterwards.
    pub fn all_headers(mut self) -> Self {
        self.signs_all_headers = true;
        self
    }

    /// Signs a request. An `X-Sdk-Date` that it has stays, so sign a request without one for each attempt.
    ///
    /// # Errors
    /// See [`SignError`].
    pub fn sign(&self, head: &Parts, body: &[u8], now: SystemTime) -> Result<Signed, SignError> {
        let added = self.added(head, now)?;
        let mut headers = head.headers.clone();
        headers.remove(AUTHORIZATION);
        headers.extend(added.clone());
        let date = headers.get(&X_SDK_DATE).and_then(|date| date.to_str().ok()).unwrap_or_default().trim().to_owned();
        if parse_signing_date(&date).is_none() {
            return Err(SignError::Date { found: date });
        }
        let signed = self.signed_headers(&headers);
        let payload_hash = canonical::payload_hash(&headers, body)?;
        let canonical_request = CanonicalRequest::new(&head.method, &head.uri, &headers, &signed, &payload_hash)?;
        let string_to_sign = canonical_request.string_to_sign(&date);
        let mac = keyed(self.key).chain_update(&string_to_sign).finalize();
        let signature = base16ct::lower::encode_string(&mac.into_bytes());
        let (access, signed) = (&self.key.access, names(&signed));
        let authorization = format!("{ALGORITHM} Access={access}, SignedHeaders={signed}, Signature={signature}");
        Ok(Signed {
            canonical_request,
            string_to_sign,
            authorization: value(&AUTHORIZATION, &authorization, true)?,
            headers: added,
        })
    }

    /// The headers that the request lacks.
    fn added(&self, head: &Parts, now: SystemTime) -> Result<HeaderMap, SignError> {
        let mut added = HeaderMap::new();
        let mut add = |name: HeaderName, text: &str, is_secret: bool| {
            added.insert(name.clone(), value(&name, text, is_secret)?);
            Ok::<_, SignError>(())
        };
        if !head.headers.contains_key(&X_SDK_DATE) {
            add(X_SDK_DATE, &signing_date(now).ok_or(SignError::Clock)?, false)?;
        }
        if !head.headers.contains_key(HOST) {
            add(HOST, &host(&head.uri).ok_or(SignError::Host)?, false)?;
        }
        if let Some(project_id) = self.project_id {
            add(X_PROJECT_ID, project_id, false)?;
        }
        if let Some(token) = &self.key.security_token {
            add(X_SECURITY_TOKEN, token.expose(), true)?;
        }
        // The gateway does not hash bodies of other types.
        let content_type = head.headers.get(CONTENT_TYPE).map(HeaderValue::as_bytes);
        let is_hashed = |kind: &[u8]| kind.starts_with(b"application/json") || kind.starts_with(b"application/bson");
        if content_type.is_some_and(|kind| !is_hashed(kind)) {
            add(X_SDK_CONTENT_SHA256, UNSIGNED_PAYLOAD, false)?;
        }
        Ok(added)
    }

    /// The names of the headers to sign, sorted.
    fn signed_headers(&self, headers: &HeaderMap) -> Vec<HeaderName> {
        let is_signed = |name: &&HeaderName| {
            if self.signs_all_headers { !name.as_str().contains('_') } else { STABLE.contains(name) }
        };
        let mut names: Vec<_> = headers.keys().filter(is_signed).cloned().collect();
        names.sort_by(|a, b| a.as_str().cmp(b.as_str()));
        names
    }
}

/// The HMAC of a key, to which the string to sign is added.
pub(crate) fn keyed(key: &AccessKey) -> Hmac<Sha256> {
    Hmac::new_from_slice(key.secret.expose().as_bytes()).expect("HMAC takes a key of any length")
}

/// The host of an address as HTTP libraries send it: without a user and without the default port.
pub(crate) fn host(uri: &Uri) -> Option<String> {
    let host = uri.host()?;
    match (uri.scheme_str(), uri.port_u16()) {
        (_, None) | (Some("https"), Some(443)) | (Some("http"), Some(80)) => Some(host.to_owned()),
        (_, Some(port)) => Some(format!("{host}:{port}")),
    }
}

pub(crate) fn value(name: &HeaderName, text: &str, is_secret: bool) -> Result<HeaderValue, SignError> {
    let mut value =
        HeaderValue::from_bytes(text.as_bytes()).map_err(|source| SignError::Header { name: name.clone(), source })?;
    value.set_sensitive(is_secret);
    Ok(value)
}

/// A signature, and what it is of.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Signed {
    /// The canonical request. When a gateway refuses a signature, compare it with the gateway's: see
    /// [`canonical_difference`](crate::canonical_difference).
    pub canonical_request: CanonicalRequest,
    /// The text whose HMAC is the signature: algorithm, date, and hash of the canonical request.
    pub string_to_sign: String,
    /// The value of the header `Authorization`, marked as sensitive.
    pub authorization: HeaderValue,
    /// The headers to add beside `Authorization`. Secret values are marked as sensitive.
    pub headers: HeaderMap,
}

impl Signed {
    /// Adds the headers to the request that was signed, and writes its query as it was signed.
    pub fn apply(self, head: &mut Parts) {
        head.headers.extend(self.headers);
        head.headers.insert(AUTHORIZATION, self.authorization);
        let Some(query) = head.uri.query() else { return };
        let path_and_query = format!("{}?{}", head.uri.path(), canonical::query(query));
        let mut parts = head.uri.clone().into_parts();
        parts.path_and_query = PathAndQuery::try_from(path_and_query).ok().or(parts.path_and_query);
        if let Ok(uri) = Uri::from_parts(parts) {
            head.uri = uri;
        }
    }
}

/// The reason why a request cannot be signed. It has no secret.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum SignError {
    /// The address has no host, and there is no header `Host`.
    #[error("cannot sign a request without a host: give an absolute address or the header `Host`")]
    Host,
    /// The clock is before 1970 or after 9999.
    #[error("cannot sign a request before 1970 or after 9999: set the clock of this machine")]
    Clock,
    /// The request has an `X-Sdk-Date` that is not a date.
    #[error("cannot sign a request: expected an `X-Sdk-Date` such as 20240102T030405Z, found {found:?}")]
    Date {
        /// The value of the header.
        found: String,
    },
    /// A value is not valid in a header.
    #[error(
        "cannot sign a request: the value for `{name}` has a character that no header may have, such as a line feed"
    )]
    Header {
        /// The header.
        name: HeaderName,
        /// The message of the HTTP library.
        source: InvalidHeaderValue,
    },
    /// The value of a header to sign is not UTF-8.
    #[error("cannot sign a request: the value of `{name}` is not UTF-8")]
    NotUtf8 {
        /// The header.
        name: HeaderName,
    },
}

impl From<UnusableHeader> for SignError {
    fn from(header: UnusableHeader) -> Self {
        match header {
            UnusableHeader::NotUtf8(name) | UnusableHeader::Missing(name) => Self::NotUtf8 { name },
        }
    }
}
