// Lets a real browser talk to the emulator and saves what it saw as a HAR; behind a proxy, the proxy may save it.
//
//   node record.mjs http://127.0.0.1:8099 browser.har
//   node record.mjs http://127.0.0.1:8099 --proxy http://127.0.0.1:8098

import { readFile } from "node:fs/promises";
import { chromium } from "playwright-core";

const [address, file, proxy] = process.argv.slice(2);
if (!file) {
  console.error("usage: node record.mjs ADDRESS-OF-THE-EMULATOR FILE|--proxy ADDRESS-OF-THE-PROXY");
  process.exit(2);
}
const schemas = new URL("../../schemas/v3/batch_check_results/", import.meta.url);
const read = async (name) => JSON.parse(await readFile(new URL(name, schemas), "utf8"));
const openapi = JSON.parse(await readFile(new URL("../../docs/openapi.json", import.meta.url), "utf8"));
const path = Object.keys(await read("operation.json"))[0].replace(
  "{project_id}",
  openapi.components.parameters.project_id.example,
);
const documented = [await read("examples/request.1.json"), await read("examples/request.2.json")];

const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
  // A browser leaves its own host out of a proxy, unless it is told otherwise; and what it asks its vendor stays out.
  proxy: proxy && { server: proxy, bypass: "<-loopback>,*.googleapis.com" },
  args: ["--disable-background-networking", "--disable-component-update", "--disable-sync", "--no-first-run"],
});
const context = await browser.newContext(proxy ? {} : { recordHar: { path: file } });
const page = await context.newPage();
// The emulator has no pages: this is a 404, but one of its origin, so that the calls below may be made.
await page.goto(address);
const call = (headers, body) =>
  page.evaluate(
    async ([path, headers, body]) => {
      const answer = await fetch(path, {
        method: "POST",
        headers: { "Content-Type": "application/json", ...headers },
        body: JSON.stringify(body),
      });
      return `${answer.status}, ${(await answer.text()).length} characters`;
    },
    [path, headers, body],
  );
const token = { "X-Auth-Token": "any" };
for (const body of documented) {
  console.log(await call(token, body));
}
// A task that the emulator does not know is refused inside a 200; a call without a token as a whole.
console.log(await call({ ...token, "X-Language": "en-us" }, { jobs: ["00000000-0000-4000-8000-0000000jb000"] }));
console.log(await call({}, documented[0]));
await context.close();
await browser.close();
