// Calls the emulator through a client generated from docs/openapi.json. The compiler checks every path, field and value
// of these calls; this file checks the responses.
import createClient from "openapi-fetch";
import type { paths } from "./api.js";

declare const process: { argv: string[] };

const baseUrl = process.argv[2];
const project_id = "054ba152d480d55b2f5dc0069e7ddef0";
const drs = createClient<paths>({ baseUrl, headers: { "X-Auth-Token": "any" } });

function expect(found: unknown, expected: unknown): void {
  if (found !== expected) throw new Error(`expected ${expected}, found ${found}`);
}

const checked = await drs.POST("/v3/{project_id}/jobs/batch-precheck-result", {
  params: { path: { project_id }, header: { "X-Language": "en-us" } },
  body: { jobs: ["a281f62f-4631-45d6-a2d3-679a9f4jb105"] },
});
const [result] = checked.data?.results ?? [];
expect(result?.result, true);
const alarms = result?.precheck_result?.filter((item) => item.result === "ALARM").map((item) => item.failed_reason);
expect(alarms?.join(), "SRC_HAS_TTL_INDEXES,SRC_INSTANCE_TYPE_IS_REPLICA_SET");

const moved = await drs.GET("/v3/{project_id}/jobs/{job_id}/get-switch-vip-status", {
  params: { path: { project_id, job_id: "24834eb6-be30-464e-a299-f7aa730jb101" } },
});
expect(moved.data?.status, "SWITCH_VIP_COMPLETE");

const deleted = await drs.DELETE("/v3/{project_id}/jobs/batch-jobs", {
  params: { path: { project_id } },
  body: { jobs: [{ job_id: "140b5236-88ad-43c8-811c-1268453jb101", delete_type: "terminate" }] },
});
expect(deleted.response.status, 202);
expect(deleted.data?.results?.[0]?.status, "success");

const foreign = await drs.POST("/v3/{project_id}/jobs/batch-status", {
  params: { path: { project_id: "foreign" } },
  body: { jobs: ["140b5236-88ad-43c8-811c-1268453jb101"] },
});
expect(foreign.response.status, 403);
expect(foreign.error?.error_code, "DRS.M00261");

console.log("a generated TypeScript client: 4 documented responses");
