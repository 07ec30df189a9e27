//! The progress of pre-checks on stderr: a line for each task, or one for all when there are many.

use std::io::IsTerminal as _;
use std::time::Instant;

use drs_gate::Outcome;
use drs_types::text::{count, printable};
use indicatif::{MultiProgress, ProgressBar, ProgressStyle};

use crate::limits::LIMITS;
use crate::output::hint;

/// The progress of all tasks.
pub(crate) struct Progress {
    display: Display,
    names: Vec<String>,
    /// What was shown last of each task.
    shown: Vec<String>,
    started: Instant,
}

enum Display {
    /// A bar for each task.
    Bars(Vec<ProgressBar>),
    /// One bar that counts the tasks that have ended.
    Bar(ProgressBar),
    /// A plain line for each change of a task.
    Lines,
    /// A plain line for each change of the number of tasks that have ended.
    Total(Option<usize>),
}

impl Progress {
    pub(crate) fn new<'a>(tasks: impl Iterator<Item = &'a str>) -> Self {
        let names: Vec<String> = tasks.map(printable).collect();
        let is_terminal = std::io::stderr().is_terminal();
        let display = match (is_terminal, names.len() <= LIMITS.progress_tasks) {
            (true, true) => {
                let all = MultiProgress::new();
                let bar =
                    |name: &String| all.add(ProgressBar::new(100).with_style(of_task()).with_prefix(name.clone()));
                let bars = names.iter().map(bar).collect();
                Display::Bars(bars)
            }
            (true, false) => Display::Bar(ProgressBar::new(names.len() as u64).with_style(of_all())),
            (false, true) => Display::Lines,
            (false, false) => Display::Total(None),
        };
        Self { display, shown: vec![String::new(); names.len()], names, started: Instant::now() }
    }

    /// Shows what is known of a task.
    pub(crate) fn show(&mut self, index: usize, outcome: &Outcome, is_ended: bool) {
        let state = state(outcome, is_ended);
        let percent = outcome.report().and_then(|report| report.progress.as_ref()?.value());
        let has_changed = self.shown[index] != state;
        match &mut self.display {
            Display::Bars(bars) => {
                // A percentage is from 0 to 100.
                #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a percentage")]
                bars[index].set_position(percent.unwrap_or_default().clamp(0.0, 100.0) as u64);
                bars[index].set_message(state.clone());
                if is_ended {
                    bars[index].abandon();
                }
            }
            Display::Lines if has_changed => {
                hint(&format!("{}: {state}, {} s", self.names[index], self.started.elapsed().as_secs()));
            }
            _ => {}
        }
        self.shown[index] = state;
    }

    /// Shows the number of tasks that have ended.
    pub(crate) fn total(&mut self, ended: usize) {
        let all = self.names.len();
        match &mut self.display {
            Display::Bar(bar) => bar.set_position(ended as u64),
            Display::Total(last) if *last != Some(ended) => {
                *last = Some(ended);
                hint(&format!(
                    "{ended} of {} ended, {} s",
                    count(all as u64, "pre-check"),
                    self.started.elapsed().as_secs()
                ));
            }
            _ => {}
        }
    }

    /// Leaves the last state on the screen.
    pub(crate) fn finish(&self) {
        match &self.display {
            Display::Bars(bars) => bars.iter().for_each(ProgressBar::abandon),
            Display::Bar(bar) => bar.abandon(),
            Display::Lines | Display::Total(_) => {}
        }
    }
}

/// Says how far a task is.
fn state(outcome: &Outcome, is_ended: bool) -> String {
    let said = match outcome {
        Outcome::Stale(_) => "unchanged since before the start".to_owned(),
        Outcome::Missing => "not in the response".to_owned(),
        Outcome::CallFailed(_) => "no report".to_owned(),
        Outcome::Reported(report) => match (&report.refusal, &report.progress) {
            (Some(refusal), _) => format!("refused with {}", refusal.code),
            (None, Some(progress)) => progress.as_str().trim().to_owned(),
            (None, None) => "no progress".to_owned(),
        },
        _ => "unknown".to_owned(),
    };
    let said = printable(&said);
    match (outcome, is_ended) {
        (Outcome::Reported(report), false) if report.is_complete() => format!("{said}, not changed since the start"),
        (Outcome::Reported(report), true) if report.is_complete() => "ended".to_owned(),
        _ => said,
    }
}

fn of_task() -> ProgressStyle {
    style("{prefix}  {bar:24} {pos:>3}%  {elapsed:>4}  {msg}")
}

fn of_all() -> ProgressStyle {
    style("{bar:24} {pos} of {len} pre-checks ended, {elapsed}")
}

fn style(template: &str) -> ProgressStyle {
    ProgressStyle::with_template(template).expect("the template is ours").progress_chars("━━ ")
}
