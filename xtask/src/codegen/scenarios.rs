//! The ready scenarios: copies in the crate `drs-emulator`, and the table of them.

use std::path::Path;

use quote::quote;

use super::render::render;
use super::{Files, header};
use crate::schema::Sources;

/// The generated folder of `drs-emulator`.
pub const FOLDER: &str = "crates/drs-emulator/src/generated";

/// Generates the table of the ready scenarios and a copy of each: a package has only files of its own folder.
#[must_use]
pub fn files(sources: &Sources) -> Files {
    let mut files = Files::new();
    let mut rows = Vec::new();
    for doc in sources.scenarios() {
        let name = doc.path.trim_start_matches("scenarios/").trim_end_matches(".json");
        let copy = doc.path.as_str();
        rows.push(quote! { (#name, include_str!(#copy)) });
        files.insert(Path::new(FOLDER).join(copy), doc.text.clone());
    }
    let table = render(quote! {
        /// The ready scenarios: the name and the JSON of each, by name.
        pub(crate) static SCENARIOS: &[(&str, &str)] = &[#(#rows),*];
    });
    files.insert(Path::new(FOLDER).join("mod.rs"), header("schemas/scenarios/") + &table);
    files
}
