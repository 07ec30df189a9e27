//! What the catalogue says about items and findings.

use drs_gate::Finding;
use drs_gate::catalogue::{Item, Short, Side, explain_short, find};

use crate::view::cut;

/// Returns the explanation of a finding; `None` for an item without a name.
pub(crate) fn explanation(finding: &Finding) -> Option<Short> {
    // An unknown name is repeated, at most as long as a value.
    let short = |name: &String| cut(name, false);
    let reason = finding.reason.as_ref().map(short);
    Some(explain_short(&short(finding.item.as_ref()?), reason.as_deref()))
}

/// Returns where an item looks: source, target, both or network.
pub(crate) fn side(item: &str) -> Option<&'static str> {
    Some(match find(item)?.side {
        Side::Source => "source",
        Side::Target => "target",
        Side::Both => "source and target",
        Side::Network => "network",
        _ => return None,
    })
}

/// Returns what an item checks, and how to fix it.
pub(crate) fn rule(item: &str) -> (String, String) {
    match find(item) {
        None => (format!("The check item {item}."), "The item is not in the catalogue.".to_owned()),
        Some(known) => (known.checks.to_owned(), help(known)),
    }
}

fn help(item: &Item) -> String {
    let list = |title: &str, sentences: &[&str]| {
        let sentences = if sentences.is_empty() { "not documented.".to_owned() } else { sentences.join(" ") };
        format!("{title}: {sentences}")
    };
    let fix: Vec<&str> = item.fix.iter().map(|step| step.text).collect();
    let caution = item.caution.map(|caution| format!("\n{caution}")).unwrap_or_default();
    let causes = list("Why it fails", item.causes);
    format!("{causes}\n{}{caution}\ndrs explain {}", list("How to fix it", &fix), item.name)
}
