//! Sets the folder from which `drs-types` includes its generated module.

#![allow(clippy::print_stdout)]

fn main() {
    println!("cargo::rustc-cfg=expected_output");
    println!("cargo::rerun-if-changed=build.rs");
}
