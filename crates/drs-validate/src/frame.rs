//! What is around the items of an array: the text before them, and the text after them.

use std::ops::Range;

use crate::finding::list::{Findings, ROOM};
use crate::finding::{Code, Finding};
use crate::input::{Part, PartKind};
use crate::json::{BYTE_ORDER_MARK, reader};
use crate::record::RecordReport;
use crate::schema::builder::Builder;
use crate::{payload, secrets};

/// What is wrong with the text around the items of an array: before them, and after them.
pub(crate) fn around_items(text: &[u8], part: &Part) -> Vec<RecordReport> {
    let PartKind::Frame { before, after, is_whole } = part.kind else { return Vec::new() };
    let Range { start, end } = part.range;
    let joined = [&text[start..before], &text[after..end]].concat();
    let parsed = reader::parse(&joined);
    let (gap, skipped) = (before - start, after - before);
    let original = |at: usize| if at < gap { start + at } else { start + at + skipped };
    let secrets = secrets::places(&joined, &parsed, None);
    let mut found = Findings::within(ROOM);
    payload::flaws(&joined, &parsed, None, &mut Builder::of_text(&mut found));
    // A HAR may start with a byte order mark. Without the end of the array, a truncated item says enough.
    let is_object = joined.strip_prefix(BYTE_ORDER_MARK).is_some_and(|text| text.starts_with(b"{"));
    found.list.retain(|finding| {
        (finding.offset < gap || is_whole || after == end) && !(is_object && finding.code == Code::ByteOrderMark)
    });
    let all = found.close(joined.len());
    let (first, second): (Vec<_>, Vec<_>) = all.into_iter().partition(|finding| finding.offset < gap);
    let sides = [(first, start..before), (second, after..end)].into_iter().filter(|(found, _)| !found.is_empty());
    let report = |(found, range): (Vec<Finding>, Range<usize>)| {
        let moved = |finding: Finding| Finding { offset: original(finding.offset), ..finding };
        let around = found.into_iter().map(moved).collect();
        let hidden = |secrets: &Vec<Range<usize>>| {
            secrets.iter().map(|secret| original(secret.start)..original(secret.end)).collect()
        };
        let visible = secrets.as_ref().map(|secrets| (range, hidden(secrets)));
        RecordReport { around, visible, ..RecordReport::default() }
    };
    sides.map(report).collect()
}
