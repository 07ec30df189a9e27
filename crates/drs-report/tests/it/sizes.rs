//! Large reports.

use drs_gate::{Assessment, Policy, Snapshot, assess};
use drs_report::{Format, Options};
use serde_json::json;

use crate::{item, items, passed, plain, rendered, reported};

/// Many tasks with 40 items each, some of which failed.
fn many(tasks: usize, failed: usize) -> Assessment {
    let report = |index: usize| {
        let names = (0..40).map(|number| {
            let (name, group) = (format!("someCheckItemOfAverageLength{number}"), format!("db_group_{}", number % 7));
            if number < failed {
                item(&name, &group, "FAILED", &format!("REASON_{index}"))
            } else {
                passed(&group, &name)
            }
        });
        reported(&items(&json!(names.collect::<Vec<_>>())))
    };
    let tasks = (0..tasks).map(|index| (format!("140b5236-88ad-43c8-811c-{index:012}"), report(index)));
    assess(Snapshot::new(tasks.collect()), &Policy::default(), "2026-11-26".parse().unwrap())
}

#[test]
fn markdown_fits_a_comment_and_says_what_is_left_out() {
    let assessment = many(300, 20);
    for options in [Options::default(), Options::default().with_all(true)] {
        let text = rendered(Format::Markdown, &assessment, &options);
        assert!(text.encode_utf16().count() <= 65_536, "{}", text.len());
        let shown = text.lines().filter(|line| line.starts_with("### ")).count();
        let findings = text.lines().filter(|line| line.starts_with("- **FAILED**")).count();
        let end = format!("Left out: {} tasks and {} findings.", 300 - shown, 300 * 20 - findings);
        assert!(text.lines().last().unwrap().contains(&end), "{end} in {}", text.lines().last().unwrap());
    }
}

/// 10,000 tasks of 40 items stay below 10 MB. What findings take is limited, so the rest grows with the tasks only.
#[test]
fn html_stays_small_and_says_what_is_left_out() {
    let size = |tasks| plain(Format::Html, &many(tasks, 40)).len();
    let (half, all) = (size(500), size(1000));
    let per_task = all.saturating_sub(half) / 500;
    assert!(all + 9_000 * per_task < 10_000_000, "{all} and {per_task} for each further task");
    let text = plain(Format::Html, &many(500, 40));
    assert!(text.contains("20 more findings of this task are left out."), "{}", &text[..1000]);
    let text = plain(Format::Html, &many(100, 3));
    assert!(text.contains("37 items passed"), "{}", &text[..1000]);
    assert!(!text.contains("someCheckItemOfAverageLength39"), "passed items are only counted");
}
