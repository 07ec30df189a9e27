//! `docs/findings.md`: every code with a payload that has it and what is said about that, out of the validator itself.
//!
//! `cargo xtask bless` writes it again.

use std::fmt::Write as _;

use drs_validate::{Blocks, Code, Diagnostic, Format, LIMIT, Options, PayloadReport, Validator};

const RESPONSE: Option<&str> = Some("batch_check_results.response");
const REQUEST: Option<&str> = Some("batch_check_results.request");
const URL: &str = "/v3/0483b6b16e954cb88930a360d2c4e663/jobs/batch-precheck-result";
const ONE: &str = "140b5236-88ad-43c8-811c-1268453jb101";
const TWO: &str = "a281f62f-4631-45d6-a2d3-679a9f4jb105";

/// No schema may have a rule without a code of its own: their meta-schema allows none.
const WITHOUT_EXAMPLE: Code = Code::UnmetCondition;

/// A payload that has a code, what it is said to be, and how large a record may be.
struct Example {
    body_kind: Option<&'static str>,
    text: Vec<u8>,
    limit: usize,
}

fn of(body_kind: Option<&'static str>, text: impl Into<Vec<u8>>) -> Example {
    Example { body_kind, text: text.into(), limit: LIMIT }
}

fn item(fields: &str) -> Example {
    of(RESPONSE, format!(r#"{{"results": [{{"precheck_result": [{{{fields}}}]}}]}}"#))
}

fn exchange(asked: &str, answered: &str) -> Example {
    let response = format!(r#"{{"count": 1, "results": [{{"precheck_id": "{answered}"}}]}}"#);
    of(None, format!(r#"{{"url": "{URL}", "request": {{"jobs": ["{asked}"]}}, "response": {response}}}"#))
}

fn example(code: Code) -> Option<Example> {
    Some(match code {
        Code::SyntaxError => of(RESPONSE, "{\"count\": NaN}"),
        Code::UnexpectedEnd => of(RESPONSE, "{\"count\": 1, \"results\": [{\"precheck_id\": \"140b"),
        Code::TrailingCharacters => of(RESPONSE, "{\"count\": 1} and more"),
        Code::InvalidUtf8 => of(RESPONSE, b"{\"results\": [{\"error_msg\": \"caf\xe9\"}]}"),
        Code::ByteOrderMark => {
            of(None, format!("{{\"url\": \"{URL}\", \"response\": \"\u{feff}{{\\\"count\\\": 1}}\"}}"))
        }
        Code::DuplicateKey => of(RESPONSE, r#"{"count": 1, "count": 2}"#),
        Code::NestingTooDeep => of(RESPONSE, format!("{{\"results\": {}", "[".repeat(10_000))),
        Code::NumberRange => of(RESPONSE, r#"{"count": 18446744073709551616}"#),
        Code::UnpairedSurrogate => of(RESPONSE, r#"{"results": [{"error_msg": "half of \ud83d"}]}"#),
        Code::TooLarge => Example { limit: 1 << 20, ..of(RESPONSE, format!("{{\"x\": \"{}\"}}", "x".repeat(1 << 20))) },
        Code::WrongType => of(RESPONSE, r#"{"count": "one"}"#),
        Code::MissingField => of(REQUEST, "{}"),
        Code::UnknownField => of(RESPONSE, r#"{"count": 1, "is_new": true}"#),
        Code::UnlistedValue => of(RESPONSE, r#"{"results": [{"job_direction": "sideways"}]}"#),
        Code::DuplicateItem => of(REQUEST, format!(r#"{{"jobs": ["{ONE}", "{ONE}"]}}"#)),
        Code::Pattern => of(RESPONSE, r#"{"results": [{"process": "all"}]}"#),
        Code::Length => of(REQUEST, r#"{"jobs": [""]}"#),
        Code::ValueRange => of(RESPONSE, r#"{"count": -1}"#),
        Code::ItemCount => of(REQUEST, r#"{"jobs": []}"#),
        Code::UnknownPayload => of(None, r#"{"unheard_of": "ever"}"#),
        Code::AmbiguousPayload => of(None, r#"{"count": "1", "results": [{"status": "success"}]}"#),
        Code::UndocumentedStatus => of(None, format!(r#"{{"url": "{URL}", "status": 302, "response": {{}}}}"#)),
        Code::MoreFindings => {
            let long = "x".repeat(1 << 20);
            of(RESPONSE, format!("{{\"{long}\": [{}]}}", vec![r#""\ud83d""#; 100].join(", ")))
        }
        Code::IntegerForm => of(RESPONSE, r#"{"count": 1.0}"#),
        Code::WrongCount => of(RESPONSE, r#"{"count": 2, "results": [{}]}"#),
        Code::DuplicateId => {
            of(RESPONSE, format!(r#"{{"results": [{{"precheck_id": "{ONE}"}}, {{"precheck_id": "{ONE}"}}]}}"#))
        }
        Code::NotAnswered | Code::NotRequested => exchange(ONE, TWO),
        Code::MissingReason => item(r#""item": "binlog", "result": "FAILED""#),
        Code::UnknownForm => item(r#""item": "binlog", "data": "{'size': ""#),
        _ => return None,
    })
}

/// What the validator says about an example: the first finding of the code.
fn said(code: Code, example: &Example) -> String {
    let mut options = Options::default();
    options.body_kind = example.body_kind.map(|name| name.parse().unwrap());
    let validator = Validator::new();
    let reports = validator.validate_blocks(Blocks::new(example.text.as_slice(), Format::Json, example.limit), options);
    let suspects: Vec<PayloadReport> = reports.flat_map(|report| report.unwrap().suspects).collect();
    let has_code = |located: &&Diagnostic| located.finding.code == code;
    let found = suspects.iter().find_map(|suspect| Some((suspect, suspect.findings.iter().find(has_code)?)));
    let (suspect, located) =
        found.unwrap_or_else(|| panic!("the example of {code} has no such finding: {suspects:#?}"));
    suspect.show(located, "captured.json", &|_, text| text.to_owned())
}

/// A payload on one line: bytes that are not UTF-8 as `\xE9`, and the middle of a long one left out.
fn shown(text: &[u8]) -> String {
    const LONG: usize = 240;
    let escaped = |bytes: &[u8]| -> String {
        let chunks = bytes.utf8_chunks().map(|chunk| {
            let invalid: String = chunk.invalid().iter().map(|byte| format!("\\x{byte:02X}")).collect();
            format!("{}{invalid}", chunk.valid().replace('\u{feff}', "\\xEF\\xBB\\xBF"))
        });
        chunks.collect()
    };
    if text.len() <= LONG {
        return escaped(text);
    }
    format!("{}… ({} bytes)", escaped(&text[..60]), text.len())
}

fn page() -> String {
    let mut page = String::from(
        "# Findings\n\n\
         What `drs validate` and `drs-validate` say about a payload, by code. A code never changes its meaning.\n\n\
         In a request every finding is an `error`: the service would refuse it. In a response only what keeps it from\n\
         being read is an `error`; the rest is `drift`: readable, but not what is documented.\n\n\
         This page is written by a test, from the validator itself: `cargo xtask bless`.\n\
         In the examples `\\xE9` is a byte that is not UTF-8.\n",
    );
    for code in Code::ALL {
        let _ = write!(page, "\n## {code}: {}\n\n{}\n", code.title(), code.meaning());
        let Some(example) = example(*code) else {
            page.push_str("\nNo schema has such a rule at present, so an example is missing.\n");
            continue;
        };
        let body_kind = example.body_kind.map(|known| format!(", as `{known}`")).unwrap_or_default();
        let limit = if example.limit == LIMIT { "" } else { ", where a record may have 1 MiB (`drs` allows 256)" };
        let _ = write!(page, "\nAn example{body_kind}{limit}:\n\n```text\n{}\n```\n", shown(&example.text));
        let _ = write!(page, "\n```text\n{}```\n", said(*code, &example));
    }
    page
}

#[test]
fn the_page_of_findings_says_what_the_validator_says() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/findings.md");
    let page = page();
    if std::env::var_os("XTASK_BLESS").is_some() {
        std::fs::write(path, &page).unwrap();
    }
    let there = std::fs::read_to_string(path).unwrap_or_default();
    let differs = page.lines().zip(there.lines()).find(|(new, old)| new != old);
    assert!(page == there, "docs/findings.md is stale, to accept: cargo xtask bless: {differs:?}");
}

#[test]
fn every_code_but_one_has_an_example() {
    for code in Code::ALL {
        assert_eq!(example(*code).is_none(), *code == WITHOUT_EXAMPLE, "{code}");
    }
}
