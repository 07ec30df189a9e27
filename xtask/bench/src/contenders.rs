//! The readers of records that are compared with each other.

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

/// A reader of a file of records.
pub struct Contender {
    /// The name, in a few words.
    pub name: &'static str,
    /// How fast ours has to be compared with it.
    pub bar: Option<Bar>,
    read: Reader,
}

/// Reads all records of a file; returns how many of them it considers valid.
type Reader = Box<dyn Fn(&Path) -> io::Result<u64>>;

/// The required speed of ours.
#[derive(Clone, Copy, Debug)]
pub enum Bar {
    /// The factor by which ours on one thread is faster than the contender.
    Ours(f64),
    /// The contender is ours on more threads; the factor by which it is faster than on one.
    Threads(f64),
}

impl Contender {
    /// Reads all records of a file; returns how many of them it considers valid.
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

/// Returns all contenders in the order of the output; the others are compared with the first one.
#[must_use]
pub fn all() -> Vec<Contender> {
    let at_run_time = jsonschema::draft202012::new(&schema::of_response()).ok();
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
