//! Text that others wrote, as it may be shown to people.

/// Whether a character cannot be seen, or makes a terminal do something: control characters, what Unicode calls
/// default ignorable (zero width, byte order mark, direction marks, tags, …), and separators of lines.
///
/// ```
/// use drs_types::text::is_invisible;
///
/// assert!(['\u{1b}', '\n', '\u{9b}', '\u{200b}', '\u{feff}', '\u{202e}', '\u{e0041}'].into_iter().all(is_invisible));
/// assert!(!['a', ' ', 'é', '表', '🙂'].into_iter().any(is_invisible));
/// ```
#[must_use]
pub fn is_invisible(character: char) -> bool {
    character.is_control()
        || matches!(character,
            '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}'..='\u{1160}' | '\u{17b4}'..='\u{17b5}' | '\u{180b}'..='\u{180f}'
            | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{3164}'
            | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{ffa0}' | '\u{fff0}'..='\u{fffb}' | '\u{1bca0}'..='\u{1bca3}'
            | '\u{1d173}'..='\u{1d17a}' | '\u{e0000}'..='\u{e0fff}')
}

/// A text in which every invisible character stands as its code, such as `\u{1b}`.
///
/// ```
/// assert_eq!(drs_types::text::printable("a\u{1b}[2J\u{200b}"), "a\\u{1b}[2J\\u{200b}");
/// ```
#[must_use]
pub fn printable(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for character in text.chars() {
        if is_invisible(character) {
            out.extend(character.escape_unicode());
        } else {
            out.push(character);
        }
    }
    out
}
