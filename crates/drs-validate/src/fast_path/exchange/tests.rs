//! Clean exchanges in every form of a record.

use serde_json::{Value, json};

use super::*;

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
