// Compiles every schema of `drs schema --plain` with Ajv in its default mode, which refuses unknown keywords.
import Ajv from "ajv/dist/2020.js";
import { spawnSync } from "node:child_process";

const drs = process.argv[2];
const print = (...args) => spawnSync(drs, args, { encoding: "utf8" });
const compiled = { request: 0, response: 0 };
for (const { operation } of JSON.parse(print("ops", "--output", "json").stdout)) {
    for (const side of ["request", "response"]) {
        const { status, stdout, stderr } = print("schema", "--plain", `${operation}.${side}`);
        // An operation may have no request body.
        if (status === 2 && side === "request") continue;
        if (status !== 0) throw new Error(stderr);
        new Ajv({ logger: false }).compile(JSON.parse(stdout));
        compiled[side] += 1;
    }
}
if (compiled.request === 0 || compiled.response === 0) throw new Error("no schema was printed");
console.log(`Ajv compiled the schemas of ${compiled.request} requests and ${compiled.response} responses`);
