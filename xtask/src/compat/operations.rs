//! Two versions of the schemas, operation by operation.

use std::collections::BTreeSet;

use super::Version;
use super::calls::Call;
use super::report::{Change, Effect, Impact, Part, Report};
use crate::schema::Operation;

/// Compares two versions of the schemas.
#[must_use]
pub fn compare(old: &Version, new: &Version) -> Report {
    let mut report = Report::default();
    let ids: BTreeSet<&str> =
        [old, new].into_iter().flat_map(|version| &version.model.operations).map(|found| found.id.as_str()).collect();
    for id in ids {
        let changes = match (find(old, id), find(new, id)) {
            (Some(was), Some(is)) => Call::compare([old, new], [was, is]),
            (Some(was), None) => whole(old, was, Effect::Breaking, "was removed"),
            (None, Some(is)) => whole(new, is, Effect::Additive, "was added"),
            (None, None) => Vec::new(),
        };
        report.add(id, changes);
    }
    report
}

fn find<'a>(version: &'a Version, id: &str) -> Option<&'a Operation> {
    version.model.operations.iter().find(|operation| operation.id == id)
}

fn whole(version: &Version, operation: &Operation, effect: Effect, sentence: &str) -> Vec<Change> {
    let Some(doc) = version.sources.get(&operation.file) else { return Vec::new() };
    let what = doc.problem(&operation.pointer, format!("`{}` {sentence}", operation.id));
    let (impact, in_base) = (Impact { wire: effect, rust: effect }, effect == Effect::Breaking);
    vec![Change { impact, part: Part::Both, what, in_base }]
}
