"""Reads the documented pre-check results with the vendor's SDK, and is refused with a wrong key."""

import os
import uuid

from huaweicloudsdkcore.auth.credentials import BasicCredentials
from huaweicloudsdkcore.auth.provider import EnvCredentialProvider
from huaweicloudsdkcore.exceptions.exceptions import ClientRequestException
from huaweicloudsdkdrs.v3 import BatchCheckResultsRequest, BatchQueryPrecheckResultReq, DrsClient
from huaweicloudsdkdrs.v3.region.drs_region import DrsRegion

MYSQL = "140b5236-88ad-43c8-811c-1268453jb101"
DDS = "a281f62f-4631-45d6-a2d3-679a9f4jb105"


def results(credentials):
    region = DrsRegion.value_of("cn-north-4")
    client = DrsClient.new_builder().with_credentials(credentials).with_region(region).build()
    request = BatchCheckResultsRequest(body=BatchQueryPrecheckResultReq(jobs=[MYSQL, DDS]))
    return client.batch_check_results(request)


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

try:
    results(BasicCredentials(access, str(uuid.uuid4()), os.environ["HUAWEICLOUD_SDK_PROJECT_ID"]))
except ClientRequestException as error:
    assert (error.status_code, error.error_code) == (401, "APIGW.0301"), error
    assert error.request_id and "canonicalRequest:POST|/v3/" in error.error_msg, error
    print(f"with a wrong secret: {error.status_code} {error.error_code} {error.error_msg}")
else:
    raise AssertionError("a wrong secret was accepted")
