//! Lines of a terminal: their width and their styles.

use std::io::{self, Write};

use owo_colors::OwoColorize as _;

use crate::Options;

/// The meaning of a style.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Style {
    Good,
    Warning,
    Bad,
    Pending,
    Strong,
    Faint,
}

/// Where lines go.
pub(super) struct Page<'a> {
    out: &'a mut dyn Write,
    pub(super) width: usize,
    colors: bool,
}

impl<'a> Page<'a> {
    pub(super) fn new(out: &'a mut dyn Write, options: &Options) -> Self {
        Self { out, width: options.width, colors: options.colors }
    }

    pub(super) fn line(&mut self, line: &str) -> io::Result<()> {
        writeln!(self.out, "{line}")
    }

    /// Writes a text in lines that fit the width.
    pub(super) fn wrapped(&mut self, first: &str, next: &str, text: &str) -> io::Result<()> {
        let options = textwrap::Options::new(self.width)
            .initial_indent(first)
            .subsequent_indent(next)
            .word_splitter(textwrap::WordSplitter::NoHyphenation)
            .word_separator(textwrap::WordSeparator::Custom(after_commas));
        textwrap::wrap(text, options).iter().try_for_each(|line| self.line(line))
    }

    pub(super) fn paint(&self, style: Style, text: &str) -> String {
        paint(self.colors, style, text)
    }
}

/// A string in its style, when there are colours.
pub(crate) fn paint(colors: bool, style: Style, text: &str) -> String {
    if !colors {
        return text.to_owned();
    }
    match style {
        Style::Good => text.green().bold().to_string(),
        Style::Warning => text.yellow().bold().to_string(),
        Style::Bad => text.red().bold().to_string(),
        Style::Pending => text.cyan().bold().to_string(),
        Style::Strong => text.bold().to_string(),
        Style::Faint => text.bright_black().to_string(),
    }
}

/// The bytes of a statement in backticks up to which it stays on one line, to be copied.
const MOST_UNBROKEN: usize = 60;

/// Names in a list may be separated by commas without white space, so a line may also end after a comma. A short statement
/// in backticks is one word.
fn after_commas(line: &str) -> Box<dyn Iterator<Item = textwrap::core::Word<'_>> + '_> {
    let mut rest = line;
    Box::new(std::iter::from_fn(move || {
        let is_end =
            |(at, byte): (usize, u8)| byte == b' ' || (byte == b',' && rest.as_bytes().get(at + 1) != Some(&b' '));
        let statement =
            rest.strip_prefix('`').and_then(|code| code.find('`')).filter(|length| *length <= MOST_UNBROKEN);
        let start = statement.map_or(0, |length| length + 2);
        let end =
            rest.bytes().enumerate().skip(start).find(|place| is_end(*place)).map_or(rest.len(), |(at, _)| at + 1);
        let (word, after) = rest.split_at(end);
        rest = after;
        (!word.is_empty()).then(|| textwrap::core::Word::from(word))
    }))
}
