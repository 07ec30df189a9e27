//! Records that nothing identifies: in a log they are records of something else, among payloads they are errors.

use crate::stream::{PayloadReport, Report};

/// So many unidentified records may wait for the first record that is identified.
const MOST_WAITING: usize = 1000;

/// What the records of an input have been so far.
#[derive(Debug, Default)]
pub(crate) struct Mixed {
    is_strict: bool,
    seen: Seen,
    waiting: Vec<PayloadReport>,
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
    pub(crate) fn new(is_strict: bool) -> Self {
        Self { is_strict, ..Self::default() }
    }

    /// Decides on the unidentified records of a report, in the order of the input.
    pub(crate) fn settle(&mut self, report: &mut Report) {
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
        let mut report = Report::default();
        report.refuse(self.waiting.into_iter().map(|one| (0, one)).collect());
        (!report.suspects.is_empty()).then_some(report)
    }
}

impl Report {
    /// Makes errors of unidentified records, each at its place among the suspects.
    fn refuse(&mut self, others: Vec<(usize, PayloadReport)>) {
        for (place, other) in others.into_iter().rev() {
            *self.payloads.entry(String::new()).or_default() += 1;
            self.suspects.insert(place.min(self.suspects.len()), other);
        }
    }
}
