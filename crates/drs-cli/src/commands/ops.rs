//! `drs ops`: the documented operations.

use std::io::IsTerminal as _;

use clap::{Args, ValueEnum};
use comfy_table::{ContentArrangement, Table};
use drs_types::{DEPRECATION, OPERATIONS, OperationInfo};
use serde_json::{Value, json};

use crate::exit::Exit;
use crate::failure::Failure;
use crate::output::{self, text};

#[derive(Debug, Args)]
pub(crate) struct Ops {
    /// Format of the list
    #[arg(long, value_enum, default_value_t = Format::Text)]
    pub(crate) output: Format,
}

/// The format of a list or an explanation.
#[derive(Clone, Copy, Debug, Eq, PartialEq, ValueEnum)]
pub(crate) enum Format {
    /// For people
    Text,
    /// One JSON document
    Json,
}

pub(crate) fn run(ops: &Ops) -> Result<Exit, Failure> {
    match ops.output {
        Format::Json => output::print(output::Kind::Json, |out| {
            let all: Vec<Value> = OPERATIONS.iter().map(|info| described(info)).collect();
            writeln!(out, "{:#}", Value::from(all))
        }),
        Format::Text => output::print(output::Kind::Text, |out| writeln!(out, "{}", table())),
    }?;
    if ops.output == Format::Text && OPERATIONS.iter().any(|info| info.deprecated) {
        output::hint(DEPRECATION);
    }
    Ok(Exit::Clean)
}

fn described(info: &OperationInfo) -> Value {
    json!({
        "operation": info.id,
        "summary": info.summary,
        "method": info.method.as_str(),
        "path": info.path,
        "batch": info.batch.as_ref().map(|batch| batch.request),
        "retry_safe": info.retry_safe,
        "deprecated": info.deprecated,
        "status": info.success().map(|success| success.status),
        "page": info.page,
    })
}

fn table() -> Table {
    let mut table = text::table(["Operation", "Method", "Path", "Batch", "Retry", "Vendor", "Page"]);
    if !std::io::stdout().is_terminal() {
        // Scripts read the list line by line.
        table.set_content_arrangement(ContentArrangement::Disabled);
    }
    for info in OPERATIONS {
        table.add_row([
            info.id,
            info.method.as_str(),
            info.path,
            info.batch.as_ref().map_or("", |batch| batch.request.trim_start_matches('/')),
            if info.retry_safe { "safe" } else { "" },
            if info.deprecated { "deprecated" } else { "" },
            info.page,
        ]);
    }
    table
}
