//! Masking of secrets: the token, and the secrets of a request.

use std::borrow::Cow;
use std::fmt;

use drs_types::{AUTH_TOKEN, Redacted, redacted};
use serde_json::Value;

use crate::limits::LIMITS;
use crate::notations::{NOTATIONS, in_base64, in_json, matched};

fn is_searched(secret: &str) -> bool {
    let escaped = Value::from(secret).to_string().chars().count() - 2;
    // Two characters could both be quotes, which are everywhere.
    secret.chars().count() >= LIMITS.searched_secret - 1 && escaped >= LIMITS.searched_secret
}

/// The secrets of a client. An error shows none of them, even when a server sends one back.
///
/// ```
/// let secrets = drs_auth::Secrets::new(["hunter2"]);
/// assert_eq!(secrets.mask("hunter2 is base64 aHVudGVyMg== and URL h%75nter2"), "••• is base64 ••• and URL •••");
/// assert_eq!(format!("{secrets:?}"), "Secrets { .. }");
/// ```
#[derive(Clone, Default)]
pub struct Secrets {
    /// The searched strings, the longest first.
    searched: Vec<Searched>,
    /// The bytes with which one of them can begin, in any notation.
    firsts: Vec<u8>,
}

#[derive(Clone)]
struct Searched {
    text: String,
    /// Whether it is a part of the secret in base64. The base64 around it is masked too.
    is_base64: bool,
}

impl Secrets {
    /// Prepares the search for secrets. One of fewer than four characters is masked only by the name of its field or
    /// header.
    pub fn new<'a>(secrets: impl IntoIterator<Item = &'a str>) -> Self {
        let mut searched = Vec::new();
        for secret in secrets.into_iter().filter(|secret| is_searched(secret)) {
            let parts = in_json(secret).into_iter().flat_map(|written| in_base64(&written));
            let parts = parts.filter(|part| part.len() >= LIMITS.searched_secret);
            searched.extend(parts.map(|text| Searched { text, is_base64: true }));
            searched.push(Searched { text: secret.to_owned(), is_base64: false });
        }
        Self::of(searched)
    }

    fn of(mut searched: Vec<Searched>) -> Self {
        searched.sort_by_key(|searched| std::cmp::Reverse(searched.text.len()));
        let mut firsts: Vec<u8> = searched.iter().filter_map(|searched| searched.text.bytes().next()).collect();
        if !firsts.is_empty() {
            firsts.extend(NOTATIONS);
        }
        firsts.sort_unstable();
        firsts.dedup();
        Self { searched, firsts }
    }

    /// Adds more secrets.
    #[must_use]
    pub fn with<'a>(mut self, more: impl IntoIterator<Item = &'a str>) -> Self {
        self.searched.extend(Self::new(more).searched);
        Self::of(self.searched)
    }

    /// Masks secrets in a string, in plain form and in the notations of JSON, URLs, base64 and HTML, and the values after
    /// the names of secret fields and headers.
    #[must_use]
    pub fn mask<'a>(&self, text: &'a str) -> Cow<'a, str> {
        let found = mask_fields(text);
        match self.search(&found) {
            Some(masked) => masked.into(),
            None => found,
        }
    }

    /// Masks secrets in a decoded value, before it is written: by the names of members, and in every string.
    pub fn mask_value(&self, value: &mut Value) {
        redacted::mask(value);
        self.search_value(value);
    }

    fn search_value(&self, value: &mut Value) {
        match value {
            Value::String(text) => {
                if let Some(masked) = self.search(text) {
                    *text = masked;
                }
            }
            Value::Number(number) => {
                if self.search(&number.to_string()).is_some() {
                    *value = Redacted::MASK.into();
                }
            }
            Value::Array(elements) => elements.iter_mut().for_each(|element| self.search_value(element)),
            Value::Object(members) => {
                let taken = std::mem::take(members);
                members.extend(taken.into_iter().map(|(name, mut member)| {
                    self.search_value(&mut member);
                    (self.search(&name).unwrap_or(name), member)
                }));
            }
            Value::Null | Value::Bool(_) => {}
        }
    }

    /// Masks the secrets in a string; `None` when it has none.
    fn search(&self, text: &str) -> Option<String> {
        let mut out = String::new();
        let mut from = 0;
        let mut at = 0;
        while at < text.len() {
            let rest = &text[at..];
            if !self.firsts.contains(&rest.as_bytes()[0]) {
                at += rest.chars().next().map_or(1, char::len_utf8);
                continue;
            }
            let found = self.searched.iter().find_map(|searched| Some((searched, matched(rest, &searched.text)?)));
            let Some((searched, length)) = found else {
                at += rest.chars().next().map_or(1, char::len_utf8);
                continue;
            };
            let (mut start, mut end) = (at, at + length);
            if searched.is_base64 {
                let is_base64 = |byte: &u8| byte.is_ascii_alphanumeric() || b"+/-_=".contains(byte);
                start -= text.as_bytes()[from..start].iter().rev().take_while(|byte| is_base64(byte)).count();
                end += text.as_bytes()[end..].iter().take_while(|byte| is_base64(byte)).count();
            }
            out.push_str(&text[from..start]);
            out.push_str(Redacted::MASK);
            (from, at) = (end, end);
        }
        (from > 0).then(|| out + &text[from..])
    }
}

impl fmt::Debug for Secrets {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Secrets").finish_non_exhaustive()
    }
}

/// Masks the values after the names of secret fields and headers, in a string that cannot be parsed.
fn mask_fields(text: &str) -> Cow<'_, str> {
    let is_name = |character: char| character.is_ascii_alphanumeric() || matches!(character, '_' | '-');
    let mut out = String::new();
    let mut from = 0;
    let mut at = 0;
    while let Some(start) = text[at..].find(is_name).map(|start| at + start) {
        let length = text[start..].find(|character| !is_name(character)).unwrap_or(text.len() - start);
        at = start + length;
        let name = &text[start..at];
        if !redacted::is_secret(name) {
            continue;
        }
        let Some(value) = value_after(&text[at..], name) else { continue };
        out.push_str(&text[from..at + value.start]);
        out.push_str(Redacted::MASK);
        from = at + value.end;
        at = from;
    }
    if from == 0 { text.into() } else { (out + &text[from..]).into() }
}

/// Finds the value of a name in the text after the name.
fn value_after(text: &str, name: &str) -> Option<std::ops::Range<usize>> {
    let quotes = |text: &str| text.len() - text.trim_start_matches(['\\', '"', '\'']).len();
    let blanks = |text: &str| text.len() - text.trim_start().len();
    let quoted_name = quotes(text) > 0;
    let mut at = quotes(text);
    at += blanks(&text[at..]);
    let sign = text[at..].chars().next().filter(|sign| matches!(sign, ':' | '='))?;
    at += 1;
    at += blanks(&text[at..]);
    let rest = &text[at..];
    let opening = quotes(rest);
    if opening > 0 {
        let value = &rest[opening..];
        let (quote, slashes) = (rest[..opening].chars().next_back()?, opening - 1);
        let closing = format!("{}{quote}", "\\".repeat(slashes));
        // A quote after one more backslash belongs to the value.
        let end = value.match_indices(closing.as_str()).map(|(end, _)| end).find(|end| !value[..*end].ends_with('\\'));
        return Some(at + opening..at + opening + end.unwrap_or(value.len()));
    }
    let is_header =
        name.eq_ignore_ascii_case(AUTH_TOKEN) || name.eq_ignore_ascii_case("authorization") || name.contains('-');
    let end = match sign {
        ':' if is_header => rest.find(['\r', '\n']),
        // In prose, an explanation follows a colon.
        ':' if !quoted_name => return None,
        _ => rest.find(|character: char| character.is_whitespace() || ",;&<>\"'}])".contains(character)),
    };
    let end = end.unwrap_or(rest.len());
    (end > 0).then_some(at..at + end)
}

#[cfg(test)]
mod tests {
    use base64::Engine as _;
    use base64::engine::general_purpose::{STANDARD_NO_PAD, URL_SAFE_NO_PAD};
    use serde_json::json;

    use super::*;

    const SECRET: &str = r#"p"w/\<&é 1"#;

    fn masked(text: &str) -> String {
        Secrets::new([SECRET]).mask(text).into_owned()
    }

    #[test]
    fn a_secret_is_found_in_every_notation() {
        let once = serde_json::to_string(SECRET).unwrap();
        let inner = |text: &str| text[1..text.len() - 1].to_owned();
        let twice = serde_json::to_string(&inner(&once)).unwrap();
        let notations = [
            SECRET.to_owned(),
            inner(&once),
            inner(&twice),
            r#"p\"w\/\\<&\u00e9 1"#.to_owned(),
            r"\u0070\u0022\u0077\u002F\u005c\u003c\u0026\u00E9\u0020\u0031".to_owned(),
            "p%22w%2F%5C%3C%26%C3%A9%201".to_owned(),
            "p%22w%2f%5c%3c%26%c3%a9+1".to_owned(),
            "p%2522w%252F%255C%253C%2526%25C3%25A9%25201".to_owned(),
            "p&quot;w/\\&lt;&amp;é 1".to_owned(),
            "p&#34;w&#x2F;&#92;&#60;&#38;&#xe9; 1".to_owned(),
        ];
        for notation in notations {
            assert_eq!(masked(&format!("using [{notation}]!")), "using [•••]!", "{notation}");
        }
    }

    #[test]
    fn a_secret_in_base64_is_found_at_every_offset() {
        for before in ["", "u", "us", "user:"] {
            for after in ["", "1", "12"] {
                let whole = format!("{before}{SECRET}{after}");
                for encoded in [STANDARD_NO_PAD.encode(&whole), URL_SAFE_NO_PAD.encode(&whole)] {
                    assert_eq!(masked(&format!("Basic {encoded} no")), "Basic ••• no", "{whole}");
                }
            }
        }
    }

    /// A gateway may send back the whole body of a request in base64.
    #[test]
    fn a_secret_in_json_in_base64_is_found() {
        let escaped = [r#"p\"w/\\<&é 1"#, r#"p\"w/\\<&\u00e9 1"#];
        for body in escaped.map(|secret| format!(r#"{{"password":"{secret}","n":1}}"#)) {
            let decoded: Value = serde_json::from_str(&body).unwrap();
            assert_eq!(decoded["password"], SECRET);
            for before in ["", " ", "  "] {
                assert_eq!(masked(&STANDARD_NO_PAD.encode(format!("{before}{body}"))), "•••", "{body}");
            }
        }
    }

    #[test]
    fn a_short_secret_is_masked_by_field_and_header_only() {
        let secrets = Secrets::new(["t"]);
        assert_eq!(secrets.mask("The token belongs to nobody"), "The token belongs to nobody");
        assert_eq!(secrets.mask("token: it is old"), "token: it is old");
        assert_eq!(Secrets::new(["abc", "\"\"", "\""]).mask("abc \"\""), "abc \"\"");
        assert_eq!(Secrets::new(["p\"w"]).mask(r#"using p"w, p\"w, p&quot;w"#), "using •••, •••, •••");
        assert_eq!(secrets.mask("X-Auth-Token: t\r\nHost: t"), "X-Auth-Token: •••\r\nHost: t");
        assert_eq!(secrets.mask(r#"{"db_password": "t\"u", "n": "t"#), r#"{"db_password": "•••", "n": "t"#);
        assert_eq!(secrets.mask(r#"{\"token\":\"t\",\"n\":1"#), r#"{\"token\":\"•••\",\"n\":1"#);
        assert_eq!(secrets.mask("a?token=t&b=t"), "a?token=•••&b=t");
        assert_eq!(secrets.mask(r#"{"password":12"#), r#"{"password":•••"#);
    }

    #[test]
    fn decoded_values_are_masked_by_name_and_by_search() {
        let mut value = json!({ SECRET: [format!("using {SECRET}")], "pwd": { "old": "x", "length": 3 }, "n": "x" });
        Secrets::new([SECRET]).mask_value(&mut value);
        assert_eq!(value, json!({ "•••": ["using •••"], "pwd": { "old": "•••", "length": "•••" }, "n": "x" }));
    }

    /// Each of these would take very long without a limit on the length of a notation.
    #[test]
    fn a_server_cannot_make_the_search_long() {
        for character in ['\\', '&', '%', '+', '"', ' '] {
            let text = character.to_string().repeat(1 << 14);
            assert_eq!(masked(&text), text);
            let text = format!("token{text}");
            assert!(masked(&text).starts_with("token"));
        }
    }

    #[test]
    fn text_without_a_secret_is_unchanged() {
        for text in ["", "p", "p\"", "100 % \\ & +", "%", "&", "\\u00", "p\\", "%C3", "&#x110000000;"] {
            assert_eq!(masked(text), text);
        }
    }
}
