//! The explanation of a finding by the catalogue.

use drs_gate::Finding;

/// What the catalogue says about a finding, in a line or two.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct Explanation {
    /// Why the item did not pass.
    pub(crate) why: String,
    /// How to fix it; `None` when nothing is known.
    pub(crate) fix: Option<String>,
    /// The name for `drs explain`, when it says more.
    pub(crate) explain: Option<&'static str>,
}

/// Returns the explanation of a finding.
pub(crate) fn explanation(_: &Finding) -> Option<Explanation> {
    None
}

/// Returns the side on which an item looks: source, target, both or network.
pub(crate) fn side(_: &str) -> Option<&'static str> {
    None
}

/// Returns what an item checks, and its help, for the rule of the item.
pub(crate) fn rule_help(item: &str) -> (String, String) {
    (format!("The check item {item} passes."), "Not in the catalogue.".to_owned())
}
