//! Compares the findings of a validator with the expected findings.

use std::num::NonZeroUsize;
use std::ops::ControlFlow;

use drs_validate::{Blocks, Diagnostic, Format, LIMIT, Options, Validator};

use crate::corpus::{Broken, Truth};

/// Returns a sentence for each missed or invented finding.
#[must_use]
pub fn compare(validator: &Validator, corpus: &[u8], truth: &[Truth]) -> Vec<String> {
    let mut found: Vec<Truth> = Vec::new();
    let blocks = Blocks::new(corpus, Format::Ndjson, LIMIT);
    validator.validate_stream(blocks, &Options::default().body_kind(known()), NonZeroUsize::MIN, |report| {
        for suspect in report.into_iter().flat_map(|report| report.suspects) {
            let line = suspect.findings.first().map_or(0, |located| located.line);
            let rule = |located: Diagnostic| (located.finding.code, located.finding.pointer, located.offset);
            let mut rules: Vec<Broken> = suspect.findings.into_iter().map(rule).collect();
            rules.sort();
            found.push((line, rules));
        }
        ControlFlow::Continue(())
    });
    let missed = truth
        .iter()
        .filter(|broken| !found.contains(broken))
        .map(|(line, rules)| format!("line {line}: missed {rules:?}"));
    let invented = found
        .iter()
        .filter(|broken| !truth.contains(broken))
        .map(|(line, rules)| format!("line {line}: invented {rules:?}"));
    missed.chain(invented).collect()
}

/// Returns the body that the corpus consists of.
///
/// # Panics
/// Never: the operation is one of `drs-types`.
#[must_use]
pub fn known() -> drs_validate::BodyKind {
    let operation = drs_types::OperationInfo::find("batch_check_results").expect("this operation exists");
    drs_validate::BodyKind::new(operation, drs_validate::Side::Response(200))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use drs_validate::Code;

    use super::*;
    use crate::corpus;

    #[test]
    fn each_broken_response_and_no_other_is_found() {
        let mut text = Vec::new();
        let (lines, truth) = corpus::write(&mut text, 6_000_000).unwrap();
        let ways: BTreeSet<Code> = truth.iter().map(|(_, broken)| broken[0].0).collect();
        assert!(lines > 500 && ways.len() == 10, "{lines} lines, broken in {} ways: {ways:?}", ways.len());
        assert_eq!(compare(&Validator::new(), &text, &truth), [""; 0]);
        assert_eq!(compare(&Validator::new().without_fast_path(), &text, &truth), [""; 0]);
    }
}
