//! The limits of what one input may cost. A value, so that tests pass smaller ones.

/// The limits of the reader and of a validation.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Limits {
    /// Deeper nesting is refused, as `serde_json` refuses it.
    pub(crate) depth: usize,
    /// A record with more values is refused; each takes some memory. A HAR of a long session has as many.
    pub(crate) record_values: usize,
    /// A payload with more values is not validated.
    pub(crate) payload_values: usize,
}

/// The limits of the product.
pub(crate) const LIMITS: Limits = Limits { depth: 127, record_values: 1 << 23, payload_values: 1 << 20 };
