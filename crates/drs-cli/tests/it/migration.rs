//! A migration of `MySQL` from its creation to its deletion, in the documented order of calls, with `drs call` and with
//! the client. The emulator enforces the documented rules of a task.

use drs_client::precheck;
use drs_client::{Client, Credentials};
use drs_types::common::JobId;
use drs_types::operations::v3::batch_delete_jobs::{BatchDeleteJobReq, BatchDeleteJobs, DeleteJobReq, DeleteType};
use serde_json::{Value, json};

use crate::serve::Serving;
use crate::{drs, run};

/// A service with one task.
struct Migration {
    serving: Serving,
    task: String,
}

impl Migration {
    /// Sends a call with `drs call`; returns its exit code and its response.
    fn call(&self, operation: &str, body: &Value) -> (i32, Value) {
        let endpoint = format!("http://{}", self.serving.address);
        let mut command = drs(&["call", operation, "--json", "-", "--endpoint", &endpoint]);
        command.args(["--project-id", drs_emulator::project_id()]).env("OS_TOKEN", "any");
        if operation == "update_params" {
            command.args(["--field", &format!("job_id={}", self.task)]);
        }
        let output = command.write_stdin(body.to_string()).output().unwrap();
        let text = String::from_utf8_lossy(&output.stdout).into_owned();
        let response = serde_json::from_str(&text).unwrap_or(Value::Null);
        assert_ne!(output.status.code(), Some(2), "{operation}: {}", String::from_utf8_lossy(&output.stderr));
        (output.status.code().unwrap(), response)
    }

    /// Sends a call that must succeed for the task.
    fn done(&self, operation: &str, body: &Value) -> Value {
        let (code, response) = self.call(operation, body);
        assert_eq!(code, 0, "{operation}: {response:#}");
        response
    }

    /// Sends a call that must be refused for the task; returns the error code.
    fn refused(&self, operation: &str, body: &Value) -> Value {
        let (code, response) = self.call(operation, body);
        assert_eq!(code, 1, "{operation}: {response:#}");
        response["results"][0]["error_code"].clone()
    }

    fn status(&self) -> Value {
        self.done("batch_list_job_status", &json!({ "jobs": [self.task] }))["results"][0]["status"].clone()
    }

    fn client(&self) -> Client {
        let endpoint = format!("http://{}", self.serving.address);
        let project = drs_emulator::project_id().parse().unwrap();
        Client::builder(&endpoint, project, Credentials::token("any")).build().unwrap()
    }
}

/// The documented request that creates a task for a migration of `MySQL`.
fn documented_creation() -> Value {
    let shown = run(&mut drs(&["example", "batch_create_jobs"]));
    serde_json::from_str(&shown.stdout).unwrap()
}

#[test]
fn a_migration_follows_the_documented_order_only() {
    let mut migration = Migration { serving: Serving::start(), task: String::new() };
    let created = migration.done("batch_create_jobs", &documented_creation());
    created["results"][0]["id"].as_str().unwrap().clone_into(&mut migration.task);
    let task = migration.task.clone();
    let me = &migration;
    let start = json!({ "jobs": [{ "job_id": task }] });
    let endpoint = |side: &str| {
        json!({ "jobs": [{ "id": task, "end_point_type": side, "net_type": "eip", "db_type": "mysql", "ip": "192.0.2.1",
            "db_port": 3306, "db_user": "root", "db_password": "hidden" }] })
    };
    let check = json!({ "jobs": [{ "job_id": task, "precheck_mode": "forStartJob" }] });
    let store = json!({ "jobs": [{ "job_id": task, "net_type": "eip", "store_db_info": true,
        "source_endpoint": { "db_type": "mysql" }, "target_endpoint": { "db_type": "mysql" } }] });
    let objects = json!({ "jobs": [{ "job_id": task, "selected": false, "sync_database": true }] });

    // A task cannot be configured while it is being created.
    assert_eq!(me.refused("batch_validate_connections", &endpoint("so")), "DRS.M00304");
    assert_eq!((me.status(), me.status()), (json!("CREATING"), json!("CONFIGURATION")));

    // Each step needs the steps before it.
    assert_eq!(me.refused("batch_check_jobs", &check), "DRS.M00300");
    assert_eq!(me.refused("batch_update_job", &store), "DRS.M00300");
    me.done("batch_validate_connections", &endpoint("so"));
    me.done("batch_validate_connections", &endpoint("ta"));
    me.done("batch_update_job", &store);
    me.done("batch_set_objects", &objects);
    assert_eq!(me.refused("batch_start_jobs", &start), "DRS.M00300");
    me.done("batch_check_jobs", &check);

    // The pre-check runs and then passes.
    let client = me.client();
    let ids: [JobId; 1] = [task.parse().unwrap()];
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let is_complete = || {
        let results = runtime.block_on(precheck::results(&client, &ids)).unwrap();
        results.tasks[0].outcome.entry().unwrap().process.as_ref().unwrap().is_complete()
    };
    assert_eq!((is_complete(), is_complete()), (false, true));

    me.done("batch_show_params", &json!({ "jobs": [task], "refresh": "1" }));
    let parameters = json!({ "group": "common", "params": [{ "key": "connect_timeout", "target_value": "10" }] });
    me.done("update_params", &parameters);

    me.done("batch_start_jobs", &start);
    let seen: Vec<Value> = (0..4).map(|_| me.status()).collect();
    let documented = ["STARTJOBING", "FULL_TRANSFER_STARTED", "FULL_TRANSFER_COMPLETE", "INCRE_TRANSFER_STARTED"];
    assert_eq!(seen, documented);
    let progress = me.done("batch_list_progresses", &json!({ "jobs": [task] }));
    assert_eq!(progress["results"][0]["progress"], "100");
    let details = me.done("batch_list_job_details", &json!({ "jobs": [task] }));
    assert_eq!(details["results"][0]["name"], "DRS-9228");

    // A running task cannot be configured, but compared, paused, resumed and stopped.
    assert_eq!(me.refused("batch_check_jobs", &check), "DRS.M00304");
    me.done("create_compare_task", &json!({ "job_id": task, "object_level_compare_type": "objects" }));
    let compared = me.done("list_compare_result", &json!({ "job_id": task, "current_page": 1, "per_page": 10 }));
    assert_eq!(compared["job_id"], task.as_str());
    me.done("batch_stop_jobs", &json!({ "jobs": [{ "job_id": task, "pause_mode": "target" }] }));
    me.done("batch_restore_task", &json!({ "jobs": [{ "job_id": task }] }));
    assert_eq!(
        me.refused("batch_delete_jobs", &json!({ "jobs": [{ "job_id": task, "delete_type": "delete" }] })),
        "DRS.M00304"
    );
    me.done("batch_delete_jobs", &json!({ "jobs": [{ "job_id": task, "delete_type": "terminate" }] }));
    assert_eq!((me.status(), me.status()), (json!("RELEASE_RESOURCE_STARTED"), json!("RELEASE_RESOURCE_COMPLETE")));

    // The typed client sends to the same service.
    let delete = DeleteJobReq::new(DeleteType::Delete, ids[0].clone());
    let reply = runtime.block_on(client.send(&BatchDeleteJobs::new(BatchDeleteJobReq::new(vec![delete])))).unwrap();
    assert_eq!((reply.status.as_u16(), reply.body.count), (202, Some(1)));
    let gone = me.refused("batch_start_jobs", &start);
    assert_eq!(gone, "DRS.M05003");
}

#[test]
fn a_wrong_state_of_the_one_task_in_a_path_refuses_the_whole_call() {
    let serving = Serving::start();
    let mut migration = Migration { serving, task: String::new() };
    let created = migration.done("batch_create_jobs", &documented_creation());
    created["results"][0]["id"].as_str().unwrap().clone_into(&mut migration.task);
    let parameters = json!({ "group": "common", "params": [{ "key": "connect_timeout", "target_value": "10" }] });
    let (code, response) = migration.call("update_params", &parameters);
    assert_eq!((code, response), (3, Value::Null));
}
