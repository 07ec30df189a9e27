//! Times, rates, ratios and memory.

use std::io;
use std::path::PathBuf;
use std::time::Instant;

use crate::contenders::Contender;
use crate::forms::Form;

/// The measurements of one contender.
#[derive(Clone, Debug)]
pub struct Measured {
    /// The contender.
    pub name: &'static str,
    /// The bytes of its file.
    pub bytes: u64,
    /// The seconds of each round.
    pub seconds: Vec<f64>,
    /// The number of records that it considers valid.
    pub fine: u64,
}

/// Runs all contenders in turns.
///
/// # Errors
/// A file cannot be read.
pub fn rounds(contenders: &[Contender], file: impl Fn(Form) -> PathBuf, rounds: usize) -> io::Result<Vec<Measured>> {
    let new = |contender: &Contender| {
        let bytes = std::fs::metadata(file(contender.form))?.len();
        Ok(Measured { name: contender.name, bytes, seconds: Vec::new(), fine: 0 })
    };
    let mut measured: Vec<Measured> = contenders.iter().map(new).collect::<io::Result<_>>()?;
    // The first round warms up the caches and does not count.
    for round in 0..=rounds {
        for (contender, measured) in contenders.iter().zip(&mut measured) {
            let start = Instant::now();
            measured.fine = contender.read(&file(contender.form))?;
            if round > 0 {
                measured.seconds.push(start.elapsed().as_secs_f64());
            }
        }
    }
    Ok(measured)
}

impl Measured {
    /// The bytes that it reads in a second, in MB: the median of all rounds, which one slow round does not move.
    #[must_use]
    pub fn rate(&self) -> f64 {
        self.megabytes() / median(self.seconds.clone())
    }

    /// Returns the factor by which its rate is higher than that of another one: the median of the ratios of each round.
    #[must_use]
    pub fn times_faster_than(&self, other: &Self) -> f64 {
        let ratios = self.seconds.iter().zip(&other.seconds).map(|(ours, theirs)| theirs / ours);
        self.megabytes() / other.megabytes() * median(ratios.collect())
    }

    #[allow(clippy::cast_precision_loss, reason = "figures for people")]
    fn megabytes(&self) -> f64 {
        self.bytes as f64 / 1e6
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
    memory("VmHWM:")
}

/// Returns the memory that this process has now, in bytes; `None` where the system does not report it.
pub(crate) fn memory_now() -> Option<u64> {
    memory("VmRSS:")
}

fn memory(field: &str) -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find(|line| line.starts_with(field))?;
    line.split_whitespace().nth(1)?.parse::<u64>().ok().map(|kib| kib * 1024)
}
