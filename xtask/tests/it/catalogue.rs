//! Each mistake in the catalogue of check items is reported with file, line, pointer, and what to do.

use std::fs;
use std::path::Path;

use insta::assert_snapshot;
use tempfile::TempDir;
use xtask::checks;

const PARAMS: &str = "checks/db_params.json";
const SHARED: &str = "checks/catalogue.json";

/// Copies what the catalogue needs: its files, the meta-schemas, and the documented reports.
fn tree() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    for name in ["checks", "meta", "v3/batch_check_results/examples"] {
        crate::copy(&xtask::root().join("schemas").join(name), &folder.path().join(name));
    }
    folder
}

fn problems(damage: impl FnOnce(&Path)) -> String {
    let folder = tree();
    damage(folder.path());
    let problems = checks::report(folder.path()).expect_err("the damage went unnoticed");
    // A correction of the catalogue moves lines.
    regex::Regex::new(r"\.json:[1-9][0-9]* at").unwrap().replace_all(&problems, ".json:LINE at").into_owned()
}

/// Returns the problems after one replacement in one file.
fn edited(file: &str, from: &str, to: &str) -> String {
    problems(|root| {
        let path = root.join(file);
        let text = fs::read_to_string(&path).unwrap();
        assert!(text.contains(from), "{file} does not contain {from}");
        fs::write(&path, text.replacen(from, to, 1)).unwrap();
    })
}

#[test]
fn the_figures_are_counted_by_confidence() {
    assert_snapshot!("figures", checks::report(tree().path()).unwrap());
}

#[test]
fn an_item_or_reason_of_a_documented_payload_that_is_not_explained_is_an_error() {
    assert_snapshot!(edited(PARAMS, "\"srcIdIndexCheck\"", "\"srcIdIndicesCheck\""), @"
    schemas/checks/db_params.json:LINE at /items/srcIdIndicesCheck: no documented payload has this item, so its group is not known; move it to another file
    schemas/v3/batch_check_results/examples/response.2.json:LINE at /results/0/precheck_result/14: no item of the catalogue explains `srcIdIndexCheck`; add it to schemas/checks/db_params.json
    ");
    assert_snapshot!(edited(SHARED, "\"items\": [\"srcCollHasTtlIndex\"]", "\"items\": [\"srcIdIndexCheck\"]"), @"
    schemas/checks/catalogue.json:LINE at /reasons/SRC_HAS_TTL_INDEXES/explained_by: `srcCollHasTtlIndex` is not among the items of the reason
    schemas/v3/batch_check_results/examples/response.2.json:LINE at /results/0/precheck_result/6/failed_reason: schemas/checks/catalogue.json does not list the reason `SRC_HAS_TTL_INDEXES` with `srcCollHasTtlIndex` and ALARM
    ");
    let moved = problems(|root| fs::rename(root.join("checks/network.json"), root.join("checks/net.json")).unwrap());
    assert_snapshot!(moved, @r#"
    schemas/checks/net.json:LINE at /$id: expected "https://drs.example/schemas/checks/net.json" for the path of this file
    schemas/v3/batch_check_results/examples/response.1.json:LINE at /results/0/precheck_result/37: `dstDbConnection` belongs to the group network; move it from schemas/checks/net.json to schemas/checks/network.json
    schemas/v3/batch_check_results/examples/response.1.json:LINE at /results/0/precheck_result/38: `srcDbConnection` belongs to the group network; move it from schemas/checks/net.json to schemas/checks/network.json
    schemas/v3/batch_check_results/examples/response.2.json:LINE at /results/0/precheck_result/22: `dstDbConnection` belongs to the group network; move it from schemas/checks/net.json to schemas/checks/network.json
    schemas/v3/batch_check_results/examples/response.2.json:LINE at /results/0/precheck_result/23: `srcDbConnection` belongs to the group network; move it from schemas/checks/net.json to schemas/checks/network.json
    "#);
}

#[test]
fn a_misspelt_key_and_an_unfinished_sentence_are_errors() {
    assert_snapshot!(edited(PARAMS, "\"skippable\"", "\"skipable\""), @"schemas/checks/db_params.json:LINE at /items/userSelectObjectsCheck/skipable: unknown key `skipable`");
    assert_snapshot!(edited(PARAMS, "collation_server differs.", "collation_server differs"), @r#"schemas/checks/db_params.json:LINE at /items/dbCollationServerConsistency: expected a finished sentence with a full stop, found "collation_server differs""#);
}

#[test]
fn two_names_that_differ_by_case_or_separators_only_are_an_error() {
    assert_snapshot!(edited("checks/topics_mysql.json", "\"myisam-tables\"", "\"binlog-format\""), @"
    schemas/checks/topics_mysql.json:LINE at /items/binlog-format: `binlog-format` is the same as a name in checks/db_params.json at /items/srcBinlogFormatCheck/aliases/0; case and separators do not count
    schemas/checks/db_params.json:LINE at /items/sqlModeNoEngine/see/2: no other item is called `myisam-tables`
    schemas/checks/db_params.json:LINE at /items/srcDbExistUnsupportEngineTable/see/0: no other item is called `myisam-tables`
    ");
    assert_snapshot!(edited(PARAMS, "\"aliases\": [\"server_id\"]", "\"aliases\": [\"srcIdIndex_check\"]"), @"schemas/checks/db_params.json:LINE at /items/srcIdIndexCheck: `srcIdIndexCheck` is the same as a name in checks/db_params.json at /items/srcDbServerIdCheck/aliases/0; case and separators do not count");
}

#[test]
fn a_reference_to_nothing_is_an_error() {
    assert_snapshot!(edited(PARAMS, "\"see\": [\"myisam-tables\"]", "\"see\": [\"myisam\"]"), @"schemas/checks/db_params.json:LINE at /items/srcDbExistUnsupportEngineTable/see/0: no other item is called `myisam`");
    assert_snapshot!(edited(PARAMS, "{ \"in\": \"sdk_v5\" }", "{ \"in\": \"sdk\" }"), @"schemas/checks/db_params.json:LINE at /items/userSelectObjectsCheck/sources/1: unknown source `sdk`; describe it among the sources of schemas/checks/catalogue.json");
    assert_snapshot!(edited(PARAMS, "{ \"in\": \"sdk_v5\" }", "{ \"in\": \"otc\" }"), @"schemas/checks/db_params.json:LINE at /items/userSelectObjectsCheck/sources/1: `otc` has pages; give the path of one");
    assert_snapshot!(edited(PARAMS, "\"engines\": [\"mysql\"]", "\"engines\": [\"mysqll\"]"), @"schemas/checks/db_params.json:LINE at /items/checkIncreSrcDbExistedInDstDb: unknown engine `mysqll`; add it to the engines of schemas/checks/catalogue.json");
    assert_snapshot!(edited(SHARED, "\"explained_by\": \"srcCollHasTtlIndex\"", "\"explained_by\": \"srcIdIndexCheck\""), @"schemas/checks/catalogue.json:LINE at /reasons/SRC_HAS_TTL_INDEXES/explained_by: `srcIdIndexCheck` is not among the items of the reason");
}

#[test]
fn an_explanation_cannot_claim_more_than_its_sources() {
    assert_snapshot!(edited("checks/other_items.json", "\"confidence\": \"low\"", "\"confidence\": \"high\""), @"schemas/checks/other_items.json:LINE at /items/MysqlForeignKeyReferentialActionCheck/confidence: without a page as its basis, an explanation has the confidence `low`");
    assert_snapshot!(edited("checks/other_items.json", "\"basis\": \"general\"", "\"basis\": \"page\""), @"schemas/checks/other_items.json:LINE at /items/MysqlForeignKeyReferentialActionCheck/basis: `page` needs a source with a page");
}
