//! The cases of the generator: each is a schema with the expected Rust code.

use xtask::{golden, root, sync};

#[test]
fn every_case_generates_the_expected_rust() {
    let differences = sync::compare_in(&root(), &golden::files(&root()).unwrap(), golden::OWNED).unwrap();
    let shown: String = differences.iter().map(ToString::to_string).collect();
    assert!(differences.is_empty(), "{shown}\nto accept: cargo xtask bless");
}
