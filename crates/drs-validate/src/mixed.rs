//! Records that nothing identifies: in a log they are records of something else, among payloads they are errors.

use crate::finding::list::ROOM;
use crate::options::Options;
use crate::stream::{PayloadReport, Report};

/// So many unidentified records may wait for the first record that is identified.
const MOST_WAITING: usize = 1000;

/// What the records of an input have been so far.
#[derive(Debug, Default)]
pub(crate) struct Mixed {
    is_strict: bool,
    seen: Seen,
    waiting: Vec<PayloadReport>,
    /// In an input where only calls count, what was found before the first of them.
    before_calls: Option<Report>,
}

#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
enum Seen {
    #[default]
    Nothing,
    /// Payloads by themselves, so that any other record is one, too.
    Payloads,
    /// Exchanges, which come among other records.
    Exchanges,
}

impl Mixed {
    pub(crate) fn new(options: &Options) -> Self {
        let (seen, before_calls) =
            if options.only_calls { (Seen::Exchanges, Some(Report::default())) } else { Default::default() };
        Self { is_strict: options.strict, seen, waiting: Vec::new(), before_calls }
    }

    /// Decides on the unidentified records of a report, in the order of the input.
    pub(crate) fn settle(&mut self, report: &mut Report) {
        if let Some(before) = &mut self.before_calls {
            if report.has_calls() {
                report.put_before(std::mem::take(before));
                self.before_calls = None;
            } else {
                before.take_unidentified(report);
            }
        }
        if report.has_exchanges {
            self.seen = Seen::Exchanges;
        } else if self.seen == Seen::Nothing && report.payloads.keys().any(|name| !name.is_empty()) {
            self.seen = Seen::Payloads;
        }
        let others = std::mem::take(&mut report.others);
        match self.seen {
            _ if self.is_strict => report.refuse(others),
            Seen::Exchanges => report.skipped += (std::mem::take(&mut self.waiting).len() + others.len()) as u64,
            Seen::Payloads => {
                report.refuse(others);
                report.refuse(std::mem::take(&mut self.waiting).into_iter().map(|one| (0, one)).collect());
            }
            Seen::Nothing => {
                self.waiting.extend(others.into_iter().map(|(_, other)| other));
                if self.waiting.len() > MOST_WAITING {
                    self.seen = Seen::Payloads;
                    report.refuse(std::mem::take(&mut self.waiting).into_iter().map(|one| (0, one)).collect());
                }
            }
        }
    }

    /// What is left at the end of the input: nothing in it was identified.
    pub(crate) fn end(self) -> Option<Report> {
        // Without a call, the input is one of something else.
        let skipped = self.before_calls.map_or(0, Report::into_others);
        let mut report = Report { skipped, ..Report::default() };
        report.refuse(self.waiting.into_iter().map(|one| (0, one)).collect());
        (!report.suspects.is_empty() || report.skipped > 0).then_some(report)
    }
}

impl Report {
    /// Whether there is a call of this API, also one whose bodies are not recorded.
    fn has_calls(&self) -> bool {
        self.unrecorded > 0 || self.payloads.keys().any(|name| !name.is_empty())
    }

    /// Takes what a report has of records that nothing identifies. What takes too much memory is of something else.
    fn take_unidentified(&mut self, report: &mut Self) {
        *self.payloads.entry(String::new()).or_default() += report.payloads.remove("").unwrap_or_default();
        self.suspects.append(&mut report.suspects);
        self.held += report.held;
        if self.suspects.len() > MOST_WAITING || self.held > ROOM {
            report.skipped += std::mem::take(self).into_others();
        }
    }

    /// Puts what was taken from the reports before in front.
    fn put_before(&mut self, before: Self) {
        for (name, number) in before.payloads.into_iter().filter(|(_, number)| *number > 0) {
            *self.payloads.entry(name).or_default() += number;
        }
        self.others.iter_mut().for_each(|(place, _)| *place += before.suspects.len());
        self.suspects.splice(0..0, before.suspects);
    }

    /// How many records of something else those are that nothing identifies.
    fn into_others(self) -> u64 {
        self.payloads.get("").copied().unwrap_or_default()
    }

    /// Makes errors of unidentified records, each at its place among the suspects.
    fn refuse(&mut self, others: Vec<(usize, PayloadReport)>) {
        for (place, other) in others.into_iter().rev() {
            *self.payloads.entry(String::new()).or_default() += 1;
            self.suspects.insert(place.min(self.suspects.len()), other);
        }
    }
}
