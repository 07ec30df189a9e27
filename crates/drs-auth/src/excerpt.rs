//! Excerpts of bodies for errors: short, and without secrets.

use std::fmt;

use drs_types::text::printable;
use serde_json::Value;

use crate::Secrets;
use crate::limits::LIMITS;

/// The beginning of a body, or the title of an HTML page. Secrets are masked, and invisible characters shown as codes.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct BodyExcerpt {
    text: String,
    total: usize,
    is_cut: bool,
}

impl BodyExcerpt {
    /// The most characters of an excerpt.
    pub const LONGEST: usize = LIMITS.excerpt;

    /// Creates the excerpt of a body, masked before it is cut.
    #[must_use]
    pub fn new(body: &[u8], secrets: &Secrets) -> Self {
        // No part of a secret remains at the end.
        let masked = if let Ok(mut value) = serde_json::from_slice::<Value>(body) {
            secrets.mask_value(&mut value);
            value.to_string()
        } else {
            let text = String::from_utf8_lossy(body);
            match title(&text) {
                Some(title) => format!("an HTML page, {}", secrets.mask(&title)),
                None => secrets.mask(&text).into_owned(),
            }
        };
        let text: String = masked.chars().take(Self::LONGEST).collect();
        Self { is_cut: text.len() < masked.len(), text, total: body.len() }
    }

    /// The text, which may be empty.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }
}

impl fmt::Display for BodyExcerpt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.total == 0 {
            return f.write_str("an empty body");
        }
        f.write_str(&printable(&self.text))?;
        if self.is_cut {
            write!(f, "… ({} bytes)", self.total)?;
        }
        Ok(())
    }
}

/// Describes the title of an HTML page; `None` for any other text.
fn title(text: &str) -> Option<String> {
    let start = text.trim_start_matches('\u{feff}').trim_start();
    let beginning: String = start.chars().take(LIMITS.html_head).collect::<String>().to_ascii_lowercase();
    let is_page = beginning.starts_with('<')
        && ["<!doctype html", "<html", "<head", "<title", "<body"].iter().any(|tag| beginning.contains(tag));
    if !is_page {
        return None;
    }
    // The lower case of ASCII has the same length.
    let lower = start.to_ascii_lowercase();
    let inside = lower.find("<title").and_then(|at| Some(at + lower[at..].find('>')? + 1));
    let title = inside.map(|at| &start[at..lower[at..].find("</").map_or(start.len(), |end| at + end)]);
    let title =
        title.map(|title| title.split_whitespace().collect::<Vec<_>>().join(" ")).filter(|title| !title.is_empty());
    Some(match title {
        Some(title) => format!("titled \"{}\"", title.chars().take(LIMITS.html_title).collect::<String>()),
        None => "without a title".to_owned(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn excerpt(body: &str) -> String {
        BodyExcerpt::new(body.as_bytes(), &Secrets::new(["s3cr3t"])).to_string()
    }

    #[test]
    fn secrets_are_masked_in_every_kind_of_body() {
        assert_eq!(excerpt("token s3cr3t is no good"), "token ••• is no good");
        assert_eq!(excerpt(r#"{"a":[{"db_password":"x","n":1}]}"#), r#"{"a":[{"db_password":"•••","n":1}]}"#);
        assert_eq!(excerpt(r#"{"msg":"s3cr3t"}"#), r#"{"msg":"•••"}"#);
    }

    #[test]
    fn a_secret_at_the_cut_is_masked_completely() {
        let body = format!("{}s3cr3t", "x".repeat(BodyExcerpt::LONGEST - 3));
        assert!(!excerpt(&body).contains("s3c"), "a part of the secret is left");
    }

    #[test]
    fn terminal_codes_and_invalid_bytes_are_shown_as_codes() {
        assert_eq!(excerpt("\u{1b}[31mred\u{200b}"), "\\u{1b}[31mred\\u{200b}");
        assert_eq!(BodyExcerpt::new(b"\xff\xfe", &Secrets::default()).to_string(), "\u{fffd}\u{fffd}");
        assert_eq!(excerpt(""), "an empty body");
    }

    #[test]
    fn an_html_page_is_shown_as_its_title() {
        let page =
            "<!DOCTYPE html>\n<html><head><TITLE class=x>\n 502  Bad\n Gateway</title></head><body>nginx</body></html>";
        assert_eq!(excerpt(page), "an HTML page, titled \"502 Bad Gateway\"");
        assert_eq!(excerpt("<html><body>Please log in</body></html>"), "an HTML page, without a title");
        assert_eq!(excerpt("<html><title>s3cr3t"), "an HTML page, titled \"•••\"");
        assert_eq!(excerpt("<?xml version=\"1.0\"?><a/>"), "<?xml version=\"1.0\"?><a/>");
    }
}
