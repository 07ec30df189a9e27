//! The bytes of an answer: read within bounds of size and time, and freed of what only the transport needs.

use std::io::Read;
use std::time::Duration;

use http::header::{CONTENT_ENCODING, CONTENT_TYPE, LOCATION, RETRY_AFTER};
use http::{HeaderMap, StatusCode};

use drs_types::operation::REQUEST_ID;
use tokio::time::{Instant, timeout_at};

use crate::connect::{Source, root};

/// When a call has to be over.
pub(crate) struct Deadline {
    pub(crate) at: Instant,
    pub(crate) after: Duration,
    pub(crate) host: String,
}

impl Deadline {
    fn passed(&self) -> Incomplete {
        Incomplete::TimedOut { host: self.host.clone(), after: self.after }
    }
}

/// An answer whose bytes are there, but not read yet.
#[derive(Debug)]
pub(crate) struct Received {
    pub(crate) status: StatusCode,
    pub(crate) request_id: Option<String>,
    pub(crate) retry_after: Option<String>,
    /// Where a redirect leads.
    pub(crate) location: Option<String>,
    /// The charset that the answer claims to have.
    pub(crate) charset: Option<String>,
    /// The body, decompressed.
    pub(crate) raw: Vec<u8>,
    pub(crate) incomplete: Option<Incomplete>,
}

/// Why the body is not complete.
#[derive(Debug)]
pub(crate) enum Incomplete {
    BrokenOff(Source),
    TimedOut {
        host: String,
        after: Duration,
    },
    TooLarge(usize),
    /// It is compressed, but not as it says.
    Compression(String),
}

impl Received {
    /// Reads a body of at most `limit` bytes until the deadline.
    pub(crate) async fn read(mut response: reqwest::Response, limit: usize, until: &Deadline) -> Self {
        let mut raw = Vec::new();
        let mut incomplete = None;
        while incomplete.is_none() {
            match timeout_at(until.at, response.chunk()).await {
                Err(_) => incomplete = Some(until.passed()),
                Ok(Ok(None)) => break,
                Ok(Err(error)) => incomplete = Some(Incomplete::BrokenOff(root(&error).into())),
                Ok(Ok(Some(chunk))) => {
                    let room = limit - raw.len();
                    raw.extend_from_slice(&chunk[..chunk.len().min(room)]);
                    if chunk.len() > room {
                        incomplete = Some(Incomplete::TooLarge(limit));
                    }
                }
            }
        }
        let (raw, compression) = decompressed(raw, &encodings(response.headers()), limit);
        let text = |name: &str| {
            response.headers().get(name).map(|value| String::from_utf8_lossy(value.as_bytes()).into_owned())
        };
        Self {
            status: response.status(),
            request_id: text(REQUEST_ID),
            retry_after: text(RETRY_AFTER.as_str()),
            location: text(LOCATION.as_str()),
            charset: text(CONTENT_TYPE.as_str()).and_then(|content_type| charset(&content_type)),
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

/// The encodings of a body, in the order in which they were applied.
fn encodings(headers: &HeaderMap) -> Vec<String> {
    let values = headers.get_all(CONTENT_ENCODING).iter().filter_map(|value| value.to_str().ok());
    let names = values.flat_map(|value| value.split(',')).map(|name| name.trim().to_ascii_lowercase());
    names.filter(|name| !name.is_empty() && name != "identity").collect()
}

/// The body without its encodings, as far as it can be read, and what kept it from being read to its end.
fn decompressed(mut body: Vec<u8>, encodings: &[String], limit: usize) -> (Vec<u8>, Option<Incomplete>) {
    const GZIP: &[u8] = b"\x1f\x8b";
    // Some gateways forget to say so; no JSON starts like this.
    let unsaid = encodings.is_empty() && body.starts_with(GZIP);
    let unsaid = unsaid.then(|| "gzip".to_owned());
    for encoding in encodings.iter().chain(&unsaid).rev() {
        if body.is_empty() {
            break;
        }
        let (text, problem) = match encoding.as_str() {
            "gzip" | "x-gzip" => unpack(flate2::read::MultiGzDecoder::new(body.as_slice()), limit),
            // Of the two forms that go by this name, the one with a header is told by it.
            "deflate" if is_zlib(&body) => unpack(flate2::read::ZlibDecoder::new(body.as_slice()), limit),
            "deflate" => unpack(flate2::read::DeflateDecoder::new(body.as_slice()), limit),
            "br" => unpack(brotli_decompressor::Decompressor::new(body.as_slice(), 4096), limit),
            other => {
                let problem = format!("its encoding {other:?} is none of gzip, deflate and br");
                return (body, Some(Incomplete::Compression(problem)));
            }
        };
        body = text;
        match problem {
            None => {}
            Some(Incomplete::Compression(problem)) => {
                return (body, Some(Incomplete::Compression(format!("its {encoding} encoding is broken ({problem})"))));
            }
            Some(other) => return (body, Some(other)),
        }
    }
    (body, None)
}

fn is_zlib(body: &[u8]) -> bool {
    matches!(body, [first, second, ..] if first & 0x0f == 8 && u16::from_be_bytes([*first, *second]) % 31 == 0)
}

/// At most so many bytes of a stream: a small answer may unpack to any size.
fn unpack(stream: impl Read, limit: usize) -> (Vec<u8>, Option<Incomplete>) {
    let mut text = Vec::new();
    let read = stream.take(limit as u64 + 1).read_to_end(&mut text);
    if text.len() > limit {
        text.truncate(limit);
        return (text, Some(Incomplete::TooLarge(limit)));
    }
    (text, read.err().map(|error| Incomplete::Compression(error.to_string())))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write;

    fn gzip(text: &[u8]) -> Vec<u8> {
        let mut out = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
        out.write_all(text).unwrap();
        out.finish().unwrap()
    }

    fn read(body: &[u8], encodings: &[&str]) -> (Vec<u8>, Option<Incomplete>) {
        let encodings: Vec<String> = encodings.iter().map(|encoding| (*encoding).to_owned()).collect();
        decompressed(body.to_vec(), &encodings, 1000)
    }

    #[test]
    fn encodings_are_taken_off_in_the_reverse_order() {
        let twice = gzip(&gzip(b"{}"));
        assert_eq!(read(&twice, &["gzip", "x-gzip"]).0, b"{}");
        assert_eq!(read(&gzip(b"{}"), &[]).0, b"{}");
        assert!(read(b"", &["gzip"]).1.is_none());
    }

    #[test]
    fn a_bomb_is_not_unpacked_beyond_the_limit() {
        let (text, problem) = read(&gzip(&vec![0; 10_000_000]), &["gzip"]);
        assert_eq!(text.len(), 1000);
        assert!(matches!(problem, Some(Incomplete::TooLarge(1000))));
    }

    #[test]
    fn what_is_broken_or_unknown_is_named() {
        let packed = gzip(b"{\"count\": 1, \"results\": []}");
        let Some(Incomplete::Compression(problem)) = read(&packed[..packed.len() - 9], &["gzip"]).1 else { panic!() };
        assert!(problem.starts_with("its gzip encoding is broken"), "{problem}");
        let Some(Incomplete::Compression(problem)) = read(b"x", &["zstd"]).1 else { panic!() };
        assert_eq!(problem, "its encoding \"zstd\" is none of gzip, deflate and br");
    }

    #[test]
    fn the_charset_is_found_among_other_parameters() {
        assert_eq!(charset("application/json; q=1; Charset=\"GBK\"").as_deref(), Some("GBK"));
        assert_eq!(charset("application/json"), None);
    }
}
