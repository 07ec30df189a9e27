//! Formats tokens as source code.

/// Formats the tokens of a part of a file.
#[must_use]
pub fn render(tokens: proc_macro2::TokenStream) -> String {
    let shown = tokens.to_string();
    match syn::parse2(tokens) {
        Ok(file) => prettyplease::unparse(&file),
        // Only a mistake in the generator leads here. The compiler refuses the output, which shows the mistake.
        Err(error) => format!("compile_error!({:?});\n", format!("{error} in {shown}")),
    }
}
