//! Writing and comparing.

use xtask::codegen::generate;
use xtask::sync::{compare, write};

use crate::schemas;

#[test]
fn compare_reports_stale_missing_and_left_over_files_and_write_corrects_all() {
    let files = generate(schemas().path()).unwrap();
    let root = tempfile::tempdir().unwrap();
    write(root.path(), &files).unwrap();
    assert!(compare(root.path(), &files).unwrap().is_empty());

    let generated = root.path().join("crates/drs-types/src/generated");
    let common = std::fs::read_to_string(generated.join("common.rs")).unwrap();
    std::fs::write(generated.join("common.rs"), common.replace("pub enum Language", "pub enum Tongue")).unwrap();
    std::fs::write(generated.join("gone.rs"), "").unwrap();
    std::fs::remove_file(root.path().join("docs/openapi.json")).unwrap();

    let shown: Vec<String> = compare(root.path(), &files).unwrap().iter().map(ToString::to_string).collect();
    // The line numbers of the hunk change with every schema.
    let shown: Vec<&str> = shown.iter().flat_map(|text| text.lines()).filter(|line| !line.starts_with("@@")).collect();
    insta::assert_snapshot!(shown.join("\n"), @r#"
    stale: crates/drs-types/src/generated/common.rs
    --- on disk
    +++ generated
         ///
         /// Source: `schemas/common/values.json`.
    -    pub enum Tongue {
    +    pub enum Language {
             EnUs = "en-us" => "English.",
             ZhCn = "zh-cn" => "Chinese.",
    missing: docs/openapi.json
    left over: crates/drs-types/src/generated/gone.rs
    "#);

    assert_eq!(write(root.path(), &files).unwrap().len(), 3);
    assert!(write(root.path(), &files).unwrap().is_empty(), "a second write must change nothing");
    assert!(!generated.join("gone.rs").exists());
}

#[test]
fn a_changed_schema_makes_generated_files_stale() {
    let root = tempfile::tempdir().unwrap();
    let schemas = schemas();
    write(root.path(), &generate(schemas.path()).unwrap()).unwrap();
    let file = schemas.path().join("v3/batch_check_results/schema.json");
    let text = std::fs::read_to_string(&file).unwrap();
    std::fs::write(&file, text.replace("The name of the subtask.", "What the subtask is called.")).unwrap();
    let differences = compare(root.path(), &generate(schemas.path()).unwrap()).unwrap();
    let shown: String = differences.iter().map(ToString::to_string).collect();
    assert!(shown.contains("-    /// The name of the subtask.\n+    /// What the subtask is called."), "{shown}");
}
