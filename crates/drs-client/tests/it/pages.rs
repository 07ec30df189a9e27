//! Lists in pages, over a scripted transport and with the emulator.

use std::sync::{Arc, Mutex};

use bytes::Bytes;
use drs_client::auth::BoxFuture;
use drs_client::types::common::{BatchQueryJobReqPage, DbUseType, JobId};
use drs_client::types::operations::v3::batch_list_job_status::BatchListJobStatus;
use drs_client::types::operations::v3::list_compare_result::{ListCompareResult, QueryCompareResultReq};
use drs_client::types::operations::v3::show_job_list::{QueryJobsReq, ShowJobList};
use drs_client::{Client, Credentials, Error, Page, PagesError, RetryPolicy, Transport, TransportError};
use futures_util::{StreamExt as _, TryStreamExt as _};
use http::{Request, Response};
use serde_json::{Value, json};

type Respond = fn(page: i64, size: i64) -> Value;

/// A service with one list. It keeps the number and the size of each page that was requested.
#[derive(Clone)]
struct Service {
    respond: Respond,
    at: [&'static str; 2],
    asked: Arc<Mutex<Vec<(i64, i64)>>>,
}

impl std::fmt::Debug for Service {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Service")
    }
}

impl Transport for Service {
    fn send(&self, request: Request<Bytes>) -> BoxFuture<'_, Result<Response<Bytes>, TransportError>> {
        let body: Value = serde_json::from_slice(request.body()).unwrap();
        let [page, size] = self.at.map(|at| body.pointer(at).and_then(Value::as_i64).unwrap());
        self.asked.lock().unwrap().push((page, size));
        let response = (self.respond)(page, size);
        let status = if response.get("error_code").is_some() { 400 } else { 200 };
        let response = Response::builder().status(status).body(Bytes::from(response.to_string())).unwrap();
        Box::pin(async { Ok(response) })
    }
}

fn service(at: [&'static str; 2], respond: Respond) -> (Client, Service) {
    let service = Service { respond, at, asked: Arc::default() };
    let builder = Client::builder("http://127.0.0.1:9", "p1".parse().unwrap(), Credentials::token("t0ken"));
    (builder.retry(RetryPolicy::never()).transport(service.clone()).build().unwrap(), service)
}

/// A list of tasks, which are named like their numbers, of which the service counts `total`.
fn tasks(numbers: impl IntoIterator<Item = i64>, total: i64) -> Value {
    let jobs: Vec<Value> = numbers.into_iter().map(|number| json!({ "id": number.to_string() })).collect();
    json!({ "total_record": total, "jobs": jobs })
}

/// The numbers of the tasks on a page, when there are `total`, from 1.
fn numbers(page: i64, size: i64, total: i64) -> std::ops::RangeInclusive<i64> {
    (page - 1) * size + 1..=(page * size).min(total)
}

const TASKS: [&str; 2] = ["/cur_page", "/per_page"];

async fn listed(respond: Respond, size: i64) -> (Vec<Result<Page<ShowJobList>, PagesError>>, Service) {
    let (client, service) = service(TASKS, respond);
    let call = ShowJobList::new(QueryJobsReq::new(1, size, DbUseType::Migration));
    (client.pages(&call).collect().await, service)
}

/// Returns the ids of each page, and the error at the end.
fn ids(pages: Vec<Result<Page<ShowJobList>, PagesError>>) -> (Vec<Vec<String>>, Option<String>) {
    let mut found = (Vec::new(), None);
    for page in pages {
        assert!(found.1.is_none(), "a page after the error");
        match page {
            Ok(page) => {
                let ids = page.entries().into_iter().filter_map(|task| Some(task.id?.as_str().to_owned()));
                found.0.push(ids.collect());
            }
            Err(error) => found.1 = Some(error.to_string()),
        }
    }
    found
}

#[tokio::test]
async fn a_list_is_read_to_its_total() {
    let (pages, service) = listed(|page, size| tasks(numbers(page, size, 5), 5), 2).await;
    assert_eq!(ids(pages), (vec![vec!["1".into(), "2".into()], vec!["3".into(), "4".into()], vec!["5".into()]], None));
    assert_eq!(*service.asked.lock().unwrap(), [(1, 2), (2, 2), (3, 2)]);
    let (pages, service) = listed(|page, size| tasks(numbers(page, size, 4), 4), 2).await;
    assert_eq!((pages.len(), service.asked.lock().unwrap().len()), (2, 2), "a full last page needs no further request");
    let (pages, _) = listed(|_, _| tasks([], 0), 2).await;
    assert_eq!(ids(pages), (vec![Vec::new()], None));
}

#[tokio::test]
async fn a_service_may_have_smaller_pages_than_requested() {
    let (pages, service) = listed(|page, _| tasks(numbers(page, 2, 5), 5), 100).await;
    assert_eq!(ids(pages).0.concat(), ["1", "2", "3", "4", "5"]);
    assert_eq!(service.asked.lock().unwrap().len(), 3);
}

#[tokio::test]
async fn a_list_without_a_total_ends_at_a_short_page() {
    let (pages, service) = listed(
        |page, size| {
            let mut page = tasks(numbers(page, size, 3), 3);
            page.as_object_mut().unwrap().remove("total_record");
            page
        },
        2,
    )
    .await;
    assert_eq!(ids(pages).0.concat(), ["1", "2", "3"]);
    assert_eq!(service.asked.lock().unwrap().len(), 2);
}

#[tokio::test]
async fn a_service_that_ignores_the_page_is_an_error_and_no_endless_loop() {
    let (pages, service) = listed(|_, _| tasks([1, 2], 9), 2).await;
    let said = "show_job_list: page 2 of the list repeats an earlier page";
    assert_eq!(ids(pages), (vec![vec!["1".into(), "2".into()]], Some(said.to_owned())));
    assert_eq!(service.asked.lock().unwrap().len(), 2);
    // Also in a longer circle.
    let (pages, _) = listed(|page, _| tasks([page % 3], 9), 1).await;
    assert_eq!(ids(pages).1.unwrap(), "show_job_list: page 4 of the list repeats an earlier page");
}

#[tokio::test]
async fn tasks_that_are_missing_at_the_end_are_said() {
    let (pages, _) = listed(|page, size| tasks(numbers(page, size, 3), 5), 2).await;
    let said = "show_job_list: the pages have 3 items of 5";
    assert_eq!(ids(pages), (vec![vec!["1".into(), "2".into()], vec!["3".into()], Vec::new()], Some(said.to_owned())));
}

#[tokio::test]
async fn items_that_move_between_pages_are_said() {
    // A new task, 0, comes first while the list is read, and moves 2 to the second page.
    let (pages, _) =
        listed(|page, _| tasks(if page == 1 { [1, 2] } else { [2, 3] }, if page == 1 { 3 } else { 4 }), 2).await;
    assert_eq!(pages[1].as_ref().unwrap().repeated, ["2"]);
    assert!(!pages[1].as_ref().unwrap().may_have_missed);
    // A deleted task moves 3 to the first page, which was read already.
    let (pages, _) = listed(|page, _| if page == 1 { tasks([1, 2], 4) } else { tasks([4], 3) }, 2).await;
    let last = pages.last().unwrap().as_ref().unwrap();
    assert!(last.may_have_missed && last.repeated.is_empty() && last.total == Some(3));
}

#[tokio::test]
async fn an_error_ends_the_list_and_keeps_the_pages_before_it() {
    let refused = |page, size| match page {
        3 => json!({ "error_code": "DRS.M00201", "error_msg": "no" }),
        page => tasks(numbers(page, size, 9), 9),
    };
    let (pages, _) = listed(refused, 2).await;
    let Some(Err(PagesError::Call { number: 3, source: Error::Refused { .. } })) = pages.last() else {
        panic!("{pages:?}")
    };
    assert_eq!(ids(pages).0.concat(), ["1", "2", "3", "4"]);
}

#[tokio::test]
async fn an_invalid_call_is_not_sent() {
    let (pages, service) = listed(|_, _| tasks([], 0), 101).await;
    assert!(matches!(pages.as_slice(), [Err(PagesError::Call { source: Error::Invalid { .. }, .. })]), "{pages:?}");
    assert!(service.asked.lock().unwrap().is_empty());
}

#[tokio::test]
async fn a_list_continues_at_the_page_that_the_call_names() {
    let (client, _) = service(TASKS, |page, size| tasks(numbers(page, size, 5), 5));
    let call = ShowJobList::new(QueryJobsReq::new(3, 2, DbUseType::Migration));
    let pages: Vec<_> = client.pages(&call).collect().await;
    assert_eq!(ids(pages), (vec![vec!["5".into()]], None));
}

/// The service refuses a page after the last one, so it must not be requested.
#[tokio::test]
async fn the_pages_of_named_tasks_end_with_the_last_name() {
    let respond = |page, size| {
        if page > 3 {
            return json!({ "error_code": "DRS.M00211", "error_msg": "no such page" });
        }
        let rows = numbers(page, size, 6).map(|number| json!({ "id": number.to_string(), "status": "CREATING" }));
        json!({ "count": 2, "results": rows.collect::<Vec<_>>() })
    };
    let (client, service) = service(["/page_req/cur_page", "/page_req/per_page"], respond);
    let named: Vec<JobId> = (1..=6).map(|number: i64| number.to_string().parse().unwrap()).collect();
    let body: Value = json!({ "jobs": named, "page_req": { "per_page": 2 } });
    let call = BatchListJobStatus::new(serde_json::from_value::<BatchQueryJobReqPage>(body).unwrap());
    let pages: Vec<Page<_>> = client.pages(&call).try_collect().await.unwrap();
    assert_eq!(
        pages.iter().map(|page| (page.number, page.total)).collect::<Vec<_>>(),
        [(1, Some(6)), (2, Some(6)), (3, Some(6))]
    );
    // Without a page, all of them are on one.
    let call = BatchListJobStatus::new(BatchQueryJobReqPage::new(named));
    client.pages(&call).try_collect::<Vec<_>>().await.unwrap();
    assert_eq!(service.asked.lock().unwrap().last(), Some(&(1, 100)));
}

#[tokio::test]
async fn every_array_of_a_page_with_several_is_read_to_its_end() {
    let respond = |page: i64, size| {
        let rows = |total| numbers(page, size, total).map(|number| json!({ "source_table_name": number.to_string() }));
        let list = numbers(page, size, 3).map(|number| json!({ "compare_task_id": number.to_string() }));
        json!({
            "compare_task_list_results": { "compare_task_list_count": 3, "compare_task_list": list.collect::<Vec<_>>() },
            "line_compare_results": { "line_compare_details": [
                { "source_db_name": "a", "line_compare_detail": rows(1).collect::<Vec<_>>() },
                { "source_db_name": "b", "line_compare_detail": rows(7).collect::<Vec<_>>() },
            ] },
        })
    };
    let (client, service) = service(["/current_page", "/per_page"], respond);
    let call = ListCompareResult::new(QueryCompareResultReq::new("j".parse().unwrap(), 1, 2));
    let pages: Vec<Page<_>> = client.pages(&call).try_collect().await.unwrap();
    assert_eq!(pages.len(), 4);
    assert_eq!(service.asked.lock().unwrap().len(), 4);
}

#[tokio::test]
async fn the_tasks_of_the_emulator_come_in_pages() {
    let service = drs_emulator::Emulator::start(0).await.unwrap();
    let client = crate::client(&service.url()).build().unwrap();
    let all = ShowJobList::new(QueryJobsReq::new(0, 1, DbUseType::Migration).with_engine_type(""));
    let whole = client.send(&all).await.unwrap().body;
    let pages: Vec<Page<ShowJobList>> = client.pages(&all).try_collect().await.unwrap();
    let ids: Vec<_> = pages.into_iter().flat_map(Page::entries).map(|task| task.id).collect();
    assert_eq!(ids, whole.jobs().iter().map(|task| task.id.clone()).collect::<Vec<_>>());
    assert!(ids.len() > 2, "{ids:?}");
}
