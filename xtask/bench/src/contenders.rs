//! The ways to read a record that are measured beside each other.

use std::fmt;
use std::fs::File;
use std::io;
use std::num::NonZeroUsize;
use std::ops::ControlFlow;
use std::path::Path;

use drs_types::operations::v3::batch_check_results::BatchCheckResultsResponse;
use drs_validate::{Blocks, Format, LIMIT, Options, Validator};
use serde_json::Value;

use crate::schema;
use crate::truth::known;

/// A way to read a file of records.
pub struct Contender {
    /// What it is, in a few words.
    pub name: &'static str,
    /// What we ask of ours beside it.
    pub bar: Option<Bar>,
    read: Reader,
}

/// Reads all records of a file; gives back how many of them it takes to be fine.
type Reader = Box<dyn Fn(&Path) -> io::Result<u64>>;

/// How fast ours has to be.
#[derive(Clone, Copy, Debug)]
pub enum Bar {
    /// On one thread, so many times faster than the contender.
    Ours(f64),
    /// The contender is ours on more threads: so many times faster than on one.
    Threads(f64),
}

impl Contender {
    /// Reads all records of a file; gives back how many of them it takes to be fine.
    ///
    /// # Errors
    /// The file cannot be read.
    pub fn read(&self, path: &Path) -> io::Result<u64> {
        (self.read)(path)
    }
}

impl fmt::Debug for Contender {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Contender").field("name", &self.name).field("bar", &self.bar).finish_non_exhaustive()
    }
}

/// All of them, in the order in which they are printed; the first one is what the others are compared with.
#[must_use]
pub fn all() -> Vec<Contender> {
    let at_run_time = jsonschema::draft202012::new(&schema::of_answer()).ok();
    let is_valid = move |value: Value| at_run_time.as_ref().is_some_and(|validator| validator.is_valid(&value));
    vec![
        Contender { name: "drs-validate", bar: None, read: ours(1) },
        Contender {
            name: "sonic-rs, parse only",
            bar: Some(Bar::Ours(0.7)),
            read: each(|text| sonic_rs::from_slice::<sonic_rs::Value>(text).is_ok()),
        },
        Contender {
            name: "serde_json into drs-types",
            bar: Some(Bar::Ours(4.0)),
            read: each(|text| serde_json::from_slice::<BatchCheckResultsResponse>(text).is_ok()),
        },
        Contender {
            name: "jsonschema over serde_json::Value",
            bar: Some(Bar::Ours(7.0)),
            read: each(move |text| serde_json::from_slice(text).is_ok_and(&is_valid)),
        },
        Contender { name: "drs-validate, two threads", bar: Some(Bar::Threads(1.6)), read: ours(2) },
    ]
}

fn ours(threads: usize) -> Reader {
    let validator = Validator::new();
    let threads = NonZeroUsize::new(threads).unwrap_or(NonZeroUsize::MIN);
    Box::new(move |path| {
        let blocks = Blocks::new(File::open(path)?, Format::Ndjson, LIMIT);
        let (mut fine, mut failed) = (0, None);
        validator.validate_stream(blocks, &Options::default().body_kind(known()), threads, |report| match report {
            Ok(report) => {
                fine += report.records - report.suspects.len() as u64;
                ControlFlow::Continue(())
            }
            Err(error) => {
                failed = Some(error);
                ControlFlow::Break(())
            }
        });
        failed.map_or(Ok(fine), Err)
    })
}

fn each(is_fine: impl Fn(&[u8]) -> bool + 'static) -> Reader {
    Box::new(move |path| {
        let mut fine = 0;
        for block in Blocks::new(File::open(path)?, Format::Ndjson, LIMIT) {
            fine += block?.records().filter(|record| is_fine(record.text)).count() as u64;
        }
        Ok(fine)
    })
}
