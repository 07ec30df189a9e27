//! A request as a command line of curl, for a POSIX shell.

use std::fmt::Write as _;

use drs_auth::X_SECURITY_TOKEN;
use drs_types::{AUTH_TOKEN, Redacted};
use http::Request;
use http::header::{ACCEPT, AUTHORIZATION, HOST, USER_AGENT};

use crate::connect::Preview;

/// The body of a request on a command line.
pub(crate) enum Body<'a> {
    None,
    /// curl reads it from a file.
    File(&'a str),
    Inline(String),
}

/// Returns the command line that sends a request. A signature is in it; a token is the variable that the preview names.
pub(crate) fn curl(request: &Request<Vec<u8>>, preview: &Preview, body: &Body<'_>) -> String {
    let uri = request.uri();
    let host = preview.host.or(uri.authority().map(AsRef::as_ref)).unwrap_or_default();
    let scheme = if preview.host.is_some() { "https" } else { uri.scheme_str().unwrap_or_default() };
    let path = uri.path_and_query().map_or("/", |path| path.as_str());
    let mut line = format!("curl -X {} {}", request.method(), quoted(&format!("{scheme}://{host}{path}")));
    // curl sends its own, and none of them is signed with another value.
    let sent = request.headers().iter().filter(|(name, _)| ![ACCEPT, HOST, USER_AGENT].contains(name));
    for (name, value) in sent {
        let header = if name.as_str().eq_ignore_ascii_case(AUTH_TOKEN) {
            format!("\"{AUTH_TOKEN}: ${}\"", preview.token_variable)
        } else if name == X_SECURITY_TOKEN {
            format!("\"{name}: ${}\"", preview.security_token_variable)
        } else if value.is_sensitive() && name != AUTHORIZATION {
            quoted(&format!("{name}: {}", Redacted::MASK))
        } else {
            quoted(&format!("{name}: {}", String::from_utf8_lossy(value.as_bytes())))
        };
        // Writing to a string does not fail.
        let _ = write!(line, " \\\n  -H {header}");
    }
    let body = match body {
        Body::None => return line,
        Body::File(path) => format!("@{path}"),
        Body::Inline(text) => text.clone(),
    };
    let _ = write!(line, " \\\n  --data-binary {}", quoted(&body));
    line
}

/// Returns one word of a shell.
fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', r"'\''"))
}
