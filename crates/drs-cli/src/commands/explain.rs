//! `drs explain`: a check item, a failed reason, an error code or a finding, with its meaning and its fix.

use clap::Args;
use drs_gate::catalogue::{self, Engine, Item, Reason};
use drs_types::common::ErrorCode;
use drs_types::{Retry, text};
use drs_validate::Code;
use serde::Serialize;
use serde_json::{Value, json};

use super::ops::Format;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::output::{self, explain as text_output};

#[derive(Debug, Args)]
pub(crate) struct Explain {
    /// A check item, a failed reason, an error code such as DRS.M00300, or a finding such as DRS-V011
    #[arg(value_name = "WHAT", required_unless_present = "list")]
    pub(crate) what: Option<String>,
    /// List everything that can be explained
    #[arg(long, conflicts_with = "what")]
    pub(crate) list: bool,
    /// List only check items of an engine, such as mysql
    #[arg(long, requires = "list", value_parser = engine)]
    pub(crate) engine: Option<Engine>,
    /// List only check items of a group, such as network
    #[arg(long, requires = "list", value_parser = group)]
    pub(crate) group: Option<&'static str>,
    /// Format of the result and of errors
    #[arg(long, value_enum, default_value_t = Format::Text)]
    pub(crate) output: Format,
}

/// What can be explained.
pub(crate) enum Subject {
    Item(&'static Item),
    Reason(&'static Reason),
    ErrorCode(&'static ErrorCode),
    Finding(Code),
}

impl Subject {
    fn find(what: &str) -> Option<Self> {
        let what = what.trim();
        let finding = || Code::ALL.iter().find(|code| code.as_str().eq_ignore_ascii_case(what)).copied();
        let error = || ErrorCode::LISTED.iter().find(|code| code.as_str().eq_ignore_ascii_case(what));
        catalogue::find(what)
            .map(Self::Item)
            .or_else(|| catalogue::find_reason(what).map(Self::Reason))
            .or_else(|| error().map(Self::ErrorCode))
            .or_else(|| finding().map(Self::Finding))
    }

    fn to_json(&self) -> Value {
        match self {
            Self::Item(item) => with_kind("check_item", item),
            Self::Reason(reason) => with_kind("failed_reason", reason),
            Self::ErrorCode(code) => with_kind(
                "error_code",
                &json!({
                    "code": code.as_str(),
                    "meaning": code.meaning(),
                    "status": code.status(),
                    "retry": code.retry().map(retry),
                }),
            ),
            Self::Finding(code) => with_kind(
                "finding",
                &json!({ "code": code.as_str(), "title": code.title(), "meaning": code.meaning() }),
            ),
        }
    }
}

/// Whether a caller may send the request again, by the words of the schemas.
fn retry(retry: Retry) -> &'static str {
    match retry {
        Retry::Never => "never",
        Retry::Later => "later",
        Retry::AfterNewToken => "after_new_token",
        Retry::AfterAction => "after_action",
        _ => "not_known",
    }
}

fn with_kind(kind: &str, subject: &impl Serialize) -> Value {
    let mut value = serde_json::to_value(subject).expect("the catalogue has only strings and booleans");
    value["kind"] = kind.into();
    value
}

/// The items, or everything, that `--list` lists.
pub(crate) struct List {
    pub(crate) engine: Option<Engine>,
    pub(crate) group: Option<&'static str>,
}

impl List {
    /// Whether the list has check items only.
    pub(crate) fn is_filtered(&self) -> bool {
        self.engine.is_some() || self.group.is_some()
    }

    /// The groups, each with its items in the list.
    pub(crate) fn groups(&self) -> impl Iterator<Item = (&'static catalogue::Group, Vec<&'static Item>)> {
        let groups = catalogue::groups().iter().filter(|group| self.group.is_none_or(|name| name == group.name));
        let kept = groups.map(|group| (group, group.items.iter().filter(|item| self.has(item)).collect::<Vec<_>>()));
        kept.filter(|(_, items)| !items.is_empty())
    }

    fn has(&self, item: &Item) -> bool {
        self.engine.is_none_or(|wanted| item.engines.iter().any(|engine| *engine == wanted || engine.name == "any"))
    }

    fn to_json(&self) -> Value {
        let items: Vec<Value> =
            self.groups().flat_map(|(_, items)| items).map(|item| Subject::Item(item).to_json()).collect();
        if self.is_filtered() {
            return items.into();
        }
        let reasons = catalogue::reasons().iter().map(|reason| Subject::Reason(reason).to_json());
        let errors = ErrorCode::LISTED.iter().map(|code| Subject::ErrorCode(code).to_json());
        let findings = Code::ALL.iter().map(|code| Subject::Finding(*code).to_json());
        items.into_iter().chain(reasons).chain(errors).chain(findings).collect()
    }
}

pub(crate) fn run(explain: &Explain) -> Result<Exit, Failure> {
    if let Some(what) = &explain.what {
        let subject = Subject::find(what).ok_or_else(|| unknown(what))?;
        match explain.output {
            Format::Json => output::print(output::Kind::Json, |out| writeln!(out, "{:#}", subject.to_json())),
            Format::Text => output::print(output::Kind::Text, |out| text_output::subject(out, &subject)),
        }?;
        return Ok(Exit::Clean);
    }
    let list = List { engine: explain.engine, group: explain.group };
    match explain.output {
        Format::Json => output::print(output::Kind::Json, |out| writeln!(out, "{:#}", list.to_json())),
        Format::Text => output::print(output::Kind::Text, |out| text_output::list(out, &list)),
    }?;
    Ok(Exit::Clean)
}

fn unknown(what: &str) -> Failure {
    let names = catalogue::names()
        .chain(ErrorCode::LISTED.iter().map(ErrorCode::as_str))
        .chain(Code::ALL.iter().map(|code| code.as_str()));
    let failure = Failure::usage(format!("{what:?} is not in the catalogue{}", did_you_mean(what, names)));
    failure
        .help("drs explain --list lists what is in it. The service may report items and reasons that it does not have.")
}

/// Finds an engine by the name that the catalogue has.
fn engine(name: &str) -> Result<Engine, String> {
    let all = || catalogue::items().flat_map(|item| item.engines).filter(|engine| engine.name != "any");
    let found = all().find(|engine| engine.name.eq_ignore_ascii_case(name)).copied();
    found.ok_or_else(|| format!("unknown engine{}", did_you_mean(name, all().map(|engine| engine.name))))
}

/// Finds a group by its name.
fn group(name: &str) -> Result<&'static str, String> {
    let names = || catalogue::groups().iter().map(|group| group.name);
    let found = names().find(|group| group.eq_ignore_ascii_case(name));
    found.ok_or_else(|| format!("unknown group{}", did_you_mean(name, names())))
}

fn did_you_mean<'a>(name: &str, known: impl IntoIterator<Item = &'a str>) -> String {
    text::nearest(name, known).map_or(String::new(), |nearest| format!("; did you mean {nearest}?"))
}
