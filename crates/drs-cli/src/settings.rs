//! The settings of the connection: flags before environment; all missing settings are reported at once.

use std::path::PathBuf;
use std::time::Duration;

use clap::Args;
use drs_client::{Client, Credentials};
use drs_emulator::Emulator;
use drs_types::Redacted;
use drs_types::common::{Language, ProjectId};
use drs_types::operation::ServerInfo;

use crate::failure::Failure;
use crate::files;
use crate::output::hint;

/// The environment variables, in this order. The vendor's own tools read the same ones.
const ENDPOINT: [&str; 2] = ["DRS_ENDPOINT", "HUAWEICLOUD_SDK_REGION_DRS_<REGION>"];
const REGION: [&str; 2] = ["HW_REGION_NAME", "OS_REGION_NAME"];
const PROJECT: [&str; 3] = ["HUAWEICLOUD_SDK_PROJECT_ID", "HW_PROJECT_ID", "OS_PROJECT_ID"];
const TOKEN: [&str; 2] = ["OS_TOKEN", "OS_AUTH_TOKEN"];
const ACCESS_KEY: [&str; 3] = ["HUAWEICLOUD_SDK_AK", "HW_ACCESS_KEY", "OS_ACCESS_KEY"];

/// Returns the help of an option, with the variables that it replaces.
fn from(meaning: &str, variables: &[&str]) -> String {
    format!("{meaning} [env: {}]", variables.join(", "))
}

/// The options of the connection.
#[derive(Debug, Args)]
#[command(next_help_heading = "Connection")]
pub(crate) struct Connection {
    /// Use an emulator inside this process instead of the service; it has the documented tasks
    #[arg(long, conflicts_with_all = ["endpoint", "region", "project_id", "token_file"])]
    pub(crate) embedded: bool,
    #[arg(long, value_name = "URL", help = from("Address of the service", &ENDPOINT))]
    pub(crate) endpoint: Option<String>,
    #[arg(long, help = from("Region whose documented address is used", &REGION))]
    pub(crate) region: Option<String>,
    #[arg(long, value_name = "ID", help = from("Project of the tasks", &PROJECT))]
    pub(crate) project_id: Option<ProjectId>,
    #[arg(long, value_name = "FILE", help = from("File with an IAM user token; a variable holds the token itself", &TOKEN))]
    pub(crate) token_file: Option<PathBuf>,
    /// Language of the service's messages, such as en-us or zh-cn
    #[arg(long, value_parser = Language::parse_listed)]
    pub(crate) language: Option<Language>,
    /// Longest time of one request in seconds
    #[arg(long, value_name = "SECONDS", default_value_t = 60, value_parser = clap::value_parser!(u64).range(1..=86_400))]
    pub(crate) timeout: u64,
}

/// A client, and its embedded emulator, if any.
pub(crate) struct Connected {
    pub(crate) client: Client,
    /// The emulator. It runs until this is dropped.
    pub(crate) emulator: Option<Emulator>,
}

/// Returns the value of an environment variable; an empty one counts as missing.
pub(crate) fn environment(name: &str) -> Option<String> {
    std::env::var(name).ok().map(|value| value.trim().to_owned()).filter(|value| !value.is_empty())
}

/// Creates the client from the options and the environment.
pub(crate) async fn connect(
    options: &Connection,
    environment: impl Fn(&str) -> Option<String>,
) -> Result<Connected, Failure> {
    let (endpoint, project_id, token, emulator) = if options.embedded {
        let started = Emulator::start(0).await;
        let emulator = started.map_err(|error| Failure::service(format!("the emulator cannot start: {error}")))?;
        hint(&format!("note: using the embedded emulator at {}, which has only the documented tasks", emulator.url()));
        let project_id = parse_project(drs_emulator::project_id())?;
        (emulator.url(), project_id, Redacted::from("embedded"), Some(emulator))
    } else {
        let Target { endpoint, project_id, token } = target(options, &environment)?;
        note_unusable_proxies(&environment);
        (endpoint, project_id, token, None)
    };
    let mut builder =
        Client::builder(&endpoint, project_id, Credentials::Token(token)).timeout(Duration::from_secs(options.timeout));
    if let Some(language) = &options.language {
        builder = builder.language(language.clone());
    }
    Ok(Connected { client: builder.build()?, emulator })
}

/// Prints a note about each proxy of the environment that is ignored because its kind is not supported.
fn note_unusable_proxies(environment: &dyn Fn(&str) -> Option<String>) {
    const KINDS: [&str; 6] = ["http", "https", "socks4", "socks4a", "socks5", "socks5h"];
    for variable in ["HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"] {
        let value = environment(variable);
        let kind = value.as_deref().and_then(|value| value.split_once("://")).map(|(kind, _)| kind);
        if let Some(kind) = kind.filter(|kind| !KINDS.contains(&kind.to_ascii_lowercase().as_str())) {
            hint(&format!("note: {variable} is ignored: {kind:?} is not one of {}", KINDS.join(", ")));
        }
    }
}

/// The settings from the options and the environment; `None` for a missing one.
struct Known {
    endpoint: Option<String>,
    project_id: Option<ProjectId>,
    token: Option<Redacted>,
}

struct Target {
    endpoint: String,
    project_id: ProjectId,
    token: Redacted,
}

fn first(environment: &dyn Fn(&str) -> Option<String>, names: &[&str]) -> Option<String> {
    names.iter().find_map(|name| environment(name))
}

fn known(options: &Connection, environment: &dyn Fn(&str) -> Option<String>) -> Result<Known, Failure> {
    let project_id = match &options.project_id {
        Some(id) => Some(id.clone()),
        None => first(environment, &PROJECT).map(|id| parse_project(&id)).transpose()?,
    };
    let token = match &options.token_file {
        Some(file) => {
            let (token, _) = files::read(file).map_err(|(name, problem)| {
                Failure::usage(format!("the token cannot be read from {name}: {problem}"))
            })?;
            Some(token.trim().to_owned())
        }
        None => first(environment, &TOKEN),
    };
    Ok(Known { endpoint: endpoint(options, environment)?, project_id, token: token.map(Redacted::from) })
}

fn target(options: &Connection, environment: &dyn Fn(&str) -> Option<String>) -> Result<Target, Failure> {
    match known(options, environment)? {
        Known { endpoint: Some(endpoint), project_id: Some(project_id), token: Some(token) } => {
            Ok(Target { endpoint, project_id, token })
        }
        Known { endpoint, project_id, token } => {
            let gaps = [
                (endpoint.is_none(), "endpoint", format!("--region NAME or --endpoint URL (or {})", REGION[0])),
                (project_id.is_none(), "project", format!("--project-id ID (or {})", PROJECT[0])),
                (token.is_none(), "token", format!("--token-file FILE (or {})", TOKEN[0])),
            ];
            let gaps: Vec<_> = gaps.into_iter().filter(|(missing, ..)| *missing).collect();
            let names: Vec<&str> = gaps.iter().map(|(_, name, _)| *name).collect();
            let mut failure = Failure::usage(format!("the service cannot be reached without: {}", names.join(", ")));
            for (_, name, how) in gaps {
                failure = failure.help(format!("{name}: give {how}"));
            }
            if names.contains(&"token") && first(environment, &ACCESS_KEY).is_some() {
                failure =
                    failure.help("An access key is set, but this version cannot sign requests. Get a token from IAM.");
            }
            Err(failure.help("To try it without an account, add --embedded for an emulator with the documented tasks."))
        }
    }
}

/// A client that shows requests and sends none.
pub(crate) struct Preview {
    pub(crate) client: Client,
    /// The placeholder of an unknown address.
    pub(crate) host: Option<&'static str>,
    /// The placeholder of an unknown token.
    pub(crate) token: Option<&'static str>,
    /// All placeholders, each with the option that replaces it.
    pub(crate) placeholders: Vec<(&'static str, &'static str)>,
}

/// Creates a client that only shows requests, with placeholders for missing settings.
pub(crate) fn preview(options: &Connection, environment: impl Fn(&str) -> Option<String>) -> Result<Preview, Failure> {
    const ADDRESS: &str = "ENDPOINT";
    const PROJECT_ID: &str = "PROJECT_ID";
    const SECRET: &str = "TOKEN";
    let Known { endpoint, project_id, token } = if options.embedded {
        let project_id = Some(parse_project(drs_emulator::project_id())?);
        Known { endpoint: Some("http://127.0.0.1".to_owned()), project_id, token: Some("embedded".into()) }
    } else {
        known(options, &environment)?
    };
    let (host, token_shown) = (endpoint.is_none().then_some(ADDRESS), token.is_none().then_some(SECRET));
    let project_shown = project_id.is_none().then_some(PROJECT_ID);
    let placeholders = [
        host.map(|shown| (shown, "--region or --endpoint")),
        project_shown.map(|shown| (shown, "--project-id")),
        token_shown.map(|shown| (shown, "--token-file")),
    ];
    let project_id = project_id.map_or_else(|| parse_project(PROJECT_ID), Ok)?;
    let credentials = Credentials::Token(token.unwrap_or_else(|| SECRET.into()));
    // The address is not shown when it is unknown.
    let mut builder = Client::builder(endpoint.as_deref().unwrap_or("http://localhost"), project_id, credentials);
    if let Some(language) = &options.language {
        builder = builder.language(language.clone());
    }
    let placeholders = placeholders.into_iter().flatten().collect();
    Ok(Preview { client: builder.build()?, host, token: token_shown, placeholders })
}

/// Finds the endpoint: flag, then environment; an address before a region, and a region's variable before the
/// documented address.
fn endpoint(options: &Connection, environment: &dyn Fn(&str) -> Option<String>) -> Result<Option<String>, Failure> {
    if let Some(endpoint) = &options.endpoint {
        return Ok(Some(endpoint.clone()));
    }
    let from_flag = options.region.clone();
    if from_flag.is_none()
        && let Some(endpoint) = environment(ENDPOINT[0])
    {
        return Ok(Some(endpoint));
    }
    let region = from_flag.or_else(|| first(environment, &REGION));
    let Some(region) = region else { return Ok(None) };
    let variable = ENDPOINT[1].replace("<REGION>", &region.to_uppercase().replace('-', "_"));
    // The vendor's SDK allows several addresses here, separated by commas.
    if let Some(first) = environment(&variable).and_then(|addresses| addresses.split(',').next().map(str::to_owned)) {
        return Ok(Some(first));
    }
    match ServerInfo::of(&region) {
        Some(server) => Ok(Some(server.endpoint(&region))),
        None => Err(Failure::usage(format!("no address is documented for the region {region:?}"))
            .help("Give the address: --endpoint URL")
            .help(format!("Known regions: {}", known_regions()))),
    }
}

fn known_regions() -> String {
    drs_types::SERVERS.iter().flat_map(|server| server.regions).copied().collect::<Vec<_>>().join(", ")
}

fn parse_project(text: &str) -> Result<ProjectId, Failure> {
    text.parse().map_err(|error: drs_types::InvalidId| Failure::usage(error.to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn options() -> Connection {
        let (endpoint, region, project_id, token_file, language) = (None, None, None, None, None);
        Connection { embedded: false, endpoint, region, project_id, token_file, language, timeout: 1 }
    }

    fn resolved(options: &Connection, variables: &[(&str, &str)]) -> Option<String> {
        let environment = |name: &str| {
            let found = variables.iter().find(|(known, _)| *known == name);
            found.map(|(_, value)| (*value).to_owned())
        };
        endpoint(options, &environment).unwrap()
    }

    #[test]
    fn a_flag_comes_before_the_environment_and_an_address_before_a_region() {
        let variables = [
            ("DRS_ENDPOINT", "https://from.variable"),
            ("HW_REGION_NAME", "eu-de"),
            ("HUAWEICLOUD_SDK_REGION_DRS_EU_NL", "https://first,https://second"),
        ];
        let endpoint = Some("https://from.flag".to_owned());
        assert_eq!(resolved(&Connection { endpoint, ..options() }, &variables).unwrap(), "https://from.flag");
        assert_eq!(resolved(&options(), &variables).unwrap(), "https://from.variable");
        let region = |name: &str| Connection { region: Some(name.to_owned()), ..options() };
        assert_eq!(resolved(&region("eu-nl"), &variables).unwrap(), "https://first");
        assert_eq!(resolved(&region("eu-de"), &variables).unwrap(), "https://drs.eu-de.otc.t-systems.com");
        assert_eq!(resolved(&options(), &variables[1..]).unwrap(), "https://drs.eu-de.otc.t-systems.com");
        assert_eq!(resolved(&options(), &[]), None);
    }
}
