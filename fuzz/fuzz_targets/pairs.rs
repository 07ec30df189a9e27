//! Lines of a program that writes request and response apart: the findings are those of the exchanges.
#![no_main]

use drs_fuzz::containers::{Container, law};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| law(Container::Pairs, data));
