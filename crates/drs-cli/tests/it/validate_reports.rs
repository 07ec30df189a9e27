//! Several reports of one run, and the report as one HTML file.

use std::fs;

use tempfile::TempDir;

use crate::{Run, drs, run};

const NAME: &str = "<a>&.json";

/// A folder with a response that has an error and drift, one that is clean, and a file that is not read.
fn folder() -> TempDir {
    let folder = TempDir::new().unwrap();
    let items = r#"{"</pre><script>x</script>":1},{"</pre><script>x</script>":2}"#;
    fs::write(folder.path().join(NAME), format!(r#"{{"count":"1","results":[{items}]}}"#)).unwrap();
    fs::write(folder.path().join("clean.json"), r#"{"count":0,"results":[]}"#).unwrap();
    fs::write(folder.path().join("notes.md"), "").unwrap();
    folder
}

fn validated(folder: &TempDir, arguments: &[&str]) -> Run {
    let mut command = drs(&["validate", ".", "--as", "batch_check_results.response"]);
    run(command.args(arguments).current_dir(folder.path()))
}

#[test]
fn a_run_writes_reports_to_several_files_beside_stdout() {
    let folder = folder();
    let files = ["html=out/r.html", "junit=out/r.xml", "ndjson=out/r.txt", "sarif=out/r.sarif"];
    fs::create_dir(folder.path().join("out")).unwrap();
    fs::write(folder.path().join("out/r.txt"), "the end of an older and longer report\n".repeat(100)).unwrap();
    let reports: Vec<&str> = files.iter().flat_map(|file| ["--report", file]).collect();
    let shown = validated(&folder, &[&reports[..], &["--output", "text"]].concat());
    assert_eq!((shown.code, shown.stderr.as_str()), (1, ""));
    assert!(shown.stdout.contains("1 error, 2 drift"), "{}", shown.stdout);
    let written = |name: &str| fs::read_to_string(folder.path().join("out").join(name)).unwrap();
    for (name, format) in [("r.xml", "junit"), ("r.txt", "ndjson"), ("r.html", "html"), ("r.sarif", "sarif")] {
        let alone = validated(&folder, &["--output", format]);
        // The folder of the reports has files with other names.
        let count = |text: &str| text.matches("DRS-V011").count();
        assert_eq!(count(&written(name)), count(&alone.stdout), "{format}");
        assert!(count(&alone.stdout) > 0, "{format}");
    }
    assert_eq!(written("r.txt").lines().count(), 3);
}

#[test]
fn a_report_does_not_overwrite_an_input_and_must_be_writable() {
    let folder = folder();
    for (report, why) in [
        ("json=clean.json", "would overwrite an input"),
        ("json=./clean.json", "would overwrite an input"),
        ("html=missing/r.html", "cannot be written"),
        ("htm=r.html", "did you mean html?"),
        ("html", "expected FORMAT=FILE"),
    ] {
        let shown = validated(&folder, &["--report", report]);
        assert_eq!((shown.code, shown.stdout.as_str()), (2, ""), "{report}");
        assert!(shown.stderr.contains(why), "{report}: {}", shown.stderr);
    }
    assert_eq!(fs::read_to_string(folder.path().join("clean.json")).unwrap(), r#"{"count":0,"results":[]}"#);
}

#[test]
fn html_says_all_in_one_file_without_network() {
    let folder = folder();
    let page = validated(&folder, &["--output", "html"]).stdout;
    for said in [
        "data-result=\"errors\"",
        "1 error, 2 drift in 2 records in 2 inputs.",
        "<dt>payloads validated</dt> <dd>2</dd>",
        "DRS-V011",
        "wrong type: expected integer, found string &quot;1&quot;",
        "&lt;a&gt;&amp;.json:1:10",
        "<mark>&quot;1&quot;</mark>",
        "2 times",
        "./notes.md",
        "&lt;/pre&gt;&lt;script&gt;x&lt;",
        "default-src 'none'",
        "<option>drift</option>",
        "@media print",
        "prefers-color-scheme: dark",
    ] {
        assert!(page.contains(said), "{said}: {page}");
    }
    assert_eq!(page.matches("<script>").count(), 1);
    for loaded in ["src=", "href=", "url(", "@import"] {
        assert!(!page.contains(loaded), "{loaded}");
    }
}

#[test]
fn html_of_very_many_findings_keeps_its_size_and_says_what_it_leaves_out() {
    let folder = TempDir::new().unwrap();
    let items =
        |from: usize| (from..from + 300).map(|name| format!(r#"{{"x{name}":1}}"#)).collect::<Vec<_>>().join(",");
    let lines: Vec<String> = (0..4).map(|line| format!(r#"{{"results":[{}]}}"#, items(line * 300))).collect();
    fs::write(folder.path().join("many.ndjson"), lines.join("\n")).unwrap();
    let page = validated(&folder, &["--output", "html"]).stdout;
    assert!(page.len() < 200_000, "{}", page.len());
    assert!(page.contains("1150 more of batch_check_results.response at other places are left out"), "{page}");
    assert!(page.contains("more kinds of drift are left out of this file"), "{page}");
}

#[test]
fn html_of_a_run_that_validated_nothing_is_not_clean() {
    let folder = TempDir::new().unwrap();
    fs::write(folder.path().join("empty.ndjson"), "").unwrap();
    let shown = validated(&folder, &["--output", "html"]);
    assert_eq!(shown.code, 2);
    assert!(shown.stdout.contains("data-result=\"incomplete\""), "{}", shown.stdout);
    assert!(shown.stdout.contains("nothing was validated"), "{}", shown.stdout);
    let allowed = validated(&folder, &["--output", "html", "--allow-empty"]);
    assert_eq!(allowed.code, 0);
    assert!(allowed.stdout.contains("data-result=\"empty\""), "{}", allowed.stdout);
}

#[test]
fn a_report_without_findings_is_an_empty_file_not_a_missing_one() {
    let folder = TempDir::new().unwrap();
    fs::write(folder.path().join("clean.json"), r#"{"count":0,"results":[]}"#).unwrap();
    let report = folder.path().join("findings.txt");
    fs::write(&report, "of an earlier run").unwrap();
    let shown = validated(&folder, &["--report", "ndjson=findings.txt"]);
    assert_eq!(shown.code, 0, "{}", shown.stderr);
    assert_eq!(fs::read_to_string(&report).unwrap(), "");
}
