//! A caller that compiled before additive changes still compiles; see `additive_changes_are_reported_as_such` in `xtask`.

use expected_output::Operation;
use expected_output::operations::v3::{compat_after, compat_before};

macro_rules! caller {
    ($name:ident, $version:ident, $operation:ident) => {
        #[test]
        fn $name() -> Result<(), Box<dyn std::error::Error>> {
            use $version::{LetterReq, LetterResp, Paper, $operation};
            let request = LetterReq::new("Ada".to_owned()).with_paper(Paper::White);
            let mut call = $operation::new("Bonn".to_owned(), request);
            call.body.to = "Eve".to_owned();
            assert_eq!(call.check(), []);
            let LetterResp { paper, .. } = serde_json::from_str(r#"{ "paper": "white" }"#)?;
            let is_white = match paper {
                Some(Paper::White) => true,
                Some(_) | None => false,
            };
            assert!(is_white);
            Ok(())
        }
    };
}

caller!(a_caller_of_the_old_version_compiles, compat_before, CompatBefore);
caller!(the_same_caller_compiles_with_the_new_version, compat_after, CompatAfter);
