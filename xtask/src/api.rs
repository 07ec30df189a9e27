//! `cargo xtask api`: lists the public interface of each library crate, so that a change of it shows in review.

use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::process::Command;

use public_api::Builder;

use crate::codegen::Files;
use crate::sync;

/// The format of the JSON that rustdoc 1.95 writes, and the one that `public-api` reads. They differ by one new field,
/// which the list does not show.
const FORMATS: [&str; 2] = [r#""format_version":57"#, r#""format_version":56"#];

/// The modules that codegen writes, which are in review already.
const GENERATED: [&str; 2] = ["drs_types::operations::", "drs_types::common::"];

/// Compares the lists with the current interfaces, and returns the differences.
///
/// # Errors
/// Rustdoc fails, or a file cannot be read.
pub fn check(root: &Path) -> Result<Vec<sync::Difference>, String> {
    sync::compare_in(root, &files(root)?, &[]).map_err(|error| format!("cannot read the lists: {error}"))
}

/// Returns the list of each library crate, by path relative to the repository at `root`.
///
/// # Errors
/// Rustdoc fails.
pub fn files(root: &Path) -> Result<Files, String> {
    document(root)?;
    let mut files = Files::new();
    for name in libraries(root).map_err(|error| format!("cannot list the crates: {error}"))? {
        files.insert(Path::new("crates").join(&name).join("api.txt"), list(root, &name)?);
    }
    Ok(files)
}

fn libraries(root: &Path) -> std::io::Result<Vec<String>> {
    let folders = std::fs::read_dir(root.join("crates"))?.collect::<std::io::Result<Vec<_>>>()?;
    let libraries = folders.iter().filter(|folder| folder.path().join("src/lib.rs").exists());
    let mut names: Vec<String> = libraries.map(|folder| folder.file_name().to_string_lossy().into_owned()).collect();
    names.sort();
    Ok(names)
}

/// Runs rustdoc with JSON output for the whole workspace, so that dependencies have the same features as in tests.
fn document(root: &Path) -> Result<(), String> {
    // The JSON of rustdoc is unstable, and the toolchain is pinned. Only rustdoc gets this variable, because build
    // scripts of dependencies read it too.
    let wrapper = root.join("target/rustdoc-json");
    let prepare = || {
        std::fs::create_dir_all(root.join("target"))?;
        std::fs::write(&wrapper, "#!/bin/sh\nRUSTC_BOOTSTRAP=1 exec rustdoc \"$@\"\n")?;
        std::fs::set_permissions(&wrapper, std::fs::Permissions::from_mode(0o755))
    };
    prepare().map_err(|error| format!("cannot write {}: {error}", wrapper.display()))?;
    let output = Command::new(std::env::var_os("CARGO").unwrap_or("cargo".into()))
        .args(["doc", "--quiet", "--locked", "--workspace", "--all-features", "--no-deps", "--lib"])
        .env("RUSTDOC", &wrapper)
        .env("RUSTDOCFLAGS", "-Z unstable-options --output-format json")
        .current_dir(root)
        .output()
        .map_err(|error| format!("cargo cannot be run: {error}"))?;
    if output.status.success() {
        return Ok(());
    }
    Err(format!("rustdoc failed:\n{}", String::from_utf8_lossy(&output.stderr)))
}

fn list(root: &Path, name: &str) -> Result<String, String> {
    let path = root.join("target/doc").join(format!("{}.json", name.replace('-', "_")));
    let unreadable = |error: &dyn std::fmt::Display| format!("cannot read {}: {error}", path.display());
    let json = std::fs::read_to_string(&path).map_err(|error| unreadable(&error))?;
    let renumbered = path.with_extension("56.json");
    std::fs::write(&renumbered, json.replacen(FORMATS[0], FORMATS[1], 1)).map_err(|error| unreadable(&error))?;
    let api = Builder::from_rustdoc_json(&renumbered)
        .omit_blanket_impls(true)
        .omit_auto_trait_impls(true)
        .omit_auto_derived_impls(true)
        .build()
        .map_err(|error| unreadable(&error))?;
    let lines = api.items().map(ToString::to_string);
    let lines = lines.filter(|line| !GENERATED.iter().any(|module| line.contains(module)));
    Ok(lines.map(|line| line + "\n").collect())
}
