//! One line of a log: its prefix, and the message that starts in it.

use std::ops::Range;
use std::sync::LazyLock;

use memchr::memmem::{self, Finder};

use super::Form;

/// Which body of a call it is.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Side {
    Request,
    Response,
}

/// What a message says of a call.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) enum Event {
    /// It is sent: the method and the URL.
    Url(String, String),
    /// Its response has this status.
    Code(u16),
    /// A body that is JSON starts here.
    Body(Side, usize),
    /// A body that is not JSON, or that was left out.
    NoBody(Side),
}

/// What a line is.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Kind {
    /// A line of Terraform itself.
    Terraform,
    /// A line of a provider, after a prefix of so many bytes.
    Provider { prefix: usize, is_dated: bool, has_event: bool },
    /// Anything else.
    Other { starts: bool },
}

impl Kind {
    /// The length of the prefix.
    pub(super) fn after_prefix(self) -> usize {
        if let Self::Provider { prefix, .. } = self { prefix } else { 0 }
    }

    pub(super) fn is_prefixed(self) -> bool {
        matches!(self, Self::Provider { .. })
    }

    /// Whether the body before cannot go on in this line.
    pub(super) fn starts_a_message(self, body: Form) -> bool {
        match self {
            // Where every line has a prefix, lines of others may come between.
            Self::Terraform => body != Form::Prefixed,
            Self::Provider { is_dated, has_event, .. } => is_dated || has_event,
            Self::Other { starts } => starts,
        }
    }

    /// Where the part of a body starts in its line; `None` when the line is not part of it.
    pub(super) fn content(self, body: Form) -> Option<usize> {
        match self {
            Self::Terraform => None,
            Self::Provider { prefix, .. } if body == Form::Prefixed => Some(prefix),
            Self::Provider { .. } | Self::Other { .. } => Some(0),
        }
    }
}

/// What a line is.
pub(super) fn kind(line: &[u8]) -> Kind {
    let Some(own) = after_level(line) else {
        return Kind::Other { starts: after_date(line).is_some() || event(line).is_some() };
    };
    let rest = &line[own..];
    if !rest.starts_with(b"provider.") && !rest.starts_with(b"plugin.") {
        return Kind::Terraform;
    }
    let Some(colon) = memchr::memchr(b':', rest) else { return Kind::Terraform };
    let prefix = own + colon + 1;
    let prefix = prefix + usize::from(line.get(prefix) == Some(&b' '));
    let message = &line[prefix..];
    Kind::Provider { prefix, is_dated: after_date(message).is_some(), has_event: event(message).is_some() }
}

/// Whether a message as a string in JSON may have something to say of a call.
pub(super) fn may_have_event(string: &[u8]) -> bool {
    // The words may be written with escapes.
    WORDS.iter().any(|(word, _)| word.find(string).is_some()) || memmem::find(string, b"\\u00").is_some()
}

/// Whether a message may start in some text: a line after the first has a date at its start, or the words of a message are there.
pub(super) fn may_have_message(text: &[u8]) -> bool {
    let is_dated = |end: usize| text.get(end + 1).is_some_and(u8::is_ascii_digit);
    memchr::memchr_iter(b'\n', text).any(is_dated) || WORDS.iter().any(|(word, _)| word.find(text).is_some())
}

/// The place after `2024-01-26T15:20:00.123+0800 [DEBUG] `.
fn after_level(line: &[u8]) -> Option<usize> {
    let is_date = line.len() > 11
        && line[..11].iter().zip(b"0000-00-00T").all(
            |(byte, form)| {
                if *form == b'0' { byte.is_ascii_digit() } else { byte == form }
            },
        );
    let space = memchr::memchr(b' ', line).filter(|_| is_date)?;
    let rest = line[space + 1..].strip_prefix(b"[")?;
    let level = rest.iter().take_while(|byte| byte.is_ascii_uppercase()).count();
    let after = rest[level..].strip_prefix(b"] ").filter(|_| level > 0)?;
    let blanks = after.iter().take_while(|byte| **byte == b' ').count();
    Some(line.len() - after.len() + blanks)
}

/// The place after `2024/01/26 15:20:00 `.
fn after_date(line: &[u8]) -> Option<usize> {
    const DATE: &[u8] = b"0000/00/00 00:00:00 ";
    let fits = |(byte, form): (&u8, &u8)| if *form == b'0' { byte.is_ascii_digit() } else { byte == form };
    (line.len() >= DATE.len() && line.iter().zip(DATE).all(fits)).then_some(DATE.len())
}

/// The words that tell the messages about a request from those about a response.
static WORDS: LazyLock<[(Finder<'_>, Side); 2]> =
    LazyLock::new(|| [(Finder::new(b" Request "), Side::Request), (Finder::new(b" Response "), Side::Response)]);

/// More bytes than each of these words has.
pub(super) const LONGEST_WORD: usize = 16;

/// What a message says of a call, with the id that the provider gave the call.
pub(super) fn event(message: &[u8]) -> Option<(Option<String>, Event)> {
    const NAMES: [&[u8]; 4] = [b"API", b"OpenTelekomCloud", b"HuaweiCloud", b"OpenStack"];
    // Most lines are those of bodies, and have neither a level nor a name.
    if !NAMES.iter().any(|name| message.starts_with(name)) {
        memchr::memchr(b']', message)?;
    }
    WORDS.iter().find_map(|(word, side)| {
        let at = word.find(message)?;
        let name = NAMES.iter().find(|name| message[..at].ends_with(name))?;
        let before = message[..at - name.len()].trim_ascii_end();
        // A level comes before the id, or before the name, unless Terraform has taken it as its own.
        if !before.is_empty() {
            before.strip_suffix(b"]")?;
        }
        let id = before.strip_suffix(b"]").and_then(|before| before.rsplit(|byte| *byte == b'[').next());
        let is_id = |id: &&[u8]| id.contains(&b'-') && id.iter().all(|byte| byte.is_ascii_digit() || *byte == b'-');
        let id = id.filter(is_id).map(|id| String::from_utf8_lossy(id).into_owned());
        let from = at + word.needle().len();
        let rest = &message[from..];
        let event = match side {
            Side::Request if rest.starts_with(b"URL: ") => url(&rest[5..])?,
            Side::Response if rest.starts_with(b"Code: ") => code(&rest[6..])?,
            _ if rest.starts_with(b"Body: ") => match rest.get(6) {
                Some(b'{' | b'[') => Event::Body(*side, from + 6),
                _ => Event::NoBody(*side),
            },
            _ => return None,
        };
        Some((id, event))
    })
}

fn url(text: &[u8]) -> Option<Event> {
    let text = String::from_utf8_lossy(text.split(|byte| *byte == b'\n').next()?).into_owned();
    let mut words = text.split_ascii_whitespace();
    let (method, url) = (words.next()?, words.next()?);
    Some(Event::Url(method.to_owned(), url.trim_end_matches(':').to_owned()))
}

fn code(text: &[u8]) -> Option<Event> {
    let digits: String = text.iter().take_while(|byte| byte.is_ascii_digit()).map(|byte| char::from(*byte)).collect();
    digits.parse().ok().filter(|code| *code < 1000).map(Event::Code)
}

/// Whether a stream that starts like this is a log of Terraform, or of a provider.
pub(crate) fn is_log(start: &[u8]) -> bool {
    let mut lines = start.split(|byte| *byte == b'\n');
    let is_terraform = |line: &[u8]| after_level(line).is_some() && memmem::find(line, b"erraform").is_some();
    lines.any(|line| {
        let after = if let Kind::Provider { prefix, .. } = kind(line) { prefix } else { 0 };
        is_terraform(line) || event(&line[after..]).is_some()
    })
}

/// The places of the lines of a body, each after its prefix.
pub(crate) fn contents(raw: &[u8]) -> impl Iterator<Item = Range<usize>> {
    let mut end = 0;
    raw.split_inclusive(|byte| *byte == b'\n').filter_map(move |line| {
        let start = end;
        end += line.len();
        let content = if start == 0 { Some(0) } else { kind(line).content(Form::Prefixed) };
        content.map(|content| start + content..end)
    })
}

/// A body without the prefixes of its lines, and pairs of a place in it and the same place in the log.
pub(crate) fn without_prefixes(raw: &[u8]) -> (Vec<u8>, Vec<(usize, usize)>) {
    let (mut plain, mut pairs) = (Vec::with_capacity(raw.len()), Vec::new());
    for content in contents(raw) {
        pairs.push((plain.len(), content.start));
        plain.extend_from_slice(&raw[content]);
    }
    (plain, pairs)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_messages_of_both_providers_and_of_older_versions_are_known() {
        let event = |text: &str| event(text.as_bytes());
        let id = Some("1706253600123-7".to_owned());
        let url = Event::Url("POST".to_owned(), "https://drs.example/v3/p/jobs".to_owned());
        let line = "2024/01/26 15:20:00 [DEBUG] [1706253600123-7] API Request URL: POST https://drs.example/v3/p/jobs";
        assert_eq!(event(line), Some((id.clone(), url.clone())));
        assert_eq!(event(&format!("{line}: timestamp=2024-01-26T15:20:00.123+0800")), Some((id.clone(), url)));
        assert_eq!(event("[DEBUG] OpenTelekomCloud Response Code: 200"), Some((None, Event::Code(200))));
        assert_eq!(event("API Response Code: 404"), Some((None, Event::Code(404))));
        let body = "[DEBUG] [1706253600123-7] API Response Body: {";
        assert_eq!(event(body), Some((id, Event::Body(Side::Response, body.len() - 1))));
        assert_eq!(event("[WARN] HuaweiCloud Request Body: <html>"), Some((None, Event::NoBody(Side::Request))));
        for other in ["[DEBUG] API Request Headers:", "My API Request URL: GET /", "[DEBUG] Request Body: {", ""] {
            assert_eq!(event(other), None, "{other}");
        }
    }

    #[test]
    fn a_line_has_the_prefix_of_its_program() {
        let own = kind(b"2024-01-26T15:19:59.000+0800 [INFO]  Terraform version: 1.6.6");
        assert_eq!(own, Kind::Terraform);
        let line = b"2024-01-26T15:20:00.123+0800 [DEBUG] provider.terraform-provider-x_v1.2: }";
        assert_eq!(kind(line), Kind::Provider { prefix: line.len() - 1, is_dated: false, has_event: false });
        assert_eq!(kind(b"  \"jobs\": ["), Kind::Other { starts: false });
        assert_eq!(kind(b"2024/01/26 15:20:00 [DEBUG] x"), Kind::Other { starts: true });
    }
}
