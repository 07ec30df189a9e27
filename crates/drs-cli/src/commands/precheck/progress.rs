//! The progress of pre-checks on stderr: a line for each task, or one for all when there are many.

use std::fmt;
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
    shown: Vec<State>,
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
        Self { display, shown: vec![State::default(); names.len()], names, started: Instant::now() }
    }

    /// Shows what is known of a task.
    pub(crate) fn show(&mut self, index: usize, outcome: &Outcome, is_ended: bool) {
        let state = State::of(outcome, is_ended);
        let percent = outcome.report().and_then(|report| report.progress.as_ref()?.value());
        let has_changed = self.shown[index] != state;
        match &mut self.display {
            Display::Bars(bars) => {
                // A percentage is from 0 to 100.
                #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a percentage")]
                bars[index].set_position(percent.unwrap_or_default().clamp(0.0, 100.0) as u64);
                bars[index].set_message(state.note.clone());
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

/// How far a task is. One of the two may be empty, not both.
#[derive(Clone, Default, Eq, PartialEq)]
struct State {
    /// The percentage as the service writes it.
    percentage: String,
    /// What else there is to say.
    note: String,
}

impl State {
    fn of(outcome: &Outcome, is_ended: bool) -> Self {
        let only = |note: &str| Self { percentage: String::new(), note: note.to_owned() };
        match outcome {
            Outcome::Stale(_) => only("unchanged since before the start"),
            Outcome::Missing => only("not in the response"),
            Outcome::CallFailed(_) => only("no report"),
            Outcome::Reported(report) => match (&report.refusal, &report.progress) {
                (Some(refusal), _) => only(&format!("refused: {}", printable(&refusal.code))),
                (None, Some(_)) if report.is_complete() && is_ended => only("ended"),
                (None, Some(progress)) => Self {
                    percentage: printable(progress.as_str().trim()),
                    note: if report.is_complete() { "as before the start".to_owned() } else { String::new() },
                },
                (None, None) => only("no progress"),
            },
            _ => only("unknown"),
        }
    }
}

impl fmt::Display for State {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let separator = if self.percentage.is_empty() || self.note.is_empty() { "" } else { ", " };
        write!(f, "{}{separator}{}", self.percentage, self.note)
    }
}

fn of_task() -> ProgressStyle {
    // With an id of 36 characters, the usual messages end at column 80.
    style("{prefix}  {bar:10} {pos:>3}% {elapsed:>4}  {msg}")
}

fn of_all() -> ProgressStyle {
    style("{bar:24} {pos} of {len} pre-checks ended, {elapsed}")
}

fn style(template: &str) -> ProgressStyle {
    ProgressStyle::with_template(template).expect("the template is ours").progress_chars("━━ ")
}
