//! Shared parts of the fuzz targets: both ways to validate, and the laws for their results.

pub mod containers;

use std::io::{self, Read};
use std::sync::LazyLock;

use drs_types::{OPERATIONS, OperationInfo};
use drs_validate::{Blocks, Finding, Format, Options, Report, Side, Summary, Validator};

/// The limit of a record, small enough for the fuzzer to exceed.
pub const LIMIT: usize = 4096;

static FAST: LazyLock<Validator> = LazyLock::new(Validator::new);
static FULL: LazyLock<Validator> = LazyLock::new(|| Validator::new().without_fast_path());

/// Every side of every operation.
pub static SIDES: LazyLock<Vec<(&'static OperationInfo, Side)>> = LazyLock::new(|| {
    let sides = |info: &&'static OperationInfo| {
        let info = *info;
        let responses = info.responses.iter().map(|response| Side::Response(response.status));
        let sides = [Side::Request].into_iter().chain(responses);
        sides.filter(|side| info.body(*side).is_some()).map(move |side| (info, side))
    };
    OPERATIONS.iter().flat_map(sides).collect()
});

/// The status of the exchange that a body is put into: for a request, a documented one.
pub fn status(info: &OperationInfo, side: Side) -> u16 {
    match side {
        Side::Request => info.success().map_or(200, |success| success.status),
        Side::Response(status) => status,
    }
}

/// Returns the findings in a payload, and checks that both ways agree.
pub fn validate(info: &OperationInfo, side: Side, text: &[u8]) -> Vec<Finding> {
    let fast = FAST.validate(info, side, text);
    let full = FULL.validate(info, side, text);
    assert_eq!(fast, full, "the fast path finds something else");
    for finding in &fast {
        assert!(finding.offset <= text.len(), "{finding:?}");
    }
    fast
}

/// Validates a stream in both ways, and renders all findings.
pub fn validate_stream(stream: &[u8], format: Format, options: &Options) -> Vec<Report> {
    let reports = |validator: &'static Validator| -> Vec<Report> {
        let blocks = Blocks::new(stream, format, LIMIT);
        validator.validate_blocks(blocks, options.clone()).map(|report| report.expect("memory can be read")).collect()
    };
    let (fast, full) = (reports(&FAST), reports(&FULL));
    let told = |reports: &[Report]| format!("{reports:?}");
    assert_eq!(told(&fast), told(&full), "the fast path finds something else");
    let mut tally = Summary::default();
    for report in &fast {
        tally.add("fuzz", report);
        for suspect in &report.suspects {
            assert!(!suspect.findings.is_empty());
            for located in &suspect.findings {
                assert!(located.offset <= stream.len() as u64, "{located:?}");
                let shown = suspect.show(located, "fuzz", &|_, text| text.to_owned());
                assert!(!shown.contains('\u{1b}'), "{shown:?}");
            }
        }
    }
    assert!(tally.bytes <= stream.len() as u64);
    fast
}

/// A record: its bytes, its offset, its line, and whether it is too large.
pub type Record = (Vec<u8>, u64, u64, bool);

/// Returns the records of a stream.
pub fn records_at_once(stream: &[u8], format: Format, limit: usize) -> Vec<Record> {
    records(Blocks::new(stream, format, limit))
}

/// Returns the records of a live stream that delivers `step` bytes at a time.
pub fn records_in_pieces(stream: &[u8], size: usize, format: Format, limit: usize) -> Vec<Record> {
    struct Pieces<'a>(&'a [u8], usize);
    impl Read for Pieces<'_> {
        fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
            let length = self.1.min(buffer.len());
            self.0.read(&mut buffer[..length])
        }
    }
    records(Blocks::new(Pieces(stream, size), format, limit).live())
}

fn records(blocks: Blocks<impl Read>) -> Vec<Record> {
    let mut found = Vec::new();
    for block in blocks {
        let block = block.expect("memory can be read");
        found.extend(block.records().map(|one| (one.text.to_vec(), one.offset, one.line, one.too_large)));
    }
    found
}

/// Returns all findings of some reports.
pub fn findings(reports: &[Report]) -> impl Iterator<Item = &Finding> {
    reports.iter().flat_map(|report| &report.suspects).flat_map(|suspect| &suspect.findings).map(|found| &found.finding)
}
