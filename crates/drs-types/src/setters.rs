//! The macro for the methods that set the optional fields of a request.

/// Adds a `with_` method for each field. It takes every type that converts into the type of the field.
macro_rules! setters {
    ($owner:ident: $($setter:ident => $field:ident: $type:ty,)+) => {
        impl $owner {
            $(
                #[doc = concat!("Sets [`", stringify!($field), "`](Self::", stringify!($field), ").")]
                #[must_use]
                pub fn $setter(mut self, $field: impl Into<$type>) -> Self {
                    self.$field = Some($field.into());
                    self
                }
            )+
        }
    };
}
