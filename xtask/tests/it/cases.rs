//! Each rule of the generator as a pair of files: a schema, and the Rust that must come out of it.

use xtask::{golden, root, sync};

#[test]
fn every_rule_gives_the_expected_rust() {
    let differences = sync::compare_in(&root(), &golden::files(&root()).unwrap(), golden::OWNED).unwrap();
    let shown: String = differences.iter().map(ToString::to_string).collect();
    assert!(differences.is_empty(), "{shown}\nto accept: cargo xtask bless");
}
