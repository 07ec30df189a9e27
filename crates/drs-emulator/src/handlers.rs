//! What each operation does with the state, behind all checks.

use drs_types::batch_check_results::{BatchQueryPrecheckResultReq, QueryPreCheckResp};
use drs_types::common::ErrorCode;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use serde_json::value::{RawValue, to_raw_value};

use crate::refusal::Refusal;
use crate::store::Store;

/// The body of a success, as JSON text.
pub(crate) type Answer = Result<Box<RawValue>, Refusal>;

/// What an operation does; `None` for one that the emulator has no behaviour for.
pub(crate) fn find(operation: &str) -> Option<fn(&Store, Value) -> Answer> {
    match operation {
        "batch_check_results" => Some(batch_check_results),
        _ => None,
    }
}

fn batch_check_results(store: &Store, body: Value) -> Answer {
    #[derive(Serialize)]
    struct Results<'a> {
        count: usize,
        results: Vec<Row<'a>>,
    }

    /// A documented result byte for byte, or a refusal that concerns this task only.
    #[derive(Serialize)]
    #[serde(untagged)]
    enum Row<'a> {
        Documented(&'a RawValue),
        Unknown(Box<QueryPreCheckResp>),
    }

    let request: BatchQueryPrecheckResultReq = decode(body)?;
    let rows = request.jobs.into_iter().map(|id| match store.precheck(id.as_str()) {
        Some(result) => Row::Documented(result),
        None => {
            let mut refused = QueryPreCheckResp::default();
            refused.precheck_id = Some(id);
            refused.error_code = Some(ErrorCode::DrsM05003);
            refused.error_msg = Some("The emulator knows no task of this id.".to_owned());
            Row::Unknown(Box::new(refused))
        }
    });
    let results: Vec<Row<'_>> = rows.collect();
    encode(&Results { count: results.len(), results })
}

fn decode<T: DeserializeOwned>(body: Value) -> Result<T, Refusal> {
    serde_json::from_value(body).map_err(|error| Refusal::new(ErrorCode::DrsM00200, error.to_string()))
}

fn encode(body: &impl Serialize) -> Answer {
    to_raw_value(body).map_err(|error| Refusal::new(ErrorCode::DrsM00004, error.to_string()))
}
