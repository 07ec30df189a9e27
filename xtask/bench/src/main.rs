//! The program that `cargo xtask bench` runs.
#![allow(clippy::print_stdout, clippy::print_stderr)]

use std::fs;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};
use std::time::Instant;

use clap::{Parser, Subcommand};
use drs_bench::contenders::{self, Bar};
use drs_bench::corpus::{self, Document};
use drs_bench::forms::Form;
use drs_bench::measure::{self, Measured};
use drs_bench::{client, soak, start, truth};
use drs_validate::Validator;
use serde_json::{Value, json};

#[derive(Parser)]
struct Cli {
    #[command(subcommand)]
    task: Task,
}

#[derive(Subcommand)]
enum Task {
    /// Measure all contenders on one corpus
    Validate {
        /// Size of the corpus in MB
        #[arg(long, default_value_t = 100)]
        size: usize,
        /// How often each contender runs
        #[arg(long, default_value_t = 15)]
        rounds: usize,
        /// The folder for the corpus and the figures
        #[arg(long)]
        folder: PathBuf,
    },
    /// Measure a HAR, and bare bodies, of growing size, each in a process of its own
    Grow {
        /// Size of the largest file in MB
        #[arg(long, default_value_t = 1000)]
        size: usize,
        /// The folder for the file
        #[arg(long)]
        folder: PathBuf,
    },
    /// Run whole processes on one small file
    Start {
        /// The command `drs`
        #[arg(long)]
        drs: PathBuf,
        /// The command `jsonschema-cli`
        #[arg(long)]
        other: PathBuf,
        /// How often each of them runs
        #[arg(long, default_value_t = 200)]
        rounds: usize,
        /// The folder for the files and the figures
        #[arg(long)]
        folder: PathBuf,
    },
    /// Measure the client beside the libraries below it
    Client {
        /// How often each contender runs
        #[arg(long, default_value_t = 7)]
        rounds: usize,
        /// The folder for the figures
        #[arg(long)]
        folder: PathBuf,
    },
    /// Have all kinds of faults happen to the client for some time, and count the ids
    Soak {
        /// How long, in minutes
        #[arg(long, default_value_t = 10)]
        minutes: u64,
    },
    /// Serve a row for each requested id, until standard input ends
    ServeRows,
    /// Run an emulator until standard input ends
    Emulate,
    /// Stream ids to a server, and print time and peak memory
    Stream { url: String, ids: usize },
    /// Write the responses of the corpus to standard output, one per line, each in a capture with its own key
    Captures {
        /// Size in MB
        #[arg(long, default_value_t = 100)]
        size: usize,
    },
    /// Read a file with one contender in a separate process, and print its time and its peak memory
    One { name: String, file: PathBuf },
}

fn main() -> ExitCode {
    let outcome = match Cli::parse().task {
        Task::Validate { size, rounds, folder } => validate(size, rounds, &folder),
        Task::Grow { size, folder } => grow(size, &folder).map(|()| true),
        Task::Start { drs, other, rounds, folder } => start(&drs, &other, rounds, &folder).map(|()| true),
        Task::Client { rounds, folder } => client(rounds, &folder).map(|()| true),
        Task::Soak { minutes } => soak::run(minutes, |line| println!("{line}")),
        Task::ServeRows => client::serve(|address| println!("{address}")).map(|()| true),
        Task::Emulate => emulate().map(|()| true),
        Task::Stream { url, ids } => client::stream(&url, ids).map(|figures| println!("{figures}")).map(|()| true),
        Task::Captures { size } => captures(size).map(|()| true),
        Task::One { name, file } => one(&name, &file).map(|()| true),
    };
    match outcome {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

/// Measures all contenders; returns whether no finding was missed or invented.
fn validate(size: usize, rounds: usize, folder: &Path) -> io::Result<bool> {
    fs::create_dir_all(folder)?;
    let documents: Vec<Document> = corpus::documents(size * 1_000_000).collect();
    let broken = documents.iter().filter(|document| !document.broken.is_empty()).count();
    println!("{} responses, {broken} of them broken", documents.len());
    let file = |form: Form| folder.join(form.file());
    let mut wrong = Vec::new();
    for form in Form::ALL {
        let mut text = Vec::new();
        form.write(&documents, &mut text)?;
        fs::write(file(form), &text)?;
        for validator in [Validator::new(), Validator::new().without_fast_path()] {
            wrong.extend(truth::compare(&validator, form, &text, &documents));
        }
    }
    drop(documents);
    for line in wrong.iter().take(20) {
        eprintln!("{line}");
    }
    println!("missed or invented, in all forms, by the quick reading and by the full one: {}\n", wrong.len());

    let contenders = contenders::all();
    let measured = measure::rounds(&contenders, file, rounds)?;
    println!("{:<40} {:>8} {:>10} {:>10}", "", "MB/s", "fine", "peak MB");
    let mut rows = Vec::new();
    for (contender, measured) in contenders.iter().zip(&measured) {
        let Measured { name, bytes, seconds, fine } = measured;
        let (rate, peak) = (measured.rate(), peak_of(name, &file(contender.form))?);
        println!("{name:<40} {rate:>8.0} {fine:>10} {peak:>10.0}");
        rows.push(json!({
            "name": name, "bytes": bytes, "mb_per_second": rate, "seconds": seconds, "fine": fine, "peak_mb": peak,
        }));
    }
    println!("\n{:<40} {:>8} {:>8}", "times as fast", "ratio", "bar");
    let of = |name: &str| measured.iter().find(|measured| measured.name == name);
    for Bar { one, other, wanted } in contenders::bars() {
        let (Some(first), Some(second)) = (of(one), of(other)) else { continue };
        let ratio = first.times_faster_than(second);
        let bar = wanted.map(|wanted| format!("{wanted:.1}")).unwrap_or_default();
        println!("{one:<40} {ratio:>8.2} {bar:>8}  {other}");
        rows.push(json!({ "one": one, "other": other, "ratio": ratio, "bar": wanted }));
    }
    let report = json!({ "broken": broken, "missed_or_invented": wrong.len(), "figures": rows });
    write_json(&folder.join("validate.json"), &report)?;
    Ok(wrong.is_empty())
}

/// Measures files of growing size, each in a process of its own.
#[allow(clippy::cast_precision_loss, reason = "figures for people")]
fn grow(largest: usize, folder: &Path) -> io::Result<()> {
    fs::create_dir_all(folder)?;
    let (all, file) = (contenders::all(), folder.join("grow"));
    for form in [Form::Har, Form::Bodies] {
        let ours = all.iter().find(|contender| contender.form == form).map_or("", |contender| contender.name);
        for size in [largest / 100, largest / 10, largest] {
            let mut out = io::BufWriter::new(fs::File::create(&file)?);
            form.write(corpus::documents(size * 1_000_000), &mut out)?;
            out.flush()?;
            let bytes = fs::metadata(&file)?.len() as f64 / 1e6;
            let figures = own_process(ours, &file)?;
            fs::remove_file(&file)?;
            let figure = |name: &str| figures[name].as_f64().unwrap_or_default();
            let (seconds, peak) = (figure("seconds"), figure("peak_bytes") / 1e6);
            println!("{ours:<14} {bytes:>6.0} MB {seconds:>8.3} s {:>6.0} MB/s {peak:>6.0} MB peak", bytes / seconds);
        }
    }
    Ok(())
}

fn start(drs: &Path, other: &Path, rounds: usize, folder: &Path) -> io::Result<()> {
    let rows = start::race(drs, other, folder, rounds)?;
    println!("{:<28} {:>10} {:>12}", "", "median ms", "smallest ms");
    for row in &rows {
        let ms = |key: &str| row[key].as_f64().unwrap_or_default() * 1e3;
        println!("{:<28} {:>10.2} {:>12.2}", row["name"].as_str().unwrap_or_default(), ms("median"), ms("smallest"));
    }
    write_json(&folder.join("start.json"), &rows.into())
}

fn write_json(file: &Path, value: &Value) -> io::Result<()> {
    fs::write(file, format!("{value:#}\n"))
}

fn client(rounds: usize, folder: &Path) -> io::Result<()> {
    let figures = client::run(rounds, |line| println!("{line}"))?;
    fs::create_dir_all(folder)?;
    write_json(&folder.join("client.json"), &figures)
}

fn emulate() -> io::Result<()> {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build()?;
    let emulator = runtime.block_on(drs_emulator::Emulator::start(0))?;
    println!("{}", emulator.url());
    client::hold()
}

fn captures(size: usize) -> io::Result<()> {
    let operation = truth::known().operation;
    let path = operation.fill_path(|_| Some("project")).map_err(io::Error::other)?;
    let mut out = io::BufWriter::new(io::stdout().lock());
    for (number, Document { text, .. }) in (1..).zip(corpus::documents(size * 1_000_000)) {
        let method = &operation.method;
        write!(
            out,
            r#"{{"id":"c{number}","method":"{method}","url":"https://drs.example{path}","status":200,"response":"#
        )?;
        out.write_all(&text)?;
        out.write_all(b"}\n")?;
    }
    out.flush()
}

fn own_process(name: &str, file: &Path) -> io::Result<Value> {
    let output = Command::new(std::env::current_exe()?).arg("one").arg(name).arg(file).output()?;
    serde_json::from_slice(&output.stdout).map_err(|error| {
        io::Error::other(format!("{name} printed no figures: {error}; {}", String::from_utf8_lossy(&output.stderr)))
    })
}

/// The peak memory of a contender that reads a file in a process of its own, in MB.
fn peak_of(name: &str, file: &Path) -> io::Result<f64> {
    Ok(own_process(name, file)?["peak_bytes"].as_f64().unwrap_or_default() / 1e6)
}

fn one(name: &str, corpus: &Path) -> io::Result<()> {
    let contenders = contenders::all();
    let contender = contenders.iter().find(|contender| contender.name == name);
    let contender = contender.ok_or_else(|| io::Error::other(format!("unknown contender {name:?}")))?;
    let start = Instant::now();
    let fine = contender.read(corpus)?;
    let seconds = start.elapsed().as_secs_f64();
    println!("{}", json!({ "seconds": seconds, "fine": fine, "peak_bytes": measure::peak_memory() }));
    Ok(())
}
