//! Where a value holds its records: the array that a JSON Pointer leads to, found without reading the rest.

use std::borrow::Cow;

use drs_types::pointer;

use super::extent;
use crate::json::escape;

/// The arrays of records that are known: a list of records, the entries of a HAR, and the traces of CTS.
pub(crate) const KNOWN: [&str; 3] = ["", ENTRIES, "/traces"];

/// The entries of a HAR.
pub(crate) const ENTRIES: &str = "/log/entries";

/// What is known of a value.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) enum Search {
    /// The array starts with this bracket, inside of so many others.
    Array { open: usize, depth: usize, pointer: String },
    /// It is a record itself.
    Nothing,
    /// More of the text is needed.
    More,
}

/// The way to an array: what is left of its pointer, and the whole of it.
type Way<'a> = (&'a [Cow<'a, str>], &'a str);

/// Looks for one of the arrays in a value that starts here; there may be more of the text.
pub(super) fn array(text: &[u8], start: usize, pointers: &[String], ended: bool) -> Search {
    let steps: Vec<(Vec<Cow<'_, str>>, &str)> =
        pointers.iter().map(|pointer| (pointer::split(pointer).collect(), pointer.as_str())).collect();
    let ways: Vec<Way<'_>> = steps.iter().map(|(steps, pointer)| (steps.as_slice(), *pointer)).collect();
    match value(text, start, &ways, 0) {
        Walk::Found(open, depth, pointer) => Search::Array { open, depth, pointer: pointer.to_owned() },
        Walk::Cut if !ended => Search::More,
        Walk::Cut | Walk::Past(_) | Walk::Broken => Search::Nothing,
    }
}

enum Walk<'a> {
    Found(usize, usize, &'a str),
    /// The value ends here, and has none of the arrays.
    Past(usize),
    /// The text ends inside the value.
    Cut,
    /// It is not JSON.
    Broken,
}

fn value<'a>(text: &[u8], at: usize, ways: &[Way<'a>], depth: usize) -> Walk<'a> {
    match text.get(at) {
        None => Walk::Cut,
        Some(b'[') => match ways.iter().find(|(steps, _)| steps.is_empty()) {
            Some((_, pointer)) => Walk::Found(at, depth, pointer),
            None => members(text, at + 1, b']', ways, depth),
        },
        Some(b'{') => members(text, at + 1, b'}', ways, depth),
        Some(_) => skip(text, at).map_or(Walk::Cut, Walk::Past),
    }
}

/// Walks over the members of an object or the items of an array.
fn members<'a>(text: &[u8], mut at: usize, close: u8, ways: &[Way<'a>], depth: usize) -> Walk<'a> {
    let mut index = 0_usize;
    loop {
        at = skip_space(text, at);
        let name = match text.get(at) {
            None => return Walk::Cut,
            Some(byte) if *byte == close => return Walk::Past(at + 1),
            Some(_) if close == b']' => index.to_string(),
            Some(b'"') => {
                let Some(end) = extent::string_end(text, at) else { return Walk::Cut };
                let raw = &text[at + 1..end - 1];
                at = skip_space(text, end);
                match text.get(at) {
                    None => return Walk::Cut,
                    Some(b':') => at = skip_space(text, at + 1),
                    Some(_) => return Walk::Broken,
                }
                let mut plain = Vec::new();
                let plain = escape::unescape(raw, &mut plain).map_or(raw, |()| &plain);
                String::from_utf8_lossy(plain).into_owned()
            }
            Some(_) => return Walk::Broken,
        };
        index += 1;
        let below: Vec<Way<'a>> = ways
            .iter()
            .filter_map(|(steps, pointer)| {
                let (first, rest) = steps.split_first()?;
                (*first == name).then_some((rest, *pointer))
            })
            .collect();
        let walk = match text.get(at) {
            Some(b'{' | b'[') if below.is_empty() => extent::end(text, at).map_or(Walk::Cut, Walk::Past),
            _ => value(text, at, &below, depth + 1),
        };
        at = match walk {
            Walk::Past(end) => skip_space(text, end),
            other => return other,
        };
        match text.get(at) {
            None => return Walk::Cut,
            Some(b',') => at += 1,
            Some(byte) if *byte == close => return Walk::Past(at + 1),
            Some(_) => return Walk::Broken,
        }
    }
}

/// The place after the value that starts here; `None` when the text ends in it. What does not start like a value has no length.
pub(super) fn skip(text: &[u8], at: usize) -> Option<usize> {
    match text.get(at)? {
        b'{' | b'[' => extent::end(text, at),
        b'"' => extent::string_end(text, at),
        _ => {
            let is_end = |byte: &u8| matches!(byte, b',' | b']' | b'}' | b':' | b' ' | b'\n' | b'\r' | b'\t');
            text[at..].iter().position(is_end).map(|length| at + length)
        }
    }
}

/// The place after the white space that starts here.
pub(super) fn skip_space(text: &[u8], at: usize) -> usize {
    let is_space = |byte: &&u8| matches!(byte, b' ' | b'\n' | b'\r' | b'\t');
    at + text.get(at..).unwrap_or_default().iter().take_while(is_space).count()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_array_of_records_is_found_by_its_pointer_and_needs_no_more_of_the_text_than_its_start() {
        let pointers = KNOWN.map(str::to_owned);
        let search = |text: &str| array(text.as_bytes(), 0, &pointers, false);
        let found = |open, depth, pointer: &str| Search::Array { open, depth, pointer: pointer.to_owned() };
        assert_eq!(search("[1"), found(0, 0, ""));
        let har = r#"{"x":[{"a":"]"}],"log":{"version":"1","entries": [{}"#;
        assert_eq!(search(har), found(har.len() - 3, 2, "/log/entries"));
        assert_eq!(search(r#"{"l\u006fg":{"entries":["#), found(23, 2, "/log/entries"));
        for cut in 1..har.len() - 3 {
            assert_eq!(search(&har[..cut]), Search::More, "{cut}");
        }
        for other in [r#"{"log":"x","traces":{}}"#, r#"{"log":[]}"#, "{}", r#"{"a" 1}"#, "{a", r#"{"traces":1 2"#] {
            assert_eq!(search(other), Search::Nothing, "{other}");
        }
        let second = array(br#"{"a":[[],{"b":[7]}]}"#, 0, &["/a/1/b".to_owned()], true);
        assert_eq!(second, found(14, 3, "/a/1/b"));
    }
}
