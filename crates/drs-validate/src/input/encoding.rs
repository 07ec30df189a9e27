//! How the text of a stream is encoded, and the way from UTF-16 to UTF-8.

/// The byte for half a code unit at the end; UTF-8 never has it.
const HALF: u8 = 0xff;

/// How the text of a stream is encoded, as the mark at its start or its first characters say.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub(crate) enum Encoding {
    /// UTF-8, with a mark or without one.
    #[default]
    Utf8,
    /// UTF-16, the lower byte first.
    Utf16Le,
    /// UTF-16, the higher byte first.
    Utf16Be,
}

impl Encoding {
    /// The encoding of a stream that starts like this, and the length of the mark; `None` when more has to be read.
    pub(super) fn of(start: &[u8], ended: bool) -> Option<(Self, usize)> {
        match start {
            [] | [_] | [0xef, 0xbb] | [0xff, 0xfe] | [0xff, 0xfe, _] | [_, 0] | [0, _] | [_, 0, _] | [0, _, 0]
                if !ended =>
            {
                None
            }
            [0xef, 0xbb, 0xbf, ..] => Some((Self::Utf8, 3)),
            // The mark of UTF-32, which nothing here reads.
            [0xff, 0xfe, 0, 0, ..] => Some((Self::Utf8, 0)),
            [0xff, 0xfe, ..] => Some((Self::Utf16Le, 2)),
            [0xfe, 0xff, ..] => Some((Self::Utf16Be, 2)),
            // Without a mark, every other byte of the first characters is zero.
            [first, 0, second, 0, ..] if is_text(*first) && is_text(*second) => Some((Self::Utf16Le, 0)),
            [0, first, 0, second, ..] if is_text(*first) && is_text(*second) => Some((Self::Utf16Be, 0)),
            _ => Some((Self::Utf8, 0)),
        }
    }

    /// How many bytes of the stream became this UTF-8.
    pub(crate) fn length_of(self, text: &[u8]) -> u64 {
        if self == Self::Utf8 {
            return text.len() as u64;
        }
        let length = |byte: &u8| match byte {
            0x80..0xc0 => 0,
            0xf0..0xf8 => 4,
            &HALF => 1,
            _ => 2,
        };
        text.iter().map(length).sum()
    }

    /// Moves whole characters of UTF-16 from `raw` to `text`. Half a pair of surrogates becomes bytes that are not UTF-8, and
    /// so does an unpaired surrogate at the end.
    pub(super) fn decode(self, raw: &mut Vec<u8>, text: &mut Vec<u8>, ended: bool) {
        let unit = |bytes: &[u8]| match (self, bytes) {
            (Self::Utf16Be, [high, low]) => u16::from_be_bytes([*high, *low]),
            (_, [low, high]) => u16::from_le_bytes([*low, *high]),
            _ => 0,
        };
        let mut whole = raw.len() & !1;
        if !ended && raw[..whole].chunks_exact(2).next_back().is_some_and(|last| (0xd800..0xdc00).contains(&unit(last)))
        {
            whole -= 2;
        }
        for character in char::decode_utf16(raw[..whole].chunks_exact(2).map(unit)) {
            match character {
                Ok(character) => text.extend_from_slice(character.encode_utf8(&mut [0; 4]).as_bytes()),
                Err(half) => {
                    let [high, low] = half.unpaired_surrogate().to_be_bytes();
                    text.extend([0xe0 | high >> 4, 0x80 | (high & 0xf) << 2 | low >> 6, 0x80 | low & 0x3f]);
                }
            }
        }
        raw.drain(..whole);
        if ended && !raw.is_empty() {
            raw.clear();
            text.push(HALF);
        }
    }
}

/// Whether JSON or a log may start with this character.
fn is_text(byte: u8) -> bool {
    matches!(byte, b'\t' | b'\n' | b'\r' | 0x1e | 0x20..0x7f)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mark_that_is_not_read_to_its_end_is_waited_for() {
        for mark in [&b"\xef\xbb\xbf"[..], b"\xff\xfe{\0", b"\xfe\xff"] {
            for length in 0..mark.len() {
                assert_eq!(Encoding::of(&mark[..length], false), None, "{mark:?} {length}");
            }
            assert!(Encoding::of(mark, false).unwrap().1 >= 2);
        }
        assert_eq!(Encoding::of(b"\xff\xfe\0\0", false), Some((Encoding::Utf8, 0)));
        assert_eq!(Encoding::of(b"{\"", false), Some((Encoding::Utf8, 0)));
        assert_eq!(Encoding::of(b"{", true), Some((Encoding::Utf8, 0)));
        assert_eq!(Encoding::of(b"\xef", true), Some((Encoding::Utf8, 0)));
        assert_eq!(Encoding::of(b"", true), Some((Encoding::Utf8, 0)));
    }

    #[test]
    fn utf_16_without_a_mark_is_known_by_its_zeros() {
        for (start, encoding) in [
            (&b"{\0\"\0"[..], Encoding::Utf16Le),
            (b"\0{\0}", Encoding::Utf16Be),
            (b"\n\0[\0", Encoding::Utf16Le),
            (b"{\0\0\0", Encoding::Utf8),
            (b"\0asm", Encoding::Utf8),
        ] {
            for length in 1..4 {
                assert!(Encoding::of(&start[..length], false).is_none_or(|found| found == (encoding, 0)), "{start:?}");
            }
            assert_eq!(Encoding::of(start, false), Some((encoding, 0)), "{start:?}");
        }
    }

    #[test]
    fn every_text_has_the_length_that_it_was_decoded_from() {
        for text in ["", "a", "é€😀\u{feff}z", "{\"a\":1}\r\n"] {
            let units = text.encode_utf16();
            for (encoding, bytes) in [
                (Encoding::Utf16Le, units.clone().flat_map(u16::to_le_bytes).collect::<Vec<_>>()),
                (Encoding::Utf16Be, units.clone().flat_map(u16::to_be_bytes).collect()),
            ] {
                for size in 1..=bytes.len().max(1) {
                    let (mut raw, mut decoded) = (Vec::new(), Vec::new());
                    for part in bytes.chunks(size) {
                        raw.extend_from_slice(part);
                        encoding.decode(&mut raw, &mut decoded, false);
                    }
                    encoding.decode(&mut raw, &mut decoded, true);
                    assert_eq!(decoded, text.as_bytes());
                    assert_eq!(encoding.length_of(&decoded), bytes.len() as u64);
                }
            }
        }
        let mut half = Vec::new();
        Encoding::Utf16Le.decode(&mut b"\x3d\xd8a\0b".to_vec(), &mut half, true);
        assert_eq!(half, b"\xed\xa0\xbda\xff");
        assert_eq!(Encoding::Utf16Le.length_of(&half), 5);
    }
}
