//! `drs config`: the settings of the connection, and whether they work.

use std::sync::{Arc, Mutex};
use std::time::SystemTime;

use bytes::Bytes;
use clap::Args;
use drs_auth::BoxFuture;
use drs_auth::sources::Entry;
use drs_client::{HttpTransport, Transport, TransportError};
use drs_types::operation::Location;
use drs_types::{OPERATIONS, OperationInfo, PROJECT_ID, Parts};
use http::{Request, Response, StatusCode};
use serde_json::{Value, json};

use crate::commands::diagnosis::{Diagnosis, Exchange};
use crate::commands::ops::Format;
use crate::connect::{note_unusable_proxies, project_name, reach, without_project};
use crate::exit::Exit;
use crate::failure::Failure;
use crate::output::{self, hint};
use crate::settings::{Account, Network, environment, gaps, missing, resolve};
use crate::trace;

#[derive(Debug, Args)]
pub(crate) struct Show {
    /// Format of the list
    #[arg(long, value_enum, default_value_t = Format::Text)]
    pub(crate) output: Format,
    #[command(flatten)]
    account: Account,
}

/// Lists the settings.
pub(crate) fn show(options: &Show) -> Result<Exit, Failure> {
    let configuration = resolve(&options.account, &environment)?;
    let gaps = gaps(&configuration);
    match options.output {
        Format::Text => output::print(output::Kind::Text, |out| write!(out, "{configuration}")),
        Format::Json => output::print(output::Kind::Json, |out| {
            let settings: Vec<Value> = configuration.entries().iter().map(described).collect();
            let missing: Vec<&str> = gaps.iter().map(|gap| gap.name).collect();
            writeln!(out, "{:#}", json!({ "settings": settings, "missing": missing }))
        }),
    }?;
    if !gaps.is_empty() {
        return Err(missing(&gaps));
    }
    if let (None, Some(name)) = (&configuration.project_id, project_name(&configuration)) {
        hint(&format!("note: IAM is asked for the id of the project {name:?}"));
    }
    Ok(Exit::Clean)
}

fn described(entry: &Entry) -> Value {
    let Entry { setting, value, origin, .. } = entry;
    json!({ "setting": setting.name(), "value": value, "origin": origin.to_string(), "secret": setting.is_secret() })
}

#[derive(Debug, Args)]
pub(crate) struct Check {
    #[command(flatten)]
    account: Account,
    #[command(flatten)]
    network: Network,
}

/// Sends one call that changes nothing.
pub(crate) async fn check(options: Check) -> Result<Exit, Failure> {
    let Check { account, network } = options;
    if network.verbose {
        trace::to_stderr();
    }
    let configuration = resolve(&account, &environment)?;
    note_unusable_proxies(&environment);
    let (builder, refused_by_iam) = match reach(&configuration, &network).await {
        Ok(builder) => (builder, None),
        Err(failure) => match without_project(&configuration) {
            Some(builder) if failure.exit == Exit::Service => (builder, Some(failure)),
            _ => return Err(failure),
        },
    };
    let builder = builder.timeout(network.timeout()).retry(network.retry());
    let last = Arc::new(Mutex::new(None));
    let transport = Recorder { transport: builder.http_transport()?, last: Arc::clone(&last) };
    let client = builder.transport(transport).build()?;
    let info = harmless();
    let body = info.request_examples().next().map(|example| example.json.as_bytes().to_vec());
    let outcome = client.send_unchecked(info, Parts::new([], body)).await;
    let exchange = last.lock().ok().and_then(|mut last| last.take());
    match (outcome, refused_by_iam) {
        (Err(error), Some(failure)) if error.status() != Some(StatusCode::UNAUTHORIZED) => Err(failure),
        (Ok(_), Some(failure)) => Err(failure),
        (Ok(reply), None) => {
            let endpoint = client.endpoint().trim_end_matches('/');
            output::print(output::Kind::Text, |out| {
                writeln!(out, "ok: {endpoint} responds to {} with {}", info.id, reply.status)
            })?;
            Ok(Exit::Clean)
        }
        (Err(error), refused_by_iam) => {
            let diagnosis = Diagnosis { error: &error, exchange: exchange.as_ref(), configuration: &configuration };
            let found = diagnosis.explain(&network).await;
            let mut failure = refused_by_iam.unwrap_or_else(|| Failure::from(error));
            if let Some(found) = found {
                failure.help = vec![std::mem::replace(&mut failure.message, found)];
            }
            Err(failure)
        }
    }
}

/// Returns a call that needs nothing but a project, and names no task: it lists something.
fn harmless() -> &'static OperationInfo {
    let needs_only_a_project = |info: &OperationInfo| {
        let others = info.parameters.iter().filter(|parameter| parameter.name != PROJECT_ID);
        others.filter(|parameter| parameter.required).all(|parameter| parameter.location == Location::Header)
    };
    let names_a_task = |info: &OperationInfo| info.job.is_some() || info.batch.is_some() || !info.task.is_empty();
    let mut found =
        OPERATIONS.iter().filter(|info| info.retry_safe && needs_only_a_project(info) && !names_a_task(info));
    found.next().expect("the schemas have a call that lists tasks")
}

/// Keeps the last exchange of another transport.
#[derive(Debug)]
struct Recorder {
    transport: HttpTransport,
    last: Arc<Mutex<Option<Exchange>>>,
}

impl Transport for Recorder {
    fn send(&self, request: Request<Bytes>) -> BoxFuture<'_, Result<Response<Bytes>, TransportError>> {
        Box::pin(async {
            let (head, body) = request.clone().into_parts();
            let outcome = self.transport.send(request).await;
            let date = outcome.as_ref().ok().and_then(|response| response.headers().get(http::header::DATE).cloned());
            if let Ok(mut last) = self.last.lock() {
                *last = Some(Exchange { head, body, date, received_at: SystemTime::now() });
            }
            outcome
        })
    }
}
