//! The task rules of the schemas: when a task accepts a call, and what the call does to the task.

use std::collections::BTreeMap;

use drs_types::common::ErrorCode;
use drs_types::operation::TaskRule;
use drs_types::{OPERATIONS, OperationInfo};
use serde_json::Value;

use crate::store::{Reason, Task};

/// Applies a call to the task of one item of the request, as the rules say.
pub(crate) fn apply(
    info: &'static OperationInfo,
    tasks: &mut BTreeMap<String, Task>,
    id: &str,
    item: &Value,
) -> Result<(), Reason> {
    let Some(task) = tasks.get_mut(id) else {
        return Err((ErrorCode::DrsM05003, "The emulator has no task with this id.".to_owned()));
    };
    let Some(rule) = info.task.iter().find(|rule| holds(rule, item)) else { return Ok(()) };
    if let Some(states) = rule.states.filter(|states| !states.contains(&task.status())) {
        let message = format!("{} needs the state {}; the task is in {}.", info.id, states.join(" or "), task.status());
        return Err((ErrorCode::DrsM00304, message));
    }
    for any_of in rule.after {
        let known = any_of.iter().any(|id| OPERATIONS.iter().any(|info| info.id == *id));
        if known && !any_of.iter().any(|id| task.accepted.contains(id)) {
            let message =
                format!("{} needs {} first; the task has not accepted that call yet.", info.id, any_of.join(" or "));
            return Err((ErrorCode::DrsM00300, message));
        }
    }
    task.accepted.insert(info.id);
    task.precheck.accept(info.id);
    if rule.starts_precheck {
        task.precheck.start();
    }
    if rule.updates {
        task.learn(item);
    }
    if let Some(status) = rule.becomes {
        task.set_status(status);
    }
    if rule.removes {
        tasks.remove(id);
    }
    Ok(())
}

fn holds(rule: &TaskRule, item: &Value) -> bool {
    rule.when.iter().all(|(field, values)| item[*field].as_str().is_some_and(|value| values.contains(&value)))
}
