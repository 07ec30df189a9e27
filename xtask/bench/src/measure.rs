//! Times, rates, ratios and memory.

use std::io;
use std::path::Path;
use std::time::Instant;

use serde_json::{Value, json};

use crate::contenders::{Bar, Contender};

/// The measurements of one contender.
#[derive(Clone, Debug)]
pub struct Measured {
    /// The contender.
    pub name: &'static str,
    /// How fast ours has to be compared with it.
    pub bar: Option<Bar>,
    /// The seconds of each round.
    pub seconds: Vec<f64>,
    /// The number of records that it considers valid.
    pub fine: u64,
}

/// Runs all contenders in turns.
///
/// # Errors
/// The file cannot be read.
pub fn rounds(contenders: &[Contender], file: &Path, rounds: usize) -> io::Result<Vec<Measured>> {
    let new =
        |contender: &Contender| Measured { name: contender.name, bar: contender.bar, seconds: Vec::new(), fine: 0 };
    let mut measured: Vec<Measured> = contenders.iter().map(new).collect();
    // The first round warms up the caches and does not count.
    for round in 0..=rounds {
        for (contender, measured) in contenders.iter().zip(&mut measured) {
            let start = Instant::now();
            measured.fine = contender.read(file)?;
            if round > 0 {
                measured.seconds.push(start.elapsed().as_secs_f64());
            }
        }
    }
    Ok(measured)
}

impl Measured {
    /// Returns the median of all rounds, which one slow round does not move.
    #[must_use]
    pub fn median(&self) -> f64 {
        median(self.seconds.clone())
    }

    /// Returns the factor by which it is faster than another one: the median of the ratios of each round.
    #[must_use]
    pub fn times_faster_than(&self, other: &Self) -> f64 {
        median(self.seconds.iter().zip(&other.seconds).map(|(ours, theirs)| theirs / ours).collect())
    }

    /// Returns the factor by which one is faster than the other, and the required factor.
    #[must_use]
    pub fn ratio(&self, first: &Self) -> Option<(f64, f64)> {
        Some(match self.bar? {
            Bar::Ours(wanted) => (first.times_faster_than(self), wanted),
            Bar::Threads(wanted) => (self.times_faster_than(first), wanted),
        })
    }

    /// Returns the measurements as JSON.
    #[must_use]
    #[allow(clippy::cast_precision_loss, reason = "figures for people")]
    pub fn to_json(&self, bytes: u64, documents: u64, first: &Self) -> Value {
        json!({
            "name": self.name,
            "mb_per_second": bytes as f64 / 1e6 / self.median(),
            "documents_per_second": documents as f64 / self.median(),
            "seconds": self.seconds,
            "fine": self.fine,
            "ratio": self.ratio(first).map(|(ratio, _)| ratio),
            "bar": self.ratio(first).map(|(_, wanted)| wanted),
        })
    }
}

/// Returns the median of some values.
pub(crate) fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or(f64::NAN)
}

/// Returns the smallest of some values: the time without disturbance.
pub(crate) fn smallest(values: &[f64]) -> f64 {
    values.iter().copied().fold(f64::NAN, f64::min)
}

/// Returns the peak memory of this process in bytes; `None` where the system does not report it.
#[must_use]
pub fn peak_memory() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find(|line| line.starts_with("VmHWM:"))?;
    line.split_whitespace().nth(1)?.parse::<u64>().ok().map(|kib| kib * 1024)
}
