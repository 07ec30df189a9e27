//! Explanations of one or two lines, for results.

use serde::Serialize;

use super::{Item, Reason, Step, find, find_reason};

/// The most causes that a short explanation lists.
const MOST_CAUSES: usize = 2;

/// The most statements that a short explanation has.
const MOST_STATEMENTS: usize = 2;

/// A short explanation of a finding.
#[derive(Clone, Debug, Eq, PartialEq, Serialize)]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema), schemars(rename = "Explanation"))]
#[non_exhaustive]
pub struct Short {
    /// Why the item did not pass, or that the catalogue does not know it.
    pub why: String,
    /// How to fix it; missing when nothing is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fix: Option<String>,
    /// The name for `drs explain`, when it says more.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub explain: Option<&'static str>,
}

/// Explains an item that did not pass, and its failed reason. An unknown item or reason is said to be unknown.
///
/// ```
/// use drs_gate::catalogue::explain_short;
///
/// let known = explain_short("srcDbBinlogIsOff", Some("SOURCE_DB_BINLOG_IS_OFF_FOR_UP"));
/// assert!(known.why.contains("binlog") && known.fix.is_some());
/// let unknown = explain_short("itemOfTomorrow", None);
/// assert_eq!((unknown.why.as_str(), unknown.fix), ("`itemOfTomorrow` is not in the catalogue.", None));
/// ```
#[must_use]
pub fn explain_short(item: &str, reason: Option<&str>) -> Short {
    let reason = reason.map(str::trim).filter(|reason| !reason.is_empty());
    let known_reason = reason.and_then(find_reason);
    let known_item = find(item);
    let mut why = Vec::new();
    if known_item.is_none() {
        why.push(format!("`{item}` is not in the catalogue."));
    }
    if let (Some(reason), None) = (reason, known_reason) {
        why.push(format!("The reason {reason} is not in the catalogue."));
    }
    match (known_reason, known_item) {
        (Some(Reason { means, .. }), _) => why.push((*means).to_owned()),
        (None, Some(item)) => why.push(causes(item)),
        (None, None) => {}
    }
    let explained = known_reason.and_then(|reason| find(reason.explained_by)).or(known_item);
    let own_fix = known_reason.and_then(|reason| reason.fix).map(str::to_owned);
    let fix = own_fix.or_else(|| explained.and_then(fix));
    Short { why: why.join(" "), fix, explain: explained.map(|item| item.name) }
}

/// The first causes of an item, and the number of the others.
fn causes(item: &Item) -> String {
    if item.causes.is_empty() {
        return "Why it fails is not documented.".to_owned();
    }
    let shown: Vec<&str> = item.causes.iter().take(MOST_CAUSES).map(|cause| cause.trim_end_matches('.')).collect();
    let more = item.causes.len().saturating_sub(MOST_CAUSES);
    let causes = match more {
        0 => shown.join("; or: "),
        1 => format!("{}; or 1 other cause", shown.join("; or: ")),
        more => format!("{}; or {more} other causes", shown.join("; or: ")),
    };
    format!("{causes}.")
}

/// The first step that is for any engine, or else the first step, with its statements if they are one or two.
fn fix(item: &Item) -> Option<String> {
    let step: &Step = item.fix.iter().find(|step| step.engine.is_none()).or(item.fix.first())?;
    let mut fix = step.engine.map(|engine| format!("{}: ", engine.title)).unwrap_or_default();
    fix.push_str(step.text);
    // The section of a setting, such as `[mysqld]`, is known to who edits the file.
    let statements: Vec<&str> = step.lines().filter(|line| !line.starts_with('[')).collect();
    if statements.len() <= MOST_STATEMENTS {
        fix.extend(statements.iter().map(|statement| format!(" `{statement}`")));
    }
    if step.caution.or(item.caution).is_some() {
        fix.push_str(" (not documented)");
    }
    Some(fix)
}
