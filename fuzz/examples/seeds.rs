//! Writes the seed inputs of every target: the documented payloads, in every format that a target reads.

use std::fs;
use std::io::{self, Write as _};
use std::path::Path;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use drs_fuzz::SIDES;
use drs_fuzz::containers::{AS_JSON, BESIDE, Container, MISTAKE, WHOLE};
use drs_types::{OPERATIONS, OperationInfo};
use drs_validate::Side;
use flate2::Compression;
use flate2::write::{GzEncoder, ZlibEncoder};
use ruzstd::encoding::{CompressionLevel, compress_to_vec};
use serde_json::{Value, json};

/// A documented payload.
struct Example {
    name: String,
    side: Side,
    index: u8,
    info: &'static OperationInfo,
    value: Value,
}

/// The targets of the containers.
const CONTAINERS: [(&str, Container); 7] = [
    ("values", Container::Values),
    ("array", Container::Array),
    ("sequence", Container::Sequence),
    ("nested", Container::Nested),
    ("log", Container::Log),
    ("preset", Container::Preset),
    ("pairs", Container::Pairs),
];

/// A policy with all that one can have.
const POLICY: &str = "fail_on = 'alarm'\n[[waivers]]\nitem = 'srcCollHasTtlIndex'\ntask = 'a'\nreason = 'r'\nowner = 'o'\nexpires = 2026-12-31\n";

fn main() -> io::Result<()> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let corpus = root.join("corpus");
    let examples = examples()?;
    let mut lines = vec![0];
    for example in &examples {
        let Example { name, index, value, .. } = example;
        let text = value.to_string().into_bytes();
        write(&corpus, "payload", name, &[&[*index], text.as_slice()].concat())?;
        write(&corpus, "payload", &format!("{name}-pretty"), &[&[*index], pretty(value)?.as_slice()].concat())?;
        write(&corpus, "capture", &format!("{name}-text"), &[&[*index], text.as_slice()].concat())?;
        write(&corpus, "capture", name, capture(example).to_string().as_bytes())?;
        write(&corpus, "har", &format!("{name}-text"), &[&[*index], text.as_slice()].concat())?;
        write(&corpus, "har", name, har(example)?.to_string().as_bytes())?;
        write(&corpus, "stream", name, &[&[1], pretty(value)?.as_slice()].concat())?;
        write(
            &corpus,
            "stream",
            &format!("{name}-capture"),
            &[&[0x82], capture(example).to_string().as_bytes(), b"\n"].concat(),
        )?;
        let body = [&[*index], text.as_slice()].concat();
        let other =
            examples.iter().find(|other| other.info.id == example.info.id && is_request(other) != is_request(example));
        let both = other.map(|other| [&body, [BESIDE].as_slice(), other.value.to_string().as_bytes()].concat());
        for (target, container) in CONTAINERS {
            for (form, first) in [("", 0), ("-json", AS_JSON)] {
                let both = both.iter().map(|both| [&[both[0] | first], &both[1..]].concat());
                both.into_iter().try_for_each(|both| write(&corpus, target, &format!("{name}-both{form}"), &both))?;
            }
            let mistaken = text_with_a_mistake(&text);
            write(&corpus, target, &format!("{name}-mistake"), &[&[*index], mistaken.as_bytes()].concat())?;
            write(&corpus, target, &format!("{name}-twice"), &[body.as_slice(), b"\0", &body].concat())?;
            let whole = container.of(&[&body, &body]).unwrap_or_default();
            write(&corpus, target, name, &[&[WHOLE], whole.as_bytes()].concat())?;
        }
        if lines.len() + text.len() < drs_fuzz::LIMIT {
            lines.extend([text.as_slice(), b"\n"].concat());
        }
        let [gzip, zlib] = deflated(&text)?;
        write(&corpus, "compressed", &format!("{name}-gz"), &gzip)?;
        write(&corpus, "compressed", &format!("{name}-zlib"), &zlib)?;
        write(
            &corpus,
            "compressed",
            &format!("{name}-zst"),
            &compress_to_vec(text.as_slice(), CompressionLevel::Fastest),
        )?;
        if example.info.id == "batch_check_results" {
            write(&corpus, "gate", name, &[POLICY.as_bytes(), b"\0", text.as_slice()].concat())?;
        }
        for (number, data) in item_data(value).iter().enumerate() {
            write(&corpus, "item_data", &format!("{name}-{number}"), data.as_bytes())?;
        }
    }
    write(&corpus, "stream", "lines", &lines)?;
    for info in OPERATIONS {
        write(&corpus, "url", info.id, format!("https://drs.eu-de.otc.t-systems.com{}?x=1#y", info.path).as_bytes())?;
    }
    Ok(())
}

fn examples() -> io::Result<Vec<Example>> {
    let mut found = Vec::new();
    for info in OPERATIONS {
        for (number, example) in info.request_examples().chain(info.response_examples()).enumerate() {
            let side = example.side;
            let index = SIDES.iter().position(|(known, at)| known.id == info.id && *at == side);
            let index = index.and_then(|index| u8::try_from(index).ok()).ok_or(io::ErrorKind::InvalidData)?;
            let value = serde_json::from_str(example.json)?;
            found.push(Example { name: format!("{}-{number}", info.id), side, index, info, value });
        }
    }
    Ok(found)
}

/// The text of a body with a mistake before the value of its first member.
fn text_with_a_mistake(text: &[u8]) -> String {
    String::from_utf8_lossy(text).replacen(':', &format!(":{MISTAKE}"), 1)
}

fn is_request(example: &Example) -> bool {
    example.side == Side::Request
}

fn capture(example: &Example) -> Value {
    let name = if is_request(example) { "request" } else { "response" };
    json!({ "id": 1, "method": example.info.method.as_str(), "url": example.info.path, "status": 200, name: example.value })
}

fn har(example: &Example) -> io::Result<Value> {
    let text = example.value.to_string();
    let url = format!("https://drs.example{}", example.info.path);
    let request = json!({ "method": example.info.method.as_str(), "url": url, "postData": { "text": text } });
    let [gzip, _] = deflated(text.as_bytes())?;
    let content = json!({ "size": text.len(), "encoding": "base64", "text": STANDARD.encode(gzip) });
    let headers = json!([{ "name": "content-encoding", "value": "gzip" }]);
    let response = json!({ "status": 200, "headers": headers, "content": content });
    Ok(json!({ "log": { "version": "1.2", "entries": [{ "request": request, "response": response }] } }))
}

fn pretty(value: &Value) -> io::Result<Vec<u8>> {
    Ok(serde_json::to_vec_pretty(value)?)
}

fn deflated(text: &[u8]) -> io::Result<[Vec<u8>; 2]> {
    let mut gzip = GzEncoder::new(Vec::new(), Compression::fast());
    gzip.write_all(text)?;
    let mut zlib = ZlibEncoder::new(Vec::new(), Compression::fast());
    zlib.write_all(text)?;
    Ok([gzip.finish()?, zlib.finish()?])
}

/// Returns every `data` of a check item in a payload.
fn item_data(value: &Value) -> Vec<&str> {
    match value {
        Value::Object(members) => {
            let here = members.get("data").and_then(Value::as_str);
            here.into_iter().chain(members.values().flat_map(item_data)).collect()
        }
        Value::Array(elements) => elements.iter().flat_map(item_data).collect(),
        _ => Vec::new(),
    }
}

fn write(corpus: &Path, target: &str, name: &str, bytes: &[u8]) -> io::Result<()> {
    let folder = corpus.join(target);
    fs::create_dir_all(&folder)?;
    fs::write(folder.join(name), bytes)
}
