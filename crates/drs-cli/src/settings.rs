//! The settings of the connection: flags, then environment, then files. All missing settings are reported at once.

use std::path::{Path, PathBuf};
use std::time::Duration;

use clap::Args;
use drs_auth::sources::{
    self, Configuration, Setting, Sources, clouds_yaml_paths, credentials_file_path, endpoint_variable,
    regions_file_path,
};
use drs_client::RetryPolicy;
use drs_emulator::Scenario;
use drs_types::common::{Language, ProjectId};

use crate::failure::Failure;
use crate::files;
use crate::output::hint;
use crate::scenario;

/// A lookup of variables of the environment.
pub(crate) type Environment<'a> = &'a dyn Fn(&str) -> Option<String>;

/// The options of the connection.
#[derive(Debug, Args)]
#[command(next_help_heading = "Connection")]
pub(crate) struct Connection {
    /// Use an emulator inside this process instead of the service; it has the documented tasks
    #[arg(long, conflicts_with_all = ["endpoint", "region", "project_id", "iam_endpoint", "token_file"])]
    pub(crate) embedded: bool,
    #[arg(long, value_name = "FILE|NAME", requires = "embedded", value_parser = scenario::scenario,
        help = scenario::help("Scenario that the emulator plays, with tasks that are made up"))]
    pub(crate) scenario: Option<Scenario>,
    #[command(flatten)]
    pub(crate) account: Account,
    /// Language of the service's messages, such as en-us or zh-cn
    #[arg(long, value_parser = Language::parse_listed)]
    pub(crate) language: Option<Language>,
    #[command(flatten)]
    pub(crate) network: Network,
}

/// The options that say where the service is and who asks. There is none for a secret: others can see the arguments of a
/// process.
#[derive(Debug, Args)]
#[command(next_help_heading = "Connection")]
pub(crate) struct Account {
    #[arg(long, value_name = "URL", help = help("Address of the service", Setting::Endpoint))]
    endpoint: Option<String>,
    #[arg(long, help = help("Region whose documented address is used", Setting::Region))]
    region: Option<String>,
    #[arg(long, value_name = "ID", help = help("Project of the tasks; IAM is asked for it otherwise", Setting::ProjectId))]
    project_id: Option<ProjectId>,
    #[arg(long, value_name = "URL", help = help("Address of IAM, if it is not the one of the region", Setting::IamEndpoint))]
    iam_endpoint: Option<String>,
    #[arg(long, value_name = "FILE", help = help("File with a token of IAM; a variable holds the token itself", Setting::Token))]
    token_file: Option<PathBuf>,
}

/// The options of the network.
#[derive(Debug, Args)]
#[command(next_help_heading = "Connection")]
pub(crate) struct Network {
    /// Longest time of one request in seconds
    #[arg(long, value_name = "SECONDS", default_value_t = 60, value_parser = clap::value_parser!(u64).range(1..=86_400))]
    request_timeout: u64,
    /// How often a call is sent again that may be sent twice, or that was not sent
    #[arg(long, value_name = "N", default_value_t = RetryPolicy::default().max_attempts - 1, value_parser = clap::value_parser!(u32).range(..=100))]
    retries: u32,
    /// Show each attempt of a call on stderr
    #[arg(long, short)]
    pub(crate) verbose: bool,
}

impl Network {
    pub(crate) fn timeout(&self) -> Duration {
        Duration::from_secs(self.request_timeout)
    }

    pub(crate) fn retry(&self) -> RetryPolicy {
        RetryPolicy { max_attempts: self.retries + 1, ..RetryPolicy::default() }
    }
}

/// Returns the help of an option, with the variables that it replaces.
fn help(meaning: &str, setting: Setting) -> String {
    format!("{meaning} [env: {}]", variables(setting).join(", "))
}

/// The variables of a setting.
fn variables(setting: Setting) -> Vec<String> {
    let of_region = (setting == Setting::Endpoint).then(|| endpoint_variable("<region>"));
    sources::variables(setting).map(str::to_owned).chain(of_region).collect()
}

/// Describes where credentials are looked for.
pub(crate) fn described_sources() -> String {
    const CREDENTIALS: [Setting; 7] = [
        Setting::Token,
        Setting::AccessKey,
        Setting::SecretKey,
        Setting::SecurityToken,
        Setting::User,
        Setting::Password,
        Setting::Domain,
    ];
    let rows: String = CREDENTIALS
        .iter()
        .map(|setting| format!("  {:<15} {}\n", setting.name(), variables(*setting).join(", ")))
        .collect();
    format!(
        "Credentials come from the first of: --token-file; the variables of one tool; the credentials file of the \
         vendor's SDKs (~/.huaweicloud/credentials); the cloud of clouds.yaml that OS_CLOUD names.\n\n{rows}\n\
         The certificate authority of a private cloud is the PEM file in {}, or cacert of its cloud in clouds.yaml. \
         Addresses of regions are also read from regions.yaml of the vendor's SDKs.",
        variables(Setting::CaFile).join(", ")
    )
}

/// Returns the value of an environment variable; an empty one counts as missing.
pub(crate) fn environment(name: &str) -> Option<String> {
    // Files of Windows leave the end of a line.
    let value = std::env::var(name).ok()?.trim_end_matches(['\r', '\n']).to_owned();
    Some(value).filter(|value| !value.is_empty())
}

/// Returns what flags, environment and files say.
///
/// # Errors
/// A source has half of the credentials, or cannot be read.
pub(crate) fn resolve(account: &Account, environment: Environment<'_>) -> Result<Configuration, Failure> {
    let Account { endpoint, region, project_id, iam_endpoint, token_file } = account;
    let token = token_file.as_deref().map(token).transpose()?;
    let flags = [
        (Setting::Endpoint, "--endpoint", endpoint.clone()),
        (Setting::Region, "--region", region.clone()),
        (Setting::ProjectId, "--project-id", project_id.as_ref().map(|id| id.as_str().to_owned())),
        (Setting::IamEndpoint, "--iam-endpoint", iam_endpoint.clone()),
        (Setting::Token, "--token-file", token),
    ];
    let given = flags.into_iter().filter_map(|(setting, name, value)| Some((setting, name, value?)));
    let credentials = existing(credentials_file_path(environment));
    let is_cloud_named = environment("OS_CLOUD").is_some();
    let regions = existing(regions_file_path(environment));
    let clouds = existing(is_cloud_named.then(|| clouds_yaml_paths(environment)).into_iter().flatten());

    let mut sources =
        given.fold(Sources::new(environment), |sources, (setting, name, value)| sources.flag(setting, name, value));
    if let Some(Ok((text, path))) = &credentials {
        sources = sources.credentials_file(path, text);
    }
    if let Some(Ok((text, path))) = &clouds {
        sources = sources.clouds_yaml(path, text);
    }
    if let Some(Ok((text, path))) = &regions {
        sources = sources.regions_file(path, text);
    }
    let resolved = sources.resolve();
    let unreadable: Vec<String> =
        [credentials, clouds, regions].into_iter().flatten().filter_map(Result::err).collect();
    let is_complete = resolved.as_ref().is_ok_and(|configuration| configuration.credentials.is_some());
    match unreadable.first() {
        Some(problem) if !is_complete => return Err(Failure::usage(problem)),
        Some(problem) => hint(&format!("note: {problem}")),
        None => {}
    }
    resolved.map_err(|error| Failure::usage(error.to_string()))
}

/// Returns text and name of the first file that exists, or why it cannot be read.
fn existing(paths: impl IntoIterator<Item = PathBuf>) -> Option<Result<(String, String), String>> {
    let path = paths.into_iter().find(|path| path.exists())?;
    Some(files::read(&path).map_err(|(name, problem)| format!("{name} cannot be read: {problem}")))
}

fn token(file: &Path) -> Result<String, Failure> {
    match files::read(file) {
        Ok((token, name)) if token.trim().is_empty() => Err(Failure::usage(format!("{name} has no token"))),
        Ok((token, _)) => Ok(token.trim().to_owned()),
        Err((name, problem)) => Err(Failure::usage(format!("the token cannot be read from {name}: {problem}"))),
    }
}

/// Something that is needed and not given.
pub(crate) struct Gap {
    /// The name of the setting.
    pub(crate) name: &'static str,
    /// How to give it.
    how: String,
}

/// Returns what is needed to reach the service and not given.
pub(crate) fn gaps(configuration: &Configuration) -> Vec<Gap> {
    let Configuration { credentials, project_id, endpoint, iam_endpoint, .. } = configuration;
    let first = |setting| sources::variables(setting).next().unwrap_or_default();
    let is_login = credentials.as_ref().is_some_and(|credentials| credentials.login().is_some());
    let can_find_project = configuration.project().is_some() && (iam_endpoint.is_some() || is_login);
    let credentials_how = format!(
        "an access key ({} and {}), a user with a password ({}, {} and {}), or --token-file FILE (or {})",
        first(Setting::AccessKey),
        first(Setting::SecretKey),
        first(Setting::User),
        first(Setting::Password),
        first(Setting::Domain),
        first(Setting::Token)
    );
    let region = first(Setting::Region);
    let all = [
        (endpoint.is_none(), "endpoint", format!("--region NAME or --endpoint URL (or {region})")),
        (credentials.is_none(), "credentials", credentials_how),
        (
            project_id.is_none() && !can_find_project,
            "project",
            format!("--project-id ID (or {}), or --region NAME to have it looked up", first(Setting::ProjectId)),
        ),
        (
            is_login && iam_endpoint.is_none(),
            "IAM endpoint",
            format!("--iam-endpoint URL or --region NAME (or {region})"),
        ),
    ];
    all.into_iter().filter(|(missing, ..)| *missing).map(|(_, name, how)| Gap { name, how }).collect()
}

/// Returns the failure of settings with gaps.
pub(crate) fn missing(gaps: &[Gap]) -> Failure {
    let names: Vec<&str> = gaps.iter().map(|gap| gap.name).collect();
    let failure = Failure::usage(format!("the service cannot be reached without: {}", names.join(", ")));
    let failure = gaps.iter().fold(failure, |failure, Gap { name, how }| failure.help(format!("{name}: give {how}")));
    let failure = failure.help("drs config show lists what is found, and drs config --help where it is looked for.");
    failure.help("To try it without an account, add --embedded for an emulator with the documented tasks.")
}
