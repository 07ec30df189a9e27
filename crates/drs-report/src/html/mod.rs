//! The report as one HTML file: readable without network and without scripts, on screens, phones and paper.
//!
//! The template escapes every value. The policy in its head allows the one style sheet and the one script of the file by
//! their hashes, and nothing else.

pub(crate) mod page;
mod picture;
mod plan;
mod task;

use std::collections::BTreeSet;
use std::io::{self, Write};

use askama::Template;
use drs_gate::{Assessment, Decision, Verdict};
use drs_types::text::count;

use crate::explanation::side;
use crate::view::{self, Status};
use crate::{Options, view::groups};
use page::{Choices, POLICY, SCRIPT, STYLE};
use picture::{Bar, Donut};
use plan::Plan;
use task::{Explained, Task};

/// Writes the report.
pub(crate) fn report(out: &mut dyn Write, assessment: &Assessment, options: &Options) -> io::Result<()> {
    Report { assessment, plan: Plan::of(assessment, options), options, policy: &POLICY }.write_into(out)
}

#[derive(Template)]
#[template(path = "report.html", whitespace = "minimize")]
struct Report<'a> {
    assessment: &'a Assessment,
    plan: Plan<'a>,
    options: &'a Options,
    policy: &'static str,
}

impl Report<'_> {
    fn decision(&self) -> &'static str {
        view::decision_name(self.assessment.decision)
    }

    fn decision_class(&self) -> &'static str {
        match self.assessment.decision {
            Decision::Pass => "passed",
            Decision::Unfinished => "running",
            Decision::Fail => "failed",
            _ => "unclear",
        }
    }

    fn sentence(&self) -> &'static str {
        view::decision_sentence(self.assessment)
    }

    fn counts(&self) -> String {
        view::counts(self.assessment)
    }

    fn is_synthetic(&self) -> bool {
        self.assessment.source.embedded || self.assessment.source.synthetic.is_some()
    }

    fn source(&self) -> Vec<String> {
        view::source(&self.assessment.source)
    }

    fn policy_sentence(&self) -> &'static str {
        match self.assessment.fail_on {
            drs_gate::FailOn::Alarm => "Failed items and alarms stop a task.",
            _ => "Failed items stop a task, alarms do not.",
        }
    }

    fn donut(&self) -> Donut {
        let groups = groups(self.assessment);
        Donut::of(Status::ALL.map(|status| (status.as_str(), groups.iter().map(|group| group.count(status)).sum())))
    }

    fn task_bar(&self) -> Bar {
        Bar::of(
            self.assessment
                .verdicts
                .iter()
                .map(|(verdict, number)| (verdict_class(*verdict), verdict.to_string(), *number)),
        )
    }

    /// The groups with an item that did not pass.
    fn group_bars(&self) -> Vec<(String, usize, Bar)> {
        let bar = |group: view::Group| {
            let counts = Status::ALL
                .into_iter()
                .map(|status| (status.as_str(), status.as_str().to_owned(), group.count(status)));
            (group.name.clone(), group.total(), Bar::of(counts))
        };
        groups(self.assessment).into_iter().filter(|group| !group.is_passed()).map(bar).collect()
    }

    /// The other groups.
    fn passed_groups(&self) -> Vec<view::Group> {
        groups(self.assessment).into_iter().filter(view::Group::is_passed).collect()
    }

    /// The choices of the filter: values of what the file shows, so that each has something to show.
    fn choices(&self) -> Vec<Choices> {
        let mut groups = BTreeSet::new();
        let mut sides = BTreeSet::new();
        let mut statuses = BTreeSet::new();
        for item in self.plan.tasks.iter().flat_map(|task| self.plan.items(task)) {
            groups.insert(item.group());
            sides.extend(item.item.item.as_deref().and_then(side).map(str::to_owned));
            statuses.insert(item.status().as_str().to_owned());
        }
        let verdicts = self.plan.tasks.iter().map(|task| task.verdict.to_string()).collect();
        let choices = [
            ("verdict", "Verdict on the task", verdicts),
            ("status", "Result", statuses),
            ("group", "Group", groups),
            ("side", "Side", sides),
        ];
        Choices::several(choices)
    }

    fn notes(&self) -> Vec<(&'static str, Vec<String>)> {
        let waivers = view::waiver_uses(self.assessment).into_iter().map(|(_, sentence)| sentence).collect();
        let notes = [
            ("The responses as a whole do not prove anything", view::response_doubts(self.assessment)),
            ("Entries that were not requested", view::unrequested(self.assessment)),
            (
                "Values that do not fit the documentation and were left out",
                view::misfits(&self.assessment.misfits, self.options.all),
            ),
            ("Waivers of the policy", waivers),
        ];
        notes.into_iter().filter(|(_, entries)| !entries.is_empty()).collect()
    }

    /// The tasks, the worst first.
    fn tasks(&self) -> impl Iterator<Item = Task> {
        self.plan.tasks.iter().enumerate().map(|(index, task)| Task::of(index, task, &self.plan, self.options))
    }

    /// The explanations that the findings of a large report refer to.
    fn explanations(&self) -> Vec<(usize, Explained)> {
        let explained = self.plan.explained.iter().map(|(finding, number)| (*number, Explained::of(finding)));
        let mut explained: Vec<(usize, Explained)> =
            explained.filter_map(|(number, explained)| Some((number, explained?))).collect();
        explained.sort_by_key(|(number, _)| *number);
        explained
    }

    fn left_out(&self) -> Option<String> {
        let tasks = self.plan.tasks_left_out;
        (tasks > 0).then(|| {
            format!("{} are left out of this file. JSON and JUnit have all.", count(tasks as u64, "more task"))
        })
    }
}

/// The class of a verdict, which is one of the statuses or `running`.
fn verdict_class(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Passed => "passed",
        Verdict::PassedWithAlarms => "alarm",
        Verdict::PassedWithWaivers => "waived",
        Verdict::Running => "running",
        Verdict::Failed => "failed",
        _ => "unclear",
    }
}
