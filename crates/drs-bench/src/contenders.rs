//! The ways to read a record that are measured beside each other.

use std::num::NonZeroUsize;
use std::ops::ControlFlow;
use std::path::Path;

use drs_types::batch_check_results::BatchCheckResultsResponse;
use drs_validate::{Blocks, Format, LIMIT, Options, Validator};
use serde_json::Value;

use crate::truth::known;

/// A way to read a file of records; gives back how many of them it takes to be fine.
pub trait Contender {
    /// What it is, in a few words.
    fn name(&self) -> &'static str;

    /// Reads all records of a file.
    ///
    /// # Errors
    /// The file cannot be read.
    fn read(&self, path: &Path) -> std::io::Result<u64>;
}

/// All of them, in the order in which they are printed; the first one is what the others are compared with.
#[must_use]
pub fn all() -> Vec<Box<dyn Contender>> {
    let schema: Value =
        serde_json::from_str(include_str!("../../drs-validate/src/generated/bundle.json")).unwrap_or_default();
    let schema = serde_json::json!({ "$ref": "#/$defs/BatchCheckResultsResponse", "$defs": schema["$defs"] });
    vec![
        Box::new(Ours { validator: Validator::new(), threads: 1, name: "drs-validate" }),
        Box::new(Each {
            name: "sonic-rs, parse only",
            is_fine: |text: &[u8]| sonic_rs::from_slice::<sonic_rs::Value>(text).is_ok(),
        }),
        Box::new(Each {
            name: "serde_json into drs-types",
            is_fine: |text: &[u8]| serde_json::from_slice::<BatchCheckResultsResponse>(text).is_ok(),
        }),
        Box::new(AtRunTime(jsonschema::draft202012::new(&schema).ok())),
        Box::new(Ours { validator: Validator::new(), threads: 2, name: "drs-validate, two threads" }),
    ]
}

struct Ours {
    validator: Validator,
    threads: usize,
    name: &'static str,
}

impl Contender for Ours {
    fn name(&self) -> &'static str {
        self.name
    }

    fn read(&self, path: &Path) -> std::io::Result<u64> {
        let blocks = Blocks::new(std::fs::File::open(path)?, Format::Ndjson, LIMIT);
        let threads = NonZeroUsize::new(self.threads).unwrap_or(NonZeroUsize::MIN);
        let (mut fine, mut failed) = (0, None);
        self.validator.judge_stream(blocks, &Options::default().known_as(known()), threads, |report| match report {
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
    }
}

struct Each<F> {
    name: &'static str,
    is_fine: F,
}

impl<F: Fn(&[u8]) -> bool> Contender for Each<F> {
    fn name(&self) -> &'static str {
        self.name
    }

    fn read(&self, path: &Path) -> std::io::Result<u64> {
        let mut fine = 0;
        for block in Blocks::new(std::fs::File::open(path)?, Format::Ndjson, LIMIT) {
            fine += block?.records().filter(|record| (self.is_fine)(record.text)).count() as u64;
        }
        Ok(fine)
    }
}

struct AtRunTime(Option<jsonschema::Validator>);

impl Contender for AtRunTime {
    fn name(&self) -> &'static str {
        "jsonschema over serde_json::Value"
    }

    fn read(&self, path: &Path) -> std::io::Result<u64> {
        let is_fine = |text: &[u8]| {
            let value = serde_json::from_slice::<Value>(text);
            value.is_ok_and(|value| self.0.as_ref().is_some_and(|validator| validator.is_valid(&value)))
        };
        Each { name: self.name(), is_fine }.read(path)
    }
}
