//! `drs serve`: the emulator in the foreground.

use drs_emulator::examples::{Side, examples};
use drs_emulator::{Emulator, project_id};
use drs_types::{AUTH_TOKEN, OperationInfo};

use crate::cli::Serve;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::output;

pub(crate) async fn run(serve: &Serve) -> Result<Exit, Failure> {
    let emulator = Emulator::start(serve.port).await.map_err(|error| {
        Failure::usage(format!("port {} of 127.0.0.1 cannot be used: {error}", serve.port))
            .help("Take another one with --port, or leave it out.")
    })?;
    let shown = output::print(output::Kind::Text, |out| {
        writeln!(out, "The emulator listens on {}", emulator.url())?;
        writeln!(
            out,
            "It imitates the service with the documented tasks, and those that you make in it. Ctrl-C ends it. Try:\n"
        )?;
        writeln!(out, "{}", curl(&emulator.url()))
    });
    if shown.is_ok() {
        let _ = tokio::signal::ctrl_c().await;
    }
    emulator.stop().await;
    shown.map(|()| Exit::Clean)
}

/// A line that asks for the first documented example.
fn curl(url: &str) -> String {
    let Some(info) = OperationInfo::find("batch_check_results") else { return String::new() };
    let path = info.fill_path(|_| Some(project_id())).unwrap_or_default();
    let body = examples(info.id, Side::Request).next().map_or("", |example| example.json);
    // The documented payload on one line; no text in it holds white space.
    let body: String = body.split_whitespace().collect();
    format!(
        "curl -s -X {} '{url}{path}' -H '{AUTH_TOKEN}: any' -H 'Content-Type: application/json' -d '{body}'",
        info.method
    )
}
