//! Clean exchanges in every form of a record.

use serde_json::{Value, json};

use super::*;
use crate::fast_path::Decoded;
use crate::input::{Form as Written, LogCall, LogPiece};
use crate::mapping::Mapping;

/// The forms of a record, with the members in another order in the second of each.
fn forms(url: &str, request: &Value, response: &Value) -> Vec<(String, bool)> {
    let text = |body: &Value| body.to_string();
    let capture = json!({ "id": 7, "method": "POST", "url": url, "status": 200 }).to_string();
    let head = &capture[1..capture.len() - 1];
    let (sent, received) = (text(&text(request).into()), text(&text(response).into()));
    vec![
        (format!("{{{head},\"request\":{request},\"response\":{response}}}"), false),
        (format!("{{\"response\":{response},\"request\":{request},{head}}}"), false),
        (format!("{{{head},\"request\":{sent},\"response\":{received}}}"), false),
        (format!("{{\"response\":{received},\"request\":{sent},{head}}}"), false),
        (json!({ "request": { "method": "POST", "url": url, "headers": {}, "body": request },
                 "response": { "status": 200, "headers": {}, "body": response } }).to_string(), false),
        (json!({ "startedDateTime": "x", "request": { "method": "POST", "url": url, "postData": { "text": text(request) } },
                 "response": { "status": 200, "content": { "size": 1, "text": text(response) } } }).to_string(), true),
    ]
}

#[test]
fn a_clean_exchange_is_clean_in_every_form_and_one_with_another_id_is_suspect() {
    let url = "https://drs.example/v3/p/jobs/batch-precheck-result";
    let id = "140b5236-88ad-43c8-811c-1268453jb101";
    let request = json!({ "jobs": [id] });
    let response = json!({ "count": 1, "results": [{ "precheck_id": id, "result": true }] });
    let other = json!({ "jobs": ["240b5236-88ad-43c8-811c-1268453jb101"] });
    let mut memory = Memory::default();
    for (text, is_entry) in forms(url, &request, &response) {
        let clean = exchange(text.as_bytes(), is_entry, &mut memory);
        let Some(Clean::Call { request: Some(request), response: Some(response) }) = clean else { panic!("{text}") };
        assert_eq!((request.side, response.side), (Side::Request, Side::Response(200)));
    }
    for (text, is_entry) in forms(url, &other, &response) {
        assert_eq!(exchange(text.as_bytes(), is_entry, &mut memory), None, "{text}");
    }
    for (text, is_entry) in forms("https://other.example/", &request, &response) {
        assert_eq!(exchange(text.as_bytes(), is_entry, &mut memory), Some(Clean::Foreign), "{text}");
    }
}

/// A batch with one task, in the style of a request and of a response.
fn bodies(id: &str) -> [Value; 2] {
    [json!({ "jobs": [id] }), json!({ "count": 1, "results": [{ "precheck_id": id, "result": true }] })]
}

const URL: &str = "https://drs.example/v3/p/jobs/batch-precheck-result";
const ID: &str = "140b5236-88ad-43c8-811c-1268453jb101";

#[test]
fn a_clean_exchange_at_the_pointers_of_a_mapping_is_clean_in_any_order_of_its_members() {
    let [request, response] = bodies(ID);
    let [other, _] = bodies("240b5236-88ad-43c8-811c-1268453jb101");
    let mapping = Mapping::preset("ecs").unwrap();
    let plan = Plan::of(&mapping, &[]).unwrap();
    let line = |request: &str, url: &str| {
        [
            format!(
                r#"{{"http":{{"response":{{"body":{{"content":{0}}},"status_code":200}},"request":{{"body":{{"content":{request}}},"method":"POST"}}}},"url":{{"path":"/","full":"{url}"}}}}"#,
                Value::from(response.to_string())
            ),
            format!(
                r#"{{"url.full":"{url}","http.request.method":"POST","http.response.status_code":200,"http.request.body.content":{request},"http.response.body.content":{response}}}"#
            ),
        ]
    };
    let mut memory = Memory::default();
    let mut clean = |line: &str| mapped(line.as_bytes(), &plan, &mut memory);
    for line in line(&request.to_string(), URL) {
        assert!(matches!(clean(&line), Some(Clean::Call { request: Some(_), response: Some(_) })), "{line}");
    }
    for line in line(&request.to_string(), "https://other.example/") {
        assert_eq!(clean(&line), Some(Clean::Foreign), "{line}");
    }
    for line in line(&other.to_string(), URL) {
        assert_eq!(clean(&line), None, "{line}");
    }
    assert_eq!(clean(r#"{"message":"no call"}"#), Some(Clean::Foreign));
    assert_eq!(clean(r#"{"message":"a","message":"b"}"#), None);
}

#[test]
fn the_record_in_a_string_is_decoded_and_what_may_hold_another_one_is_left_to_the_full_reading() {
    let mapping = Mapping::preset("fluent-bit").unwrap();
    let plan = Plan::of(&mapping, &[]).unwrap();
    let inside = |record: Value| {
        let mut out = Decoded::default();
        inside(record.to_string().as_bytes(), &plan, &mut out)
            .map(|inside| (inside, String::from_utf8_lossy(out.text()).into_owned()))
    };
    let record = json!({ "url": URL, "mode": "binlog" }).to_string();
    assert_eq!(inside(json!({ "stream": "stdout", "log": record })), Some((Inside::Record, record)));
    let nothing = |text: &str| Some((Inside::Nothing, text.to_owned()));
    assert_eq!(inside(json!({ "log": "GET / 200" })), nothing("GET / 200"));
    assert_eq!(inside(json!({ "log": { "url": URL } })), nothing(""));
    assert_eq!(inside(json!({ "time": 1 })), nothing(""));
    assert_eq!(inside(json!({ "log": "[]" })), None);
    assert_eq!(inside(json!({ "log": json!({ "log": "{}" }).to_string() })), None);
    assert_eq!(inside(json!([])), None);
}

#[test]
fn a_clean_call_of_a_log_is_clean_as_it_is_after_prefixes_and_in_a_string() {
    let [request, response] = bodies(ID);
    let escaped = |body: &Value| {
        let quoted = Value::from(format!("{body:#}")).to_string();
        quoted[1..quoted.len() - 1].to_owned()
    };
    let prefixed = |body: &Value| {
        let prefix = "\n2021-06-01T10:00:00.000+0800 [DEBUG] plugin.terraform-provider-x_v1: ";
        format!("{body:#}").replace('\n', prefix)
    };
    let mut memory = Memory::default();
    for (request, response, form) in [
        (format!("{request:#}"), format!("{response:#}"), Written::Plain),
        (format!("{request:#}"), format!("{response:#}"), Written::Prefixed),
        (prefixed(&request), prefixed(&response), Written::Prefixed),
        (escaped(&request), escaped(&response), Written::Escaped),
    ] {
        let text = format!("{request}{response}");
        let piece = |range| Some(LogPiece { range, form });
        let mut call = LogCall {
            call: Some(("POST".to_owned(), URL.to_owned())),
            status: Some(200),
            request: piece(0..request.len()),
            response: piece(request.len()..text.len()),
        };
        let clean = logged(text.as_bytes(), &call, &mut memory);
        assert!(matches!(clean, Some(Clean::Call { request: Some(_), response: Some(_) })), "{text}");
        call.response = None;
        assert_eq!(logged(text.as_bytes(), &call, &mut memory), None);
    }
}
