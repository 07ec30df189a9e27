//! Bodies that a HAR holds in base64, maybe compressed: the ways in which programs write that.

use std::io::Read as _;

use base64::Engine as _;
use base64::alphabet::STANDARD;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};

use crate::finding::{Code, Finding, Severity};
use crate::json::tree::{Kind, Node};
use crate::{LIMIT, decompress};

/// A body that decompression makes so many times larger is refused; gzip cannot get there.
const MOST_TIMES: usize = 2048;

/// The bytes that base64 encodes; `None` for anything else. Polly.JS writes a body in chunks, as an array in JSON.
pub(crate) fn from_base64(node: &Node) -> Option<Vec<u8>> {
    match &node.kind {
        Kind::String(text) if text.trim_start().starts_with('[') => {
            let chunks: Vec<String> = serde_json::from_str(text).ok()?;
            joined(chunks.iter().map(String::as_str).map(Some))
        }
        Kind::String(text) => decoded(text),
        Kind::Array(chunks) => joined(chunks.iter().map(Node::text)),
        _ => None,
    }
}

fn joined<'a>(chunks: impl Iterator<Item = Option<&'a str>>) -> Option<Vec<u8>> {
    let chunks: Option<Vec<Vec<u8>>> = chunks.map(|chunk| decoded(chunk?)).collect();
    Some(chunks?.concat())
}

/// Lines may be broken, the alphabet may be that of URLs, and what fills up the end may be missing.
fn decoded(text: &str) -> Option<Vec<u8>> {
    const ANY_END: GeneralPurposeConfig = GeneralPurposeConfig::new()
        .with_decode_padding_mode(DecodePaddingMode::Indifferent)
        .with_decode_allow_trailing_bits(true);
    const BASE64: GeneralPurpose = GeneralPurpose::new(&STANDARD, ANY_END);
    let letters = text.bytes().filter(|byte| !byte.is_ascii_whitespace()).map(|byte| match byte {
        b'-' => b'+',
        b'_' => b'/',
        letter => letter,
    });
    BASE64.decode(letters.collect::<Vec<u8>>()).ok()
}

/// The text that was compressed, or that is as it was.
pub(crate) fn unpacked(bytes: &[u8]) -> Result<Vec<u8>, Box<Finding>> {
    let broken = |code, expected: &str, found: &str| Box::new(Finding::new(code, Severity::Error, "", expected, found));
    let mut plain = Vec::new();
    let most = LIMIT.min(bytes.len().saturating_mul(MOST_TIMES));
    decompress(bytes)
        .and_then(|stream| stream.take(most as u64 + 1).read_to_end(&mut plain))
        .map_err(|error| broken(Code::SyntaxError, "a body that can be decompressed", &error.to_string()))?;
    if plain.len() > most {
        let expected = format!("at most {MOST_TIMES} times as many bytes after decompression, and {} MiB", LIMIT >> 20);
        return Err(broken(Code::TooLarge, &expected, "more"));
    }
    Ok(plain)
}
