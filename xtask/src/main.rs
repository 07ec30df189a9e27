//! `cargo xtask <task>`: what a maintainer runs.
#![allow(clippy::print_stdout, clippy::print_stderr)]

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::{Args, Parser, Subcommand};
use xtask::compat::Format;
use xtask::{codegen, import, root, sync, tidy};

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
    /// Draft an operation from a page of the vendor's documentation, or compare the page with what we have
    ///
    /// Reads the reStructuredText of the documentation, or the plain text of a page as a browser shows it. A draft holds
    /// what the page states: fields, types, values, limits, payloads. Sentences for people are left empty. What cannot be
    /// read is listed with its line, and never guessed.
    Import(Import),
    /// Say what the schemas of the working tree change for whoever sends requests and whoever reads answers
    ///
    /// Each operation gets a verdict for either side, and each change one sentence. Breaking: a request that was
    /// accepted is refused, or code that uses our types no longer compiles or no longer finds what it read. Additive:
    /// there is something new, and nobody has to care.
    Compat {
        /// The revision to compare with [default: where the branch left origin/main or main, else the last commit]
        #[arg(long, value_name = "REV")]
        base: Option<String>,
        /// Fail when a change has this effect or a worse one
        #[arg(long, value_name = "EFFECT")]
        fail_on: Option<FailOn>,
        /// How the report is written
        #[arg(long, value_enum, default_value_t)]
        output: Format,
    },
    /// Check the rules of the repository that no other tool knows
    Tidy {
        /// Also report snapshots that no test has asked for, by the file that insta wrote into
        #[arg(long, value_name = "FILE")]
        references: Option<PathBuf>,
    },
    /// Accept the output of today: generated code, expected output, examples in the docs, snapshots. Read the diff
    ///
    /// Runs all tests, and fails when one fails for another reason.
    Bless,
    /// Measure what it costs to depend on drs-types: crates and seconds of a cold build
    Cost,
    /// Measure the validator beside other ways to read the same bytes
    #[command(subcommand)]
    Bench(Bench),
}

#[derive(Args)]
struct Import {
    /// The page, as a file
    page: PathBuf,
    /// Write a draft, for an operation of this name: pages do not name the call that they describe
    #[arg(long, value_name = "NAME", required_unless_present = "against")]
    operation: Option<String>,
    /// Where the draft goes [default: VERSION/NAME below the schemas, with the version of the page's path]; it must not be there yet
    #[arg(long, value_name = "DIR", requires = "operation")]
    out: Option<PathBuf>,
    /// Write nothing: report where the page and our schema of this operation differ, and fail when no recorded deviation
    /// explains a difference
    #[arg(long, value_name = "OPERATION", conflicts_with_all = ["operation", "out"])]
    against: Option<String>,
    /// The schemas to compare with, and to add to [default: those of this repository]
    #[arg(long, value_name = "DIR")]
    schemas: Option<PathBuf>,
}

#[derive(Clone, Copy, clap::ValueEnum)]
enum FailOn {
    Breaking,
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
    /// One small file, start-up included, beside another validator's command
    Start {
        /// How often each command runs
        #[arg(long, default_value_t = 200)]
        rounds: usize,
    },
}

fn main() -> ExitCode {
    let Cli { task } = Cli::parse();
    let outcome = match task {
        Task::Codegen { check } => run_codegen(check),
        Task::Import(import) => run_import(import),
        Task::Compat { base, fail_on, output } => run_compat(base.as_deref(), fail_on, output),
        Task::Tidy { references } => run_tidy(references.as_deref()),
        Task::Bless => xtask::bless::run(&root(), |line| println!("{line}")),
        Task::Bench(Bench::Validate { size, rounds }) => {
            xtask::bench::validate(&root(), size, rounds, |line| println!("{line}"))
        }
        Task::Bench(Bench::Start { rounds }) => xtask::bench::start(&root(), rounds),
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
        let list = xtask::schema::listed(&problems);
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

fn run_import(import: Import) -> Result<(), String> {
    let Import { page, operation, out, against, schemas } = import;
    let schemas = schemas.unwrap_or_else(|| root().join("schemas"));
    let print = |line: &str| println!("{line}");
    match (against, operation) {
        (Some(operation), _) => import::against(&page, &operation, &schemas, print),
        (None, operation) => {
            let operation = operation.unwrap_or_default();
            import::draft(&page, &operation, &schemas, out.as_deref(), print)
        }
    }
}

fn run_compat(base: Option<&str>, fail_on: Option<FailOn>, output: Format) -> Result<(), String> {
    let (base, report) = xtask::compat::against(&root(), base)?;
    print!("{}", xtask::compat::render(&report, &base, output));
    match fail_on {
        Some(FailOn::Breaking) if report.is_breaking() => Err("a change is breaking".to_owned()),
        _ => Ok(()),
    }
}

fn run_tidy(references: Option<&Path>) -> Result<(), String> {
    let unreadable = |error: std::io::Error| format!("cannot read the repository: {error}");
    let mut violations = tidy::check(&root()).map_err(unreadable)?;
    if let Some(references) = references {
        let unused = xtask::bless::unreferenced(&root(), references).map_err(unreadable)?;
        violations.extend(unused.iter().map(|path| format!("{}: no test refers to this snapshot", path.display())));
    }
    if violations.is_empty() {
        println!("tidy");
        return Ok(());
    }
    Err(format!("{}\n{} rule(s) broken", violations.join("\n"), violations.len()))
}
