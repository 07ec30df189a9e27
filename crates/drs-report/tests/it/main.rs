//! Reports on assessments: what each format says, and that all say the same.

#![allow(clippy::unwrap_used)]

#[cfg(feature = "captures")]
mod captures;
mod diff;
mod docs;
mod formats;
mod hostile;
mod laws;
mod readers;
mod sizes;

use drs_gate::{Assessment, Outcome, Policy, PrecheckReport, Snapshot, assess};
use drs_report::{Format, Options, write};
use serde_json::{Value, json};

/// A policy with a waiver that is used, one that is not, and one that has expired.
const POLICY: &str = r#"
[[waivers]]
item = "srcCollHasTtlIndex"
reason = "The collection is rebuilt after the migration."
owner = "@dba-team"
expires = 2026-12-31

[[waivers]]
item = "srcTableNoPrimaryKey"
task = "job-0"
reason = "Written once."
owner = "sre"
expires = 2026-12-31

[[waivers]]
item = "dstDbDiskSize"
reason = "The volume grows by itself."
owner = "sre"
expires = 2026-01-31
"#;

/// Tasks with every verdict, from an emulator that plays a scenario.
fn sample() -> Assessment {
    let mut tasks = vec![
        ("failed", reported(&failed())),
        (
            "alarms",
            reported(&items(&json!([item("srcVersion", "db_version", "ALARM", "OLD"), passed("network", "net")]))),
        ),
        ("waived", reported(&waived())),
        ("running", reported(&json!({ "progress": "42%", "items": [passed("network", "net")] }))),
        ("refused", reported(&json!({ "refusal": { "code": "DRS.M05003", "message": "busy", "temporary": true } }))),
        ("unclear", reported(&items(&json!([item("srcHasUser", "db_user_privilege", "SKIPPED", "")])))),
        ("missing", Outcome::Missing),
        ("passed", reported(&items(&json!([passed("network", "net"), passed("db_version", "dst")])))),
    ];
    let Outcome::Reported(stale) = reported(&items(&json!([passed("network", "net")]))) else { unreachable!() };
    tasks.push(("stale", Outcome::Stale(stale)));
    let mut snapshot = Snapshot::new(tasks.into_iter().map(|(id, outcome)| (id.to_owned(), outcome)).collect());
    snapshot.source.synthetic = Some("failing-mysql".to_owned());
    snapshot.source.embedded = true;
    snapshot.unrequested = vec![serde_json::from_value(json!({ "task": "someone-else" })).unwrap()];
    assess(snapshot, &Policy::parse(POLICY).unwrap(), "2026-11-26".parse().unwrap())
}

fn failed() -> Value {
    json!({
        "progress": "100%", "result": true, "pass_rate": "50%", "direction": "up", "instance": "e05a3679",
        "items": [
            {
                "item": "dstDbDiskSize", "group": "db_disk_size", "result": "FAILED", "reason": "NO_SPACE",
                "data": "{'size': '5263360', 'dstVolumeSize':'1000', 'diskSizeTimes':'1.5'}",
                "message": "no space left on the volume of the target, which is a long message of the database",
                "subtasks": [{ "id": "s1", "name": "first", "result": "FAILED" }, { "id": "s2" }],
            },
            passed("network", "dstIpReachable"),
        ],
    })
}

fn waived() -> Value {
    items(&json!([
        {
            "item": "srcCollHasTtlIndex", "group": "db_params", "result": "FAILED", "reason": "SRC_HAS_TTL_INDEXES",
            "data": "{\"srcHasTtlIndexColls\":\"shop.orders,shop.carts\"}",
        },
        passed("network", "net"),
    ]))
}

fn items(items: &Value) -> Value {
    json!({ "progress": "100%", "result": true, "items": items })
}

fn item(name: &str, group: &str, result: &str, reason: &str) -> Value {
    let reason = Some(reason).filter(|reason| !reason.is_empty());
    json!({ "item": name, "group": group, "result": result, "reason": reason })
}

fn passed(group: &str, name: &str) -> Value {
    json!({ "item": name, "group": group, "result": "PASSED" })
}

fn reported(report: &Value) -> Outcome {
    serde_json::from_value::<PrecheckReport>(report.clone()).unwrap().into()
}

/// An assessment of one task by the default policy.
fn one(report: &Value) -> Assessment {
    assess(Snapshot::new(vec![("job".to_owned(), reported(report))]), &Policy::default(), "2026-11-26".parse().unwrap())
}

fn rendered(format: Format, assessment: &Assessment, options: &Options) -> String {
    let mut out = Vec::new();
    write(format, assessment, options, &mut out).unwrap();
    String::from_utf8(out).unwrap()
}

fn plain(format: Format, assessment: &Assessment) -> String {
    rendered(format, assessment, &Options::default())
}
