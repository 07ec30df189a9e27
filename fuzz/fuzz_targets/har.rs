//! HAR: as they are, with bodies in strings, and with a body of any bytes in base64.
#![no_main]

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use drs_fuzz::containers::{Container, law};
use drs_fuzz::{SIDES, findings, validate, validate_stream};
use drs_validate::{Format, Options, Side, decompress};
use libfuzzer_sys::fuzz_target;
use serde_json::json;

fuzz_target!(|data: &[u8]| {
    validate_stream(data, Format::Json, &Options::default());
    law(Container::Har, data);
    let Some((first, text)) = data.split_first() else { return };
    let Some((info, Side::Response(status))) = SIDES.get(usize::from(*first)) else { return };
    // Another target covers compressed bodies.
    let mut plain = Vec::new();
    let is_plain = decompress(text).is_ok_and(|mut stream| std::io::Read::read_to_end(&mut stream, &mut plain).is_ok());
    if text.is_empty() || !is_plain || plain != text {
        return;
    }
    let url = info.path.replace(['{', '}'], "");
    let entry = json!({
        "request": { "method": info.method.as_str(), "url": url },
        "response": { "status": status, "content": { "encoding": "base64", "text": STANDARD.encode(text) } },
    });
    let har = json!({ "log": { "entries": [entry] } }).to_string();
    if har.len() > drs_fuzz::LIMIT {
        return;
    }
    let reports = validate_stream(har.as_bytes(), Format::Json, &Options::default());
    let inside: Vec<_> = findings(&reports).map(|finding| (finding.code, &finding.pointer)).collect();
    let alone = validate(info, Side::Response(*status), text);
    assert_eq!(inside, alone.iter().map(|finding| (finding.code, &finding.pointer)).collect::<Vec<_>>());
});
