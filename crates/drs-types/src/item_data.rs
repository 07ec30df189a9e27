//! placeholder
/// placeholder
pub enum ItemData {}
