//! HAR as real programs save it: recorded from `drs serve` with `examples/har/record.mjs`.

use std::fs;

use serde_json::Value;
use tempfile::TempDir;

use crate::{drs, run};

/// A recording, byte for byte.
fn recorded(name: &str) -> String {
    fs::read_to_string(format!("{}/tests/recorded/{name}.har", env!("CARGO_MANIFEST_DIR"))).unwrap()
}

/// What a run says about a HAR, and its exit code.
fn validate(har: &str, arguments: &[&str]) -> (i32, String) {
    let folder = TempDir::new().unwrap();
    fs::write(folder.path().join("recorded.har"), har).unwrap();
    let mut command = drs(&["validate", "recorded.har"]);
    let shown = run(command.args(arguments).current_dir(folder.path()));
    (shown.code, shown.stdout + &shown.stderr)
}

#[test]
fn what_a_browser_has_saved_is_clean_and_the_page_without_api_is_skipped() {
    let (code, shown) = validate(&recorded("browser"), &["--fail-on", "drift"]);
    insta::assert_snapshot!(shown, @r"
           4  batch_check_results.request: 0 findings
           4  batch_check_results.response: 0 findings
           1  other call, skipped
    1 record in 1 input, 20.59 KiB: 0 errors, 0 drift
    ");
    assert_eq!(code, 0);
}

#[test]
fn what_a_proxy_has_saved_is_clean_and_page_and_icon_are_skipped() {
    let (code, shown) = validate(&recorded("proxy"), &["--fail-on", "drift"]);
    insta::assert_snapshot!(shown, @r"
           4  batch_check_results.request: 0 findings
           4  batch_check_results.response: 0 findings
           2  other calls, skipped
    1 record in 1 input, 39.69 KiB: 0 errors, 0 drift
    ");
    assert_eq!(code, 0);
}

/// Clean means looked at: the same recordings with a mistake in them are not clean.
#[test]
fn a_mistake_in_a_recorded_body_is_found_where_it_stands_in_the_file() {
    let changes = [
        (r#"\"process\" : \"100%\""#, r#"\"process\" : 77777777"#, "77777777", "DRS-V011"),
        (r#"{\"jobs\":[\""#, r#"{\"jobs\":[\"\",\""#, r#"\"\","#, "DRS-V017"),
        (r#"{\"error_code\":\"DRS.M00100\""#, r#"{\"error_code\":[]"#, "[]", "DRS-V011"),
    ];
    for name in ["browser", "proxy"] {
        for (old, new, place, code) in changes {
            let har = recorded(name);
            assert!(har.contains(old), "{name}: {old}");
            let har = har.replacen(old, new, 1);
            let (exit, shown) = validate(&har, &["--output", "ndjson"]);
            let findings: Vec<Value> = shown.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
            let first = findings.iter().find(|finding| finding["code"] == code).unwrap_or_else(|| panic!("{shown}"));
            let offset = usize::try_from(first["offset"].as_u64().unwrap()).unwrap();
            assert!(har[offset..].starts_with(place), "{name}: {first}");
            assert_eq!(exit, 1, "{name}: {new}");
        }
    }
}
