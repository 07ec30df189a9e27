// Validates the reports NAME.json, NAME.ndjson and NAME.sarif with Ajv: the first two against docs/assessment.schema.json,
// the last, and that on captures, against the schema of SARIF 2.1.0.
import { readFileSync } from "node:fs";
import Ajv from "ajv";
import Ajv2020 from "ajv/dist/2020.js";

const [repository, ...names] = process.argv.slice(2);
const read = (file) => JSON.parse(readFileSync(file, "utf8"));
const assessment = read(`${repository}/docs/assessment.schema.json`);
const { tasks: _, ...others } = assessment.properties;
// The formats of both schemas are annotations.
const ours = new Ajv2020({ allErrors: true, validateFormats: false });
const checks = {
    json: ours.compile(assessment),
    task: ours.compile({ $ref: "#/$defs/TaskAssessment", $defs: assessment.$defs }),
    // The last line has every member but the tasks.
    last: ours.compile({
        ...assessment,
        properties: others,
        required: assessment.required.filter((name) => name !== "tasks"),
        additionalProperties: false,
    }),
    // The schema has regular expressions of another dialect.
    sarif: new Ajv({ allErrors: true, strict: false, validateFormats: false, unicodeRegExp: false })
        .compile(read(`${repository}/crates/drs-report/tests/schemas/sarif-2.1.0.json`)),
};

const mistakes = [];
function check(kind, document, place) {
    if (!checks[kind](document)) mistakes.push(`${place}: ${JSON.stringify(checks[kind].errors, null, 2)}`);
}
for (const name of names) {
    check("json", read(`${name}.json`), `${name}.json`);
    check("sarif", read(`${name}.sarif`), `${name}.sarif`);
    const lines = readFileSync(`${name}.ndjson`, "utf8").trimEnd().split("\n").map((line) => JSON.parse(line));
    const last = lines.pop();
    check("last", last, `${name}.ndjson, last line`);
    lines.forEach((line, index) => check("task", line, `${name}.ndjson:${index + 1}`));
}
check("sarif", read("captures.sarif"), "captures.sarif");
mistakes.forEach((mistake) => console.error(mistake));
process.exit(mistakes.length > 0 ? 1 : 0);
