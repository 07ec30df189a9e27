"""Reads the documented pre-check results and those of a scenario with the vendor's SDK, and is refused with a wrong key."""

import os
import uuid

from huaweicloudsdkcore.auth.credentials import BasicCredentials
from huaweicloudsdkcore.auth.provider import EnvCredentialProvider
from huaweicloudsdkcore.exceptions.exceptions import ClientRequestException
from huaweicloudsdkdrs.v3 import (
    BatchCheckJobsRequest,
    BatchCheckResultsRequest,
    BatchPrecheckReq,
    BatchQueryPrecheckResultReq,
    DrsClient,
    PreCheckInfo,
)
from huaweicloudsdkdrs.v3.region.drs_region import DrsRegion

MYSQL = "140b5236-88ad-43c8-811c-1268453jb101"
DDS = "a281f62f-4631-45d6-a2d3-679a9f4jb105"
FAILING = "5e7e0001-0000-4000-8000-0000001jb101"


def connected(credentials):
    region = DrsRegion.value_of("cn-north-4")
    return DrsClient.new_builder().with_credentials(credentials).with_region(region).build()


def query(client, *jobs):
    request = BatchCheckResultsRequest(body=BatchQueryPrecheckResultReq(jobs=list(jobs)))
    return client.batch_check_results(request)


def results(credentials):
    return query(connected(credentials), MYSQL, DDS)


def printed(response):
    for result in response.results:
        items = len(result.precheck_result)
        print(f"{result.precheck_id}: {result.process}, {items} items, rate {result.total_passed_rate}")
    return [result.precheck_id for result in response.results]


access, secret = os.environ["HUAWEICLOUD_SDK_AK"], os.environ["HUAWEICLOUD_SDK_SK"]
print("with the variables that `drs serve` prints:")
assert printed(results(EnvCredentialProvider.get_basic_credential_env_provider().get_credentials())) == [MYSQL, DDS]
print("with a project that the SDK looks up in IAM:")
assert printed(results(BasicCredentials(access, secret))) == [MYSQL, DDS]

print("a pre-check of the scenario that fails, then a new one until it ends:")
client = connected(BasicCredentials(access, secret))
[failed] = query(client, FAILING).results
assert not failed.result and {"FAILED", "ALARM"} <= {item.result for item in failed.precheck_result}, failed
start = PreCheckInfo(job_id=FAILING, precheck_mode="forStartJob")
started = client.batch_check_jobs(BatchCheckJobsRequest(body=BatchPrecheckReq(jobs=[start])))
assert [job.status for job in started.results] == ["success"], started
seen = [query(client, FAILING).results[0].process for _ in range(4)]
print(seen)
assert seen == ["0%", "40%", "90%", "100%"], seen

try:
    results(BasicCredentials(access, str(uuid.uuid4()), os.environ["HUAWEICLOUD_SDK_PROJECT_ID"]))
except ClientRequestException as error:
    assert (error.status_code, error.error_code) == (401, "APIGW.0301"), error
    assert error.request_id and "canonicalRequest:POST|/v3/" in error.error_msg, error
    print(f"with a wrong secret: {error.status_code} {error.error_code} {error.error_msg}")
else:
    raise AssertionError("a wrong secret was accepted")
