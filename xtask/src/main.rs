//! `cargo xtask <task>`: the tasks of a maintainer.
#![allow(clippy::print_stdout, clippy::print_stderr)]

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::{Args, Parser, Subcommand};
use xtask::compat::{Effect, Format, Impact};
use xtask::{codegen, count, import, root, sync, tidy};

#[derive(Parser)]
#[command(about = "Code generation and the rules of this repository", disable_help_subcommand = true)]
struct Cli {
    #[command(subcommand)]
    task: Task,
}

#[derive(Subcommand)]
enum Task {
    /// Generate code and documents from schemas/
    Codegen {
        /// Change nothing; fail with a diff when a file is out of date
        #[arg(long)]
        check: bool,
    },
    /// Draft an operation from a page of the vendor's documentation, or compare the page with our schema
    ///
    /// Reads reStructuredText, or the plain text that a browser copies. A draft holds the facts of the page: fields,
    /// types, values, limits, payloads. Descriptions are left empty. What cannot be read is listed with its line, and the
    /// command fails.
    Import(Import),
    /// Compare the schemas of the working tree with those of a revision: report breaking and additive changes
    ///
    /// Reports two categories for each operation and each change. Wire: requests accepted before are still accepted,
    /// and captures of the old service are still read. Rust: callers that compiled still compile.
    Compat {
        /// The revision to compare with [default: where the branch left origin/main or main, else the last commit]
        #[arg(long, value_name = "REV")]
        base: Option<String>,
        /// Fail when a change is breaking: on the wire, in Rust, or in either
        #[arg(long, value_name = "CATEGORY")]
        fail_on: Option<FailOn>,
        /// The format of the report
        #[arg(long, value_enum, default_value_t)]
        output: Format,
    },
    /// Print how many check items the catalogue explains, by confidence; fail on a gap
    Checks,
    /// Check the rules of this repository
    Tidy {
        /// Also report unused snapshots, according to the file of references that insta wrote
        #[arg(long, value_name = "FILE")]
        references: Option<PathBuf>,
    },
    /// Accept the current output: generated code, expected output, examples in the docs, snapshots
    ///
    /// Runs all tests, and fails when a test fails for another reason. Read the diff.
    Bless,
    /// Compare the public interface of each library crate with the list in its api.txt
    ///
    /// `cargo xtask bless` writes the lists.
    Api,
    /// Measure the cost of a dependency on drs-types: crates and seconds of a cold build
    Cost,
    /// Measure the validator and the client, beside others that do the same
    #[command(subcommand)]
    Bench(Bench),
}

#[derive(Args)]
struct Import {
    /// The page, as a file
    page: PathBuf,
    /// Write a draft of an operation with this name, which pages do not state
    #[arg(long, value_name = "NAME", required_unless_present = "against")]
    operation: Option<String>,
    /// The new folder of the draft [default: VERSION/NAME in the schemas, with the version of the page's path]
    #[arg(long, value_name = "DIR", requires = "operation")]
    out: Option<PathBuf>,
    /// Write nothing: report the differences between the page and the schema of this operation, and fail when no recorded
    /// deviation explains one
    #[arg(long, value_name = "OPERATION", conflicts_with_all = ["operation", "out"])]
    against: Option<String>,
    /// The folder of the schemas [default: the one of this repository]
    #[arg(long, value_name = "DIR")]
    schemas: Option<PathBuf>,
}

#[derive(Clone, Copy, clap::ValueEnum)]
enum FailOn {
    Wire,
    Rust,
    Breaking,
}

#[derive(Subcommand)]
enum Bench {
    /// Validation of captures in every form, in the portable release build and in one for this machine
    Validate {
        /// Size of the corpus in MB
        #[arg(long, default_value_t = 100)]
        size: usize,
        /// How often each contender runs
        #[arg(long, default_value_t = 5)]
        rounds: usize,
    },
    /// Time and memory of a HAR, and of bare bodies, of growing size
    Grow {
        /// Size of the largest file in MB
        #[arg(long, default_value_t = 1000)]
        size: usize,
    },
    /// One small file, including start-up, and the same with another validator
    Start {
        /// How often each command runs
        #[arg(long, default_value_t = 200)]
        rounds: usize,
    },
    /// The client, beside the libraries below it, on loopback
    Client {
        /// How often each contender runs
        #[arg(long, default_value_t = 7)]
        rounds: usize,
    },
    /// All kinds of faults at once: no id is lost or doubled, and the memory does not grow
    Soak {
        /// How long, in minutes
        #[arg(long, default_value_t = 10)]
        minutes: u64,
    },
}

fn main() -> ExitCode {
    let Cli { task } = Cli::parse();
    let outcome = match task {
        Task::Codegen { check } => run_codegen(check),
        Task::Import(import) => run_import(import),
        Task::Compat { base, fail_on, output } => run_compat(base.as_deref(), fail_on, output),
        Task::Checks => xtask::checks::report(&root().join("schemas")).map(|figures| print!("{figures}")),
        Task::Tidy { references } => run_tidy(references.as_deref()),
        Task::Api => run_api(),
        Task::Bless => xtask::bless::run(&root(), |line| println!("{line}")),
        Task::Bench(Bench::Validate { size, rounds }) => {
            xtask::bench::validate(&root(), size, rounds, |line| println!("{line}"))
        }
        Task::Bench(Bench::Grow { size }) => xtask::bench::grow(&root(), size),
        Task::Bench(Bench::Start { rounds }) => xtask::bench::start(&root(), rounds),
        Task::Bench(Bench::Client { rounds }) => xtask::bench::client(&root(), rounds),
        Task::Bench(Bench::Soak { minutes }) => xtask::bench::soak(&root(), minutes),
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
        format!("{list}\n{} in the schemas; nothing was written", count(problems.len(), "problem"))
    })?;
    let differences = if check { sync::compare(&root(), &files) } else { sync::write(&root(), &files) };
    let differences = differences.map_err(|error| format!("cannot read or write the generated files: {error}"))?;
    if differences.is_empty() {
        println!("{} up to date", count(files.len(), "generated file"));
    } else if check {
        let list: String = differences.iter().map(ToString::to_string).collect();
        let files = count(differences.len(), "stale file");
        return Err(format!("{list}\n{files}; run: cargo xtask codegen"));
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

fn run_api() -> Result<(), String> {
    let differences = xtask::api::check(&root())?;
    if differences.is_empty() {
        println!("the public interfaces are those of api.txt");
        return Ok(());
    }
    let list: String = differences.iter().map(ToString::to_string).collect();
    Err(format!("{list}\na public interface changed; if this is on purpose, run: cargo xtask bless"))
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
    let Impact { wire, rust } = report.impact();
    let (fails, place) = match fail_on {
        Some(FailOn::Wire) => (wire == Effect::Breaking, " on the wire"),
        Some(FailOn::Rust) => (rust == Effect::Breaking, " in Rust"),
        Some(FailOn::Breaking) => (report.impact().worst() == Effect::Breaking, ""),
        None => (false, ""),
    };
    if fails { Err(format!("a change is breaking{place}")) } else { Ok(()) }
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
    Err(format!("{}\n{}", violations.join("\n"), count(violations.len(), "violation")))
}
