//! Captures as other programs hold them: each sample has one mistake, and is found at its place by the real binary.

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use crate::{Run, drs, run};

fn samples() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../drs-validate/tests/captures")
}

fn validated(folder: &Path, arguments: &[&str]) -> Run {
    run(drs(&["validate"]).args(arguments).current_dir(folder))
}

/// The arguments that a sample needs.
fn arguments(file: &str) -> &'static [&'static str] {
    match file {
        "docker-json-file.log" => &["--body", "/log"],
        "ecs.ndjson" => &["--preset", "ecs"],
        "cts-obs.json.gz" | "cts-list-traces.json" => &["--preset", "cts"],
        "postman-collection.json" => &["--preset", "postman"],
        "logbook.ndjson" => &["--preset", "logbook"],
        _ => &[],
    }
}

/// A body that no shape decides on: some documented bodies have an integer there, and some a string.
const UNDECIDED: &str = "undecided-body.json";

fn expected() -> Vec<(String, Option<[u64; 3]>)> {
    let table = fs::read_to_string(samples().join("expected.tsv")).unwrap();
    let rows = table.lines().skip(1).map(|line| {
        let cells: Vec<&str> = line.split('\t').collect();
        let number = |index: usize| cells[index].parse().ok();
        let place = number(1).zip(number(2)).zip(number(3)).map(|((line, column), offset)| [line, column, offset]);
        (cells[0].to_owned(), place)
    });
    rows.collect()
}

#[test]
fn the_mistake_in_every_sample_is_found_at_its_place_on_both_paths() {
    for (file, place) in expected() {
        for path in [&[][..], &["--no-fast-path"]] {
            let shown = validated(&samples(), &[&[&*file, "--output", "json"], arguments(&file), path].concat());
            let document: Value = serde_json::from_str(&shown.stdout).unwrap();
            let findings = document["findings"].as_array().unwrap();
            if file == "har-response-null.har" {
                assert_eq!((findings.len(), &document["summary"]["unrecorded"]), (0, &1.into()), "{file}");
                continue;
            }
            assert_eq!(findings.len(), 1, "{file}: {}{}", shown.stdout, shown.stderr);
            let code = if file == UNDECIDED { "DRS-V022" } else { "DRS-V011" };
            assert_eq!((&findings[0]["code"], shown.code), (&code.into(), 1), "{file}");
            let found = ["line", "column", "offset"].map(|key| findings[0][key].as_u64().unwrap());
            assert!(place.is_none_or(|place| place == found), "{file}: {found:?}, expected {place:?}");
        }
    }
}

#[test]
fn every_sample_is_clean_without_its_mistake() {
    let folder = tempfile::TempDir::new().unwrap();
    for (file, place) in expected() {
        let is_plain = !file.ends_with(".gz") && !file.starts_with("utf16");
        let Some([_, _, offset]) = place.filter(|_| is_plain && file != UNDECIDED) else { continue };
        let mut bytes = fs::read(samples().join(&file)).unwrap();
        let offset = usize::try_from(offset).unwrap();
        let length = bytes[offset..].iter().position(|byte| *byte == b'1').unwrap();
        // From `"1"`, in a string or in a string of a string, to `1`.
        bytes.splice(offset..=offset + 2 * length, *b"1");
        fs::write(folder.path().join(&file), bytes).unwrap();
        let shown = validated(folder.path(), &[&[&*file], arguments(&file)].concat());
        assert_eq!((shown.code, shown.stderr.as_str()), (0, ""), "{file}: {}", shown.stdout);
    }
}

#[test]
fn the_bodies_beside_a_har_are_validated_once_and_only_plain_names_are_read() {
    let shown = validated(&samples(), &["har-attached", "--output", "json"]);
    let document: Value = serde_json::from_str(&shown.stdout).unwrap();
    assert_eq!((document["findings"].as_array().unwrap().len(), &document["summary"]["inputs"]), (1, &1.into()));
    assert_eq!(document["summary"]["validated"], 4);

    let folder = tempfile::TempDir::new().unwrap();
    let body = "fd0d7304ab85c1badccfdde81986f48d5946b093.json";
    for file in fs::read_dir(samples().join("har-attached")).unwrap().map(Result::unwrap) {
        let text = fs::read_to_string(file.path()).unwrap().replace(body, "any-name.json");
        let name = file.file_name().into_string().unwrap().replace(body, "any-name.json");
        fs::write(folder.path().join(name), text).unwrap();
    }
    // A body that no HAR names is an input like any other.
    fs::write(folder.path().join("4d03f55af0efcbdd0012880172186ee3b3d37a99.json"), "{\"count\":0,\"results\":[]}")
        .unwrap();
    let shown = validated(folder.path(), &[".", "--output", "json"]);
    let document: Value = serde_json::from_str(&shown.stdout).unwrap();
    assert_eq!(document["summary"]["inputs"], 2, "{}", shown.stdout);
    assert_eq!(document["summary"]["codes"]["DRS-V011"], 1, "{}", shown.stdout);

    let folder = tempfile::TempDir::new().unwrap();
    fs::write(folder.path().join("outside.json"), "{\"count\":\"1\"}").unwrap();
    fs::create_dir(folder.path().join("in")).unwrap();
    let text = fs::read_to_string(samples().join("har-attached/session.har")).unwrap();
    for name in ["../outside.json", "/etc/hosts", "..", "in\\\\x", "missing.json"] {
        let har = text.replace("fd0d7304ab85c1badccfdde81986f48d5946b093.json", name);
        fs::write(folder.path().join("in/session.har"), har).unwrap();
        let shown = validated(folder.path(), &["in/session.har"]);
        assert_eq!(shown.code, 1, "{name}");
        assert!(shown.stdout.contains("expected a file beside the HAR that can be read"), "{name}: {}", shown.stdout);
        assert!(!shown.stdout.contains("wrong type"), "{name}: {}", shown.stdout);
    }
}

#[test]
fn a_record_of_another_call_is_counted_beside_exchanges_and_an_error_when_it_is_asked_for() {
    let folder = tempfile::TempDir::new().unwrap();
    let sample = fs::read_to_string(samples().join("nested-captures.ndjson")).unwrap();
    let clean = sample.lines().next().unwrap();
    let log = format!("{{\"level\":\"info\",\"msg\":\"started\"}}\n{clean}\nlistening on port 80\n{clean}\n");
    fs::write(folder.path().join("app.ndjson"), &log).unwrap();
    let shown = validated(folder.path(), &["app.ndjson"]);
    assert_eq!(shown.code, 0, "{}", shown.stdout);
    assert!(shown.stdout.contains("2  records of other calls"), "{}", shown.stdout);
    for output in ["junit", "github", "sarif", "html"] {
        let shown = validated(folder.path(), &["app.ndjson", "--output", output]);
        assert!(shown.stdout.contains("records of other calls"), "{output}: {}", shown.stdout);
    }
    let strict = validated(folder.path(), &["app.ndjson", "--strict"]);
    assert_eq!(strict.code, 1, "{}", strict.stdout);
    assert!(strict.stdout.contains("app.ndjson:1:1") && strict.stdout.contains("app.ndjson:3:1"), "{}", strict.stdout);
    // A damaged record is never one of something else.
    fs::write(folder.path().join("app.ndjson"), log + "{\"url\": \n").unwrap();
    assert_eq!(validated(folder.path(), &["app.ndjson"]).code, 1);
}

const URL: &str = "https://drs.example/v3/p/jobs/batch-precheck-result";

/// A request and its response; `count` is what the response counts.
fn bodies(count: &Value) -> [Value; 2] {
    let id = "11111111-2222-4333-8444-5555555jb101";
    let task = json!({ "precheck_id": id, "result": true, "process": "100%", "total_passed_rate": "100%" });
    [json!({ "jobs": [id] }), json!({ "count": count, "results": [task] })]
}

/// The findings in a string, by line, column and code, on both paths.
fn found(text: &[u8], arguments: &[&str]) -> Vec<(u64, u64, String)> {
    let folder = tempfile::TempDir::new().unwrap();
    fs::write(folder.path().join("a.json"), text).unwrap();
    let [fast, full] = [&[][..], &["--no-fast-path"]].map(|path| {
        let shown =
            validated(folder.path(), &[&["a.json", "--output", "json", "--allow-empty"], arguments, path].concat());
        let document: Value = serde_json::from_str(&shown.stdout).unwrap();
        let findings = document["findings"].as_array().unwrap().iter();
        let place = |finding: &Value| {
            let number = |key: &str| finding[key].as_u64().unwrap();
            (number("line"), number("column"), finding["code"].as_str().unwrap().to_owned())
        };
        findings.map(place).collect::<Vec<_>>()
    });
    assert_eq!(fast, full);
    fast
}

/// A clean exchange and one with a mistake, on lines of their own, and the column of the mistake.
fn two_lines(record: impl Fn([Value; 2]) -> Value, mistake: &str) -> (String, u64) {
    let [clean, suspect] = [json!(1), json!("1")].map(|count| record(bodies(&count)).to_string());
    let column = suspect.find(mistake).unwrap() + mistake.find(['1', '\\']).unwrap_or_default();
    (format!("{clean}\n{suspect}\n"), column as u64)
}

#[test]
fn bodies_beside_a_url_have_their_usual_names() {
    for [url, status, request, response] in [
        ["url", "status", "request", "response"],
        ["url", "status", "requestBody", "responseBody"],
        ["url", "status_code", "request_body", "response_body"],
        ["path", "statusCode", "reqBody", "resBody"],
        ["uri", "status", "req_body", "respBody"],
    ] {
        let record = |[sent, received]: [Value; 2]| json!({ "method": "POST", (url): URL, (status): 200, (request): sent, (response): received });
        let (text, column) = two_lines(record, r#""count":"1"#);
        assert_eq!(found(text.as_bytes(), &[]), [(2, column, "DRS-V011".to_owned())], "{response}");
    }
}

#[test]
fn ecs_needs_no_preset_with_nested_or_dotted_names() {
    let dotted = |[sent, received]: [Value; 2]| {
        json!({
            "url.full": URL, "http.request.method": "POST", "http.response.status_code": 200,
            "http.request.body.content": sent.to_string(), "http.response.body.content": received.to_string(),
        })
    };
    let nested = |[sent, received]: [Value; 2]| {
        let request = json!({ "method": "POST", "body": { "content": sent.to_string() } });
        let response = json!({ "status_code": 200, "body": { "content": received.to_string() } });
        json!({ "url": { "full": URL }, "http": { "request": request, "response": response } })
    };
    for (text, column) in [two_lines(dotted, r#"\"count\":\"1"#), two_lines(nested, r#"\"count\":\"1"#)] {
        let column = column + r#"\"count\":"#.len() as u64 + 1;
        assert_eq!(found(text.as_bytes(), &[]), [(2, column, "DRS-V011".to_owned())], "{text}");
    }
}

#[test]
fn axios_needs_no_preset_for_responses_and_errors() {
    let config = |sent: &Value| json!({ "method": "post", "url": URL, "data": sent.to_string() });
    let response = |[sent, received]: [Value; 2]| json!({ "data": received, "status": 200, "statusText": "OK", "config": config(&sent) });
    let error = |[sent, received]: [Value; 2]| json!({ "message": "failed", "config": config(&sent), "response": { "status": 200, "data": received } });
    for (text, column) in [two_lines(response, r#""count":"1"#), two_lines(error, r#""count":"1"#)] {
        for preset in [&[][..], &["--preset", "axios"]] {
            assert_eq!(found(text.as_bytes(), preset), [(2, column, "DRS-V011".to_owned())], "{text}");
        }
    }
    let mut mistake = config(&json!({ "jobs": [7] }));
    mistake["baseURL"] = "https://drs.example".into();
    let text = json!({ "config": mistake, "status": 502, "data": "<html>" }).to_string();
    assert_eq!(found(text.as_bytes(), &[])[0].2, "DRS-V011", "the request is validated by itself");
}

#[test]
fn strings_that_hold_records_are_read_at_their_places() {
    let [sent, received] = bodies(&json!("1"));
    let capture = json!({ "method": "POST", "url": URL, "status": 200, "request": sent, "response": received });
    let clean = bodies(&json!(1))[1].to_string();
    for inner in [received.to_string(), capture.to_string(), json!([received]).to_string()] {
        let item = json!(inner).to_string();
        let column = item.find(r#"\"1\""#).unwrap() as u64 + 1;
        let lines = format!("{}\n{item}\n", json!(clean));
        let array = format!("[{},\n{item}]", json!(clean));
        for text in [lines, array] {
            for body in [&[][..], &["--body", ""]] {
                assert_eq!(found(text.as_bytes(), body), [(2, column, "DRS-V011".to_owned())], "{text}");
            }
        }
    }
    let text = json!(["{\"a\":1}", "plain"]).to_string();
    let unknown = |column| (1, column, "DRS-V021".to_owned());
    assert_eq!(found(text.as_bytes(), &[]), [unknown(2), unknown(14)]);
    // The record itself is not a string.
    assert_eq!(found(capture.to_string().as_bytes(), &["--body", ""]).len(), 1);
}

#[test]
fn a_secret_in_json_in_a_string_is_in_no_report() {
    let body = json!({ "jobs": [{ "db_password": "hunter2", "port": "1" }] }).to_string();
    let form = "user=root&password=hunter2";
    let records = [
        json!({ "method": "POST", "url": 5, "request": body }),
        json!({ "request": body, "url": URL, "status": "x" }),
        json!([body.replace("jobs", "things"), form]),
        json!(json!(body).to_string()),
        json!({ "url": URL, "status": 200, "request": { "jobs": [body] }, "response": { "count": body, "results": form } }),
    ];
    let folder = tempfile::TempDir::new().unwrap();
    for record in records {
        fs::write(folder.path().join("a.json"), record.to_string()).unwrap();
        for format in ["text", "json", "ndjson", "sarif", "junit", "github", "html"] {
            let shown = validated(folder.path(), &["a.json", "--all", "--output", format]);
            assert_eq!(shown.code, 1, "{record}");
            assert!(!shown.stdout.contains("hunter2"), "{format}: {}", shown.stdout);
        }
    }
}

#[test]
fn a_record_in_a_string_in_a_string_is_read_at_its_place() {
    let inner = |[sent, received]: [Value; 2]| json!({ "method": "POST", "url": URL, "status": 200, "request": sent.to_string(), "response": received.to_string() });
    let wrapped = |value: Value| json!({ "log": value.to_string() });
    for levels in 1..=3 {
        let record = |bodies| (0..levels).fold(inner(bodies), |value, _| wrapped(value));
        let mistake =
            (0..=levels).fold("\"1\"".to_owned(), |text, _| json!(text).to_string().trim_matches('"').to_owned());
        let suspect = record(bodies(&json!("1"))).to_string();
        let text = format!("{}\n{suspect}\n", record(bodies(&json!(1))));
        let column = suspect.find(&mistake).unwrap() as u64 + 1;
        assert_eq!(found(text.as_bytes(), &["--body", "/log"]), [(2, column, "DRS-V011".to_owned())], "{levels}");
    }
}

#[test]
fn a_body_of_a_log_that_breaks_off_ends_at_its_own_end() {
    let message = |text: &str| {
        json!({ "@level": "info", "@message": format!("[DEBUG] [1706253600123-7] API {text}") }).to_string()
    };
    let lines = [
        message(&format!("Request URL: POST {URL}")),
        message("Request Body: {\"jobs\":[\"cut"),
        message("Response Code: 200"),
        message("Response Body: {\"count\":1,\"results\":[]"),
        message(&format!("Request URL: POST {URL}")),
        message(&format!("Request Body: {}", bodies(&json!(1))[0])),
    ];
    let end = |line: usize| (line as u64 + 1, lines[line].rfind("\"}").unwrap() as u64 + 1, "DRS-V002".to_owned());
    assert_eq!(found(lines.join("\n").as_bytes(), &[]), [end(1), end(3)]);
}

#[test]
fn utf_16_needs_no_mark() {
    let text = format!("{}\r\n{}\r\n", bodies(&json!(1))[1], bodies(&json!("1"))[1]);
    let column = 1 + text.lines().last().unwrap().find("\"1\"").unwrap() as u64;
    let little: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
    let big: Vec<u8> = text.encode_utf16().flat_map(u16::to_be_bytes).collect();
    for bytes in [little, big] {
        assert_eq!(found(&bytes, &[]), [(2, column, "DRS-V011".to_owned())]);
    }
}

#[test]
fn lines_with_one_key_are_one_exchange_in_any_order() {
    let [sent, received] = bodies(&json!("1"));
    let request = |key: u64| json!({ "correlation": key, "method": "POST", "uri": URL, "body": sent }).to_string();
    let response = |key: u64, body: Value| json!({ "correlation": key, "status": 200, "body": body }).to_string();
    let clean = bodies(&json!(1))[1].clone();
    // Without its URL, nobody could say what this is.
    let undecided = json!({ "count": "1", "results": [] });
    let lines = [
        request(1),
        json!({ "level": "info" }).to_string(),
        request(2),
        response(2, received.to_string().into()),
        response(1, clean.clone()),
        response(3, undecided),
        request(3),
        request(4),
    ];
    let folder = tempfile::TempDir::new().unwrap();
    fs::write(folder.path().join("a.log"), lines.join("\n")).unwrap();
    let shown = validated(folder.path(), &["a.log", "--preset", "logbook", "--output", "json"]);
    let document: Value = serde_json::from_str(&shown.stdout).unwrap();
    let codes: Vec<_> =
        document["findings"].as_array().unwrap().iter().map(|finding| (&finding["line"], &finding["code"])).collect();
    let wrong = json!("DRS-V011");
    assert_eq!(codes, [(&json!(4), &wrong), (&json!(7), &json!("DRS-V033")), (&json!(6), &wrong)], "{}", shown.stdout);
    let summary = &document["summary"];
    assert_eq!((&summary["skipped"], &summary["unrecorded"]), (&json!(1), &json!(1)), "{summary}");
    // A damaged line is never one of something else.
    let text = format!("{}\n{}\n{{\"correlation\": \n", request(1), response(1, clean));
    assert_eq!(found(text.as_bytes(), &["--preset", "logbook"]).len(), 1);
}

#[test]
fn a_body_in_a_wrapper_is_read_when_its_shape_says_what_it_is() {
    let [_, received] = bodies(&json!("1"));
    for body in [received.clone(), received.to_string().into()] {
        let text = json!({ "success": true, "response": body }).to_string();
        let column = text.find("1\\\"").or_else(|| text.find("\"1\"").map(|at| at + 2)).unwrap() as u64 - 1;
        assert_eq!(found(text.as_bytes(), &[]), [(1, column, "DRS-V011".to_owned())], "{text}");
    }
    let unknown = json!({ "success": true, "response": { "a": 1 } }).to_string();
    assert_eq!(found(unknown.as_bytes(), &[]), [(1, 1, "DRS-V021".to_owned())]);
}

#[test]
fn an_unknown_preset_and_a_pointer_that_is_none_say_what_there_is() {
    let shown = validated(&samples(), &["ecs.ndjson", "--preset", "x"]);
    assert_eq!(shown.code, 2);
    assert!(shown.stderr.contains("fluent-bit"), "{}", shown.stderr);
    let shown = validated(&samples(), &["ecs.ndjson", "--capture", "url=x"]);
    assert!(shown.stderr.contains("url=/url"), "{}", shown.stderr);
}
