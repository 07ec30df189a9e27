//! JSON with comments and trailing commas, as in the output of `drs new`.

/// Replaces comments and trailing commas by spaces, so that lines and columns stay. Other mistakes stay, too.
pub(crate) fn plain(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    let (mut before, mut trailing, mut rest) = (None, None, text);
    while let Some(first) = rest.chars().next() {
        let comment = comment(rest);
        let length = comment.unwrap_or_else(|| if first == '"' { string(rest) } else { first.len_utf8() });
        let (piece, after) = rest.split_at(length);
        rest = after;
        if comment.is_some() {
            plain.extend(piece.chars().map(|character| if character == '\n' { '\n' } else { ' ' }));
            continue;
        }
        if !first.is_ascii_whitespace() {
            match (first, before, trailing.take()) {
                // A comma after no value is a mistake.
                (',', Some(last), _) if !matches!(last, '{' | '[' | ',') => trailing = Some(plain.len()),
                ('}' | ']', _, Some(comma)) => plain.replace_range(comma..=comma, " "),
                _ => {}
            }
            before = Some(first);
        }
        plain.push_str(piece);
    }
    plain
}

/// Returns the length of the comment at the start of a text; `None` without one.
fn comment(text: &str) -> Option<usize> {
    if text.starts_with("//") {
        return Some(text.find('\n').unwrap_or(text.len()));
    }
    text.strip_prefix("/*")?.find("*/").map(|length| length + 4)
}

/// Returns the length of the string at the start of a text; without a closing quote, the length of the first line.
fn string(text: &str) -> usize {
    let mut is_escaped = false;
    for (at, character) in text.char_indices().skip(1) {
        match character {
            '"' if !is_escaped => return at + 1,
            '\n' => return at,
            _ => is_escaped = character == '\\' && !is_escaped,
        }
    }
    text.len()
}

#[cfg(test)]
mod tests {
    use super::*;
    use drs_types::pointer::location;
    use serde_json::{Value, json};

    #[test]
    fn comments_and_trailing_commas_become_spaces() {
        let text = "// a\n{ \"a\": [1, 2.5, -3,], /* b\n */ \"c\": { \"d\": null, }, \"e\": \"\\u00e4 // \\\" no comment,]\", }";
        let read: Value = serde_json::from_str(&plain(text)).unwrap();
        assert_eq!(read, json!({ "a": [1, 2.5, -3], "c": { "d": null }, "e": "ä // \" no comment,]" }));
        assert_eq!(plain("[1, // é\n]"), "[1      \n]");
    }

    #[test]
    fn a_location_is_found_among_comments_and_a_missing_value_has_that_of_its_object() {
        let text = plain("{ // é\n  \"é\": [1, { \"a/b\": 2 }],\n  \"c\": {},\n}");
        assert_eq!(location(&text, ""), Some((1, 1)));
        assert_eq!(location(&text, "/é/1/a~1b"), Some((2, 21)));
        assert_eq!(location(&text, "/é/1/x"), Some((2, 12)));
        assert_eq!(location(&text, "/c/d/e"), Some((3, 8)));
        assert_eq!(location(&text, "/é/9"), Some((2, 8)));
    }

    #[test]
    fn every_other_mistake_stays() {
        for wrong in [
            "",
            "{",
            "{a:1}",
            "{'a':1}",
            "[1 2]",
            "[,]",
            "[1,,]",
            "{,}",
            "[1],",
            "{} {}",
            "[1 /* ]",
            "\"a // b\n\"",
            "[/]",
        ] {
            assert!(serde_json::from_str::<Value>(&plain(wrong)).is_err(), "{wrong}");
        }
    }
}
