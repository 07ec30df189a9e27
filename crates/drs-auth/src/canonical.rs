//! The canonical request: the form of a request that is signed, so that both sides hash the same bytes.

use std::fmt;

use drs_types::{Redacted, redacted};
use http::header::HeaderName;
use http::{HeaderMap, Method, Uri};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, percent_encode};
use sha2::{Digest, Sha256};

/// The header whose value, if there is one, replaces the hash of the body.
pub(crate) const X_SDK_CONTENT_SHA256: HeaderName = HeaderName::from_static("x-sdk-content-sha256");

/// The value of that header when the body is not signed.
pub(crate) const UNSIGNED_PAYLOAD: &str = "UNSIGNED-PAYLOAD";

/// All but the unreserved characters of RFC 3986.
const RESERVED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// A canonical request. `Debug` and `Display` mask the values of secret headers, such as `X-Security-Token`.
///
/// Its lines are: method, path, query, one line for each signed header, an empty line, the names of the signed headers,
/// and the SHA-256 of the body in hexadecimal.
#[derive(Clone, Eq, PartialEq)]
pub struct CanonicalRequest(String);

impl CanonicalRequest {
    /// The signed text itself, secret headers included. The caller is responsible for it.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }

    /// The canonical request as the vendor's gateway echoes it: `|` in the place of each line feed, and the values of
    /// secret headers masked.
    #[must_use]
    pub fn echo(&self) -> String {
        self.to_string().replace('\n', "|")
    }

    /// Puts a canonical request together.
    ///
    /// # Errors
    /// The name of a signed header that is missing, or whose value is not UTF-8.
    pub(crate) fn new(
        method: &Method,
        uri: &Uri,
        headers: &HeaderMap,
        signed: &[HeaderName],
        payload_hash: &str,
    ) -> Result<Self, UnusableHeader> {
        let mut text = method.as_str().to_ascii_uppercase();
        text.push('\n');
        text.push_str(&path(uri.path()));
        text.push('\n');
        text.push_str(&query(uri.query().unwrap_or_default()));
        text.push('\n');
        for name in signed {
            text.push_str(name.as_str());
            text.push(':');
            text.push_str(&header(headers, name)?);
            text.push('\n');
        }
        text.push('\n');
        text.push_str(&names(signed));
        text.push('\n');
        text.push_str(payload_hash);
        Ok(Self(text))
    }

    /// The text whose HMAC is the signature.
    pub(crate) fn string_to_sign(&self, date: &str) -> String {
        format!("{ALGORITHM}\n{date}\n{}", sha256(self.0.as_bytes()))
    }
}

/// The algorithm of the signature.
pub(crate) const ALGORITHM: &str = "SDK-HMAC-SHA256";

/// A header that is to be signed and cannot be.
#[derive(Debug)]
pub(crate) enum UnusableHeader {
    Missing(HeaderName),
    NotUtf8(HeaderName),
}

/// The names of signed headers, as the signature lists them.
pub(crate) fn names(signed: &[HeaderName]) -> String {
    signed.iter().map(HeaderName::as_str).collect::<Vec<_>>().join(";")
}

/// The SHA-256 of bytes, in hexadecimal.
pub(crate) fn sha256(bytes: &[u8]) -> String {
    base16ct::lower::encode_string(&Sha256::digest(bytes))
}

/// The part of the body: its hash, or the value of a header instead. An empty body is always hashed.
pub(crate) fn payload_hash(headers: &HeaderMap, body: &[u8]) -> Result<String, UnusableHeader> {
    match body {
        [_, ..] if headers.contains_key(&X_SDK_CONTENT_SHA256) => header(headers, &X_SDK_CONTENT_SHA256),
        _ => Ok(sha256(body)),
    }
}

/// The path is decoded as a whole, so that an encoded slash separates segments like any other, and ends with a slash.
fn path(path: &str) -> String {
    let decoded: Vec<u8> = percent_decode_str(path).collect();
    let segments: Vec<_> = decoded.split(|byte| *byte == b'/').map(encoded).collect();
    let mut path = segments.join("/");
    if !path.ends_with('/') {
        path.push('/');
    }
    path
}

/// The query with its pairs sorted and encoded. A `+` is a space, as in a form; a pair without `=` has an empty value.
pub(crate) fn query(query: &str) -> String {
    let decoded = |text: &str| -> Vec<u8> { percent_decode_str(&text.replace('+', " ")).collect() };
    let pairs = query.split('&').filter(|pair| !pair.is_empty()).map(|pair| {
        let (key, value) = pair.split_once('=').unwrap_or((pair, ""));
        (decoded(key), decoded(value))
    });
    let mut pairs: Vec<_> = pairs.collect();
    pairs.sort();
    pairs.iter().map(|(key, value)| format!("{}={}", encoded(key), encoded(value))).collect::<Vec<_>>().join("&")
}

fn encoded(bytes: &[u8]) -> String {
    percent_encode(bytes, RESERVED).to_string()
}

/// The values of a header without the white space around them, joined by commas.
fn header(headers: &HeaderMap, name: &HeaderName) -> Result<String, UnusableHeader> {
    let values = headers.get_all(name).iter().map(|value| {
        let text = str::from_utf8(value.as_bytes()).map_err(|_| UnusableHeader::NotUtf8(name.clone()))?;
        Ok(text.trim().to_owned())
    });
    let values: Vec<String> = values.collect::<Result<_, _>>()?;
    if values.is_empty() { Err(UnusableHeader::Missing(name.clone())) } else { Ok(values.join(",")) }
}

/// A line of a canonical request, masked if it is a secret header.
pub(crate) fn masked(line: &str) -> String {
    match line.split_once(':') {
        Some((name, value)) if !value.is_empty() && redacted::is_secret(name) => format!("{name}:{}", Redacted::MASK),
        _ => line.to_owned(),
    }
}

impl fmt::Display for CanonicalRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.split('\n').map(masked).collect::<Vec<_>>().join("\n"))
    }
}

impl fmt::Debug for CanonicalRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.to_string(), f)
    }
}
