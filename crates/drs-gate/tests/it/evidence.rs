//! Thirteen worked cases of `data` strings, W1 to W13, and what figures look like.

use drs_gate::{DiskSpace, Evidence, Form, bytes};
use drs_types::OperationInfo;
use serde_json::{Value, json};

/// The `data` of an item of a documented response.
fn documented(index: usize, item: &str) -> String {
    let info = OperationInfo::find("batch_check_results").unwrap();
    let response: Value = serde_json::from_str(info.response_examples().nth(index).unwrap().json).unwrap();
    let items = response["results"][0]["precheck_result"].as_array().unwrap();
    let item = items.iter().find(|candidate| candidate["item"] == item).unwrap();
    item["data"].as_str().unwrap().to_owned()
}

fn disk(data: &str) -> DiskSpace {
    Evidence::of(data).disk_space.unwrap_or_else(|| panic!("{data} has no figures"))
}

/// The lines for people.
fn lines(data: &str) -> String {
    let lines = Evidence::of(data).lines();
    lines.iter().map(|(label, value)| format!("{label}: {value}\n")).collect()
}

#[test]
fn w1_disk_space_of_mysql_is_json_and_a_size_of_0_has_a_margin() {
    let data = documented(0, "dstDbDiskSize");
    let disk = disk(&data);
    assert_eq!(Evidence::of(&data).form, Form::Json);
    assert_eq!((disk.size, disk.volume, disk.factor.to_string().as_str()), (0, 37_660_000_000, "1.5"));
    assert_eq!((disk.required(), disk.margin()), (0, 37_660_000_000));
    insta::assert_snapshot!(lines(&data), @"
    size: 0 B
    required: 0 B, 1.5 × size
    volume: 37,660,000,000 B (35.0 GiB)
    margin: 37,660,000,000 B (35.0 GiB)
    srcIndexSize: 0
    srcIndexAmount: 0
    ");
}

#[test]
fn w2_disk_space_of_dds_is_a_dictionary_and_exact() {
    let data = documented(1, "dstDbDiskSize");
    assert_eq!(Evidence::of(&data).form, Form::Dict);
    assert_eq!((disk(&data).required(), disk(&data).margin()), (7_895_040, 19_081_536_722));
    insta::assert_snapshot!(lines(&data), @"
    size: 5,263,360 B (5.0 MiB)
    required: 7,895,040 B (7.5 MiB), 1.5 × size
    volume: 19,089,431,762 B (17.7 GiB)
    margin: 19,081,536,722 B (17.7 GiB)
    ");
}

#[test]
fn w3_an_empty_string_is_no_detail() {
    let evidence = Evidence::of(&documented(0, "dstStatusCheck"));
    assert!(evidence.is_empty() && evidence.lines().is_empty());
    assert_eq!((Evidence::of(" \n").form, Evidence::of(" \n").raw.as_str()), (Form::Empty, " \n"));
}

/// The names that a member lists.
fn names(data: &str) -> (Vec<(String, String)>, bool) {
    let list = Evidence::of(data).members.remove(0).namespaces.unwrap();
    let names = list.names.into_iter().map(|name| (name.database, name.collection)).collect();
    (names, list.is_ambiguous)
}

#[test]
fn w4_a_list_of_one_collection() {
    let (names, is_ambiguous) = names(&documented(1, "srcCollHasTtlIndex"));
    assert_eq!((names, is_ambiguous), (vec![("fastunit".to_owned(), "ttlsuoyin".to_owned())], false));
}

#[test]
fn w5_names_that_differ_only_by_case_are_different() {
    let (names, _) = names(&documented(1, "srcShardKeyConfiguration"));
    for (database, collection) in
        [("testdb3", "coll1"), ("testdb3", "Coll1"), ("testdb1", "Coll1"), ("Testdb5", "coll1")]
    {
        assert!(names.contains(&(database.to_owned(), collection.to_owned())), "{database}.{collection}");
    }
}

#[test]
fn w6_a_comma_inside_a_name_does_not_divide_it_and_marks_the_list() {
    let (names, is_ambiguous) = names(&documented(1, "srcShardKeyConfiguration"));
    assert_eq!((names.len(), is_ambiguous), (46, true));
    let special = r"testSpecial\u4E2D\u6587~!@#%^&*()_+=-[]{};:?,`";
    assert!(names.contains(&("fastunit".to_owned(), special.to_owned())), "{names:?}");
    assert!(lines(&documented(1, "srcShardKeyConfiguration")).contains("may be divided wrongly"));
}

#[test]
fn w7_a_literal_escape_stays_in_the_name_and_is_shown_beside_it() {
    let list = Evidence::of(&documented(1, "srcShardKeyConfiguration")).members.remove(0).namespaces.unwrap();
    let special = list.names.iter().find(|name| name.collection.starts_with("testSpecial")).unwrap();
    assert!(special.to_string().contains(r"\u4E2D\u6587~"));
    assert_eq!(special.unescaped().unwrap(), "fastunit.testSpecial中文~!@#%^&*()_+=-[]{};:?,`");
    assert_eq!(list.names[0].unescaped(), None);
    let pair = Evidence::of(r#"{"xColls":"a.\\uD83D\\uDE00 \\u12"}"#).members.remove(0).namespaces.unwrap();
    assert_eq!(pair.names[0].unescaped().unwrap(), r"a.😀 \u12");
}

#[test]
fn w8_braces_inside_a_name_do_not_end_the_object() {
    let evidence = Evidence::of(&documented(1, "srcShardKeyConfiguration"));
    assert_eq!((evidence.form, evidence.members.len()), (Form::Json, 1));
}

#[test]
fn w9_an_apostrophe_in_a_dictionary() {
    let evidence = Evidence::of(r#"{'t': "it's"}"#);
    assert_eq!((evidence.form, &evidence.members[0].value), (Form::Dict, &json!("it's")));
}

#[test]
fn w10_a_truncated_string_is_text() {
    let evidence = Evidence::of(r#"{"a":"b"#);
    assert_eq!((evidence.form, evidence.members.len()), (Form::Text, 0));
    assert_eq!(evidence.lines(), [(String::new(), r#"{"a":"b"#.to_owned())]);
}

#[test]
fn w11_a_figure_that_is_not_a_number_is_no_figure() {
    for volume in [r#""unknown""#, r#""-1""#, r#""1.5""#, "1.5", "null", "[]", r#""""#, r#""99999999999999999999""#] {
        let data = format!(r#"{{"size":"1","dstVolumeSize":{volume},"diskSizeTimes":"1.5"}}"#);
        let evidence = Evidence::of(&data);
        assert_eq!((evidence.form, &evidence.disk_space), (Form::Json, &None), "{data}");
        assert_eq!(evidence.raw, data);
    }
}

#[test]
fn w12_a_number_that_no_type_holds_is_text() {
    for data in [r#"{"dstVolumeSize":1e400}"#, r#"{"dstVolumeSize":123456789012345678901}"#] {
        assert_eq!(Evidence::of(data).form, Form::Text, "{data}");
    }
}

#[test]
fn w13_duplicate_keys_are_both_kept_and_give_no_figure() {
    let evidence = Evidence::of(r#"{"size":"1","size":"2","dstVolumeSize":"9","diskSizeTimes":"1.5"}"#);
    assert_eq!((evidence.members.len(), evidence.disk_space), (4, None));
}

#[test]
fn the_required_space_is_at_most_200_gb_more_than_the_data() {
    let of = |size: u64| {
        disk(&format!(r#"{{"size":{size},"dstVolumeSize":"1000000000000","diskSizeTimes":"1.5"}}"#)).clone()
    };
    assert_eq!(of(3).required(), 5, "a part of a byte needs a byte");
    let large = of(900_000_000_000);
    assert!(large.is_limited());
    assert_eq!((large.required(), large.margin()), (900_000_000_000 + (200 << 30), 100_000_000_000 - (200 << 30)));
    let data = r#"{"size":900000000000,"dstVolumeSize":1000000000000,"diskSizeTimes":1.5}"#;
    insta::assert_snapshot!(lines(data), @"
    size: 900,000,000,000 B (838.1 GiB)
    required: 1,114,748,364,800 B (1.0 TiB), size + 200 GB taken as GiB
    volume: 1,000,000,000,000 B (931.3 GiB)
    margin: -114,748,364,800 B (-106.8 GiB)
    ");
    let most = of(u64::MAX);
    assert!(most.required() > u128::from(u64::MAX) && most.margin() < 0);
}

#[test]
fn a_factor_is_a_decimal_number() {
    let factor = |text: &str| {
        let data = format!(r#"{{"size":"1","dstVolumeSize":"1","diskSizeTimes":"{text}"}}"#);
        Evidence::of(&data).disk_space.map(|disk| disk.factor.to_string())
    };
    for (text, shown) in [("1.5", "1.5"), ("2", "2"), ("2.50", "2.5"), ("0.000000001", "0.000000001"), ("10.0", "10")] {
        assert_eq!(factor(text).as_deref(), Some(shown), "{text}");
    }
    for text in ["", ".", "1.", ".5", "-1", "1e3", "1,5", "0.0000000001", "99999999999999999999", "NaN"] {
        assert_eq!(factor(text), None, "{text}");
    }
}

#[test]
fn figures_are_numbers_in_json() {
    let json = serde_json::to_value(Evidence::of(&documented(1, "dstDbDiskSize"))).unwrap();
    assert_eq!(
        json["disk_space"],
        json!({ "size": 5_263_360, "volume": 19_089_431_762_u64, "factor": "1.5", "required": 7_895_040, "margin": 19_081_536_722_u64 })
    );
}

#[test]
fn sizes_are_rounded_down() {
    assert_eq!(bytes(1023), "1,023 B");
    assert_eq!(bytes(2047), "2,047 B (1.9 KiB)");
    assert_eq!(bytes(123_456), "123,456 B (120.5 KiB)");
    assert!(bytes(i128::MIN).starts_with("-170,141,183,"));
}
