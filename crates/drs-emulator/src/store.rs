//! What the emulator knows: the tasks of the documented examples.

use std::collections::HashMap;
use std::sync::Arc;

use drs_types::OPERATIONS;
use serde::Deserialize;
use serde_json::value::RawValue;

use crate::examples::{Side, examples};

/// The tasks, by id.
#[derive(Clone, Debug)]
pub(crate) struct Store {
    prechecks: Arc<HashMap<String, Box<RawValue>>>,
}

impl Store {
    /// The tasks whose pre-check results are documented, answered byte for byte as documented.
    pub(crate) fn documented() -> Self {
        let answers = examples("batch_check_results", Side::Response);
        let results =
            answers.filter_map(|example| serde_json::from_str::<Answer>(example.json).ok()).flat_map(|a| a.results);
        let named = results.filter_map(|raw| {
            let Row { precheck_id } = serde_json::from_str(raw.get()).ok()?;
            Some((precheck_id, raw))
        });
        Self { prechecks: Arc::new(named.collect()) }
    }

    /// The documented pre-check result of a task.
    pub(crate) fn precheck(&self, id: &str) -> Option<&RawValue> {
        self.prechecks.get(id).map(Box::as_ref)
    }
}

/// The project that the documented examples belong to; any other one is refused.
#[must_use]
pub fn project_id() -> &'static str {
    let mut parameters = OPERATIONS.iter().flat_map(|info| info.parameters);
    let documented = parameters.find(|parameter| parameter.name == drs_types::PROJECT_ID);
    documented.and_then(|parameter| parameter.example).unwrap_or_default()
}

#[derive(Deserialize)]
struct Answer {
    results: Vec<Box<RawValue>>,
}

#[derive(Deserialize)]
struct Row {
    precheck_id: String,
}
