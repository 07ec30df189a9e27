//! From settings to a client. IAM is asked for a token and for the project where that is needed.

use std::path::PathBuf;
use std::time::SystemTime;

use drs_auth::iam::{IamToken, SendRequest, find_project};
use drs_auth::sources::{Configuration, CredentialConfig, Found, Origin, Setting, variables};
use drs_client::{Client, ClientBuilder, Credentials};
use drs_emulator::Emulator;
use drs_types::common::ProjectId;

use crate::failure::Failure;
use crate::output::hint;
use crate::scenario::named;
use crate::settings::{Connection, Environment, Network, environment, gaps, missing, resolve};
use crate::synthetic::Synthetic;
use crate::trace;

/// A client, and its embedded emulator, if any.
pub(crate) struct Connected {
    pub(crate) client: Client,
    /// The emulator. It runs until this is dropped.
    pub(crate) emulator: Option<Emulator>,
    /// The scenario that the responses are of, if any.
    pub(crate) synthetic: Synthetic,
}

/// Creates the client from the options, the environment and files.
///
/// # Errors
/// A setting is missing or cannot be used, or IAM gives no token or project.
pub(crate) async fn connect(options: &Connection, environment: Environment<'_>) -> Result<Connected, Failure> {
    let Connection { embedded, scenario, account, language, network } = options;
    if network.verbose {
        trace::to_stderr();
    }
    let (builder, emulator) = if *embedded {
        let builder = scenario.iter().cloned().fold(Emulator::builder(), drs_emulator::Builder::scenario);
        let started = builder.start().await;
        let emulator = started.map_err(|error| Failure::service(format!("the emulator cannot start: {error}")))?;
        let has = match emulator.scenario() {
            None => "which has only the documented tasks".to_owned(),
            Some(scenario) => format!("with {}", named(scenario)),
        };
        hint(&format!("note: using the embedded emulator at {}, {has}", emulator.url()));
        (Client::builder(&emulator.url(), embedded_project()?, Credentials::token("embedded")), Some(emulator))
    } else {
        let configuration = resolve(account, environment)?;
        note_unusable_proxies(environment);
        (reach(&configuration, network).await?, None)
    };
    let mut builder = builder.timeout(network.timeout()).retry(network.retry());
    if let Some(language) = language {
        builder = builder.language(language.clone());
    }
    let synthetic = Synthetic::default();
    let transport = synthetic.watch(builder.http_transport()?);
    Ok(Connected { client: builder.transport(transport).build()?, emulator, synthetic })
}

/// Prints a note about each proxy of the environment that is ignored because its kind is not supported.
pub(crate) fn note_unusable_proxies(environment: Environment<'_>) {
    const KINDS: [&str; 6] = ["http", "https", "socks4", "socks4a", "socks5", "socks5h"];
    for variable in ["HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"] {
        let value = environment(variable);
        let kind = value.as_deref().and_then(|value| value.split_once("://")).map(|(kind, _)| kind);
        if let Some(kind) = kind.filter(|kind| !KINDS.contains(&kind.to_ascii_lowercase().as_str())) {
            hint(&format!("note: {variable} is ignored: {kind:?} is not one of {}", KINDS.join(", ")));
        }
    }
}

/// Starts a client of the service that the settings name.
///
/// # Errors
/// A setting is missing, or IAM gives no token or project.
pub(crate) async fn reach(configuration: &Configuration, network: &Network) -> Result<ClientBuilder, Failure> {
    let gaps = gaps(configuration);
    let Configuration { endpoint: Some(endpoint), credentials: Some(credentials), .. } = configuration else {
        return Err(missing(&gaps));
    };
    if !gaps.is_empty() {
        return Err(missing(&gaps));
    }
    let endpoint = endpoint.value.as_str();
    let given = configuration.project_id.as_ref().map(|id| id.value.clone());
    let login = credentials.login().zip(configuration.iam_endpoint.as_ref()).zip(configuration.project());
    if let Some(((login, iam), project)) = login {
        let send = iam_sender(configuration, iam.value.as_str(), network)?;
        let provider = IamToken::new(iam.value.clone(), login, project, send, SystemTime::now);
        // A refusal is reported now, and IAM is asked once.
        let token = provider.token().await?;
        let project_id = match given.or(token.project_id) {
            Some(id) => id,
            None => look_up_project(configuration, &Credentials::Token(token.value), network).await?,
        };
        return trusting(configuration, Client::builder(endpoint, project_id, provider));
    }
    let credentials = fixed(credentials).ok_or_else(|| missing(&gaps))?;
    let project_id = match given {
        Some(id) => id,
        None => look_up_project(configuration, &credentials, network).await?,
    };
    trusting(configuration, Client::builder(endpoint, project_id, credentials))
}

/// Has a client trust the certificate authorities that the settings name, if any.
fn trusting(configuration: &Configuration, builder: ClientBuilder) -> Result<ClientBuilder, Failure> {
    let Some(Found { value: file, origin }) = &configuration.ca_file else { return Ok(builder) };
    // A shell has replaced the tilde in a variable; nobody has in a file.
    let in_home = file.strip_prefix("~/").zip(environment("HOME"));
    let path = in_home.map_or_else(|| PathBuf::from(file), |(rest, home)| PathBuf::from(home).join(rest));
    let unusable = |problem: String| Failure::usage(format!("{file} ({origin}) cannot be used: {problem}"));
    let pem = std::fs::read(path).map_err(|error| unusable(error.to_string()))?;
    builder.certificate_authorities(&pem).map_err(|error| unusable(error.to_string()))
}

/// Starts a client for a project that IAM did not tell. The service checks credentials before the project, so its refusal
/// says more. `None` for credentials that need IAM.
pub(crate) fn without_project(configuration: &Configuration) -> Option<ClientBuilder> {
    let credentials = fixed(configuration.credentials.as_ref()?)?;
    let endpoint = configuration.endpoint.as_ref()?.value.as_str();
    trusting(configuration, Client::builder(endpoint, project("unknown").ok()?, credentials)).ok()
}

/// Credentials that need no request to IAM.
pub(crate) fn fixed(credentials: &CredentialConfig) -> Option<Credentials> {
    match credentials {
        CredentialConfig::Token(token) => Some(Credentials::Token(token.value.clone())),
        other => other.access_key().map(Credentials::from),
    }
}

/// The name by which IAM finds the project.
pub(crate) fn project_name(configuration: &Configuration) -> Option<&str> {
    configuration.project_name.as_ref().or(configuration.region.as_ref()).map(|found| found.value.as_str())
}

/// Asks IAM for the id of the project.
async fn look_up_project(
    configuration: &Configuration,
    credentials: &Credentials,
    network: &Network,
) -> Result<ProjectId, Failure> {
    let (Some(iam), Some(name)) = (&configuration.iam_endpoint, project_name(configuration)) else {
        return Err(missing(&gaps(configuration)));
    };
    let send = iam_sender(configuration, iam.value.as_str(), network)?;
    Ok(find_project(&iam.value, name, credentials, &send, SystemTime::now()).await?)
}

/// Sends requests to IAM, over the transport of the client.
pub(crate) fn iam_sender(configuration: &Configuration, iam: &str, network: &Network) -> Result<SendRequest, Failure> {
    // Only the transport of this client is used.
    let client = trusting(configuration, Client::builder(iam, project("iam")?, Credentials::token("")))?;
    Ok(drs_client::iam_sender(client.timeout(network.timeout()).http_transport()?, network.retry()))
}

/// A client that shows requests and sends none.
pub(crate) struct Preview {
    pub(crate) client: Client,
    /// The placeholder of an unknown address.
    pub(crate) host: Option<&'static str>,
    /// The placeholder of an unknown token.
    pub(crate) token: Option<&'static str>,
    /// All placeholders, each with what replaces it.
    pub(crate) placeholders: Vec<(&'static str, &'static str)>,
    /// The variable that has the token.
    pub(crate) token_variable: String,
    /// The variable that has the security token of a temporary key.
    pub(crate) security_token_variable: String,
}

/// Creates a client that only shows requests, with placeholders for missing settings. IAM is not asked.
///
/// # Errors
/// A setting cannot be used.
pub(crate) fn preview(options: &Connection, environment: Environment<'_>) -> Result<Preview, Failure> {
    const ADDRESS: &str = "ENDPOINT";
    const PROJECT_ID: &str = "PROJECT_ID";
    const SECRET: &str = "TOKEN";
    let configuration = if options.embedded { None } else { Some(resolve(&options.account, environment)?) };
    let configuration = configuration.as_ref();
    let found = configuration.and_then(|configuration| configuration.credentials.as_ref());
    let (endpoint, project_id, credentials) = match configuration {
        None => (Some("http://127.0.0.1"), Some(embedded_project()?), Some(Credentials::token("embedded"))),
        Some(Configuration { endpoint, project_id, .. }) => (
            endpoint.as_ref().map(|endpoint| endpoint.value.as_str()),
            project_id.as_ref().map(|id| id.value.clone()),
            found.and_then(fixed),
        ),
    };
    let is_login = found.is_some() && credentials.is_none();
    let (host, token) = (endpoint.is_none().then_some(ADDRESS), credentials.is_none().then_some(SECRET));
    let placeholders = [
        host.map(|shown| (shown, "--region or --endpoint")),
        project_id.is_none().then_some((PROJECT_ID, "--project-id")),
        token.map(|shown| (shown, if is_login { "the token of IAM" } else { "--token-file" })),
    ];
    let project_id = project_id.map_or_else(|| project(PROJECT_ID), Ok)?;
    let credentials = credentials.unwrap_or_else(|| Credentials::token(SECRET));
    // The address is not shown when it is unknown.
    let mut builder = Client::builder(endpoint.unwrap_or("http://localhost"), project_id, credentials);
    if let Some(language) = &options.language {
        builder = builder.language(language.clone());
    }
    let (token_origin, security_origin) = match found {
        Some(CredentialConfig::Token(token)) => (Some(&token.origin), None),
        Some(CredentialConfig::AccessKey { security_token: Some(token), .. }) => (None, Some(&token.origin)),
        _ => (None, None),
    };
    Ok(Preview {
        client: builder.build()?,
        host,
        token,
        placeholders: placeholders.into_iter().flatten().collect(),
        token_variable: variable(token_origin, "OS_TOKEN"),
        security_token_variable: variable(
            security_origin,
            variables(Setting::SecurityToken).next().unwrap_or_default(),
        ),
    })
}

/// The variable that a value comes from, or a usual one.
fn variable(origin: Option<&Origin>, usual: &str) -> String {
    match origin {
        Some(Origin::Variable(name)) => name.clone(),
        _ => usual.to_owned(),
    }
}

fn embedded_project() -> Result<ProjectId, Failure> {
    project(drs_emulator::project_id())
}

fn project(text: &str) -> Result<ProjectId, Failure> {
    text.parse().map_err(|error: drs_types::InvalidId| Failure::usage(error.to_string()))
}
