//! Tells `drs-types` to take its generated module from here.

#![allow(clippy::print_stdout)]

fn main() {
    println!("cargo::rustc-cfg=expected_output");
    println!("cargo::rerun-if-changed=build.rs");
}
