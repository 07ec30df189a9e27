//! The schema of an answer as other validators get it: what it needs, and nothing else.

use drs_validate::Validator;
use serde_json::{Value, json};

/// The schema of what `batch_check_results` answers.
#[must_use]
pub fn of_answer() -> Value {
    const BODY: &str = "BatchCheckResultsResponse";
    let definitions = Validator::new().definitions(&[BODY]);
    json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$ref": format!("#/$defs/{BODY}"),
        "$defs": definitions,
    })
}
