//! `cargo xtask <task>`: what a maintainer runs.
#![allow(clippy::print_stdout, clippy::print_stderr)]

use std::process::ExitCode;

use clap::{Parser, Subcommand};
use xtask::{codegen, root, sync, tidy};

#[derive(Parser)]
#[command(about = "Code generation and the rules of this repository", disable_help_subcommand = true)]
struct Cli {
    #[command(subcommand)]
    task: Task,
}

#[derive(Subcommand)]
enum Task {
    /// Generate everything that follows from schemas/
    Codegen {
        /// Change nothing; fail with a diff when a file is not what it should be
        #[arg(long)]
        check: bool,
    },
    /// Say what the schemas of the working tree change for whoever sends requests and whoever reads answers
    ///
    /// Each operation gets a verdict for either side, and each change one sentence. Breaking: a request that was
    /// accepted is refused, or code that uses our types no longer compiles or no longer finds what it read. Additive:
    /// there is something new, and nobody has to care.
    Compat {
        /// The revision to compare with [default: where the branch left origin/main or main, else the last commit]
        #[arg(long, value_name = "REV")]
        base: Option<String>,
    },
    /// Check the rules of the repository that no other tool knows
    Tidy,
    /// Measure what it costs to depend on drs-types: crates and seconds of a cold build
    Cost,
    /// Measure the validator beside other ways to read the same bytes
    #[command(subcommand)]
    Bench(Bench),
}

#[derive(Subcommand)]
enum Bench {
    /// Validation of NDJSON, in the portable release build and in one for this machine
    Validate {
        /// Size of the corpus in MB
        #[arg(long, default_value_t = 100)]
        size: usize,
        /// How often each contender runs
        #[arg(long, default_value_t = 5)]
        rounds: usize,
    },
}

fn main() -> ExitCode {
    let Cli { task } = Cli::parse();
    let outcome = match task {
        Task::Codegen { check } => run_codegen(check),
        Task::Compat { base } => xtask::compat::run(&root(), base.as_deref()).map(|report| print!("{report}")),
        Task::Tidy => run_tidy(),
        Task::Bench(Bench::Validate { size, rounds }) => {
            xtask::bench::validate(&root(), size, rounds, |line| println!("{line}"))
        }
        Task::Cost => xtask::cost::report(&root(), |line| println!("{line}")),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            eprintln!("{message}");
            ExitCode::FAILURE
        }
    }
}

fn run_codegen(check: bool) -> Result<(), String> {
    let files = codegen::generate(&root().join("schemas")).map_err(|problems| {
        let list = codegen::source::listed(&problems);
        format!("{list}\n{} problem(s) in the schemas; nothing was written", problems.len())
    })?;
    let differences = if check { sync::compare(&root(), &files) } else { sync::write(&root(), &files) };
    let differences = differences.map_err(|error| format!("cannot bring the generated files to disk: {error}"))?;
    if differences.is_empty() {
        println!("{} generated files are up to date", files.len());
    } else if check {
        let list: String = differences.iter().map(ToString::to_string).collect();
        return Err(format!("{list}\n{} file(s) differ; run: cargo xtask codegen", differences.len()));
    } else {
        for difference in &differences {
            match difference {
                sync::Difference::LeftOver(path) => println!("removed {}", path.display()),
                sync::Difference::Stale(path, _) | sync::Difference::Missing(path) => {
                    println!("wrote {}", path.display());
                }
            }
        }
    }
    Ok(())
}

fn run_tidy() -> Result<(), String> {
    let violations = tidy::check(&root()).map_err(|error| format!("cannot read the repository: {error}"))?;
    if violations.is_empty() {
        println!("tidy");
        return Ok(());
    }
    Err(format!("{}\n{} rule(s) broken", violations.join("\n"), violations.len()))
}
