//! For tests: holds a recorded payload to its documentation.

use std::fmt::{Display, Write as _};
use std::sync::OnceLock;

use drs_types::text::count;

use crate::finding::Severity;
use crate::{Blocks, BodyKind, Format, LIMIT, Options, Validator};

/// Fails a test when a payload is not what the documentation says, and shows every finding with its place.
///
/// The payload is anything that `drs validate` reads: JSON, lines of it, a capture or a HAR, compressed or not. What it is can
/// be said in front, as a name or as a [`BodyKind`]; without that, URL or shape tells.
///
/// ```
/// # use drs_validate::assert_documented;
/// assert_documented!(r#"{"url": "/v3/p/jobs/batch-precheck-result", "request": {"jobs": ["a"]}}"#);
/// assert_documented!("batch_check_results.response", r#"{"count": 0, "results": []}"#);
/// ```
#[macro_export]
macro_rules! assert_documented {
    ($payload:expr $(,)?) => {
        $crate::assert_documented(None::<$crate::BodyKind>, $payload)
    };
    ($body_kind:expr, $payload:expr $(,)?) => {
        $crate::assert_documented(Some($body_kind), $payload)
    };
}

/// What [`assert_documented!`] calls.
///
/// # Panics
/// The payload is not what the documentation says, or the name is unknown.
#[doc(hidden)]
#[track_caller]
pub fn assert_documented<K>(body_kind: Option<K>, payload: impl AsRef<[u8]>)
where
    K: TryInto<BodyKind, Error: Display>,
{
    let body_kind = body_kind.map(TryInto::try_into).transpose();
    let outcome = body_kind.map_err(|error| error.to_string()).and_then(|known| undocumented(known, payload.as_ref()));
    match outcome {
        Ok(found) if found.is_empty() => {}
        Ok(found) | Err(found) => panic!("{found}"),
    }
}

/// Everything that is not documented, for people; empty when there is nothing.
fn undocumented(body_kind: Option<BodyKind>, payload: &[u8]) -> Result<String, String> {
    static VALIDATOR: OnceLock<Validator> = OnceLock::new();
    let options = Options { body_kind, ..Options::default() };
    let stream = crate::decompress(payload).map_err(|error| format!("the payload cannot be read: {error}"))?;
    let blocks = Blocks::new(stream, Format::Auto, LIMIT);
    let (mut errors, mut drifts, mut shown) = (0, 0, String::new());
    for report in VALIDATOR.get_or_init(Validator::new).validate_blocks(blocks, options) {
        let report = report.map_err(|error| format!("the payload cannot be read: {error}"))?;
        for suspect in &report.suspects {
            for located in &suspect.findings {
                *if located.finding.severity == Severity::Error { &mut errors } else { &mut drifts } += 1;
                let _ = write!(shown, "\n{}", suspect.show(located, "payload", &|_, text| text.to_owned()));
            }
        }
    }
    if errors + drifts > 0 {
        shown.insert_str(0, &format!("not what the documentation says: {}, {drifts} drift\n", count(errors, "error")));
    }
    Ok(shown)
}
