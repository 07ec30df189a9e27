// Shows every schema that `drs schema --plain` prints to Ajv in its default mode, which refuses what it does not know.
import Ajv from "ajv/dist/2020.js";
import { spawnSync } from "node:child_process";

const drs = process.argv[2];
const print = (...given) => spawnSync(drs, given, { encoding: "utf8" });
const taken = { request: 0, response: 0 };
for (const { operation } of JSON.parse(print("ops", "--output", "json").stdout)) {
    for (const side of ["request", "response"]) {
        const { status, stdout, stderr } = print("schema", "--plain", `${operation}.${side}`);
        // A call may send no body.
        if (status === 2 && side === "request") continue;
        if (status !== 0) throw new Error(stderr);
        new Ajv({ logger: false }).compile(JSON.parse(stdout));
        taken[side] += 1;
    }
}
if (taken.request === 0 || taken.response === 0) throw new Error("no schema was printed");
console.log(`Ajv takes the schemas of ${taken.request} requests and ${taken.response} responses`);
