//! What every HTML report has: its style sheet, its script, the policy that allows them, and the choices of its filter.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use base64::prelude::{BASE64_STANDARD, Engine as _};
use sha2::{Digest as _, Sha256};

pub(crate) const STYLE: &str = include_str!("../../templates/report.css");
pub(crate) const SCRIPT: &str = include_str!("../../templates/report.js");

/// What the file may do: use its own style sheet and script.
pub(crate) static POLICY: LazyLock<String> = LazyLock::new(|| {
    let hash = |source: &str| BASE64_STANDARD.encode(Sha256::digest(source));
    format!(
        "default-src 'none'; style-src 'sha256-{}'; script-src 'sha256-{}'; base-uri 'none'; form-action 'none'",
        hash(STYLE),
        hash(SCRIPT)
    )
});

/// A choice of the filter.
pub(crate) struct Choices {
    /// The name of the attribute that the choice is about.
    pub(crate) attribute: &'static str,
    pub(crate) label: &'static str,
    pub(crate) values: BTreeSet<String>,
}

impl Choices {
    /// The choices between several values.
    pub(crate) fn several<const N: usize>(choices: [(&'static str, &'static str, BTreeSet<String>); N]) -> Vec<Self> {
        let choices = choices.map(|(attribute, label, values)| Self { attribute, label, values });
        choices.into_iter().filter(|choice| choice.values.len() > 1).collect()
    }
}
