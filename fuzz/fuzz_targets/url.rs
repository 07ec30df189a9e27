//! URLs: any string can be looked up, and every path of an operation is identified.
#![no_main]

use drs_types::OPERATIONS;
use drs_validate::by_url;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    let _ = (by_url(None, text), by_url(Some("POST"), text));
    for info in OPERATIONS {
        // An empty segment, or one of dots, is invalid.
        let Ok(path) = info.fill_path(|_| Some(text)) else { continue };
        for url in [path.clone(), format!("https://drs.example{path}?x={text}"), format!("{path}/#{text}")] {
            let found = by_url(Some(info.method.as_str()), &url);
            assert_eq!(found.map(|found| found.id), Some(info.id), "{url}");
        }
    }
});
