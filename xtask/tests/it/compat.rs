//! The report on two versions of the schemas.
//!
//! `tests/compat/base` is a small made-up API. A case of `tests/compat/cases` changes it by a JSON Merge Patch for each
//! file; `tests/compat/reports` has its report. `rejected_now` and `accepted_now` are requests that prove the report right.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::LazyLock;

use insta::assert_snapshot;
use jsonschema::Validator;
use jsonschema::canonical::Containment;
use serde_json::{Value, json};
use tempfile::TempDir;
use xtask::compat::{Effect, Format, Impact, Part, Report, Version, against, compare, render};
use xtask::schema::Model;
use xtask::schema::listed;

use crate::copy;

/// The operation of the made-up API that has a body.
const SENDS: &str = "send_parcels";

const GET: &str = "v3/show_parcel/schema.json";

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/compat")
}

/// Copies the schemas of the made-up API, with the current meta-schemas.
fn base() -> TempDir {
    let tree = tempfile::tempdir().unwrap();
    copy(&folder().join("base"), tree.path());
    copy(&xtask::root().join("schemas/meta"), &tree.path().join("meta"));
    tree
}

fn read(file: &Path) -> Value {
    serde_json::from_str(&fs::read_to_string(file).unwrap()).unwrap()
}

/// Returns the schemas after the patches of a case.
fn patched(case: &Value) -> TempDir {
    let tree = base();
    for (path, patch) in case["patch"].as_object().into_iter().flatten() {
        let path = tree.path().join(path);
        if patch.is_null() {
            fs::remove_dir_all(path).unwrap();
            continue;
        }
        let mut value = if path.exists() { read(&path) } else { Value::Null };
        merge(&mut value, patch);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, serde_json::to_string_pretty(&value).unwrap()).unwrap();
    }
    tree
}

/// Applies a JSON Merge Patch (RFC 7396).
fn merge(value: &mut Value, patch: &Value) {
    let Value::Object(patch) = patch else {
        *value = patch.clone();
        return;
    };
    if !value.is_object() {
        *value = json!({});
    }
    let object = value.as_object_mut().unwrap();
    for (key, patch) in patch {
        if patch.is_null() {
            object.remove(key);
        } else {
            merge(object.entry(key).or_insert(Value::Null), patch);
        }
    }
}

/// A case, built once for all tests.
struct Case {
    name: String,
    value: Value,
    /// The schemas of the request before and after.
    requests: [Option<Value>; 2],
    report: Report,
}

static CASES: LazyLock<Vec<Case>> = LazyLock::new(|| {
    let version = |case: &Value| {
        let schemas = patched(case);
        Version::load(schemas.path()).unwrap_or_else(|problems| panic!("{case}:\n{}", listed(&problems)))
    };
    let base = version(&Value::Null);
    let mut files: Vec<PathBuf> =
        fs::read_dir(folder().join("cases")).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    let made = files.into_iter().map(|file| {
        let name = file.file_stem().unwrap().to_str().unwrap().to_owned();
        let value = read(&file);
        let new = version(&value);
        Case {
            name,
            requests: [&base, &new].map(|version| request(&version.model)),
            report: compare(&base, &new),
            value,
        }
    });
    made.collect()
});

/// Returns the whole schema of the request, unless the operation no longer has one.
fn request(model: &Model) -> Option<Value> {
    let operation = model.operations.iter().find(|operation| operation.id == SENDS)?;
    let reference = format!("#/$defs/{}", operation.request.as_ref()?);
    let shapes = model.strict_definitions("#/$defs/");
    Some(json!({ "$schema": "https://json-schema.org/draft/2020-12/schema", "$ref": reference, "$defs": shapes }))
}

/// Returns the effect on the requests of the operation with a body.
fn on_requests(report: &Report) -> Effect {
    let changes = report
        .changes
        .iter()
        .filter(|(change, operations)| change.part != Part::Response && operations.contains(SENDS));
    changes.map(|(change, _)| change.impact.wire).max().unwrap_or_default()
}

fn run(root: &Path, base: Option<&str>) -> Result<String, String> {
    against(root, base).map(|(base, report)| render(&report, &base, Format::Text))
}

fn validator(schema: &Value) -> Validator {
    jsonschema::draft202012::new(schema).unwrap()
}

#[test]
fn every_kind_of_change_is_reported_with_its_effect_on_the_wire_and_in_rust() {
    insta::with_settings!({ snapshot_path => "../compat/reports", prepend_module_to_snapshot => false, omit_expression => true }, {
        insta::allow_duplicates! {
            for case in &*CASES {
                assert_snapshot!(case.name.as_str(), case.report);
            }
        }
    });
}

#[test]
fn requests_prove_the_reported_effect_on_the_wire() {
    for Case { name, value, requests, report } in &*CASES {
        let [Some(old), Some(new)] = requests.each_ref().map(|schema| schema.as_ref().map(validator)) else { continue };
        let wire = on_requests(report);
        if let Some(rejected) = value.get("rejected_now") {
            assert!(old.is_valid(rejected) && !new.is_valid(rejected), "{name}: {rejected}");
            assert_eq!(wire, Effect::Breaking, "{name}");
        }
        if let Some(accepted) = value.get("accepted_now") {
            assert!(!old.is_valid(accepted) && new.is_valid(accepted), "{name}: {accepted}");
            assert_ne!(wire, Effect::None, "{name}");
        }
    }
}

#[test]
fn a_request_that_was_accepted_is_still_accepted_unless_the_report_says_breaking() {
    let tests = read(&folder().join("base/v3/send_parcels/tests.json"));
    let payloads: Vec<&Value> = tests[0]["tests"].as_array().unwrap().iter().map(|test| &test["data"]).collect();
    for Case { name, requests, report, .. } in &*CASES {
        let [Some(old), Some(new)] = requests.each_ref().map(|schema| schema.as_ref().map(validator)) else { continue };
        let breaks = on_requests(report) == Effect::Breaking;
        for payload in payloads.iter().filter(|payload| old.is_valid(payload)) {
            assert!(new.is_valid(payload) || breaks, "{name}: {payload}");
        }
    }
}

/// jsonschema compares the whole request here, and not one definition at a time.
#[test]
fn no_request_is_rejected_where_the_new_request_covers_the_old_one() {
    let canonical = |schema: &Value| jsonschema::canonicalize(schema).unwrap();
    let mut covered = 0;
    for Case { name, requests, report, .. } in &*CASES {
        let [Some(old), Some(new)] = requests else { continue };
        if canonical(new).covers(&canonical(old)).unwrap() == Containment::Yes {
            covered += 1;
            let refused = report.changes.iter().find(|(change, operations)| {
                change.impact.wire == Effect::Breaking
                    && change.what.message.contains("rejected")
                    && operations.contains(SENDS)
                    && !name.starts_with("call_")
            });
            assert!(refused.is_none(), "{name}: {refused:?}");
        }
    }
    assert!(covered > 20, "{covered}");
}

/// A caller is compiled with both versions in `tests/output`.
#[test]
fn additive_changes_are_reported_as_such() {
    let [before, after] = ["compat_before", "compat_after"].map(|case| {
        let tree = crate::schemas();
        xtask::golden::add(&xtask::root().join("xtask/tests/cases").join(case), "letter", tree.path()).unwrap();
        for file in ["schema.json", "operation.json"] {
            let path = tree.path().join("v3/letter").join(file);
            let text =
                fs::read_to_string(&path).unwrap().replace(case, "letter").replace(&case.replace('_', "-"), "letter");
            fs::write(path, text).unwrap();
        }
        Version::load(tree.path()).unwrap_or_else(|problems| panic!("{}", listed(&problems)))
    });
    assert_snapshot!(compare(&before, &after));
}

#[test]
fn null_in_an_old_response_is_still_read() {
    let nullable = patched(&read(&folder().join("cases/read_null_allowed.json")));
    let [old, new] = [nullable, base()].map(|tree| Version::load(tree.path()).unwrap());
    assert_eq!(compare(&old, &new).impact(), Impact::default());
}

#[test]
fn arguments_in_another_order_are_a_change_in_rust() {
    let tree = base();
    let path = tree.path().join("v3/send_parcels/schema.json");
    let text = fs::read_to_string(&path).unwrap();
    let name = text.lines().find(|line| line.contains("\"name\": { \"type\": \"string\"")).unwrap();
    let to = text.lines().find(|line| line.contains("\"to\":")).unwrap();
    let swapped = text.replacen(&format!("{name}\n{to}\n"), &format!("{to}\n{name}\n"), 1);
    assert_ne!(swapped, text);
    fs::write(path, swapped).unwrap();
    let [old, new] = [base(), tree].map(|tree| Version::load(tree.path()).unwrap());
    assert_snapshot!(compare(&old, &new), @"
    operation     wire      Rust
    send_parcels  none      breaking
    1 operation unchanged

    wire: none, Rust: breaking
      `ParcelReq`: in Rust, `send_parcels::ParcelReq::new(name, to)` became `new(to, name)`
        schemas/v3/send_parcels/schema.json:20 at /$defs/ParcelReq (request of send_parcels)
    ");
}

#[test]
fn a_version_does_not_differ_from_itself() {
    let own = Version::load(&xtask::root().join("schemas")).unwrap();
    assert_snapshot!(compare(&own, &own), @"Nothing changed on the wire or in Rust.");
}

/// A repository with the made-up API in its first commit.
struct Repository(TempDir);

impl Repository {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        copy(base().path(), &folder.path().join("schemas"));
        let repository = Self(folder);
        repository.git(&["init", "--quiet", "--initial-branch=main"]);
        repository.commit();
        repository
    }

    fn git(&self, arguments: &[&str]) {
        let identity = ["-c", "user.name=test", "-c", "user.email=test@example.com", "-c", "commit.gpgsign=false"];
        let status = Command::new("git").args(identity).args(arguments).current_dir(self.0.path()).status().unwrap();
        assert!(status.success(), "git {arguments:?}");
    }

    fn commit(&self) {
        self.git(&["add", "--all"]);
        self.git(&["commit", "--quiet", "--message=schemas"]);
    }

    fn edit(&self, file: &str, from: &str, to: &str) {
        let path = self.0.path().join("schemas").join(file);
        let text = fs::read_to_string(&path).unwrap();
        assert!(text.contains(from), "{file} does not contain {from}");
        fs::write(path, text.replacen(from, to, 1)).unwrap();
    }

    /// Returns the report without the hashes of commits, which differ in each run.
    fn compat(&self, base: Option<&str>) -> String {
        let said = run(self.0.path(), base).unwrap_or_else(|error| format!("error: {error}"));
        let mut words = said.split('(').map(str::to_owned).collect::<Vec<_>>();
        for word in &mut words {
            if word.len() > 10 && word.as_bytes()[..10].iter().all(u8::is_ascii_hexdigit) {
                word.replace_range(..10, "COMMIT");
            }
        }
        words.join("(")
    }
}

#[test]
fn the_working_tree_is_compared_with_where_its_branch_left_main_or_with_the_last_commit() {
    let repository = Repository::new();
    repository.edit(GET, "\"size\": {", "\"extent\": {");
    assert_snapshot!(repository.compat(None), @"
    The working tree, compared with the last commit (COMMIT).

    operation    wire      Rust
    show_parcel  breaking  breaking
    1 operation unchanged

    wire: breaking, Rust: breaking
      `ShowParcelResponse.size` was removed: it is no longer read from captures
        base:schemas/v3/show_parcel/schema.json:14 at /$defs/ShowParcelResponse/properties/size (response of show_parcel)

    wire: additive, Rust: additive
      `ShowParcelResponse.extent` was added
        schemas/v3/show_parcel/schema.json:14 at /$defs/ShowParcelResponse/properties/extent (response of show_parcel)
    ");
    repository.git(&["checkout", "--quiet", "-b", "work"]);
    repository.commit();
    repository.edit(GET, "\"state\": {", "\"status\": {");
    assert_snapshot!(repository.compat(None), @"
    The working tree, compared with where this branch left main (COMMIT).

    operation    wire      Rust
    show_parcel  breaking  breaking
    1 operation unchanged

    wire: breaking, Rust: breaking
      `ShowParcelResponse.state` was removed: it is no longer read from captures
        base:schemas/v3/show_parcel/schema.json:13 at /$defs/ShowParcelResponse/properties/state (response of show_parcel)
      `ShowParcelResponse.size` was removed: it is no longer read from captures
        base:schemas/v3/show_parcel/schema.json:14 at /$defs/ShowParcelResponse/properties/size (response of show_parcel)

    wire: additive, Rust: additive
      `ShowParcelResponse.status` was added
        schemas/v3/show_parcel/schema.json:13 at /$defs/ShowParcelResponse/properties/status (response of show_parcel)
      `ShowParcelResponse.extent` was added
        schemas/v3/show_parcel/schema.json:14 at /$defs/ShowParcelResponse/properties/extent (response of show_parcel)
    ");
    assert_snapshot!(repository.compat(Some("HEAD")), @"
    The working tree, compared with HEAD (COMMIT).

    operation    wire      Rust
    show_parcel  breaking  breaking
    1 operation unchanged

    wire: breaking, Rust: breaking
      `ShowParcelResponse.state` was removed: it is no longer read from captures
        base:schemas/v3/show_parcel/schema.json:13 at /$defs/ShowParcelResponse/properties/state (response of show_parcel)

    wire: additive, Rust: additive
      `ShowParcelResponse.status` was added
        schemas/v3/show_parcel/schema.json:13 at /$defs/ShowParcelResponse/properties/status (response of show_parcel)
    ");
}

#[test]
fn a_base_that_cannot_be_read_is_named_with_what_to_do() {
    let repository = Repository::new();
    assert_snapshot!(repository.compat(Some("v9")), @"error: `v9` is not a revision of this repository; name a branch, a tag or a commit after --base");
    assert_snapshot!(repository.compat(Some("--help")), @"error: `--help` is not a revision of this repository; name a branch, a tag or a commit after --base");
    repository.edit(GET, "\"size\": {", "\"size\": { \"sort\": 1,");
    assert_snapshot!(repository.compat(None), @"
    error: schemas/v3/show_parcel/schema.json:14 at /$defs/ShowParcelResponse/properties/size/sort: unknown key `sort`
    the schemas of the working tree cannot be read
    ");
    repository.commit();
    repository.edit(GET, "\"sort\": 1,", "");
    assert_snapshot!(repository.compat(None), @"
    error: schemas/v3/show_parcel/schema.json:14 at /$defs/ShowParcelResponse/properties/size/sort: unknown key `sort`
    the schemas of the last commit (COMMIT) cannot be read
    ");
    fs::rename(repository.0.path().join("schemas"), repository.0.path().join("old")).unwrap();
    repository.commit();
    assert_snapshot!(repository.compat(None), @"error: the last commit (COMMIT) has no schemas/; choose a later revision with --base");
    let nothing = tempfile::tempdir().unwrap();
    assert_snapshot!(run(nothing.path(), None).unwrap_err(), @"not a git repository with a commit to compare with");
}
