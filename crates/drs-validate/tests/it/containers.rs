//! The law of containers: whatever holds the exchanges, the findings are those of each exchange validated alone, on both paths.

use drs_types::{OperationInfo, Side};
use drs_validate::{Blocks, Code, Format, Mapping, Options, Severity, Validator};
use proptest::prelude::*;
use proptest::sample::Index;
use serde_json::{Value, json};

use crate::laws::{Damage, ORIGINALS, apply, damage};

/// A call with the texts of its bodies.
#[derive(Clone, Debug)]
pub(crate) struct Call {
    pub(crate) method: String,
    pub(crate) url: String,
    pub(crate) status: u16,
    pub(crate) request: Option<String>,
    pub(crate) response: Option<String>,
}

/// A finding without its place.
type Found = (Option<String>, Code, Severity, String, String);

impl Call {
    fn of(original: Index, damages: &[Damage], beside: Option<Index>) -> Self {
        let (info, side, text) = original.get(&ORIGINALS);
        let text = damages.iter().fold(text.clone().into_bytes(), apply);
        let text = String::from_utf8_lossy(&text).into_owned();
        let status = match side {
            Side::Response(status) => *status,
            Side::Request => info.success().unwrap().status,
        };
        let is_request = *side == Side::Request;
        let others =
            ORIGINALS.iter().filter(|(other, side, _)| other.id == info.id && (*side == Side::Request) != is_request);
        let others: Vec<&String> = others.map(|(_, _, text)| text).collect();
        let other = beside.filter(|_| !others.is_empty()).map(|beside| (*beside.get(&others)).clone());
        // Most programs write an empty string where there is no body; in our own captures it is an empty body.
        let text = Some(text).filter(|text| !text.is_empty());
        let (request, response) = if is_request { (text, other) } else { (other, text) };
        let url = format!("https://drs.example{}", info.path.replace(['{', '}'], ""));
        Self { method: info.method.to_string(), url, status, request, response }
    }

    fn foreign() -> Self {
        let (method, url) = ("GET".to_owned(), "https://other.example/".to_owned());
        Self { method, url, status: 200, request: None, response: Some("{\"count\":\"1\"}".to_owned()) }
    }

    fn capture(&self) -> Value {
        json!({ "method": self.method, "url": self.url, "status": self.status, "request": self.request,
                "response": self.response })
    }

    fn nested(&self) -> Value {
        json!({ "request": { "method": self.method, "url": self.url, "headers": {}, "body": self.request },
                "response": { "status": self.status, "headers": {}, "body": self.response } })
    }

    /// Lines of the Elastic Common Schema, with dotted names and nested.
    fn ecs(&self) -> [Value; 2] {
        let Self { method, url, status, request, response } = self;
        let dotted = json!({ "@timestamp": "x", "http.request.method": method, "url.full": url,
                             "http.response.status_code": status, "http.request.body.content": request,
                             "http.response.body.content": response });
        let nested = json!({ "ecs": { "version": "8.11.0" }, "log": { "level": "info" },
                             "http": { "request": { "method": method, "body": { "content": request } },
                                       "response": { "status_code": status, "body": { "content": response } } },
                             "url": { "path": "/", "full": url } });
        [dotted, nested]
    }

    /// The two lines of Logbook.
    fn logbook(&self, key: usize) -> [Value; 2] {
        let Self { method, url, status, request, response } = self;
        [
            json!({ "type": "request", "correlation": key, "method": method, "uri": url, "body": request }),
            json!({ "type": "response", "correlation": key, "status": status, "body": response }),
        ]
    }

    fn entry(&self) -> Value {
        json!({ "startedDateTime": "2024-01-26T15:20:00.000Z",
                "request": { "method": self.method, "url": self.url, "postData": { "text": self.request } },
                "response": { "status": self.status, "content": { "text": self.response } } })
    }
}

pub(crate) fn call() -> impl Strategy<Value = Call> {
    let damages = proptest::collection::vec(damage(), 0..3);
    prop_oneof![
        6 => (any::<Index>(), damages, proptest::option::of(any::<Index>()))
            .prop_map(|(original, damages, beside)| Call::of(original, &damages, beside)),
        1 => Just(Call::foreign()),
    ]
}

/// What records are in, one of the forms of a record in each.
fn containers(calls: &[Call]) -> Vec<(&'static str, String)> {
    let mut all = Vec::new();
    for form in [Call::capture, Call::nested, Call::entry] {
        let records: Vec<Value> = calls.iter().map(form).collect();
        let pretty: Vec<String> = records.iter().map(|record| serde_json::to_string_pretty(record).unwrap()).collect();
        let plain: Vec<String> = records.iter().map(Value::to_string).collect();
        all.extend([
            ("lines", plain.join("\n")),
            ("values side by side", plain.concat()),
            ("pretty-printed values", pretty.join("\n")),
            ("a text sequence", plain.iter().map(|text| format!("\u{1e}{text}\n")).collect()),
            ("an array", Value::from(records.clone()).to_string()),
            ("a pretty-printed array", serde_json::to_string_pretty(&records).unwrap()),
            ("an array in an array of traces", json!({ "traces": [records] }).to_string()),
            ("lines of arrays", records.chunks(2).map(|two| Value::from(two).to_string() + "\n").collect()),
        ]);
    }
    let entries: Vec<Value> = calls.iter().map(Call::entry).collect();
    let har = json!({ "log": { "version": "1.2", "entries": entries } });
    all.push(("a HAR", har.to_string()));
    all.push(("a pretty-printed HAR", serde_json::to_string_pretty(&har).unwrap()));
    let one = |entry: &Value| json!({ "log": { "entries": [entry] } });
    all.push(("an array of HAR", entries.iter().map(one).collect::<Value>().to_string()));
    all
}

pub(crate) fn found(validator: &Validator, stream: &str, options: &Options) -> (Vec<Found>, u64) {
    let blocks = Blocks::new(stream.as_bytes(), Format::Auto, 1 << 24);
    let (mut all, mut skipped) = (Vec::new(), 0);
    for report in validator.validate_blocks(blocks, options.clone()) {
        let report = report.unwrap();
        skipped += report.skipped;
        for suspect in report.suspects {
            let name = suspect.body_kind.map(|known| known.name());
            for finding in suspect.findings.into_iter().map(|located| located.finding) {
                let message = finding.message();
                all.push((name.clone(), finding.code, finding.severity, finding.pointer, message));
            }
        }
    }
    (all, skipped)
}

/// The findings of each call in a capture of its own.
fn each_alone(validator: &Validator, calls: &[Call]) -> (Vec<Found>, u64) {
    let mut all = (Vec::new(), 0);
    for call in calls {
        let (found, skipped) = found(validator, &call.capture().to_string(), &Options::default());
        all.0.extend(found);
        all.1 += skipped;
    }
    all
}

proptest! {
    #![proptest_config(ProptestConfig { max_shrink_iters: 64, ..ProptestConfig::with_cases(24) })]

    #[test]
    fn the_findings_of_every_container_are_those_of_its_exchanges_each_validated_alone(
        calls in proptest::collection::vec(call(), 1..6),
    ) {
        let validator = Validator::new();
        let full = Validator::new().without_fast_path();
        let alone = each_alone(&full, &calls);
        for (container, text) in containers(&calls) {
            for validator in [&validator, &full] {
                prop_assert_eq!(&found(validator, &text, &Options::default()), &alone, "{}: {}", container, text);
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { max_shrink_iters: 64, ..ProptestConfig::with_cases(24) })]

    #[test]
    fn the_findings_of_lines_of_a_preset_are_those_of_their_exchanges_each_validated_alone(
        calls in proptest::collection::vec(call(), 1..6),
    ) {
        let [validator, full] = [Validator::new(), Validator::new().without_fast_path()];
        let alone = each_alone(&full, &calls);
        let options = Options::default().mapping(Mapping::preset("ecs").unwrap());
        for form in [0, 1] {
            let lines: String = calls.iter().map(|call| format!("{}\n", call.ecs()[form])).collect();
            for validator in [&validator, &full] {
                prop_assert_eq!(&found(validator, &lines, &options), &alone, "{}", lines);
                prop_assert_eq!(&found(validator, &lines, &Options::default()), &alone, "without the preset: {}", lines);
            }
        }
    }

    #[test]
    fn the_findings_of_records_in_strings_are_those_of_the_records(
        calls in proptest::collection::vec(call(), 1..6),
        deep in any::<bool>(),
    ) {
        let [validator, full] = [Validator::new(), Validator::new().without_fast_path()];
        let alone = each_alone(&full, &calls);
        for (preset, name) in [("fluent-bit", "log"), ("docker", "log"), ("logstash", "message")] {
            let options = Options::default().mapping(Mapping::preset(preset).unwrap());
            let line = |inner: Value| json!({ "stream": "stdout", name: inner, "time": "x" });
            let others = [line("GET / 200".into()), line("{\"level\":\"info\"}".into()), json!({ "time": "x" }), line(7.into())];
            let others: String = others.iter().map(|line| format!("{line}\n")).collect();
            for form in [Call::capture, Call::nested] {
                let record = |call: &Call| {
                    let record = form(call).to_string();
                    if deep { line(record.into()).to_string() } else { record }
                };
                let lines: String = calls.iter().map(|call| format!("{}\n", line(record(call).into()))).collect();
                let alone = (alone.0.clone(), alone.1 + 4);
                for validator in [&validator, &full] {
                    prop_assert_eq!(&found(validator, &format!("{lines}{others}"), &options), &alone, "{}", lines);
                }
            }
            // A payload by itself is identified by its shape, or not at all.
            let bodies = calls.iter().flat_map(|call| [&call.request, &call.response]).flatten();
            let lines: String = bodies.map(|body| format!("{}\n", line(body.clone().into()))).collect();
            prop_assert_eq!(found(&validator, &lines, &options), found(&full, &lines, &options), "{}", lines);
        }
    }

    #[test]
    fn the_findings_of_an_array_that_a_pointer_names_are_those_of_its_items(
        calls in proptest::collection::vec(call(), 1..6),
    ) {
        let [validator, full] = [Validator::new(), Validator::new().without_fast_path()];
        let alone = each_alone(&full, &calls);
        let options = Options::default().mapping(Mapping::default().records("/hits/items"));
        for form in [Call::capture, Call::nested] {
            let items: Vec<Value> = calls.iter().map(form).collect();
            let text = json!({ "hits": { "items": items, "total": 1 } }).to_string();
            for validator in [&validator, &full] {
                prop_assert_eq!(&found(validator, &text, &options), &alone, "{}", text);
                // The same with more in one line than the array.
                let lines = format!("{text}\n{}\n{text}\n", items[0]);
                prop_assert_eq!(found(validator, &lines, &options), found(&full, &lines, &options), "{}", lines);
            }
        }
    }

    #[test]
    fn the_findings_of_lines_in_pairs_are_those_of_their_exchanges_each_validated_alone(
        calls in proptest::collection::vec(call(), 1..6),
    ) {
        let [validator, full] = [Validator::new(), Validator::new().without_fast_path()];
        let alone = each_alone(&full, &calls);
        let options = Options::default().mapping(Mapping::preset("logbook").unwrap());
        let halves: Vec<[Value; 2]> = calls.iter().enumerate().map(|(key, call)| call.logbook(key)).collect();
        let [requests, responses] = [0, 1].map(|half| halves.iter().map(move |halves| format!("{}\n", halves[half])));
        let in_turn: String = halves.iter().map(|[request, response]| format!("{request}\n{response}\n")).collect();
        for lines in [in_turn, requests.clone().chain(responses.clone()).collect(), responses.chain(requests).collect()] {
            for validator in [&validator, &full] {
                prop_assert_eq!(&found(validator, &lines, &options), &alone, "{}", lines);
            }
        }
    }
}

/// The documented bodies have none of the names by which an exchange is told from a body.
#[test]
fn no_documented_body_has_a_name_of_an_exchange() {
    for info in drs_types::OPERATIONS {
        let bodies = info.request.iter().chain(info.responses.iter().filter_map(|response| response.body.as_ref()));
        for body in bodies {
            let outline = body.outline;
            for name in ["method", "url", "headers", "body", "request", "response", "log", "traces"] {
                assert!(outline.member(name).is_none(), "{}: {name}", info.id);
            }
        }
    }
    assert!(OperationInfo::find("batch_check_results").is_some());
}

/// How a log writes a message of a provider.
type Writer = (&'static str, fn(u64, &str) -> String);

const PROVIDER: &str = "provider.terraform-provider-huaweicloud_v1.60.1: ";

const WRITERS: [Writer; 5] = [
    ("Terraform 1.x", |id, text| {
        let line = format!("2024-01-26T15:20:00.123+0800 [INFO]  {PROVIDER}2024/01/26 15:20:00 ");
        format!("{line}[DEBUG] [1706253600123-{id}] API {text}: timestamp=2024-01-26T15:20:00.123+0800\n")
    }),
    ("Terraform 0.12", |id, text| {
        let prefix = format!("2024-01-26T15:20:00.123+0800 [DEBUG] {PROVIDER}");
        let other = "2024-01-26T15:20:00.124+0800 [TRACE] dag/walk: vertex \"root\"\n";
        let text = format!("2024/01/26 15:20:00 [DEBUG] [1706253600123-{id}] API {text}");
        text.split('\n').map(|line| format!("{prefix}{line}\n{other}")).collect()
    }),
    ("TF_LOG=JSON", |id, text| {
        let message = format!("[DEBUG] [1706253600123-{id}] API {text}");
        format!("{}\n", json!({ "@level": "info", "@message": message, "@module": "provider" }))
    }),
    ("go test", |id, text| format!("2024/01/26 15:20:00 [DEBUG] [1706253600123-{id}] API {text}\n")),
    ("no ids", |_, text| {
        let line = format!("2024-01-26T15:20:00.123+0800 [INFO]  {PROVIDER}2024/01/26 15:20:00 ");
        format!("{line}[DEBUG] OpenTelekomCloud {text}: timestamp=2024-01-26T15:20:00.123+0800\r\n")
    }),
];

/// The messages of a call, of which the second half comes later.
fn messages(call: &Call) -> [Vec<String>; 2] {
    let body = |side: &str, body: &Option<String>| body.as_ref().map(|body| format!("{side} Body: {body}"));
    let url = format!("Request URL: {} {}", call.method, call.url);
    let headers = "Response Headers:\nContent-Type: application/json".to_owned();
    let code = format!("Response Code: {}", call.status);
    let first = [Some(url), body("Request", &call.request)].into_iter().flatten().collect();
    [first, [Some(code), Some(headers), body("Response", &call.response)].into_iter().flatten().collect()]
}

/// A call as a provider logs it, which writes every body anew.
fn logged(mut call: Call) -> Call {
    for body in [&mut call.request, &mut call.response] {
        let value = body.as_ref().and_then(|body| serde_json::from_str::<Value>(body).ok()).filter(Value::is_object);
        *body = value.map(|value| serde_json::to_string_pretty(&value).unwrap());
    }
    call
}

proptest! {
    #![proptest_config(ProptestConfig { max_shrink_iters: 64, ..ProptestConfig::with_cases(24) })]

    #[test]
    fn the_findings_of_a_log_of_terraform_are_those_of_its_calls_each_validated_alone(
        calls in proptest::collection::vec(call().prop_map(logged), 1..5),
    ) {
        let [validator, full] = [Validator::new(), Validator::new().without_fast_path()];
        for (version, write) in WRITERS {
            let text = |calls: &[(usize, &Call)], interleaved: bool| -> String {
                let halves = calls.iter().map(|(id, call)| (*id as u64, messages(call)));
                let text = |(id, half): (u64, &Vec<String>)| half.iter().map(|text| write(id, text)).collect::<String>();
                let halves: Vec<_> = halves.collect();
                if interleaved {
                    let first = halves.iter().map(|(id, [first, _])| text((*id, first)));
                    return first.chain(halves.iter().map(|(id, [_, second])| text((*id, second)))).collect();
                }
                halves.iter().flat_map(|(id, halves)| halves.iter().map(|half| text((*id, half)))).collect()
            };
            let calls: Vec<(usize, &Call)> = calls.iter().enumerate().collect();
            let mut alone = (Vec::new(), 0);
            for call in &calls {
                let (found, skipped) = found(&full, &call.1.capture().to_string(), &Options::default());
                alone.0.extend(found);
                alone.1 += skipped;
            }
            alone.0.sort();
            for interleaved in [false, version != "no ids"] {
                let log = format!("2024-01-26T15:19:59.000+0800 [INFO]  Terraform version: 1.6.6\n{}", text(&calls, interleaved));
                for validator in [&validator, &full] {
                    let mut all = found(validator, &log, &Options::default());
                    all.0.sort();
                    prop_assert_eq!(&all, &alone, "{}: {}", version, log);
                }
            }
        }
    }
}

#[test]
fn a_secret_in_a_log_is_not_shown() {
    let body = json!({ "jobs": [{ "job_id": "x", "source_endpoint": { "db_password": "topsecret" }, "unknown": 1 }] });
    let info = OperationInfo::find("batch_update_job").unwrap();
    let call = Call {
        method: info.method.to_string(),
        url: format!("https://drs.example{}", info.path.replace(['{', '}'], "")),
        status: 200,
        request: Some(serde_json::to_string_pretty(&body).unwrap()),
        response: None,
    };
    for (version, write) in WRITERS {
        let log: String = messages(&call).concat().iter().map(|text| write(7, text)).collect();
        let blocks = Blocks::new(log.as_bytes(), Format::Auto, 1 << 20);
        let mut shown = String::new();
        for report in Validator::new().validate_blocks(blocks, Options::default()) {
            for suspect in report.unwrap().suspects {
                for located in &suspect.findings {
                    shown += &suspect.show(located, "log", &|_, text| text.to_owned());
                }
            }
        }
        assert!(shown.contains("unknown"), "{version}: {shown}");
        assert!(!shown.contains("topsecret"), "{version}: {shown}");
    }
}
