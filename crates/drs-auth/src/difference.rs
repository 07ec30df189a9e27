//! The difference between two canonical requests.

use std::fmt;

use crate::canonical::{CanonicalRequest, masked};

/// So many characters of a line are shown.
const MOST_SHOWN: usize = 200;

/// The first line in which a canonical request differs from the one that a gateway echoes, with `|` or line feeds
/// between its lines; `None` when both are the same. White space around the echoed text does not count.
///
/// Equal canonical requests with a refused signature mean that the secret of the access key is wrong.
///
/// ```
/// # use std::time::SystemTime;
/// # use drs_auth::{AccessKey, Signer, canonical_difference};
/// # let (head, _) = http::Request::get("https://drs.example/v3/p/jobs").body(())?.into_parts();
/// # let key = AccessKey::new("AKEXAMPLE", "hunter2");
/// let ours = Signer::new(&key).sign(&head, b"", SystemTime::now())?.canonical_request;
/// assert_eq!(canonical_difference(&ours, &ours.echo()), None);
///
/// let theirs = ours.echo().replace("host:drs.example", "host:proxy.example");
/// let difference = canonical_difference(&ours, &theirs).unwrap();
/// assert_eq!(
///     difference.to_string(),
///     r#"line 4 (a header): signed "host:drs.example", the gateway has "host:proxy.example""#
/// );
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[must_use]
pub fn canonical_difference(ours: &CanonicalRequest, theirs: &str) -> Option<CanonicalDifference> {
    let theirs = theirs.trim();
    let separator = if theirs.contains('\n') { '\n' } else { '|' };
    let ours = ours.expose().replace('\n', &separator.to_string());
    let (mut ours, mut theirs) = (ours.split(separator), theirs.split(separator));
    let mut part = CanonicalPart::Method;
    for line in 1.. {
        let (our, their) = (ours.next(), theirs.next());
        if our.is_none() && their.is_none() {
            break;
        }
        // An echo may mask what is secret.
        if our != their && our.map(masked).as_deref() != their {
            return Some(CanonicalDifference { line, part, ours: our.map(masked), theirs: their.map(masked) });
        }
        part = part.next(our.unwrap_or_default());
    }
    None
}

/// The parts of a canonical request, in their order.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum CanonicalPart {
    /// The method.
    Method,
    /// The path, which ends with a slash.
    Path,
    /// The query, sorted.
    Query,
    /// A signed header, or the empty line after all of them.
    Header,
    /// The names of the signed headers.
    SignedHeaders,
    /// The hash of the body.
    BodyHash,
}

impl CanonicalPart {
    /// The part of the line after this one, which is `line`.
    fn next(self, line: &str) -> Self {
        match self {
            Self::Method => Self::Path,
            Self::Path => Self::Query,
            Self::Header if line.is_empty() => Self::SignedHeaders,
            Self::Query | Self::Header => Self::Header,
            Self::SignedHeaders | Self::BodyHash => Self::BodyHash,
        }
    }
}

impl fmt::Display for CanonicalPart {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Method => "the method",
            Self::Path => "the path",
            Self::Query => "the query",
            Self::Header => "a header",
            Self::SignedHeaders => "the names of the signed headers",
            Self::BodyHash => "the hash of the body",
        })
    }
}

/// A line in which two canonical requests differ. The values of secret headers are masked.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub struct CanonicalDifference {
    /// The number of the line, from 1.
    pub line: usize,
    /// The part of the request that the line belongs to.
    pub part: CanonicalPart,
    /// The line that was signed; `None` after the last one.
    pub ours: Option<String>,
    /// The line of the gateway; `None` after the last one.
    pub theirs: Option<String>,
}

impl fmt::Display for CanonicalDifference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let shown = |line: &Option<String>| match line {
            Some(line) if line.chars().count() > MOST_SHOWN => {
                format!("{:?}…", line.chars().take(MOST_SHOWN).collect::<String>())
            }
            Some(line) => format!("{line:?}"),
            None => "no such line".to_owned(),
        };
        let (ours, theirs) = (shown(&self.ours), shown(&self.theirs));
        write!(f, "line {} ({}): signed {ours}, the gateway has {theirs}", self.line, self.part)
    }
}
