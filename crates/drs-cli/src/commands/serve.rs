//! `drs serve`: the emulator in the foreground.

use clap::Args;
use drs_auth::sources::endpoint_variable;
use drs_emulator::{Emulator, Scenario, demo_access_key, demo_login, project_id};
use drs_types::{AUTH_TOKEN, OperationInfo, text};

use crate::exit::Exit;
use crate::failure::Failure;
use crate::limits::LIMITS;
use crate::signals::Signals;
use crate::{output, scenario};

#[derive(Debug, Args)]
pub(crate) struct Serve {
    /// Port on 127.0.0.1; 0 takes any free port
    #[arg(long, default_value_t = 0)]
    pub(crate) port: u16,
    #[arg(long, value_name = "FILE|NAME", value_parser = scenario::scenario,
        help = scenario::help("Scenario to play, with tasks that are made up"))]
    pub(crate) scenario: Option<Scenario>,
}

pub(crate) async fn run(serve: Serve) -> Result<Exit, Failure> {
    let Serve { port, scenario } = serve;
    let builder = scenario.into_iter().fold(Emulator::builder().port(port), drs_emulator::Builder::scenario);
    let emulator = builder.start().await.map_err(|error| {
        Failure::usage(format!("port {port} of 127.0.0.1 cannot be used: {error}"))
            .help("Choose another port with --port, or omit it to take a free one.")
    })?;
    // The handlers come before the printed address, so that every signal has a handler.
    let mut signals = Signals::listen()?;
    let shown = output::print(output::Kind::Text, |out| {
        writeln!(out, "The emulator listens on {}", emulator.url())?;
        if let Some(scenario) = emulator.scenario() {
            writeln!(out, "{}", played(scenario))?;
        }
        writeln!(out, "{}", about(&emulator.url()))
    });
    if shown.is_ok() {
        signals.next().await;
    }
    tokio::select! {
        () = emulator.stop() => {}
        // A second signal ends it without waiting for pending responses.
        () = signals.next() => {}
    }
    shown.map(|()| Exit::Clean)
}

/// Describes a scenario: its title, its tasks, and that it is made up.
fn played(scenario: &Scenario) -> String {
    let ids: Vec<&str> = scenario.task_ids().take(LIMITS.scenario_tasks + 1).collect();
    let more = if ids.len() > LIMITS.scenario_tasks { "\n  and more" } else { "" };
    let tasks: String = ids.iter().take(LIMITS.scenario_tasks).map(|id| format!("\n  {id}")).collect();
    let text = text::printable(&format!("It plays {}. {}", scenario::named(scenario), scenario.description()));
    format!("{}\nThe tasks of the scenario are made up:\n{tasks}{more}\n", text.trim_end())
}

/// The region that stands for the emulator in the variables of the vendor's SDK.
const SDK_REGION: &str = "cn-north-4";

/// Returns what a user needs to know: the credentials, and two ways to try them.
fn about(url: &str) -> String {
    let (project, key, login) = (project_id(), demo_access_key(), demo_login());
    let (access, secret, password) = (key.access, key.secret.expose(), login.password.expose());
    let (user, domain, token) = (login.user, login.domain, curl(url));
    let endpoint = endpoint_variable(SDK_REGION);
    format!(
        "It imitates the service, with the documented tasks and those that you create. Ctrl-C or SIGTERM ends it.

  Project       {project}
  Access key    {access}
  Secret key    {secret}
  User          {user}, with the password {password}, of the domain {domain}; IAM has the same address
  Token         any

Send a request with a token:

{token}

Use the access key in a program with the vendor's SDK, in the region {SDK_REGION}:

export HUAWEICLOUD_SDK_AK={access} HUAWEICLOUD_SDK_SK={secret} HUAWEICLOUD_SDK_PROJECT_ID={project} {endpoint}={url}"
    )
}

/// Returns a command line with the first documented request.
fn curl(url: &str) -> String {
    let info = OperationInfo::find("batch_check_results").expect("the schemas have this operation");
    let path = info.fill_path(|_| Some(project_id())).expect("the project is the only parameter of the path");
    let body = info.request_examples().next().expect("the schemas have a request of this operation").json;
    // The payload becomes one line. None of its strings has white space.
    let body: String = body.split_whitespace().collect();
    format!(
        "curl -s -X {} '{url}{path}' -H '{AUTH_TOKEN}: any' -H 'Content-Type: application/json' -d '{body}'",
        info.method
    )
}
