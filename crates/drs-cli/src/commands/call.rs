//! `drs call`: sends a request of any documented operation, after validation of its body.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use clap::Args;
use drs_client::Client;
use drs_types::operation::Location;
use drs_types::text::count;
use drs_types::{OperationInfo, Parts, integer, pointer};
use drs_validate::{Blocks, Code, Finding, Format, LIMIT, Options, PayloadReport, Severity, Side, Validator};
use serde_json::{Value, json};

use crate::commands::dry_run::{self, Form};
use crate::commented;
use crate::connect::{connect, preview};
use crate::exit::Exit;
use crate::failure::Failure;
use crate::field::Field;
use crate::limits::LIMITS;
use crate::names::operation;
use crate::output::text::left_out;
use crate::output::{self, hint};
use crate::settings::{Connection, environment};
use crate::{files, ids};

#[derive(Debug, Args)]
pub(crate) struct Call {
    /// The operation, as `drs ops` lists it
    #[arg(value_name = "OPERATION", value_parser = operation)]
    pub(crate) operation: &'static OperationInfo,
    /// File with the body, as JSON with or without comments; `-` is standard input
    #[arg(long, value_name = "FILE")]
    pub(crate) json: Option<PathBuf>,
    #[arg(
        long = "field",
        value_name = "NAME=VALUE",
        help = "A field of the body or a parameter: NAME=STRING or NAME:=JSON; NAME may be a path such as jobs.0.job_id"
    )]
    pub(crate) fields: Vec<Field>,
    #[arg(
        long,
        value_name = "FORM",
        value_enum,
        num_args = 0..=1,
        require_equals = true,
        default_missing_value = "http",
        help = "Show the request and send nothing; needs no endpoint, project or credentials"
    )]
    pub(crate) dry_run: Option<Form>,
    /// Print the response unchanged, byte for byte
    #[arg(long)]
    pub(crate) raw: bool,
    #[command(flatten)]
    pub(crate) connection: Connection,
}

pub(crate) async fn run(call: Call) -> Result<Exit, Failure> {
    let info = call.operation;
    let (parameters, fields): (Vec<&Field>, Vec<&Field>) =
        call.fields.iter().partition(|field| info.parameters.iter().any(|parameter| parameter.name == field.name));
    let body = body(info, call.json.as_deref(), &fields)?;
    let parameters = parameters.iter().filter_map(|field| {
        let parameter = info.parameters.iter().find(|parameter| parameter.name == field.name)?;
        Some((parameter.name, Some(field.text())))
    });
    let bytes = body.as_ref().map(|body| body.to_string().into_bytes());
    let parts = Parts::new(parameters, bytes);
    parameters_hold(info, &parts)?;
    let missing = info.parameters.iter().find(|parameter| {
        let known = parameter.name == drs_types::PROJECT_ID || parts.parameter(parameter.name).is_some();
        parameter.required && parameter.location != Location::Header && !known
    });
    if let Some(missing) = missing {
        let failure = Failure::usage(format!("{} needs the parameter {}", info.id, missing.name));
        return Err(failure.help(format!("Give it with: --field {}=VALUE", missing.name)));
    }
    let asked = body.iter().flat_map(|body| ids::in_body(info, body));
    ids::note_unusual(parts.parameter("job_id").into_iter().chain(asked));
    if let Some(form) = call.dry_run {
        let preview = preview(&call.connection, &environment)?;
        return dry_run::run(form, &preview, info, parts, body, call.json.as_deref()).await;
    }
    let connected = connect(&call.connection, &environment).await?;
    let outcome = send(&connected.client, &call, parts).await;
    if let Some(emulator) = connected.emulator {
        emulator.stop().await;
    }
    outcome
}

/// Refuses parameters that break the documentation.
fn parameters_hold(info: &OperationInfo, parts: &Parts) -> Result<(), Failure> {
    let violations = info.check_parts(parts);
    if violations.is_empty() {
        return Ok(());
    }
    let count = count(violations.len() as u64, "parameter");
    let failure = Failure::usage(format!("{count} of {} cannot be sent as given; nothing was sent", info.id));
    Err(violations.iter().fold(failure, |failure, violation| failure.help(violation.to_string())))
}

/// Returns the body, if it matches its schema; `None` for an operation without one.
fn body(info: &'static OperationInfo, json: Option<&Path>, fields: &[&Field]) -> Result<Option<Value>, Failure> {
    if info.request.is_none() {
        return match (json, fields.first()) {
            (None, None) => Ok(None),
            (Some(_), _) => Err(Failure::usage(format!("{} has no request body; omit --json", info.id))),
            (None, Some(field)) => Err(Failure::usage(format!("{} has no parameter {:?}", info.id, field.name))),
        };
    }
    let file = json.map(|file| File::read(info, file)).transpose()?;
    if file.is_none() && fields.is_empty() {
        let failure = Failure::usage(format!("{} needs a body", info.id));
        return Err(failure.help(format!("Give it with --json FILE or --field; start from: drs new {}", info.id)));
    }
    let mut body = file.as_ref().map_or_else(|| json!({}), |file| file.body.clone());
    for field in fields {
        field.put_into(&mut body).map_err(|problem| Failure::usage(format!("--field {}: {problem}", field.name)))?;
    }
    let name = file.as_ref().map_or("the body", |file| file.name.as_str());
    let findings: Findings = match &file {
        Some(file) if fields.is_empty() => file.findings(),
        _ => {
            let location = |finding: &Finding| {
                let (line, column) = pointer::location(&file.as_ref()?.plain, &finding.pointer)?;
                Some(format!(" {name}:{line}:{column}"))
            };
            let findings = Validator::new().validate_value(info, Side::Request, &body).into_iter();
            let errors = findings.filter(|finding| finding.severity == Severity::Error);
            let lines = errors.map(|finding| {
                let location = location(&finding).unwrap_or_default();
                (finding.code, vec![format!("{}{location} {finding}", finding.code)])
            });
            lines.collect()
        }
    };
    if findings.is_empty() {
        return Ok(Some(body));
    }
    let errors = count(findings.len() as u64, "error");
    let message = format!("{name} does not match the schema of {} ({errors}); nothing was sent", info.id);
    let failure = listed(Failure::usage(message), findings);
    Err(failure.help(format!("The schema: drs schema {}.request", info.id)))
}

/// Errors, each with its code and the lines that show it.
type Findings = Vec<(Code, Vec<String>)>;

/// A body from a file or standard input.
struct File {
    name: String,
    /// The text without comments.
    plain: String,
    body: Value,
    suspects: Vec<PayloadReport>,
}

impl File {
    /// Reads JSON, which may have comments as in the output of `drs new`.
    fn read(info: &'static OperationInfo, file: &Path) -> Result<Self, Failure> {
        let (text, name) = files::read(file)
            .map_err(|(name, problem)| Failure::usage(format!("no body can be read from {name}: {problem}")))?;
        let plain = commented::plain(&text);
        let known = format!("{}.request", info.id).parse().expect("the operation has a request");
        let blocks = Blocks::new(plain.as_bytes(), Format::Json, LIMIT);
        let options = Options::default().body_kind(known);
        let suspects =
            Validator::new().validate_blocks(blocks, options).flatten().flat_map(|report| report.suspects).collect();
        let parsed = serde_json::from_str(&plain);
        let mut file = Self { name, body: Value::Null, suspects, plain };
        // serde_json accepts duplicate keys and takes the last value.
        let is_ambiguous = file.findings().iter().any(|(code, _)| *code == Code::DuplicateKey);
        match parsed {
            Ok(body) if !is_ambiguous => file.body = body,
            parsed => {
                let reason = parsed.err().filter(|_| file.suspects.is_empty());
                let reason = reason.map(|error| format!(": {error}")).unwrap_or_default();
                let failure = Failure::usage(format!("{} is not valid JSON{reason}; nothing was sent", file.name));
                return Err(listed(failure, file.findings()));
            }
        }
        Ok(file)
    }

    /// Returns the errors in the form of `drs validate`. Drift, such as `1.0` for an integer, may be sent.
    fn findings(&self) -> Findings {
        let all =
            self.suspects.iter().flat_map(|suspect| suspect.findings.iter().map(move |located| (suspect, located)));
        let errors = all.filter(|(_, located)| located.finding.severity == Severity::Error);
        let shown = errors.map(|(suspect, located)| {
            let shown = suspect.show(located, &self.name, &|_, text| text.to_owned());
            (located.finding.code, shown.lines().map(str::to_owned).collect())
        });
        shown.collect()
    }
}

/// Adds the first few findings of each kind to a failure.
fn listed(failure: Failure, findings: Findings) -> Failure {
    let mut kinds: BTreeMap<Code, usize> = BTreeMap::new();
    let mut failure = findings.into_iter().fold(failure, |failure, (code, lines)| {
        let of_kind = kinds.entry(code).or_default();
        *of_kind += 1;
        let shown = if *of_kind > LIMITS.call_findings { Vec::new() } else { lines };
        shown.into_iter().fold(failure, Failure::help)
    });
    for (code, number) in kinds {
        if number > LIMITS.call_findings {
            failure = failure.help(format!("{code} and {} more", number - LIMITS.call_findings));
        }
    }
    failure
}

async fn send(client: &Client, call: &Call, parts: Parts) -> Result<Exit, Failure> {
    let info = call.operation;
    let body = parts.body.clone();
    let reply = client.send_unchecked(info, parts).await?;
    // A token may have been renewed.
    let secrets = client.secrets(body.as_deref()).await;
    let typed = if call.raw { None } else { Some(typed(info, &reply.raw)?) };
    let misfits = &reply.misfits;
    let request_id = reply.request_id.as_deref().map(|id| format!(", request {id}")).unwrap_or_default();
    hint(&format!("{}{request_id}", reply.status));
    if misfits.is_empty() && typed.as_ref().is_some_and(|typed| comparable(typed) != comparable(&reply.body)) {
        hint("note: the response has undocumented members; --raw shows them");
    }
    let (refused, unclear) = refused_and_unclear(info, &reply.body);
    if refused > 0 {
        hint(&format!("the service refused {refused} of the items; the response says why"));
    }
    if unclear > 0 {
        hint(&format!("{unclear} of the results have no documented outcome"));
    }
    if !misfits.is_empty() {
        for line in left_out(misfits) {
            hint(&line);
        }
        hint(if info.retry_safe {
            "  --raw shows the original response."
        } else {
            "  The service has carried out the operation; do not send the request again. --raw shows the original response."
        });
    }
    match typed {
        // A response without a body.
        Some(Value::Null) => Ok(()),
        Some(mut typed) => output::print(output::Kind::Json, |out| {
            secrets.mask_value(&mut typed);
            writeln!(out, "{typed:#}")
        }),
        None => output::print(output::Kind::Bytes, |out| out.write_all(&reply.raw).and_then(|()| writeln!(out))),
    }
    .map_err(|failure| {
        failure.help(format!(
            "The response of {} has status {}; check its effect before you send the request again.",
            info.id, reply.status
        ))
    })?;
    Ok(match (refused, unclear) {
        // A value that was left out may be the outcome of an item.
        _ if !misfits.is_empty() => Exit::Findings,
        (_, 1..) => Exit::Service,
        (1.., 0) => Exit::Findings,
        (0, 0) => Exit::Clean,
    })
}

/// Returns the response as its type reads it.
fn typed(info: &OperationInfo, raw: &[u8]) -> Result<Value, Failure> {
    let body = info.success().and_then(|success| success.body.as_ref());
    let Some(body) = body else { return Ok(Value::Null) };
    body.read(raw).and_then(|reading| reading.body.to_json()).map_err(|error| {
        let failure = Failure::service(format!("the response of {} is not as documented: {error}", info.id));
        failure.help("--raw shows the original response.")
    })
}

/// Counts the items of a batch that the service refused, and those with an unclear outcome.
fn refused_and_unclear(info: &OperationInfo, response: &Value) -> (usize, usize) {
    let Some(batch) = &info.batch else { return (0, 0) };
    let items = response.pointer(batch.response).and_then(Value::as_array);
    let done = |item: &Value| {
        let code = batch.error_code.and_then(|at| item.pointer(at)?.as_str());
        batch.accepted(code, batch.outcome.as_ref().and_then(|outcome| outcome.read(item)))
    };
    let done: Vec<Option<bool>> = items.into_iter().flatten().map(done).collect();
    let count = |wanted| done.iter().filter(|done| **done == wanted).count();
    (count(Some(false)), count(None))
}

/// Normalises a value for comparison with its type: members that are null are dropped, and `1.0` becomes `1`.
fn comparable(value: &Value) -> Value {
    match value {
        Value::Object(members) => {
            let kept = members.iter().filter(|(_, member)| !member.is_null());
            kept.map(|(name, member)| (name.clone(), comparable(member))).collect()
        }
        Value::Array(items) => items.iter().map(comparable).collect(),
        Value::Number(number) => integer::of(number).map_or_else(|| value.clone(), Value::from),
        other => other.clone(),
    }
}
