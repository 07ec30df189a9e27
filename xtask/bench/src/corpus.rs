//! Responses varied from the documented examples, some of them broken in known ways.

use drs_validate::Code;
use fastrand::Rng;
use serde_json::{Map, Value, json};

/// The documented responses.
pub(crate) const EXAMPLES: [&str; 2] = [
    include_str!("../../../schemas/v3/batch_check_results/examples/response.1.json"),
    include_str!("../../../schemas/v3/batch_check_results/examples/response.2.json"),
];

/// The seed, which makes the corpus the same on every machine.
const SEED: u64 = 20_261_124;

/// The share of broken responses: one in this many.
const ONE_IN: u64 = 50;

/// A response, and the rules that it breaks.
#[derive(Clone, Debug)]
pub struct Document {
    /// The response on one line.
    pub text: Vec<u8>,
    /// The broken rules, each with its location as a JSON Pointer and in bytes from the start of the text.
    pub broken: Vec<(Code, String, usize)>,
}

/// Returns about `bytes` bytes of responses, the same on every machine.
pub fn documents(bytes: usize) -> impl Iterator<Item = Document> {
    let mut rng = Rng::with_seed(SEED);
    let items = items();
    let (mut written, mut damaged) = (0, 0);
    std::iter::from_fn(move || {
        if written >= bytes {
            return None;
        }
        let response = response(&mut rng, &items);
        let document = if rng.u64(..ONE_IN) == 0 {
            let (text, at, rules) = damage(&mut rng, response, damaged % 10);
            damaged += 1;
            Document { text, broken: rules.into_iter().map(|(code, pointer)| (code, pointer, at)).collect() }
        } else {
            Document { text: response.to_string().into_bytes(), broken: Vec::new() }
        };
        written += document.text.len() + 1;
        Some(document)
    })
}

/// Returns the check items of the documented examples.
fn items() -> Vec<Value> {
    let documents = EXAMPLES.iter().filter_map(|text| serde_json::from_str::<Value>(text).ok());
    documents
        .flat_map(|document| document["results"][0]["precheck_result"].as_array().cloned().unwrap_or_default())
        .collect()
}

fn hex(rng: &mut Rng, digits: usize) -> String {
    (0..digits).map(|_| char::from_digit(rng.u32(..16), 16).unwrap_or('0')).collect()
}

fn id(rng: &mut Rng) -> String {
    let groups = [8, 4, 4, 4, 7].map(|digits| hex(rng, digits)).join("-");
    format!("{groups}jb{:03}", rng.u32(..1000))
}

fn response(rng: &mut Rng, items: &[Value]) -> Value {
    let results: Vec<Value> = (0..rng.usize(1..4)).map(|_| entry(rng, items)).collect();
    json!({ "count": results.len(), "results": results })
}

fn entry(rng: &mut Rng, items: &[Value]) -> Value {
    if rng.u32(..20) == 0 {
        let message = "No pre-check was started for this task.";
        return json!({ "precheck_id": id(rng), "error_code": "DRS.M00301", "error_msg": message });
    }
    let checks: Vec<Value> = (0..rng.usize(5..40)).map(|_| item(rng, items)).collect();
    let failed = checks.iter().any(|item| item["result"] == "FAILED");
    let direction = ["up", "down", "non-dbs"][rng.usize(..3)];
    json!({
        "precheck_id": id(rng),
        "result": !failed,
        "process": if rng.bool() { "100%".to_owned() } else { format!("{}%", rng.u32(..100)) },
        "total_passed_rate": format!("{}.{}%", rng.u32(1..100), rng.u32(..10)),
        "rds_instance_id": format!("{}in{:02}", hex(rng, 32), rng.u32(..100)),
        "job_direction": direction,
        "precheck_result": checks,
    })
}

fn item(rng: &mut Rng, items: &[Value]) -> Value {
    let mut item = items[rng.usize(..items.len())].clone();
    match rng.u32(..40) {
        0 => {
            item["result"] = "FAILED".into();
            item["failed_reason"] = "SRC_BINLOG_FORMAT_NOT_ROW".into();
            item["raw_error_msg"] = "ERROR 1227 (42000): Zugriff verweigert für den Benutzer 'üser'@'%'".into();
        }
        1 => {
            item["data"] =
                format!("{{\"tables\":\"{}.{}\",\"rows\":{}}}", hex(rng, 6), hex(rng, 9), rng.u32(..)).into();
        }
        2 => {
            item["failed_sub_jobs"] = json!([{ "id": id(rng), "name": hex(rng, 8), "check_result": "FAILED" }]);
        }
        _ => {}
    }
    item
}

/// Breaks a response in one of ten ways; returns its bytes, the offset, and the rules that are broken there.
fn damage(rng: &mut Rng, mut response: Value, way: usize) -> (Vec<u8>, usize, Vec<(Code, String)>) {
    let broken = |code: Code, pointer: &str| vec![(code, pointer.to_owned())];
    let text = |response: &Value| response.to_string().into_bytes();
    let in_text = |response: &Value, old: &str, new: &[u8]| {
        let text = text(response);
        let at = find(&text, old.as_bytes());
        [&text[..at], new, &text[at + old.len()..]].concat()
    };
    let behind = |text: &[u8], before: &str| find(text, before.as_bytes()) + before.len();
    // An entry without check items cannot be broken, so it gets the fields that are needed.
    if let Some(entry) = response["results"][0].as_object_mut().filter(|entry| !entry.contains_key("precheck_result")) {
        *entry = Map::from_iter([
            ("precheck_id".to_owned(), id(rng).into()),
            ("precheck_result".to_owned(), json!([{ "item": "a", "result": "PASSED", "group": "b" }])),
        ]);
    }
    let first = "/results/0/precheck_result/0";
    match way {
        0 => {
            let mut text = text(&response);
            let pointer = if text.ends_with(b"]}") { "" } else { "/results" };
            text.pop();
            let at = text.len();
            (text, at, broken(Code::UnexpectedEnd, pointer))
        }
        1 => {
            response["results"][0]["is_retired"] = true.into();
            let text = text(&response);
            let at = find(&text, b"\"is_retired\"");
            (text, at, broken(Code::UnknownField, "/results/0/is_retired"))
        }
        2 => {
            response["results"][0]["process"] = 100.into();
            let text = text(&response);
            let at = behind(&text, "\"process\":");
            (text, at, broken(Code::WrongType, "/results/0/process"))
        }
        3 => {
            response["results"][0]["precheck_result"][0]["result"] = "SKIPPED".into();
            let text = text(&response);
            let at = find(&text, b"\"SKIPPED\"");
            (text, at, broken(Code::UnlistedValue, &format!("{first}/result")))
        }
        4 => {
            let text = in_text(&response, "\"count\":", b"\"count\":0,\"count\":");
            let at = behind(&text, "\"count\":0,");
            (text, at, broken(Code::DuplicateKey, "/count"))
        }
        5 => {
            response["results"][0]["precheck_result"][0]["item"] = "a?b".into();
            let text = in_text(&response, "a?b", b"a\xffb");
            let at = find(&text, b"\xff");
            (text, at, broken(Code::InvalidUtf8, &format!("{first}/item")))
        }
        6 => ([b"\xef\xbb\xbf".to_vec(), text(&response)].concat(), 0, broken(Code::ByteOrderMark, "")),
        7 => {
            response["count"] = (-1).into();
            let text = text(&response);
            let at = behind(&text, "\"count\":");
            let both = [Code::ValueRange, Code::WrongCount].map(|code| (code, "/count".to_owned()));
            (text, at, both.to_vec())
        }
        8 => {
            let text = [text(&response), b" }".to_vec()].concat();
            let at = text.len() - 1;
            (text, at, broken(Code::TrailingCharacters, ""))
        }
        _ => {
            response["results"][0]["precheck_id"] = "1".into();
            let text = text(&response);
            let at = behind(&text, "\"precheck_id\":");
            (text, at, broken(Code::Pattern, "/results/0/precheck_id"))
        }
    }
}

/// Returns the offset of the first occurrence, or of the end.
fn find(text: &[u8], wanted: &[u8]) -> usize {
    text.windows(wanted.len()).position(|window| window == wanted).unwrap_or(text.len())
}
