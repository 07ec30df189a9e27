//! What the formats for people say alike: words, sentences and details. Each string is without invisible characters.

pub(crate) mod changes;
mod details;
mod groups;
mod item;
mod sentences;

pub(crate) use details::{Detail, cut, cut_at, details};
pub(crate) use groups::{Group, groups};
pub(crate) use item::{Item, Status, items};
pub(crate) use sentences::{
    counts, decision_name, decision_sentence, facts, is_sound, misfits, response_doubts, source, task_sentences,
    unrequested, waiver_note, waiver_uses,
};
