//! Tasks: created, listed, queried and deleted.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use crate::{MYSQL, Service};

/// The request for a task with a name.
fn wanted(name: &str) -> Value {
    json!({
        "name": format!("task-{name}"), "node_type": "high", "bind_eip": true, "engine_type": "mysql", "net_type": "eip", "job_direction": "up",
        "db_use_type": "sync", "task_type": "FULL_INCR_TRANS", "customize_sutnet_id": "352ad828-3467-4f03-987a-c55a5a9dd417",
        "source_endpoint": { "db_type": "mysql", "db_port": "3306", "db_name": "d", "db_password": "hidden" },
        "target_endpoint": { "db_type": "mysql" }, "tags": [{ "key": "team", "value": name }], "description": "Ours.",
    })
}

async fn create(service: &Service, names: &[&str]) -> Vec<String> {
    let jobs: Vec<Value> = names.iter().map(|name| wanted(name)).collect();
    let response = service.done("batch_create_jobs", json!({ "jobs": jobs })).await;
    let rows = response["results"].as_array().unwrap();
    rows.iter().map(|row| row["id"].as_str().unwrap().to_owned()).collect()
}

/// Stops a task, waits until it is gone, and deletes it.
async fn delete(service: &Service, id: &str) {
    for kind in ["terminate", "delete"] {
        let body = json!({ "jobs": [{ "job_id": id, "delete_type": kind }] });
        assert_eq!(service.done("batch_delete_jobs", body).await["results"][0]["status"], "success", "{kind}");
        service.call("batch_list_job_status", &json!({ "jobs": [id] })).await;
    }
}

/// Lists the synchronization tasks that meet some conditions.
async fn list(service: &Service, conditions: Value) -> (Value, Vec<Value>) {
    let mut asked = json!({ "cur_page": 1, "per_page": 10, "db_use_type": "sync" });
    asked.as_object_mut().unwrap().extend(conditions.as_object().unwrap().clone());
    let response = service.done("show_job_list", asked).await;
    (response["total_record"].clone(), response["jobs"].as_array().unwrap().clone())
}

async fn names(service: &Service, conditions: Value) -> Vec<String> {
    let (_, jobs) = list(service, conditions).await;
    jobs.iter().map(|job| job["name"].as_str().unwrap().replace("task-", "")).collect()
}

#[tokio::test]
async fn an_id_is_never_used_twice() {
    let service = Service::start().await;
    let first = create(&service, &["a", "b"]).await;
    delete(&service, &first[0]).await;
    let second = create(&service, &["c"]).await;
    delete(&service, &second[0]).await;
    let third = create(&service, &["d", "e"]).await;
    let all: BTreeSet<&String> = first.iter().chain(&second).chain(&third).collect();
    assert_eq!(all.len(), 5, "{all:?}");
    let details = service.done("batch_list_job_details", json!({ "jobs": [first[1], third[0]] })).await;
    assert_eq!((&details["results"][0]["name"], &details["results"][1]["name"]), (&json!("task-b"), &json!("task-d")));
}

#[tokio::test]
async fn tasks_created_at_the_same_time_have_different_ids() {
    let service = Service::start().await;
    let (one, other, third) =
        tokio::join!(create(&service, &["a", "b"]), create(&service, &["c", "d"]), create(&service, &["e"]));
    let all: BTreeSet<String> = [one, other, third].concat().into_iter().collect();
    assert_eq!(all.len(), 5);
    assert_eq!(list(&service, json!({})).await.0, 5);
}

#[tokio::test]
async fn a_list_has_created_tasks_and_no_deleted_ones() {
    let service = Service::start().await;
    assert_eq!(list(&service, json!({})).await, (json!(0), Vec::new()));
    let ids = create(&service, &["a", "b"]).await;
    let (total, jobs) = list(&service, json!({})).await;
    assert_eq!(total, 2);
    let newest = &jobs[0];
    assert_eq!(
        (&newest["id"], &newest["name"], &newest["status"]),
        (&json!(ids[1]), &json!("task-b"), &json!("CREATING"))
    );
    assert_eq!((&newest["description"], &newest["net_type"]), (&json!("Ours."), &json!("eip")));
    // A query advances the status, as every other query does.
    assert_eq!(list(&service, json!({})).await.1[0]["status"], "CONFIGURATION");
    delete(&service, &ids[1]).await;
    assert_eq!(names(&service, json!({})).await, ["a"]);
    for call in ["batch_list_job_details", "batch_list_job_status", "batch_list_progresses"] {
        let response = service.done(call, json!({ "jobs": [ids[1]] })).await;
        assert_eq!(response["results"][0]["error_code"], "DRS.M05003", "{call}");
    }
}

#[tokio::test]
async fn a_list_meets_every_condition() {
    let service = Service::start().await;
    let ids = create(&service, &["a", "b", "c"]).await;
    let found = async |conditions: Value| names(&service, conditions).await.concat();
    assert_eq!(found(json!({ "name": "task-b" })).await, "b");
    assert_eq!(found(json!({ "name": ids[2] })).await, "c");
    assert_eq!(found(json!({ "name": "TASK-B" })).await, "");
    assert_eq!(found(json!({ "name": "", "status": "", "net_type": "", "engine_type": "" })).await, "cba");
    assert_eq!(found(json!({ "tags": [{ "key": "team", "value": "a" }] })).await, "a");
    assert_eq!(found(json!({ "tags": [{ "key": "team", "value": "x" }] })).await, "");
    assert_eq!(found(json!({ "net_type": "vpn" })).await, "");
    assert_eq!(found(json!({ "engine_type": "mongodb" })).await, "");
    assert_eq!(found(json!({ "db_use_type": "cloudDataGuard" })).await, "");
    assert_eq!(found(json!({ "enterprise_project_id": "0" })).await, "cba");
    assert_eq!(found(json!({ "enterprise_project_id": "1" })).await, "");
    assert_eq!(found(json!({ "status": "CREATING" })).await, "");
    assert_eq!(found(json!({ "status": "CONFIGURATION" })).await, "cba");
}

#[tokio::test]
async fn the_pages_of_a_list_fit_together() {
    let service = Service::start().await;
    create(&service, &["a", "b", "c", "d", "e"]).await;
    let page = async |number: i64, size: i64| {
        // A list by status does not advance the status.
        let asked = json!({ "cur_page": number, "per_page": size, "status": "CREATING" });
        let (total, jobs) = list(&service, asked).await;
        assert_eq!(total, 5);
        jobs.iter().map(|job| job["name"].as_str().unwrap().replace("task-", "")).collect::<String>()
    };
    assert_eq!([page(1, 2).await, page(2, 2).await, page(3, 2).await], ["ed", "cb", "a"]);
    assert_eq!([page(4, 2).await, page(i64::from(i32::MAX), 100).await], ["", ""]);
    assert_eq!([page(0, 2).await, page(1, 100).await, page(1, 0).await], ["edcba", "edcba", "edcba"]);
    let (status, response) =
        service.call("show_job_list", &json!({ "cur_page": -1, "per_page": 1, "db_use_type": "sync" })).await;
    assert_eq!((status, &response["error_code"]), (400, &json!("DRS.M00210")));
}

#[tokio::test]
async fn the_documented_tasks_are_listed_as_documented() {
    let service = Service::start().await;
    let asked = json!({ "cur_page": 1, "per_page": 5, "db_use_type": "migration", "engine_type": "" });
    let response = service.done("show_job_list", asked).await;
    let documented = drs_types::OperationInfo::find("show_job_list").unwrap().response_examples().next();
    let documented: Value = serde_json::from_str(documented.unwrap().json).unwrap();
    // The first task has another status in the documented details.
    assert_eq!(response["jobs"].as_array().unwrap()[1..], documented["jobs"].as_array().unwrap()[1..]);
    assert_eq!(response["jobs"][0]["id"], documented["jobs"][0]["id"]);
}

#[tokio::test]
async fn the_tasks_of_a_query_have_pages() {
    let service = Service::start().await;
    let ids = create(&service, &["a", "b", "c", "d", "e", "f", "g"]).await;
    for call in ["batch_list_job_details", "batch_list_job_status"] {
        let page = async |page: Value| {
            let mut asked = json!({ "jobs": ids });
            if !page.is_null() {
                asked["page_req"] = page;
            }
            let (status, response) = service.call(call, &asked).await;
            let rows = response["results"].as_array().cloned().unwrap_or_default();
            (status, rows.iter().map(|row| row["id"].clone()).collect::<Vec<_>>())
        };
        let some = |range: std::ops::Range<usize>| {
            let rows: Vec<Value> = ids[range].iter().map(|id| json!(id)).collect();
            (200, rows)
        };
        assert_eq!(page(Value::Null).await, some(0..5), "{call}");
        assert_eq!(page(json!({ "cur_page": 2 })).await, some(5..7));
        assert_eq!(page(json!({ "cur_page": 2, "per_page": 3 })).await, some(3..6));
        assert_eq!(page(json!({ "per_page": 0 })).await, some(0..7));
        assert_eq!(page(json!({ "cur_page": 3, "per_page": 5 })).await, (400, Vec::new()));
    }
}

#[tokio::test]
async fn a_change_of_a_task_is_reported() {
    let service = Service::start().await;
    let ids = create(&service, &["a"]).await;
    // Undocumented fields and secrets are not reported.
    let details = service.done("batch_list_job_details", json!({ "jobs": ids })).await;
    let endpoint = json!({ "db_type": "mysql", "db_port": 3306, "db_name": "d" });
    assert_eq!(details["results"][0]["source_endpoint"], endpoint);
    assert_eq!(details["results"][0].get("node_type"), None);
    let change = json!({ "jobs": [{ "job_id": ids[0], "name": "renamed", "description": "Changed.", "alarm_notify": { "delay_time": 60 } }] });
    assert_eq!(service.done("batch_update_job", change).await["results"][0]["status"], "success");
    let details = service.done("batch_list_job_details", json!({ "jobs": ids })).await;
    let task = &details["results"][0];
    assert_eq!((&task["name"], &task["description"]), (&json!("renamed"), &json!("Changed.")));
    assert_eq!(task["alarm_notify"], json!({ "delay_time": 60 }));
    assert_eq!(names(&service, json!({})).await, ["renamed"]);
}

#[tokio::test]
async fn the_result_of_a_comparison_is_found_by_its_id() {
    let service = Service::start().await;
    let running = "14d88eeb-ee7e-4d30-a46e-a5ec8eajb101";
    let data =
        json!({ "conflict_policy": "keep", "compare_type": "lines", "compare_object_infos": [{ "db_name": "d" }] });
    let asked = json!({ "job_id": running, "object_level_compare_type": "objects", "data_level_compare_info": data });
    let mut ids = BTreeSet::new();
    let mut last = Value::Null;
    for _ in 0..2 {
        last = service.done("create_compare_task", asked.clone()).await;
        for name in ["object_level_compare_create_result", "data_level_compare_create_result"] {
            ids.insert(last[name]["compare_task_id"].as_str().unwrap().to_owned());
        }
    }
    assert_eq!(ids.len(), 4);
    let rows = last["data_level_compare_create_result"]["compare_task_id"].clone();
    let asked = json!({ "job_id": running, "line_compare_id": rows, "content_compare_id": rows, "current_page": 1, "per_page": 3 });
    let found = service.done("list_compare_result", asked).await;
    assert_eq!(found["line_compare_results"]["compare_task_id"], rows);
    assert_eq!(found["content_compare_results"]["error_code"], "DRS.M00002");
    assert_eq!(found.get("object_level_compare_results"), None);
    let all = &found["compare_task_list_results"];
    assert_eq!((&all["compare_task_list_count"], all["compare_task_list"].as_array().unwrap().len()), (&json!(4), 3));
    assert_eq!(all["compare_task_list"][0]["compare_task_id"], rows);
    let asked = json!({ "job_id": MYSQL, "current_page": 1, "per_page": 3 });
    let none = service.done("list_compare_result", asked).await;
    assert_eq!(none["compare_task_list_results"], json!({ "compare_task_list_count": 0, "compare_task_list": [] }));
}
