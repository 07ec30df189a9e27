//! The program that `cargo xtask bench` runs.
#![allow(clippy::print_stdout, clippy::print_stderr)]

use std::fs;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};
use std::time::Instant;

use clap::{Parser, Subcommand};
use drs_bench::{contenders, corpus, measure, start, truth};
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
        Task::Start { drs, other, rounds, folder } => start(&drs, &other, rounds, &folder).map(|()| true),
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
#[allow(clippy::cast_precision_loss, reason = "figures for people")]
fn validate(size: usize, rounds: usize, folder: &Path) -> io::Result<bool> {
    fs::create_dir_all(folder)?;
    let mut text = Vec::new();
    let (documents, broken) = corpus::write(&mut text, size * 1_000_000)?;
    let file = folder.join("corpus.ndjson");
    fs::write(&file, &text)?;
    println!("{documents} responses, {} of them broken, {} MB", broken.len(), text.len() / 1_000_000);
    let mut wrong = truth::compare(&Validator::new(), &text, &broken);
    wrong.extend(truth::compare(&Validator::new().without_fast_path(), &text, &broken));
    for line in wrong.iter().take(20) {
        eprintln!("{line}");
    }
    println!("missed or invented, by the quick reading and by the full one: {}\n", wrong.len());
    let bytes = text.len() as u64;

    let contenders = contenders::all();
    let measured = measure::rounds(&contenders, &file, rounds)?;
    let Some(first) = measured.first() else { return Ok(false) };
    println!("{:<36} {:>8} {:>12} {:>10} {:>8} {:>8}", "", "MB/s", "documents/s", "peak MB", "ratio", "bar");
    let mut rows = Vec::new();
    for measured in &measured {
        let mut row = measured.to_json(bytes, documents, first);
        let peak = own_process(measured.name, &file)?["peak_bytes"].clone();
        let rate = row["mb_per_second"].as_f64().unwrap_or_default();
        let per_second = row["documents_per_second"].as_f64().unwrap_or_default();
        let peak_mb = peak.as_f64().unwrap_or_default() / 1e6;
        let ratio = measured.ratio(first).map(|(ratio, bar)| format!("{ratio:>7.2}x {bar:>7.1}x")).unwrap_or_default();
        println!("{:<36} {rate:>8.0} {per_second:>12.0} {peak_mb:>10.0} {ratio}", measured.name);
        row["peak_bytes"] = peak;
        rows.push(row);
    }
    println!("The ratio is how many times faster ours is on one thread; the last row compares two threads with one.");
    println!("\nHow ours grows, each in a separate process:");
    let scale = scale(&text, folder)?;
    let report = json!({
        "bytes": bytes, "documents": documents, "broken": broken.len(), "missed_or_invented": wrong.len(),
        "contenders": rows, "scale": scale,
    });
    let mut out = fs::File::create(folder.join("validate.json"))?;
    serde_json::to_writer_pretty(&mut out, &report)?;
    writeln!(out)?;
    Ok(wrong.is_empty())
}

/// Measures a tenth of the corpus, the corpus, and ten times the corpus.
#[allow(clippy::cast_precision_loss, reason = "figures for people")]
fn scale(text: &[u8], folder: &Path) -> io::Result<Vec<Value>> {
    let tenth = text.len() / 10;
    let end = text.iter().skip(tenth).position(|byte| *byte == b'\n').map_or(text.len(), |length| tenth + length + 1);
    let mut rows = Vec::new();
    for (part, times) in [(&text[..end], 1), (text, 1), (text, 10)] {
        let file = folder.join("scale.ndjson");
        let mut out = fs::File::create(&file)?;
        (0..times).try_for_each(|_| out.write_all(part))?;
        drop(out);
        let mut row = own_process("drs-validate", &file)?;
        let two_threads = own_process("drs-validate, two threads", &file)?["seconds"].clone();
        fs::remove_file(&file)?;
        let bytes = (part.len() * times) as f64;
        let seconds = row["seconds"].as_f64().unwrap_or_default();
        let peak = row["peak_bytes"].as_f64().unwrap_or_default() / 1e6;
        println!(
            "{:>8.0} MB {seconds:>8.3} s {:>6.0} MB/s {peak:>6.0} MB peak {:>8.2}x on two threads",
            bytes / 1e6,
            bytes / 1e6 / seconds,
            seconds / two_threads.as_f64().unwrap_or_default()
        );
        row["seconds_on_two_threads"] = two_threads;
        row["bytes"] = bytes.into();
        rows.push(row);
    }
    Ok(rows)
}

fn start(drs: &Path, other: &Path, rounds: usize, folder: &Path) -> io::Result<()> {
    let rows = start::race(drs, other, folder, rounds)?;
    println!("{:<28} {:>10} {:>12}", "", "median ms", "smallest ms");
    for row in &rows {
        let ms = |key: &str| row[key].as_f64().unwrap_or_default() * 1e3;
        println!("{:<28} {:>10.2} {:>12.2}", row["name"].as_str().unwrap_or_default(), ms("median"), ms("smallest"));
    }
    let mut out = fs::File::create(folder.join("start.json"))?;
    serde_json::to_writer_pretty(&mut out, &rows)?;
    writeln!(out)
}

fn captures(size: usize) -> io::Result<()> {
    let operation = truth::known().operation;
    let path = operation.fill_path(|_| Some("project")).map_err(io::Error::other)?;
    let mut responses = Vec::new();
    corpus::write(&mut responses, size * 1_000_000)?;
    let mut out = io::BufWriter::new(io::stdout().lock());
    for (number, response) in (1..).zip(responses.split(|byte| *byte == b'\n').filter(|response| !response.is_empty()))
    {
        let method = &operation.method;
        write!(
            out,
            r#"{{"id":"c{number}","method":"{method}","url":"https://drs.example{path}","status":200,"response":"#
        )?;
        out.write_all(response)?;
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
