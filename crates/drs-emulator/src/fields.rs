//! The fields of a task, taken from the schemas of the calls that report and change tasks.

use std::sync::LazyLock;

use drs_types::{OPERATIONS, OperationInfo, Outline};

/// The details of a task in a response.
pub(crate) static DETAILS: LazyLock<&Outline> = LazyLock::new(|| items("batch_list_job_details", "results"));

/// A task in the list of tasks.
pub(crate) static LISTED: LazyLock<&Outline> = LazyLock::new(|| items("show_job_list", "jobs"));

/// A task in the response of the call that creates it.
pub(crate) static CREATED: LazyLock<&Outline> = LazyLock::new(|| items("batch_create_jobs", "results"));

/// The conditions of the list of tasks on a field of the list.
pub(crate) static CONDITIONS: LazyLock<Vec<&str>> = LazyLock::new(|| {
    let request = operation("show_job_list").request.as_ref().expect("the call has a request");
    request.outline.members.iter().map(|(name, _)| *name).filter(|name| LISTED.member(name).is_some()).collect()
});

/// The fields of a task that a call can change: those of its request that a response about tasks has too.
pub(crate) static CHANGEABLE: LazyLock<Vec<&str>> = LazyLock::new(|| {
    let updates = OPERATIONS.iter().filter(|info| info.task.iter().any(|rule| rule.updates));
    let requests = updates.filter_map(|info| {
        let array = info.batch.as_ref()?.request.strip_prefix('/')?;
        info.request.as_ref()?.outline.member(array)?.items
    });
    let fields = requests.flat_map(|item| item.members).map(|(name, _)| *name);
    fields.filter(|name| DETAILS.member(name).or(LISTED.member(name)).is_some()).collect()
});

/// The items of an array in the response of a success.
fn items(id: &str, array: &str) -> &'static Outline {
    let items = operation(id).success().and_then(|success| success.body.as_ref()?.outline.member(array)?.items);
    items.expect("the response has this array")
}

fn operation(id: &str) -> &'static OperationInfo {
    OperationInfo::find(id).expect("the schemas have this operation")
}
