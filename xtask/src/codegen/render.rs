//! From tokens to the text of a file.

/// The tokens of a piece of a file as formatted text.
#[must_use]
pub fn render(tokens: proc_macro2::TokenStream) -> String {
    let shown = tokens.to_string();
    match syn::parse2(tokens) {
        Ok(file) => prettyplease::unparse(&file),
        // Only a mistake in the generator itself comes here; the text shows it, and the compiler refuses it.
        Err(error) => format!("compile_error!({:?});\n", format!("{error} in {shown}")),
    }
}
