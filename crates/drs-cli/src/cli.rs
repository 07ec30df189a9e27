//! The command tree.

use std::ffi::OsString;
use std::num::NonZeroUsize;
use std::path::PathBuf;
use std::str::FromStr;

use clap::{Args, Parser, Subcommand, ValueEnum};
use drs_types::common::{JobId, Language, ProjectId};
use drs_types::{OPERATIONS, OperationInfo};
use drs_validate::{Recognised, Side, UnknownName};

use crate::field::Field;
use crate::output::Kind;

/// The pre-checks of Huawei Cloud's Data Replication Service, typed and checked.
#[derive(Debug, Parser)]
#[command(name = "drs", version, disable_help_subcommand = true, after_help = EXITS)]
pub(crate) struct Cli {
    #[command(subcommand)]
    pub(crate) command: Command,
}

const EXITS: &str = "Exit codes: 0 clean, 1 findings, 2 usage or unreadable input, 3 service or network, \
                     4 not finished, 70 a bug of drs";

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Pre-checks of tasks
    #[command(subcommand)]
    Precheck(Precheck),
    /// Judge captured payloads against the documentation
    Validate(Validate),
    /// List the documented calls
    Ops(Ops),
    /// Send any documented call; its body is checked before it leaves
    Call(Call),
    /// Print the JSON Schema of what a call takes and answers
    Schema(Schema),
    /// Print a documented payload of a call
    Example(Example),
    /// Print a body to fill in, with comments on every field
    New(New),
    /// Run the embedded emulator until Ctrl-C; it knows the documented tasks, and those made in it
    Serve(Serve),
}

impl Command {
    /// The format of results and errors.
    pub(crate) fn output(&self) -> Output {
        match self {
            Self::Precheck(Precheck::Results(results)) => results.output,
            Self::Validate(validate) => validate.output.of_errors(),
            Self::Ops(ops) if ops.output == OpsOutput::Json => Output::Json,
            _ => Output::Text,
        }
    }
}

#[derive(Debug, Subcommand)]
pub(crate) enum Precheck {
    /// Report what the pre-checks of tasks have found
    Results(Results),
}

#[derive(Debug, Args)]
pub(crate) struct Results {
    /// Ids of the tasks
    #[arg(value_name = "JOB")]
    pub(crate) jobs: Vec<JobId>,
    /// Read more ids from a file, one a line; `-` is standard input
    #[arg(long, value_name = "FILE")]
    pub(crate) from: Option<PathBuf>,
    /// Show every check item, and all data in full length
    #[arg(long)]
    pub(crate) all: bool,
    /// Format of the result, and of errors
    #[arg(long, value_enum, default_value_t = Output::Text)]
    pub(crate) output: Output,
    #[command(flatten)]
    pub(crate) connection: Connection,
}

#[derive(Clone, Copy, Debug, Eq, PartialEq, ValueEnum)]
pub(crate) enum Output {
    /// For people
    Text,
    /// One JSON document
    Json,
    /// One JSON document a task, each on a line of its own
    Ndjson,
}

/// Where the service is, and who asks.
#[derive(Debug, Args)]
#[command(next_help_heading = "Connection")]
pub(crate) struct Connection {
    /// Ask an emulator inside this process instead of the service; it knows the documented examples only
    #[arg(long, conflicts_with_all = ["endpoint", "region", "project_id", "token_file"])]
    pub(crate) embedded: bool,
    #[arg(
        long,
        value_name = "URL",
        help = "Address of the service [env: DRS_ENDPOINT, HUAWEICLOUD_SDK_REGION_DRS_<REGION>]"
    )]
    pub(crate) endpoint: Option<String>,
    #[arg(long, help = "Region whose documented address is taken [env: HW_REGION_NAME, OS_REGION_NAME]")]
    pub(crate) region: Option<String>,
    #[arg(
        long,
        value_name = "ID",
        help = "Project of the tasks [env: HUAWEICLOUD_SDK_PROJECT_ID, HW_PROJECT_ID, OS_PROJECT_ID]"
    )]
    pub(crate) project_id: Option<ProjectId>,
    #[arg(
        long,
        value_name = "FILE",
        help = "File that holds a user token of IAM [env: OS_TOKEN or OS_AUTH_TOKEN holds the token itself]"
    )]
    pub(crate) token_file: Option<PathBuf>,
    /// Language that the service answers in, such as en-us or zh-cn
    #[arg(long, value_parser = language)]
    pub(crate) language: Option<Language>,
    /// Seconds that one call may take
    #[arg(long, value_name = "SECONDS", default_value_t = 60, value_parser = clap::value_parser!(u64).range(1..=86_400))]
    pub(crate) timeout: u64,
}

const VALIDATE: &str = "\
Examples:
  drs validate captures/ 'logs/**/*.ndjson.gz' session.har
  zcat proxy.log.gz | drs validate --format ndjson --key /request_id --output ndjson
  drs validate answer.json --as batch_check_results.response --status 400
  drs validate captures/ --fail-on drift --output sarif > findings.sarif

An error is what the service refuses, or what cannot be read; drift is the rest.
docs/findings.md shows every code with an example. gzip, zlib and zstd are known by content.

Exit codes: 0 clean, 1 findings (see --fail-on), 2 usage, unreadable input or nothing judged (see --allow-empty),
70 a bug of drs";

#[derive(Debug, Args)]
#[command(after_help = VALIDATE)]
#[allow(clippy::struct_excessive_bools, reason = "each is a flag of the command line")]
pub(crate) struct Validate {
    /// Files, folders (with all that is below them) and patterns such as 'logs/**/*.json'; `-` is standard input
    #[arg(value_name = "INPUT")]
    pub(crate) inputs: Vec<OsString>,
    /// Read hidden folders and `node_modules` too, which are passed over when they stand in a named folder
    #[arg(long)]
    pub(crate) hidden: bool,
    /// How each input is divided into documents; without it, its beginning tells
    #[arg(long, value_enum)]
    pub(crate) format: Option<InputFormat>,
    #[arg(
        long = "as",
        value_name = "OPERATION.SIDE",
        help = "What every document is, such as batch_check_results.response; without it, URL or shape tells"
    )]
    pub(crate) known_as: Option<Recognised>,
    /// HTTP status of the responses that --as names
    #[arg(long, requires = "known_as", value_parser = clap::value_parser!(u16).range(100..=599))]
    pub(crate) status: Option<u16>,
    /// JSON Pointer to the key of a record, such as /id, which then stands in its findings
    #[arg(long, value_name = "POINTER", value_parser = pointer)]
    pub(crate) key: Option<String>,
    /// Which findings make the exit code 1
    #[arg(long, value_enum, default_value_t = FailOn::Error)]
    pub(crate) fail_on: FailOn,
    /// Exit with 0 when there is nothing to judge, and when a pattern matches no file
    #[arg(long)]
    pub(crate) allow_empty: bool,
    /// Format of the findings
    #[arg(long, value_enum, default_value_t = FindingsOutput::Text)]
    pub(crate) output: FindingsOutput,
    /// Show every finding, not the first few of each kind only
    #[arg(long)]
    pub(crate) all: bool,
    /// Read every payload in full, however clean it looks; the findings are the same
    #[arg(long)]
    pub(crate) no_fast_path: bool,
    /// How many threads work; as many as there are processors without it
    #[arg(long, value_name = "N")]
    pub(crate) threads: Option<NonZeroUsize>,
}

/// How an input is divided into documents.
#[derive(Clone, Copy, Debug, Eq, PartialEq, ValueEnum)]
pub(crate) enum InputFormat {
    /// One document: a payload, a capture, or a HAR
    Json,
    /// One document a line
    Ndjson,
}

/// Which findings count as a failure.
#[derive(Clone, Copy, Debug, Eq, PartialEq, ValueEnum)]
pub(crate) enum FailOn {
    /// What the service refuses, and what cannot be read
    Error,
    /// All of that, and whatever else is not documented
    Drift,
    /// Nothing
    Never,
}

impl FailOn {
    /// Whether so many findings make the exit code 1.
    pub(crate) fn fails(self, errors: u64, drifts: u64) -> bool {
        match self {
            Self::Error => errors > 0,
            Self::Drift => errors + drifts > 0,
            Self::Never => false,
        }
    }
}

/// The format of findings.
#[derive(Clone, Copy, Debug, Eq, PartialEq, ValueEnum)]
pub(crate) enum FindingsOutput {
    /// For people
    Text,
    /// One JSON document with findings, counts and drift
    Json,
    /// One JSON document a finding, each on a line of its own
    Ndjson,
    /// SARIF 2.1.0
    Sarif,
    /// JUnit XML, with a test case for each input
    Junit,
    /// Annotations of GitHub Actions
    Github,
}

impl FindingsOutput {
    /// The format of errors beside such findings.
    pub(crate) fn of_errors(self) -> Output {
        match self {
            Self::Json | Self::Ndjson | Self::Sarif => Output::Json,
            Self::Text | Self::Junit | Self::Github => Output::Text,
        }
    }

    /// What becomes of invisible characters in such findings.
    pub(crate) fn kind(self) -> Kind {
        match self {
            Self::Json | Self::Ndjson | Self::Sarif => Kind::Json,
            Self::Text | Self::Github => Kind::Text,
            Self::Junit => Kind::Bytes,
        }
    }
}

fn pointer(text: &str) -> Result<String, String> {
    if text.is_empty() || text.starts_with('/') {
        return Ok(text.to_owned());
    }
    Err(format!("a JSON Pointer starts with a slash; write /{text}"))
}

#[derive(Debug, Args)]
pub(crate) struct Serve {
    /// Port on 127.0.0.1; 0 takes any free one
    #[arg(long, default_value_t = 0)]
    pub(crate) port: u16,
}

#[derive(Debug, Args)]
pub(crate) struct Ops {
    /// Format of the list
    #[arg(long, value_enum, default_value_t = OpsOutput::Text)]
    pub(crate) output: OpsOutput,
}

/// The format of the list of calls.
#[derive(Clone, Copy, Debug, Eq, PartialEq, ValueEnum)]
pub(crate) enum OpsOutput {
    /// A table
    Text,
    /// One JSON document
    Json,
}

#[derive(Debug, Args)]
pub(crate) struct Call {
    /// The call, as `drs ops` names it
    #[arg(value_name = "OPERATION", value_parser = operation)]
    pub(crate) operation: &'static OperationInfo,
    /// File with the body, as JSON with or without comments; `-` is standard input
    #[arg(long, value_name = "FILE")]
    pub(crate) json: Option<PathBuf>,
    #[arg(
        long = "field",
        value_name = "NAME=VALUE",
        help = "A field of the body, or a parameter: NAME=TEXT, or NAME:=JSON; names may be paths such as jobs.0.job_id"
    )]
    pub(crate) fields: Vec<Field>,
    /// Show the request and send nothing
    #[arg(long)]
    pub(crate) dry_run: bool,
    /// Print the answer as it comes, byte for byte
    #[arg(long)]
    pub(crate) raw: bool,
    #[command(flatten)]
    pub(crate) connection: Connection,
}

#[derive(Debug, Args)]
pub(crate) struct Schema {
    #[arg(
        value_name = "OPERATION[.request|.response]",
        help = "The call, or one side of it, such as batch_check_results.response"
    )]
    pub(crate) body: BodyName,
    /// Leave out what is no word of JSON Schema: x-drs, and formats of OpenAPI; for validators that refuse it, such as Ajv
    #[arg(long)]
    pub(crate) plain: bool,
}

#[derive(Debug, Args)]
pub(crate) struct Example {
    #[arg(
        value_name = "OPERATION[.request|.response]",
        help = "The call, or one side of it, such as batch_check_results.response; the request without a side"
    )]
    pub(crate) body: BodyName,
    /// Which of the documented payloads, counted from 1
    #[arg(long, value_name = "N", default_value_t = 1)]
    pub(crate) number: usize,
}

#[derive(Debug, Args)]
pub(crate) struct New {
    /// The call, as `drs ops` names it
    #[arg(value_name = "OPERATION", value_parser = operation)]
    pub(crate) operation: &'static OperationInfo,
}

/// An operation, and maybe one side of it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct BodyName {
    pub(crate) operation: &'static OperationInfo,
    pub(crate) side: Option<Side>,
}

impl FromStr for BodyName {
    type Err = String;

    fn from_str(name: &str) -> Result<Self, String> {
        if !name.contains('.') {
            return Ok(Self { operation: operation(name)?, side: None });
        }
        let known: Recognised = name.parse().map_err(|error: UnknownName| error.to_string())?;
        Ok(Self { operation: known.operation, side: Some(known.side) })
    }
}

fn language(text: &str) -> Result<Language, String> {
    let language = Language::from(text);
    let listed: Vec<&str> = Language::KNOWN.iter().map(Language::as_str).collect();
    if language.is_listed() { Ok(language) } else { Err(format!("the service knows {}", listed.join(" and "))) }
}

fn operation(id: &str) -> Result<&'static OperationInfo, String> {
    OperationInfo::find(id).ok_or_else(|| {
        let nearest = OPERATIONS.iter().max_by(|one, other| {
            let likeness = |info: &OperationInfo| strsim::jaro_winkler(info.id, id);
            likeness(one).total_cmp(&likeness(other))
        });
        let nearest = nearest.map_or("", |info| info.id);
        format!("there is no such operation; did you mean {nearest}? `drs ops` lists all of them")
    })
}
