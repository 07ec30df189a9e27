//! The documented payloads: copies beside the crate `drs-types`, and the table of them.

use std::path::{Path, PathBuf};

use quote::quote;

use super::render::render;
use super::{Files, header};
use crate::schema::{Model, Sources};

/// Generates the table of all documented payloads and a copy of each, below `folder`. The crate cannot include a file of
/// `schemas/`, because a package has only files of its own folder.
#[must_use]
pub fn files(sources: &Sources, model: &Model, folder: &Path) -> Files {
    let mut files = Files::new();
    let mut rows = Vec::new();
    for operation in &model.operations {
        let id = &operation.id;
        let success = operation.success().map_or(200, |success| success.status);
        let success = proc_macro2::Literal::u16_unsuffixed(success);
        for (name, side) in [("request", quote!(Side::Request)), ("response", quote!(Side::Response(#success)))] {
            for doc in sources.examples(&operation.folder, name) {
                let copy = format!("examples/{}", doc.path.replace("/examples/", "/"));
                rows.push(quote! { Example { operation: #id, side: #side, json: include_str!(#copy) } });
                files.insert(folder.join(&copy), doc.text.clone());
            }
        }
    }
    let table = render(quote! {
        use crate::examples::Example;
        use crate::side::Side;

        /// The documented payloads, by operation, side and number.
        pub(crate) static EXAMPLES: &[Example] = &[#(#rows),*];
    });
    files.insert(PathBuf::from(folder).join("examples.rs"), header("schemas/*/*/examples/") + &table);
    files
}
