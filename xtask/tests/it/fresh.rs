//! Generated files are up to date, and the repository keeps its rules.

use std::path::Path;

use xtask::{codegen, root, sync};

use crate::REAL;

#[test]
fn committed_files_are_up_to_date() {
    let differences = sync::compare(&root(), &REAL).unwrap();
    let shown: String = differences.iter().map(ToString::to_string).collect();
    assert!(differences.is_empty(), "run: cargo xtask codegen\n{shown}");
}

#[test]
fn the_repository_keeps_its_rules() {
    let violations = xtask::tidy::check(&root()).unwrap();
    assert!(violations.is_empty(), "{}", violations.join("\n"));
}

/// The operations that shared definitions, evidence of deviations, and rules of other operations refer to.
#[test]
fn nothing_is_left_of_an_operation_whose_folder_is_removed() {
    let tree = crate::real_schemas();
    let before = &*REAL;
    for operation in ["batch_update_job", "batch_list_job_details", "show_switch_vip_status"] {
        let (folder, aside) = (tree.path().join("v3").join(operation), tree.path().with_extension("aside"));
        std::fs::rename(&folder, &aside).unwrap();
        let without = codegen::generate(tree.path()).unwrap_or_else(|problems| panic!("{operation}: {problems:#?}"));
        let is_of = |path: &Path| path.iter().any(|part| Path::new(part).file_stem().is_some_and(|it| it == operation));
        assert!(before.keys().any(|path| is_of(path)) && !without.keys().any(|path| is_of(path)), "{operation}");
        // Rules of other operations may name it as a predecessor; no code refers to it.
        let traces = without.iter().flat_map(|(path, text)| text.lines().map(move |line| (path, line)));
        let traces = traces.filter(|(path, _)| path.extension().is_some_and(|extension| extension == "rs"));
        let trace = format!("{operation}::");
        let traces: Vec<_> = traces
            .filter(|(_, line)| line.contains(&trace) || line.contains("include_str!") && line.contains(operation))
            .collect();
        assert!(traces.is_empty(), "{traces:#?}");
        std::fs::rename(&aside, &folder).unwrap();
    }
}
