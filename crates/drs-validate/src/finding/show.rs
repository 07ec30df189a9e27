//! Findings as people read them: what is wrong, where, and the line of the source with a mark under the place.

use std::fmt::Write as _;

use drs_types::text::printable;
use unicode_width::UnicodeWidthStr;

use crate::finding::{Finding, Severity};
use crate::stream::{Diagnostic, PayloadReport};

/// A part of what is shown that may have a colour of its own.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum StylePart {
    /// The severity and the code.
    Head(Severity),
    /// What the code means.
    Title,
    /// The mark under the place.
    Mark,
}

impl PayloadReport {
    /// Shows a finding of this payload out of a source of this name; `paint` gives the parts their colours.
    ///
    /// ```
    /// use drs_validate::{Blocks, Format, Options, Validator};
    ///
    /// let request = Options::default().body_kind("batch_check_results.request".parse().unwrap());
    /// let blocks = Blocks::new(&br#"{"jobs": []}"#[..], Format::Auto, 1000);
    /// let report = Validator::new().validate_blocks(blocks, request).next().unwrap()?;
    /// let suspect = &report.suspects[0];
    /// assert_eq!(
    ///     suspect.show(&suspect.findings[0], "captured.json", &|_, text| text.to_owned()),
    ///     r#"error[DRS-V019] too few items: expected at least 1 item, found 0
    ///   --> captured.json:1:10, /jobs of batch_check_results.request (Table 3)
    ///    | {"jobs": []}
    ///    |          ^
    /// "#
    /// );
    /// # Ok::<(), std::io::Error>(())
    /// ```
    #[must_use]
    pub fn show(&self, located: &Diagnostic, source: &str, paint: &dyn Fn(StylePart, &str) -> String) -> String {
        let finding @ Finding { code, severity, pointer, table, .. } = &located.finding;
        let head = paint(StylePart::Head(*severity), &format!("{severity}[{code}]"));
        let message = printable(&finding.message());
        let (title, rest) = message.split_at(message.find(": ").unwrap_or(message.len()));
        let mut text = format!("{head} {}{rest}\n", paint(StylePart::Title, title));
        let _ = write!(text, "  --> {}:{}:{}", printable(source), located.line, located.column);
        if let Some(key) = &self.key {
            let _ = write!(text, ", key {}", printable(&key.to_string()));
        }
        let pointer = if pointer.is_empty() { "the body".to_owned() } else { printable(&shortened(pointer)) };
        let _ = write!(text, ", {pointer}");
        if let Some(known) = self.body_kind {
            let _ = write!(text, " of {}", known.name());
        }
        if let Some(table) = table {
            let _ = write!(text, " ({table})");
        }
        // Of the two bodies of a capture, the name of the side says which.
        if self.part.matches('/').count() > 1 {
            let _ = write!(text, " in {}", printable(&self.part));
        }
        text.push('\n');
        if let Some(excerpt) = &located.excerpt {
            let before: String = excerpt.text.chars().take(excerpt.before).collect();
            let about: String = excerpt.text.chars().skip(excerpt.before).take(excerpt.width).collect();
            let mark = format!("{}{}", " ".repeat(before.width()), "^".repeat(about.width().max(1)));
            let _ = writeln!(text, "   | {}\n   | {}", excerpt.text, paint(StylePart::Mark, &mark));
        }
        text
    }
}

/// A pointer without its middle, when it is longer than a line.
fn shortened(pointer: &str) -> String {
    const ENDS: usize = 60;
    let length = pointer.chars().count();
    if length <= 2 * ENDS {
        return pointer.to_owned();
    }
    let start: String = pointer.chars().take(ENDS).collect();
    let end: String = pointer.chars().skip(length - ENDS).collect();
    format!("{start}…{end}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pointer_of_many_levels_keeps_its_ends() {
        let pointer = "/0".repeat(127) + "/end";
        assert!(shortened(&pointer).ends_with("/0/end") && shortened(&pointer).chars().count() == 121);
        assert_eq!(shortened("/a/b"), "/a/b");
    }
}
