//! The fields of a task, taken from the schemas of the calls that report and change tasks.

use std::sync::LazyLock;

use drs_types::{OPERATIONS, OperationInfo, Outline};

/// The details of a task in a response.
pub(crate) static DETAILS: LazyLock<&Outline> = LazyLock::new(|| items("batch_list_job_details", "results"));

/// A task in the list of tasks.
pub(crate) static LISTED: LazyLock<&Outline> = LazyLock::new(|| items("show_job_list", "jobs"));

/// The fields of a task that a call can change: those of its request that a response about tasks has too.
pub(crate) static CHANGEABLE: LazyLock<Vec<&str>> = LazyLock::new(|| {
    let updates = OPERATIONS.iter().filter(|info| info.task.iter().any(|rule| rule.updates));
    let requests = updates.filter_map(|info| {
        let array = info.batch.as_ref()?.request.strip_prefix('/')?;
        info.request.as_ref()?.outline.member(array)?.elements
    });
    let fields = requests.flat_map(|item| item.members).map(|(name, _)| *name);
    fields.filter(|name| DETAILS.member(name).or(LISTED.member(name)).is_some()).collect()
});

/// The items of an array in the response of a success.
fn items(operation: &str, array: &str) -> &'static Outline {
    let info = OperationInfo::find(operation).expect("the schemas have this operation");
    let items = info.success().and_then(|success| success.body.as_ref()?.outline.member(array)?.elements);
    items.expect("the response has this array")
}
