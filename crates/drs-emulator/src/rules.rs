//! When a task takes a call, and what becomes of it. The rules themselves stand in the schemas.

use std::collections::BTreeMap;

use drs_types::common::ErrorCode;
use drs_types::operation::TaskRule;
use drs_types::{OPERATIONS, OperationInfo};
use serde_json::Value;

use crate::store::{Precheck, Reason, Task};

/// Lets a task take a call about a thing of the request, and changes it as the rules say.
pub(crate) fn take(
    info: &'static OperationInfo,
    tasks: &mut BTreeMap<String, Task>,
    id: &str,
    thing: &Value,
) -> Result<(), Reason> {
    let Some(task) = tasks.get_mut(id) else {
        return Err((ErrorCode::DrsM05003, "The emulator knows no task of this id.".to_owned()));
    };
    let Some(rule) = info.task.iter().find(|rule| holds(rule, thing)) else { return Ok(()) };
    if let Some(states) = rule.states.filter(|states| !states.contains(&task.status())) {
        let message = format!("{} needs the state {}; the task is in {}.", info.id, states.join(" or "), task.status());
        return Err((ErrorCode::DrsM00304, message));
    }
    for any_of in rule.after {
        let known = any_of.iter().any(|id| OPERATIONS.iter().any(|info| info.id == *id));
        if known && !any_of.iter().any(|id| task.taken.contains(id)) {
            let message = format!("{} comes after {}, which the task has not taken yet.", info.id, any_of.join(" or "));
            return Err((ErrorCode::DrsM00300, message));
        }
    }
    task.taken.insert(info.id);
    if rule.starts_precheck {
        task.precheck = Precheck::Running;
    }
    if rule.updates {
        task.learn(thing);
    }
    if let Some(status) = rule.becomes {
        task.set_status(status);
    }
    if rule.removes {
        tasks.remove(id);
    }
    Ok(())
}

fn holds(rule: &TaskRule, thing: &Value) -> bool {
    rule.when.iter().all(|(field, values)| thing[*field].as_str().is_some_and(|value| values.contains(&value)))
}
