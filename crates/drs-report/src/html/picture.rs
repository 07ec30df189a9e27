//! The figures of the pictures. They are attributes of SVG: the policy of the file forbids styles of elements.

use drs_types::text::count;

/// A bar of segments, 1000 units wide.
pub(super) struct Bar {
    pub(super) segments: Vec<Segment>,
    /// The same as a sentence, for people who do not see it.
    pub(super) description: String,
}

/// A segment of a bar.
pub(super) struct Segment {
    pub(super) class: &'static str,
    pub(super) label: String,
    pub(super) count: usize,
    pub(super) start: String,
    pub(super) length: String,
}

/// A ring of segments, 100 units around.
pub(super) struct Donut {
    pub(super) bar: Bar,
    pub(super) total: usize,
    /// The number of all in words.
    pub(super) items: String,
    /// The share of the passed ones in percent, rounded down.
    pub(super) passed: usize,
}

impl Bar {
    pub(super) fn of(parts: impl IntoIterator<Item = (&'static str, String, usize)>) -> Self {
        Self::scaled(parts, 1000)
    }

    fn scaled(parts: impl IntoIterator<Item = (&'static str, String, usize)>, length: usize) -> Self {
        let parts: Vec<_> = parts.into_iter().filter(|(_, _, count)| *count > 0).collect();
        let total: usize = parts.iter().map(|(_, _, count)| count).sum();
        let mut before = 0;
        let units = |count: usize| decimal(count * length * 100 / total.max(1));
        let mut segments = Vec::new();
        for (class, label, count) in parts {
            segments.push(Segment { class, label, count, start: units(before), length: units(count) });
            before += count;
        }
        let words: Vec<String> =
            segments.iter().map(|segment| format!("{} {}", segment.count, segment.label)).collect();
        Self { description: words.join(", "), segments }
    }
}

impl Donut {
    pub(super) fn of(parts: [(&'static str, usize); 5]) -> Self {
        let total: usize = parts.iter().map(|(_, count)| count).sum();
        let passed: usize = parts.iter().filter(|(name, _)| *name == "passed").map(|(_, count)| count).sum();
        let parts = parts.map(|(name, count)| (name, name.to_owned(), count));
        let items = count(total as u64, "check item");
        Self { bar: Bar::scaled(parts, 100), total, items, passed: passed * 100 / total.max(1) }
    }
}

/// A number of hundredths as a decimal number.
fn decimal(hundredths: usize) -> String {
    format!("{}.{:02}", hundredths / 100, hundredths % 100)
}
