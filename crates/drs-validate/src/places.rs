//! Where the bytes of a payload stand in the record that holds it.

/// Where the bytes of a payload stand in its record.
#[derive(Clone, Debug)]
pub(crate) enum Places {
    /// Side by side, from here on.
    At(usize),
    /// With escapes between them: pairs of a place in the payload and the same place in the record's text, which
    /// starts here.
    Escaped(Vec<(usize, usize)>, usize),
    /// Encoded; all that can be said is where the encoded text starts.
    Inside(usize),
}

impl Places {
    /// The places of a text that stands in JSON, between these quotes.
    pub(crate) fn of_text(raw: &[u8], start: usize) -> Self {
        Self::Escaped(escapes(raw), start)
    }

    /// The place in the record of a place in the payload.
    pub(crate) fn original(&self, offset: usize) -> usize {
        match self {
            Self::At(start) => start + offset,
            Self::Inside(start) => *start,
            Self::Escaped(pairs, start) => {
                let before = pairs.partition_point(|(inner, _)| *inner <= offset).checked_sub(1);
                let (inner, outer) = before.map_or((0, 0), |index| pairs[index]);
                start + outer + (offset - inner)
            }
        }
    }
}

/// The places behind each escape of a text: in what it stands for, and in the text.
fn escapes(raw: &[u8]) -> Vec<(usize, usize)> {
    let mut pairs = Vec::new();
    let (mut inner, mut outer) = (0, 0);
    while outer < raw.len() {
        if raw[outer] != b'\\' {
            (inner, outer) = (inner + 1, outer + 1);
            continue;
        }
        let unit = |at: usize| {
            let digits = raw.get(at..at + 6).filter(|escape| escape.starts_with(b"\\u"))?;
            u32::from_str_radix(std::str::from_utf8(&digits[2..]).ok()?, 16).ok()
        };
        let (length, width) = match (unit(outer), unit(outer + 6)) {
            (Some(0xd800..=0xdbff), Some(0xdc00..=0xdfff)) => (4, 12),
            (Some(code), _) => (char::from_u32(code).map_or(3, char::len_utf8), 6),
            (None, _) => (1, 2),
        };
        (inner, outer) = (inner + length, outer + width);
        pairs.push((inner, outer));
    }
    pairs
}
