//! What is committed is what the schemas say.

use xtask::{codegen, root, sync};

#[test]
fn committed_files_are_up_to_date() {
    let files = codegen::generate(&root().join("schemas")).unwrap();
    let differences = sync::compare(&root(), &files).unwrap();
    let shown: String = differences.iter().map(ToString::to_string).collect();
    assert!(differences.is_empty(), "run: cargo xtask codegen\n{shown}");
}

#[test]
fn generating_twice_gives_the_same_bytes() {
    let schemas = root().join("schemas");
    assert_eq!(codegen::generate(&schemas).unwrap(), codegen::generate(&schemas).unwrap());
}

#[test]
fn the_repository_keeps_its_rules() {
    let violations = xtask::tidy::check(&root()).unwrap();
    assert!(violations.is_empty(), "{}", violations.join("\n"));
}
