//! The bytes of a response: read within limits of size and time, and decompressed.

use std::io::Read;
use std::time::Duration;

use http::header::{CONTENT_ENCODING, CONTENT_TYPE, LOCATION, RETRY_AFTER};
use http::{HeaderMap, Response, StatusCode};

use bytes::Bytes;
use drs_types::operation::REQUEST_ID;

use crate::error::Error;
use crate::transport::{Source, TransportError};

/// A response that is received, but not parsed.
#[derive(Debug)]
pub(crate) struct Received {
    pub(crate) status: StatusCode,
    pub(crate) request_id: Option<String>,
    pub(crate) retry_after: Option<String>,
    /// The target of a redirect.
    pub(crate) location: Option<String>,
    /// The charset in the `Content-Type`.
    pub(crate) charset: Option<String>,
    /// The body, decompressed.
    pub(crate) raw: Vec<u8>,
    pub(crate) incomplete: Option<Incomplete>,
}

/// The reason why a body is not complete.
#[derive(Debug)]
pub(crate) enum Incomplete {
    BrokenOff(Source),
    TimedOut {
        host: String,
        after: Duration,
    },
    TooLarge(usize),
    /// The compression is unknown or invalid.
    Compression(String),
}

impl Received {
    /// Takes what a transport has received. `host` is the host and port of the endpoint.
    pub(crate) fn of(
        outcome: Result<Response<Bytes>, TransportError>,
        operation: &'static str,
        host: impl FnOnce() -> String,
        limit: usize,
    ) -> Result<Self, Error> {
        match outcome {
            Ok(response) => Ok(Self::read(response, None, limit)),
            Err(TransportError::NotSent { stage, problem, source }) => {
                Err(Error::NotSent { operation, stage, problem, source })
            }
            Err(TransportError::NoResponse { problem, source }) => {
                Err(Error::OutcomeUnknown { operation, host: host(), problem, source })
            }
            Err(TransportError::TimedOut { after, partial: None }) => {
                Err(Error::TimedOut { operation, host: host(), after, head: None })
            }
            Err(TransportError::TimedOut { after, partial: Some(partial) }) => {
                Ok(Self::read(partial, Some(Incomplete::TimedOut { host: host(), after }), limit))
            }
            Err(TransportError::BrokenOff { partial, source }) => {
                Ok(Self::read(partial, Some(Incomplete::BrokenOff(source)), limit))
            }
            Err(TransportError::TooLarge { limit, partial }) => {
                Ok(Self::read(partial, Some(Incomplete::TooLarge(limit)), limit))
            }
        }
    }

    /// Decompresses a body to at most `limit` bytes, and takes from the headers what the client needs.
    fn read(response: Response<Bytes>, incomplete: Option<Incomplete>, limit: usize) -> Self {
        let (head, body) = response.into_parts();
        // The bytes are not copied when nobody else has them.
        let (raw, compression) = decompressed(Vec::from(body), &encodings(&head.headers), limit);
        let header =
            |name: &str| head.headers.get(name).map(|value| String::from_utf8_lossy(value.as_bytes()).into_owned());
        Self {
            status: head.status,
            request_id: header(REQUEST_ID),
            retry_after: header(RETRY_AFTER.as_str()),
            location: header(LOCATION.as_str()),
            charset: header(CONTENT_TYPE.as_str()).and_then(|content_type| charset(&content_type)),
            raw,
            incomplete: incomplete.or(compression),
        }
    }
}

fn charset(content_type: &str) -> Option<String> {
    let parameters = content_type.split(';').skip(1).filter_map(|parameter| parameter.split_once('='));
    let mut charsets = parameters.filter(|(name, _)| name.trim().eq_ignore_ascii_case("charset"));
    charsets.next().map(|(_, charset)| charset.trim().trim_matches('"').to_owned())
}

/// Returns the encodings of a body, in the order in which they were applied.
fn encodings(headers: &HeaderMap) -> Vec<String> {
    let values = headers.get_all(CONTENT_ENCODING).iter().filter_map(|value| value.to_str().ok());
    let names = values.flat_map(|value| value.split(',')).map(|name| name.trim().to_ascii_lowercase());
    names.filter(|name| !name.is_empty() && name != "identity").collect()
}

/// Decompresses a body as far as it can be read, and says why it could not be read to its end.
fn decompressed(mut body: Vec<u8>, encodings: &[String], limit: usize) -> (Vec<u8>, Option<Incomplete>) {
    const GZIP: &[u8] = b"\x1f\x8b";
    // Some gateways do not declare the compression. No JSON starts with these bytes.
    let undeclared = encodings.is_empty() && body.starts_with(GZIP);
    let undeclared = undeclared.then(|| "gzip".to_owned());
    for encoding in encodings.iter().chain(&undeclared).rev() {
        if body.is_empty() {
            break;
        }
        let (bytes, problem) = match encoding.as_str() {
            "gzip" | "x-gzip" => unpack(flate2::read::MultiGzDecoder::new(body.as_slice()), limit),
            // Two formats have this name. A header marks the first.
            "deflate" if is_zlib(&body) => unpack(flate2::read::ZlibDecoder::new(body.as_slice()), limit),
            "deflate" => unpack(flate2::read::DeflateDecoder::new(body.as_slice()), limit),
            "br" => unpack(brotli_decompressor::Decompressor::new(body.as_slice(), 4096), limit),
            other => {
                let problem = format!("the encoding {other:?} is not gzip, deflate or br");
                return (body, Some(Incomplete::Compression(problem)));
            }
        };
        body = bytes;
        match problem {
            None => {}
            Some(Incomplete::Compression(problem)) => {
                return (
                    body,
                    Some(Incomplete::Compression(format!("the {encoding} encoding is invalid ({problem})"))),
                );
            }
            Some(other) => return (body, Some(other)),
        }
    }
    (body, None)
}

fn is_zlib(body: &[u8]) -> bool {
    matches!(body, [first, second, ..] if first & 0x0f == 8 && u16::from_be_bytes([*first, *second]) % 31 == 0)
}

/// Reads at most `limit` bytes of a stream: a small response may decompress to any size.
fn unpack(stream: impl Read, limit: usize) -> (Vec<u8>, Option<Incomplete>) {
    let mut bytes = Vec::new();
    let read = stream.take(limit as u64 + 1).read_to_end(&mut bytes);
    if bytes.len() > limit {
        bytes.truncate(limit);
        return (bytes, Some(Incomplete::TooLarge(limit)));
    }
    (bytes, read.err().map(|error| Incomplete::Compression(error.to_string())))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write;

    fn gzip(bytes: &[u8]) -> Vec<u8> {
        let mut out = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
        out.write_all(bytes).unwrap();
        out.finish().unwrap()
    }

    fn read(body: &[u8], encodings: &[&str]) -> (Vec<u8>, Option<Incomplete>) {
        let encodings: Vec<String> = encodings.iter().map(|encoding| (*encoding).to_owned()).collect();
        decompressed(body.to_vec(), &encodings, 1000)
    }

    #[test]
    fn encodings_are_removed_in_reverse_order() {
        let twice = gzip(&gzip(b"{}"));
        assert_eq!(read(&twice, &["gzip", "x-gzip"]).0, b"{}");
        assert_eq!(read(&gzip(b"{}"), &[]).0, b"{}");
        assert!(read(b"", &["gzip"]).1.is_none());
    }

    #[test]
    fn a_compressed_body_is_read_only_to_the_limit() {
        let (bytes, problem) = read(&gzip(&vec![0; 10_000_000]), &["gzip"]);
        assert_eq!(bytes.len(), 1000);
        assert!(matches!(problem, Some(Incomplete::TooLarge(1000))));
    }

    #[test]
    fn an_invalid_or_unknown_encoding_is_named() {
        let packed = gzip(b"{\"count\": 1, \"results\": []}");
        let Some(Incomplete::Compression(problem)) = read(&packed[..packed.len() - 9], &["gzip"]).1 else { panic!() };
        assert!(problem.starts_with("the gzip encoding is invalid"), "{problem}");
        let Some(Incomplete::Compression(problem)) = read(b"x", &["zstd"]).1 else { panic!() };
        assert_eq!(problem, "the encoding \"zstd\" is not gzip, deflate or br");
    }

    #[test]
    fn the_charset_is_found_among_other_parameters() {
        assert_eq!(charset("application/json; q=1; Charset=\"GBK\"").as_deref(), Some("GBK"));
        assert_eq!(charset("application/json"), None);
    }
}
