//! Bodies in strings of a record: what is wrong with such a string itself, and the places behind that.

use drs_validate::{Blocks, Code, Format, Mapping, Options, Validator};

const URL: &str = "https://drs.example/v3/p/jobs/batch-precheck-result";

/// A response with this in a string, in each record that holds it as a string: the record, and how it is read.
fn records(inside: &[u8]) -> Vec<(Vec<u8>, Options)> {
    let body = [br#"{\"count\":0,\"b\":\""#, inside, br#"\",\"x\":1111}"#].concat();
    let head = format!(r#""method":"POST","uri":"{URL}""#);
    let record = |before: &str| [before.as_bytes(), &body, b"\"}\n"].concat();
    let log = format!(
        "{{\"@level\":\"info\",\"@message\":\"[DEBUG] [1-2] API Request URL: POST {URL}\"}}\n\
         {{\"@level\":\"info\",\"@message\":\"[DEBUG] [1-2] API Response Code: 200\"}}\n\
         {{\"@level\":\"info\",\"@message\":\"[DEBUG] [1-2] API Response Body: "
    );
    let pair = format!("{{\"correlation\":1,{head}}}\n{{\"correlation\":1,\"status\":200,\"body\":\"");
    vec![
        (record(&format!("{{{head},\"status\":200,\"response\":\"")), Options::default()),
        (record(&pair), Options::default().mapping(Mapping::preset("logbook").unwrap())),
        (record(&log), Options::default()),
    ]
}

/// The code of each finding in a stream, and the text at its place.
fn found(stream: &[u8], options: &Options) -> Vec<(Code, String)> {
    let blocks = Blocks::new(stream, Format::Auto, 1 << 20);
    let validator = Validator::new();
    let reports = validator.validate_blocks(blocks, options.clone());
    let suspects = reports.flat_map(|report| report.unwrap().suspects);
    let at = |offset: u64| {
        let rest = &stream[usize::try_from(offset).unwrap()..];
        String::from_utf8_lossy(&rest[..rest.len().min(4)]).into_owned()
    };
    suspects.flat_map(|suspect| suspect.findings).map(|found| (found.finding.code, at(found.offset))).collect()
}

/// Found by fuzzing: the places were beyond the end of the record.
#[test]
fn a_place_in_a_string_is_right_after_invalid_utf_8() {
    for broken in [&b"\xff"[..], &[0xff; 40], b"\xe2\x82", b"\xe2\x82\xff\xc3", b"\xc3\xa4\xf0\x9f\x98"] {
        for (record, options) in records(broken) {
            let unknown = (Code::UnknownField, "\\\"x\\".to_owned());
            let shown = String::from_utf8_lossy(&record);
            assert_eq!(found(&record, &options).last(), Some(&unknown), "{broken:?} {shown}");
        }
    }
}

/// Found by fuzzing: only a capture said so.
#[test]
fn what_is_wrong_with_the_string_of_a_body_is_found_in_every_container() {
    for (broken, code) in [
        (&b"\xff"[..], Code::InvalidUtf8),
        (br"\q", Code::SyntaxError),
        (b"\x01", Code::SyntaxError),
        (br"\ud83d", Code::UnpairedSurrogate),
    ] {
        for (record, options) in records(broken) {
            let found = found(&record, &options);
            let shown = String::from_utf8_lossy(&record);
            assert_eq!(
                found[0],
                (code, String::from_utf8_lossy(&[broken, b"\\\",\\"].concat()[..4]).into_owned()),
                "{shown}"
            );
            assert_eq!(
                found.iter().map(|(code, _)| *code).collect::<Vec<_>>(),
                [code, Code::UnknownField, Code::UnknownField],
                "{shown}"
            );
        }
    }
}

#[test]
fn a_control_character_between_the_values_of_a_body_in_a_string_is_found_on_both_paths() {
    let url = format!(r#""method":"POST","uri":"{URL}""#);
    let body = "{\t\\\"count\\\":0,\\\"results\\\":[]}";
    let log = format!(
        "{{\"@message\":\"[DEBUG] [1-2] API Request URL: POST {URL}\"}}\n\
         {{\"@message\":\"[DEBUG] [1-2] API Response Code: 200\"}}\n\
         {{\"@message\":\"[DEBUG] [1-2] API Response Body: {body}\"}}\n"
    );
    for text in [log, format!("{{{url},\"status\":200,\"response\":\"{body}\"}}\n")] {
        for validator in [Validator::new(), Validator::new().without_fast_path()] {
            let blocks = Blocks::new(text.as_bytes(), Format::Auto, 1 << 20);
            let reports = validator.validate_blocks(blocks, Options::default());
            let suspects = reports.flat_map(|report| report.unwrap().suspects);
            let codes: Vec<Code> =
                suspects.flat_map(|suspect| suspect.findings).map(|found| found.finding.code).collect();
            assert_eq!(codes, [Code::SyntaxError], "{text}");
        }
    }
}
