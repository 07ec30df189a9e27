//! The rule for the verdict on a pre-check report.
//!
//! An unlisted value and a contradiction are doubts. A report with a doubt is never passed.

use drs_types::common::ErrorCode;
use drs_types::operations::v3::batch_check_results::{
    PrecheckFailSubJobVo, PrecheckItemResult, PrecheckResult, QueryPreCheckResp,
};

/// The verdict on an outcome, for someone who wants to start the task.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
#[non_exhaustive]
pub enum Verdict {
    /// Finished, and every item is passed.
    Passed,
    /// Finished, and the task may start, but some item raises an alarm.
    PassedWithAlarms,
    /// Not finished. Nothing in the report is final.
    Running,
    /// Finished, and the task cannot start.
    Failed,
    /// The report is incomplete, has an unlisted value, or contradicts itself.
    Unclear,
    /// The service refused to report on the task.
    Refused,
    /// The response does not mention the task.
    Missing,
}

impl Verdict {
    /// Returns the verdict on a report.
    ///
    /// A pre-check below 100% is running, with any other content of the report. At 100% the service's own verdict
    /// counts, except that a failed item fails the task, and that a report with a doubt is unclear; see [`doubts`].
    /// `ALARM` does not stop a task.
    #[must_use]
    pub fn of(entry: &QueryPreCheckResp) -> Self {
        evaluate(entry).0
    }

    /// Returns the verdict on a report without some values. They may say anything, so only a failed item counts.
    pub(crate) fn of_incomplete(entry: &QueryPreCheckResp) -> Self {
        let is_running =
            entry.process.as_ref().is_some_and(|process| process.value().is_some() && !process.is_complete());
        let has_failed = entry.precheck_result().iter().any(|item| ItemVerdict::of(item) == ItemVerdict::Failed);
        match (has_failed, is_running) {
            (true, false) => Self::Failed,
            (true, true) => Self::Running,
            (false, _) => Self::Unclear,
        }
    }

    /// Whether the pre-check lets the task start.
    #[must_use]
    pub fn is_pass(self) -> bool {
        matches!(self, Self::Passed | Self::PassedWithAlarms)
    }
}

/// The verdict on one check item.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
#[non_exhaustive]
pub enum ItemVerdict {
    /// Nothing to do.
    Passed,
    /// The task may start, but someone should look at the reason first.
    Alarm,
    /// The task cannot start.
    Failed,
    /// The item has no result, has one that is not documented, or contradicts its subtasks.
    Unclear,
}

impl ItemVerdict {
    /// Returns the verdict on a check item. Case and white space around its result do not count.
    #[must_use]
    pub fn of(item: &PrecheckResult) -> Self {
        evaluate_item(item).unwrap_or(Self::Unclear)
    }
}

/// Returns the reasons why a report is [`Verdict::Unclear`]; empty for any other verdict.
#[must_use]
pub fn doubts(entry: &QueryPreCheckResp) -> Vec<String> {
    evaluate(entry).1
}

fn evaluate(entry: &QueryPreCheckResp) -> (Verdict, Vec<String>) {
    let clear = |verdict| (verdict, Vec::new());
    match &entry.process {
        Some(process) if process.is_complete() => {}
        Some(process) if process.value().is_some() => return clear(Verdict::Running),
        Some(process) => {
            let doubt = format!("process is {:?}, which is not a percentage from 0% to 100%", process.as_str());
            return (Verdict::Unclear, vec![doubt]);
        }
        None => return (Verdict::Unclear, vec!["process is missing".to_owned()]),
    }
    let items = entry.precheck_result();
    if entry.result == Some(false) || items.iter().any(|item| ItemVerdict::of(item) == ItemVerdict::Failed) {
        return clear(Verdict::Failed);
    }
    let mut doubts = Vec::new();
    if entry.result.is_none() {
        doubts.push("result is missing".to_owned());
    }
    // Without an array of items, the service's own verdict counts. An empty array means that nothing was checked.
    if entry.precheck_result.as_ref().is_some_and(Vec::is_empty) {
        doubts.push("the array of check items is empty".to_owned());
    }
    if let Some(rate) = entry.total_passed_rate.as_ref().filter(|rate| !rate.as_str().trim().is_empty())
        && !rate.is_complete()
    {
        doubts.push(format!("total_passed_rate is {:?}, but no item failed", rate.as_str()));
    }
    if let Some(message) = entry.error_msg.as_deref().filter(|message| !message.trim().is_empty())
        && entry.error_code.as_ref().is_none_or(|code| ErrorCode::as_str(code).is_empty())
    {
        doubts.push(format!("error_msg is {message:?}, without an error_code"));
    }
    let mut alarm = false;
    for item in items {
        match evaluate_item(item) {
            Ok(verdict) => alarm |= verdict != ItemVerdict::Passed,
            Err(doubt) => doubts.push(format!("item {}: {doubt}", item.item.as_deref().unwrap_or("without a name"))),
        }
    }
    match (doubts.is_empty(), alarm) {
        (false, _) => (Verdict::Unclear, doubts),
        (true, true) => clear(Verdict::PassedWithAlarms),
        (true, false) => clear(Verdict::Passed),
    }
}

/// Returns the verdict on one check item, or the reason why it is unclear.
fn evaluate_item(item: &PrecheckResult) -> Result<ItemVerdict, String> {
    let result = item.result.as_ref().ok_or("result is missing")?;
    let verdict = match result.listed() {
        Some(PrecheckItemResult::Failed) => return Ok(ItemVerdict::Failed),
        Some(PrecheckItemResult::Alarm) => ItemVerdict::Alarm,
        Some(PrecheckItemResult::Passed) => ItemVerdict::Passed,
        _ => return Err(format!("result is {:?}, which is not documented", result.as_str())),
    };
    // The array holds failed subtasks, so an item that did not fail needs a good result of each.
    let mut subtasks = item.failed_sub_jobs().iter().map(|subtask| evaluate_subtask(subtask, result));
    subtasks.try_fold(verdict, |worst, subtask| Ok(worst.max(subtask?)))
}

fn evaluate_subtask(subtask: &PrecheckFailSubJobVo, of: &PrecheckItemResult) -> Result<ItemVerdict, String> {
    let name = subtask.name.as_ref().or(subtask.id.as_ref()).map_or("without a name", String::as_str);
    let Some(found) = subtask.check_result.as_deref() else {
        return Err(format!("result is {:?}, but subtask {name} is listed as failed", of.as_str()));
    };
    match PrecheckItemResult::from(found).listed() {
        Some(PrecheckItemResult::Passed) => Ok(ItemVerdict::Passed),
        Some(PrecheckItemResult::Alarm) => Ok(ItemVerdict::Alarm),
        Some(_) => Err(format!("result is {:?}, but check_result of subtask {name} is {found:?}", of.as_str())),
        None => Err(format!("check_result of subtask {name} is {found:?}, which is not documented")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    fn entry(json: &Value) -> QueryPreCheckResp {
        serde_json::from_value(json.clone()).unwrap()
    }

    fn verdict(json: &Value) -> Verdict {
        Verdict::of(&entry(json))
    }

    /// The verdict on a finished report that the service calls passed, with this item.
    fn with_item(item: &Value) -> Verdict {
        verdict(&json!({ "process": "100%", "result": true, "precheck_result": [{ "result": "PASSED" }, item] }))
    }

    fn with_result(result: &str) -> Verdict {
        with_item(&json!({ "item": "a", "result": result }))
    }

    #[test]
    fn a_pre_check_below_a_hundred_percent_is_running() {
        assert_eq!(verdict(&json!({ "process": "99%", "result": true })), Verdict::Running);
        assert_eq!(verdict(&json!({ "process": "0%", "result": false })), Verdict::Running);
        assert_eq!(verdict(&json!({ "process": "99.99999999999999999%", "result": true })), Verdict::Running);
        let failed = json!({ "process": "50%", "precheck_result": [{ "result": "FAILED" }] });
        assert_eq!(verdict(&failed), Verdict::Running);
    }

    #[test]
    fn case_and_white_space_of_a_result_do_not_count() {
        for result in ["FAILED", "failed", "Failed", " FAILED", "FAILED ", "failed\n", "\tfAiLeD\u{a0}"] {
            assert_eq!(with_result(result), Verdict::Failed, "{result:?}");
        }
        for result in ["ALARM", "alarm", " Alarm "] {
            assert_eq!(with_result(result), Verdict::PassedWithAlarms, "{result:?}");
        }
        for result in ["PASSED", "passed", " Passed\r\n"] {
            assert_eq!(with_result(result), Verdict::Passed, "{result:?}");
        }
        assert_eq!(verdict(&json!({ "process": " 100 % ", "result": true })), Verdict::Passed);
    }

    #[test]
    fn an_item_with_an_unlisted_result_is_unclear() {
        for result in ["SKIPPED", "", " ", "FAIL", "FAILED!", "PASS", "PASSED\u{200b}", "ПASSED", "true", "100%"] {
            assert_eq!(with_result(result), Verdict::Unclear, "{result:?}");
        }
        assert_eq!(with_item(&json!({ "item": "a" })), Verdict::Unclear);
        assert_eq!(with_item(&json!({ "item": "a", "result": null })), Verdict::Unclear);
    }

    #[test]
    fn a_failed_item_fails_the_task() {
        let items = json!([{ "result": "SKIPPED" }, { "result": "failed" }]);
        assert_eq!(verdict(&json!({ "process": "100%", "result": true, "precheck_result": items })), Verdict::Failed);
        assert_eq!(verdict(&json!({ "process": "100%", "precheck_result": items })), Verdict::Failed);
        assert_eq!(verdict(&json!({ "process": "100%", "result": false })), Verdict::Failed);
    }

    #[test]
    fn a_subtask_that_contradicts_its_item_makes_it_unclear() {
        let with = |item: &str, subtask: Value| {
            with_item(&json!({ "item": "a", "result": item, "failed_sub_jobs": [{ "name": "s" }, subtask] }))
        };
        assert_eq!(with("PASSED", json!({ "check_result": "PASSED" })), Verdict::Unclear);
        let with = |item: &str, check_result: &str| {
            let subtask = json!({ "name": "s", "check_result": check_result });
            with_item(&json!({ "item": "a", "result": item, "failed_sub_jobs": [subtask] }))
        };
        for item in ["PASSED", "ALARM", "passed "] {
            assert_eq!(with(item, "FAILED"), Verdict::Unclear);
            assert_eq!(with(item, "failed "), Verdict::Unclear);
            assert_eq!(with(item, "broken"), Verdict::Unclear);
            assert_eq!(with(item, ""), Verdict::Unclear);
            assert_eq!(with(item, "alarm"), Verdict::PassedWithAlarms);
        }
        assert_eq!(with("PASSED", "passed"), Verdict::Passed);
        assert_eq!(with("FAILED", "other"), Verdict::Failed);
    }

    #[test]
    fn an_incomplete_or_contradictory_report_is_unclear() {
        let doubt = |json: Value| {
            let entry = entry(&json);
            assert_eq!(Verdict::of(&entry), Verdict::Unclear, "{json}");
            doubts(&entry).join("; ")
        };
        let passed = |name: &str, value: Value| {
            let mut report =
                json!({ "process": "100%", "result": true, "precheck_result": [{ "item": "a", "result": "PASSED" }] });
            assert_eq!(verdict(&report), Verdict::Passed);
            report[name] = value;
            report
        };
        insta::assert_snapshot!(doubt(json!({})), @"process is missing");
        insta::assert_snapshot!(doubt(json!({ "result": true })), @"process is missing");
        insta::assert_snapshot!(doubt(passed("process", json!("done"))), @r#"process is "done", which is not a percentage from 0% to 100%"#);
        insta::assert_snapshot!(doubt(passed("process", json!("120%"))), @r#"process is "120%", which is not a percentage from 0% to 100%"#);
        insta::assert_snapshot!(doubt(passed("result", Value::Null)), @"result is missing");
        insta::assert_snapshot!(doubt(passed("precheck_result", json!([]))), @"the array of check items is empty");
        insta::assert_snapshot!(doubt(passed("total_passed_rate", json!("96%"))), @r#"total_passed_rate is "96%", but no item failed"#);
        insta::assert_snapshot!(doubt(passed("total_passed_rate", json!("most"))), @r#"total_passed_rate is "most", but no item failed"#);
        insta::assert_snapshot!(doubt(passed("error_msg", json!("internal error"))), @r#"error_msg is "internal error", without an error_code"#);
        insta::assert_snapshot!(doubt(passed("precheck_result", json!([{ "result": "SKIPPED" }, { "item": "b" }]))), @r#"item without a name: result is "SKIPPED", which is not documented; item b: result is missing"#);
        assert_eq!(verdict(&passed("total_passed_rate", json!("100 %"))), Verdict::Passed);
        assert_eq!(verdict(&passed("total_passed_rate", json!(""))), Verdict::Passed);
        assert_eq!(verdict(&passed("error_msg", json!(""))), Verdict::Passed);
    }

    #[test]
    fn only_an_unclear_report_has_doubts() {
        for (json, expected) in [
            (json!({ "process": "1%" }), Verdict::Running),
            (json!({ "process": "100%", "result": false, "precheck_result": [] }), Verdict::Failed),
            (json!({ "process": "100%", "result": true }), Verdict::Passed),
        ] {
            assert_eq!((Verdict::of(&entry(&json)), doubts(&entry(&json))), (expected, Vec::new()), "{json}");
        }
    }
}
