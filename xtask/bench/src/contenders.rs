//! The readers of records that are compared with each other.

use std::fmt;
use std::fs::{self, File};
use std::io;
use std::num::NonZeroUsize;
use std::ops::ControlFlow;
use std::path::Path;

use drs_types::operations::v3::batch_check_results::BatchCheckResultsResponse;
use drs_validate::{Blocks, Format, LIMIT, Validator};
use serde_json::Value;

use crate::forms::Form;
use crate::{schema, typed};

/// A reader of a file of records.
pub struct Contender {
    /// The name, in a few words.
    pub name: &'static str,
    /// The form that it reads.
    pub form: Form,
    read: Reader,
}

/// Reads all records of a file; returns how many of them it considers valid.
type Reader = Box<dyn Fn(&Path) -> io::Result<u64>>;

/// How much faster one contender has to be than another one, in bytes of its own file per second.
#[derive(Clone, Copy, Debug)]
pub struct Bar {
    /// The name of the faster one.
    pub one: &'static str,
    /// The name of the other one.
    pub other: &'static str,
    /// The wanted ratio; `None` where any will do.
    pub wanted: Option<f64>,
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
        f.debug_struct("Contender").field("name", &self.name).field("form", &self.form).finish_non_exhaustive()
    }
}

/// The names of ours, and of the ways with `serde_json` into the types of drs-types.
const CAPTURES: [&str; 2] = ["captures, JSON bodies", "captures, JSON bodies: serde_json"];
const STRINGS: [&str; 2] = ["captures, string bodies", "captures, string bodies: serde_json"];
const HAR: [&str; 2] = ["HAR", "HAR: serde_json"];
const ARRAY: [&str; 2] = ["array of captures", "array of captures: serde_json"];
const ECS: [&str; 2] = ["ECS lines", "ECS lines: serde_json"];
const TERRAFORM: [&str; 2] = ["Terraform log", "Terraform log: serde_json"];
const PREFIXED: &str = "Terraform log of 0.12";
const JSON_LOG: &str = "Terraform log in JSON";
const DOCKER: &str = "captures in lines of Docker";
const BODIES: [&str; 2] = ["bare bodies", "bare bodies: serde_json"];
const SONIC: &str = "bare bodies: sonic-rs, parse only";
const JSONSCHEMA: &str = "bare bodies: jsonschema over Value";
const THREADS: &str = "bare bodies on two threads";

/// Returns all contenders in the order of the output.
#[must_use]
pub fn all() -> Vec<Contender> {
    let at_run_time = jsonschema::draft202012::new(&schema::of_response()).ok();
    let is_valid = move |value: Value| at_run_time.as_ref().is_some_and(|validator| validator.is_valid(&value));
    let pair = |[name, other]: [&'static str; 2], form, theirs| {
        [Contender { name, form, read: ours(form, 1) }, Contender { name: other, form, read: theirs }]
    };
    let captures = lines(|text| serde_json::from_slice(text).is_ok_and(|line: typed::Capture| line.is_fine()));
    let strings = lines(|text| serde_json::from_slice(text).is_ok_and(|line: typed::Strings<'_>| line.is_fine()));
    let ecs = lines(|text| serde_json::from_slice(text).is_ok_and(|line: typed::Ecs<'_>| line.is_fine()));
    let bodies = lines(|text| serde_json::from_slice::<BatchCheckResultsResponse>(text).is_ok());
    let sonic = lines(|text| sonic_rs::from_slice::<sonic_rs::Value>(text).is_ok());
    let jsonschema = lines(move |text| serde_json::from_slice(text).is_ok_and(&is_valid));
    let mut all: Vec<Contender> = [
        pair(CAPTURES, Form::Captures, captures),
        pair(STRINGS, Form::Strings, strings),
        pair(HAR, Form::Har, whole(typed::in_har)),
        pair(ARRAY, Form::Array, whole(typed::in_array)),
        pair(ECS, Form::Ecs, ecs),
        pair(TERRAFORM, Form::Terraform, whole(|text| Some(typed::in_log(text)))),
        pair(BODIES, Form::Bodies, bodies),
    ]
    .into_iter()
    .flatten()
    .collect();
    all.extend([
        Contender { name: PREFIXED, form: Form::Prefixed, read: ours(Form::Prefixed, 1) },
        Contender { name: JSON_LOG, form: Form::JsonLog, read: ours(Form::JsonLog, 1) },
        Contender { name: DOCKER, form: Form::Docker, read: ours(Form::Docker, 1) },
        Contender { name: SONIC, form: Form::Bodies, read: sonic },
        Contender { name: JSONSCHEMA, form: Form::Bodies, read: jsonschema },
        Contender { name: THREADS, form: Form::Bodies, read: ours(Form::Bodies, 2) },
    ]);
    all
}

/// Returns the comparisons in the order of the output.
#[must_use]
pub fn bars() -> Vec<Bar> {
    let bar = |one, other, wanted| Bar { one, other, wanted };
    vec![
        bar(CAPTURES[0], BODIES[0], Some(0.6)),
        bar(STRINGS[0], BODIES[0], Some(0.4)),
        bar(HAR[0], BODIES[0], Some(0.4)),
        bar(ARRAY[0], BODIES[0], None),
        bar(ECS[0], BODIES[0], None),
        bar(TERRAFORM[0], BODIES[0], None),
        bar(PREFIXED, BODIES[0], None),
        bar(JSON_LOG, BODIES[0], None),
        bar(DOCKER, BODIES[0], None),
        bar(CAPTURES[0], CAPTURES[1], Some(3.0)),
        bar(STRINGS[0], STRINGS[1], Some(2.5)),
        bar(HAR[0], HAR[1], Some(2.5)),
        bar(ARRAY[0], ARRAY[1], None),
        bar(ECS[0], ECS[1], None),
        bar(TERRAFORM[0], TERRAFORM[1], None),
        bar(BODIES[0], BODIES[1], Some(4.0)),
        bar(BODIES[0], JSONSCHEMA, Some(7.0)),
        bar(BODIES[0], SONIC, Some(0.7)),
        bar(THREADS, BODIES[0], Some(1.6)),
    ]
}

fn ours(form: Form, threads: usize) -> Reader {
    let (validator, options) = (Validator::new(), form.options());
    let threads = NonZeroUsize::new(threads).unwrap_or(NonZeroUsize::MIN);
    Box::new(move |path| {
        let blocks = Blocks::new(File::open(path)?, form.format(), LIMIT);
        let (mut fine, mut failed) = (0, None);
        validator.validate_stream(blocks, &options, threads, |report| match report {
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

/// Reads each line by itself.
fn lines(is_fine: impl Fn(&[u8]) -> bool + 'static) -> Reader {
    Box::new(move |path| {
        let mut fine = 0;
        for block in Blocks::new(File::open(path)?, Format::Ndjson, LIMIT) {
            fine += block?.records().filter(|record| is_fine(record.text)).count() as u64;
        }
        Ok(fine)
    })
}

/// Reads a file at once.
fn whole(fine: impl Fn(&[u8]) -> Option<u64> + 'static) -> Reader {
    Box::new(move |path| {
        let text = fs::read(path)?;
        fine(&text).ok_or_else(|| io::Error::other(format!("{} cannot be read", path.display())))
    })
}
