//! The crate without its features: payloads are validated, and everything else is an error that names the feature.
#![cfg(not(any(feature = "compression", feature = "har")))]
#![allow(clippy::unwrap_used)]

use std::panic::catch_unwind;

use drs_types::OperationInfo;
use drs_validate::{Blocks, Code, Format, Options, Side, Validator, assert_documented, decompress};
use insta::assert_snapshot;
use serde_json::json;

const GZIP: &[u8] = b"\x1f\x8b\x08\0\0\0\0\0\0\x03\xab\xae\x05\0\x43\xbf\xa6\xa3\x02\0\0\0";
const ZSTD: &[u8] = b"\x28\xb5\x2f\xfd\x20\x02\x11\0\0{}";

#[test]
fn a_payload_is_validated_as_a_value_as_a_string_and_in_a_stream() {
    let info = OperationInfo::find("batch_check_results").unwrap();
    let body = json!({ "jobs": [] });
    let validator = Validator::new();
    assert_eq!(validator.validate_value(info, Side::Request, &body)[0].code, Code::ItemCount);
    assert_eq!(validator.validate(info, Side::Request, body.to_string().as_bytes())[0].code, Code::ItemCount);
    let blocks = Blocks::new(&b"{\"mode\": \"target\"}\n{\"mode\": \"both\"}\n"[..], Format::Auto, 1000);
    let suspects = validator.validate_blocks(blocks, Options::default()).flat_map(|report| report.unwrap().suspects);
    assert_eq!(suspects.count(), 1);
    assert_documented!("batch_check_results.response", r#"{"count": 0, "results": []}"#);
}

#[test]
fn a_compressed_stream_is_an_error_that_names_the_feature() {
    for (compressed, name) in [(GZIP, "gzip"), (b"x\x9c\xab\xae\x05\0\x01\x75\0\xf9", "zlib"), (ZSTD, "zstd")] {
        let Err(error) = decompress(compressed) else { panic!("{name}") };
        let message = format!("compressed with {name}, and drs-validate was built without its feature `compression`");
        assert_eq!(error.to_string(), message);
    }
    let failure = catch_unwind(|| assert_documented!("batch_check_results.response", GZIP)).unwrap_err();
    assert_snapshot!(failure.downcast::<String>().unwrap(), @"the payload cannot be read: compressed with gzip, and drs-validate was built without its feature `compression`");
}

#[test]
fn a_capture_and_a_har_are_errors_that_name_the_feature() {
    let url = "/v3/p/jobs/batch-precheck-result";
    let capture = json!({ "url": url, "status": 200, "response": {} });
    let har = json!({ "log": { "entries": [{ "request": { "url": url } }] } });
    let shown = [capture, har].map(|record| {
        let report = Validator::new().validate_record(record.to_string().as_bytes(), &Options::default());
        report.around.iter().map(|finding| format!("{} {finding}", finding.severity)).collect::<String>()
    });
    assert_snapshot!(shown.join("\n"), @"
    error the body: unknown payload: expected a payload by itself, since drs-validate was built without its feature `har`, found a capture
    error /log/entries/0: unknown payload: expected a payload by itself, since drs-validate was built without its feature `har`, found an entry of a HAR
    ");
}
