//! `drs call --dry-run`: a request that is shown and not sent.

use std::path::Path;

use clap::ValueEnum;
use drs_auth::MAX_CLOCK_SKEW;
use drs_types::{AUTH_TOKEN, OperationInfo, Parts, Redacted, redacted};
use http::Request;
use http::header::AUTHORIZATION;
use serde_json::Value;

use crate::connect::Preview;
use crate::curl::{Body, curl};
use crate::exit::Exit;
use crate::failure::Failure;
use crate::output::{self, hint};

/// The form of a request that is shown.
#[derive(Clone, Copy, Debug, Eq, PartialEq, ValueEnum)]
pub(crate) enum Form {
    /// HTTP, with secrets masked
    Http,
    /// A command line of curl, signed, with a variable for a token
    Curl,
}

/// Shows the request without sending it. `file` is where the body comes from.
pub(crate) async fn run(
    form: Form,
    preview: &Preview,
    info: &OperationInfo,
    mut parts: Parts,
    body: Option<Value>,
    file: Option<&Path>,
) -> Result<Exit, Failure> {
    hint("note: nothing was sent; secrets are masked");
    let is_shown = |placeholder: &str| form == Form::Http || preview.token != Some(placeholder);
    for (placeholder, replaced_by) in preview.placeholders.iter().filter(|(placeholder, _)| is_shown(placeholder)) {
        hint(&format!("note: {placeholder} is a placeholder; {replaced_by} replaces it"));
    }
    if form == Form::Http {
        let request = preview.client.dry_run(info, parts).await?;
        return http(preview, &request, body);
    }
    let from_file = file.and_then(|file| same_bytes(file, body.as_ref()?));
    let body = match (from_file, body) {
        (Some((path, bytes)), _) => {
            parts.body = Some(bytes);
            Body::File(path)
        }
        (None, Some(body)) => Body::Inline(masked(body)),
        (None, None) => Body::None,
    };
    let request = preview.client.dry_run(info, parts).await?;
    if request.headers().contains_key(AUTHORIZATION) {
        hint(&format!("note: the signature is valid for {} minutes", MAX_CLOCK_SKEW.as_secs() / 60));
    } else {
        hint(&format!("note: ${} stands for the token", preview.token_variable));
    }
    let line = curl(&request, preview, &body);
    output::print(output::Kind::Bytes, |out| writeln!(out, "{line}"))?;
    Ok(Exit::Clean)
}

/// Returns a file that has exactly this body, as JSON without comments: what curl would send of it.
fn same_bytes<'a>(file: &'a Path, body: &Value) -> Option<(&'a str, Vec<u8>)> {
    let path = file.to_str().filter(|path| *path != "-")?;
    let bytes = std::fs::read(file).ok()?;
    let is_same = serde_json::from_slice::<Value>(&bytes).is_ok_and(|read| read == *body);
    is_same.then_some((path, bytes))
}

/// Returns the text of a body without its secrets.
fn masked(mut body: Value) -> String {
    let sent = body.to_string();
    redacted::mask(&mut body);
    let shown = body.to_string();
    if shown != sent {
        hint("note: the body has secrets, so this command cannot be used; give the body in a file without comments");
    }
    shown
}

/// Shows the request as HTTP. Unknown settings are placeholders.
fn http(preview: &Preview, request: &Request<Vec<u8>>, body: Option<Value>) -> Result<Exit, Failure> {
    output::print(output::Kind::Text, |out| {
        let url = request.uri();
        writeln!(out, "{} {} HTTP/1.1", request.method(), url.path_and_query().map_or("/", |path| path.as_str()))?;
        let host = preview.host.or(url.authority().map(AsRef::as_ref));
        writeln!(out, "host: {}", host.unwrap_or_default())?;
        for (name, value) in request.headers().iter().filter(|(name, _)| *name != http::header::HOST) {
            let is_token = name.as_str().eq_ignore_ascii_case(AUTH_TOKEN);
            let shown = match preview.token.filter(|_| is_token) {
                Some(placeholder) => placeholder,
                None if value.is_sensitive() => Redacted::MASK,
                None => value.to_str().unwrap_or_default(),
            };
            writeln!(out, "{}: {shown}", if is_token { AUTH_TOKEN } else { name.as_str() })?;
        }
        if !request.body().is_empty() {
            writeln!(out, "content-length: {}", request.body().len())?;
        }
        if let Some(mut body) = body {
            redacted::mask(&mut body);
            write!(out, "\n{body:#}\n")?;
        }
        Ok(())
    })?;
    Ok(Exit::Clean)
}
