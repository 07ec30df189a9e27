//! The law of a HAR: its findings are those of its exchanges, each validated alone.

use std::num::NonZeroUsize;
use std::ops::ControlFlow;

use drs_types::OperationInfo;
use drs_validate::{Blocks, Code, Finding, Format, LIMIT, Options, Side, Validator};
use proptest::prelude::*;
use proptest::sample::{Index, select};
use serde_json::{Value, json};

use crate::laws::{Damage, ORIGINALS, apply, damage};

/// An exchange whose response has this many findings, or is a damaged documented one.
#[derive(Clone, Debug)]
enum Exchange {
    Damaged(Index, Vec<Damage>),
    Broken(usize),
    Foreign,
}

fn exchange() -> impl Strategy<Value = Exchange> {
    prop_oneof![
        4 => (any::<Index>(), proptest::collection::vec(damage(), 0..3)).prop_map(|(at, damages)| Exchange::Damaged(at, damages)),
        2 => (0..60_usize).prop_map(Exchange::Broken),
        1 => Just(Exchange::Foreign),
    ]
}

/// The entry of a HAR for an exchange.
fn entry(exchange: &Exchange) -> Value {
    let (info, request, response) = match exchange {
        Exchange::Foreign => return one("GET", "https://other.example/", None, Some("{\"count\":\"1\"}")),
        Exchange::Broken(findings) => {
            let info = OperationInfo::find("batch_check_results").unwrap();
            let response = json!({ "count": findings, "results": vec![7; *findings] });
            (info, Some(r#"{"jobs":["a"]}"#.to_owned()), Some(response.to_string()))
        }
        Exchange::Damaged(at, damages) => {
            let (info, side, text) = at.get(&ORIGINALS);
            let text = damages.iter().fold(text.clone().into_bytes(), apply);
            let text = String::from_utf8_lossy(&text).into_owned();
            if *side == Side::Request { (*info, Some(text), None) } else { (*info, None, Some(text)) }
        }
    };
    one(info.method.as_str(), info.path, request.as_deref(), response.as_deref())
}

fn one(method: &str, url: &str, request: Option<&str>, response: Option<&str>) -> Value {
    let status = OperationInfo::find("batch_check_results").unwrap().success().unwrap().status;
    json!({ "request": { "method": method, "url": url, "postData": { "text": request } },
            "response": { "status": status, "content": { "text": response } } })
}

fn har(entries: &[Value]) -> String {
    json!({ "log": { "version": "1.2", "entries": entries } }).to_string()
}

/// A finding of an exchange in any container.
type Found = (String, Finding);

/// The findings of each exchange of a HAR, as one record.
fn of_record(text: &str, exchanges: usize) -> Vec<Vec<Found>> {
    let validated = Validator::new().validate_record(text.as_bytes(), &Options::default());
    let mut all = vec![Vec::new(); exchanges];
    for finding in validated.around {
        note(&mut all, &finding.pointer.clone(), finding);
    }
    for payload in validated.payloads {
        payload.findings.into_iter().for_each(|finding| note(&mut all, &payload.part, finding));
    }
    all
}

/// The same as a stream of reports.
fn of_stream(text: &str, exchanges: usize) -> Vec<Vec<Found>> {
    let mut all = vec![Vec::new(); exchanges];
    let blocks = Blocks::new(text.as_bytes(), Format::Json, LIMIT);
    Validator::new().validate_stream(blocks, &Options::default(), NonZeroUsize::MIN, |report| {
        for suspect in report.unwrap().suspects {
            for located in suspect.findings {
                let part = if suspect.part.is_empty() { &located.finding.pointer } else { &suspect.part };
                note(&mut all, &part.clone(), located.finding);
            }
        }
        ControlFlow::Continue(())
    });
    all
}

fn note(all: &mut [Vec<Found>], place: &str, mut finding: Finding) {
    finding.offset = 0;
    let (index, part) = place.strip_prefix("/log/entries/").and_then(|rest| rest.split_once('/')).unwrap();
    all[index.parse::<usize>().unwrap()].push((part.to_owned(), finding));
}

proptest! {
    #![proptest_config(ProptestConfig { max_shrink_iters: 64, ..ProptestConfig::with_cases(12) })]

    #[test]
    fn the_findings_of_a_har_are_those_of_its_exchanges_each_validated_alone(
        number in select(vec![1_usize, 17, 100, 1_000]),
        exchanges in proptest::collection::vec(exchange(), 1..20),
    ) {
        let entries: Vec<Value> = exchanges.iter().map(entry).collect();
        let alone: Vec<Vec<Found>> = entries.iter().map(|entry| of_record(&har(std::slice::from_ref(entry)), 1).remove(0)).collect();
        let all: Vec<Value> = entries.into_iter().cycle().take(number).collect();
        let text = har(&all);
        for (kind, found) in [("record", of_record(&text, number)), ("stream", of_stream(&text, number))] {
            for (index, found) in found.iter().enumerate() {
                prop_assert_eq!(found, &alone[index % alone.len()], "{} {} of {}", kind, index, number);
            }
        }
    }
}

/// So many findings are more than one report holds.
#[test]
fn findings_that_need_more_room_than_one_payload_has_are_all_reported() {
    let (exchanges, findings) = (100, 1_200);
    let text = har(&vec![entry(&Exchange::Broken(findings)); exchanges]);
    let (mut reports, mut found) = (0, 0);
    let blocks = Blocks::new(text.as_bytes(), Format::Json, LIMIT);
    Validator::new().validate_stream(blocks, &Options::default(), NonZeroUsize::new(2).unwrap(), |report| {
        let report = report.unwrap();
        let codes = report.suspects.iter().flat_map(|suspect| &suspect.findings).map(|located| located.finding.code);
        found += codes.filter(|code| *code == Code::WrongType).count();
        reports += 1;
        ControlFlow::Continue(())
    });
    assert_eq!(found, exchanges * findings);
    assert!(reports > 1, "{reports}");
}
