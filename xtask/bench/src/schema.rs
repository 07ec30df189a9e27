//! The schema of a response for other validators: only the definitions that it needs.

use drs_validate::Validator;
use serde_json::{Value, json};

/// Returns the schema of the response of `batch_check_results`.
#[must_use]
pub fn of_response() -> Value {
    const BODY: &str = "BatchCheckResultsResponse";
    let definitions = Validator::new().definitions(&[BODY]);
    json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$ref": format!("#/$defs/{BODY}"),
        "$defs": definitions,
    })
}
