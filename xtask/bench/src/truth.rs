//! Compares the findings of a validator with the expected findings.

use std::num::NonZeroUsize;
use std::ops::ControlFlow;

use drs_validate::{Blocks, Code, Diagnostic, LIMIT, Validator};

use crate::corpus::Document;
use crate::forms::Form;

/// The findings in one response: the rules and their locations as JSON Pointers, and where nothing is around the responses, in
/// bytes from the start of the file.
type Truth = Vec<(Code, String, Option<u64>)>;

/// Returns a sentence for each missed or invented finding in the documents, written in this form.
#[must_use]
pub fn compare(validator: &Validator, form: Form, text: &[u8], documents: &[Document]) -> Vec<String> {
    let (mut start, mut expected) = (0, Vec::<Truth>::new());
    for document in documents.iter().filter(|document| form.holds(document)) {
        let offset = |at: usize| (form == Form::Bodies).then_some(start + at as u64);
        let rule = |(code, pointer, at): &(Code, String, usize)| (*code, pointer.clone(), offset(*at));
        if !document.broken.is_empty() {
            expected.push(document.broken.iter().map(rule).collect());
        }
        start += document.text.len() as u64 + 1;
    }
    let mut found: Vec<Truth> = Vec::new();
    let blocks = Blocks::new(text, form.format(), LIMIT);
    validator.validate_stream(blocks, &form.options(), NonZeroUsize::MIN, |report| {
        for suspect in report.into_iter().flat_map(|report| report.suspects) {
            let offset = |located: &Diagnostic| (form == Form::Bodies).then_some(located.offset);
            let rule = |located: Diagnostic| {
                let offset = offset(&located);
                (located.finding.code, located.finding.pointer, offset)
            };
            let mut rules: Truth = suspect.findings.into_iter().map(rule).collect();
            rules.sort();
            found.push(rules);
        }
        ControlFlow::Continue(())
    });
    let differ = |(number, (found, expected)): (usize, (&Truth, &Truth))| {
        (found != expected).then(|| format!("{}: suspect {number} has {found:?} instead of {expected:?}", form.file()))
    };
    let mut wrong: Vec<String> = found.iter().zip(&expected).enumerate().filter_map(differ).collect();
    if found.len() != expected.len() {
        wrong.push(format!("{}: {} suspects instead of {}", form.file(), found.len(), expected.len()));
    }
    wrong
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
    fn each_broken_response_and_no_other_is_found_in_every_form() {
        let documents = corpus::documents(2_400_000).collect::<Vec<_>>();
        let ways: BTreeSet<Code> =
            documents.iter().flat_map(|document| &document.broken).map(|(code, ..)| *code).collect();
        assert!(documents.len() > 400 && ways.len() == 11, "broken in {} ways: {ways:?}", ways.len());
        for form in Form::ALL {
            let mut text = Vec::new();
            form.write(&documents, &mut text).unwrap();
            assert_eq!(compare(&Validator::new(), form, &text, &documents), [""; 0]);
            assert_eq!(compare(&Validator::new().without_fast_path(), form, &text, &documents), [""; 0]);
        }
    }
}
