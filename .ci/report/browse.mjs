// Opens the reports NAME.html in Chromium: no request, no broken policy, no barrier that axe finds, no sideways scrolling, a
// filter that shows exactly what it says, and everything there without scripts. Writes screenshots beside the reports.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";
import { chromium } from "playwright-core";

const [executablePath, ...names] = process.argv.slice(2);
const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const browser = await chromium.launch({ executablePath, args: ["--no-sandbox"] });
const mistakes = [];
const views = {
    light: { colorScheme: "light", viewport: { width: 1200, height: 900 } },
    dark: { colorScheme: "dark", viewport: { width: 1200, height: 900 } },
    phone: { colorScheme: "light", viewport: { width: 390, height: 844 } },
    print: { colorScheme: "dark", viewport: { width: 794, height: 1123 }, media: "print" },
};

async function open(name, { media, ...options } = {}) {
    const page = await (await browser.newContext(options)).newPage();
    const url = pathToFileURL(`${name}.html`).href;
    page.on("request", (request) => request.url() === url || mistakes.push(`${name}: request ${request.url()}`));
    page.on("console", (message) => mistakes.push(`${name}: console: ${message.text()}`));
    page.on("pageerror", (error) => mistakes.push(`${name}: ${error}`));
    await page.goto(url);
    if (media) await page.emulateMedia({ media });
    return page;
}

async function look(name, view) {
    const page = await open(name, views[view]);
    await page.evaluate(axe);
    const { violations } = await page.evaluate(() => globalThis.axe.run());
    for (const { id, help, nodes } of violations) mistakes.push(`${name} (${view}): axe ${id}: ${help}: ${nodes[0].html}`);
    const [wide, width] = await page.evaluate(() => [document.documentElement.scrollWidth, innerWidth]);
    if (wide > width) mistakes.push(`${name} (${view}): ${wide} pixels wide in a window of ${width}`);
    // A screen of a long page says enough.
    const height = Math.min(await page.evaluate(() => document.documentElement.scrollHeight), 6000);
    await page.setViewportSize({ width: views[view].viewport.width, height });
    await page.screenshot({ path: `${name}-${view}.png` });
    if (view === "print") await page.pdf({ path: `${name}.pdf`, format: "A4", preferCSSPageSize: true });
    await page.context().close();
}

// Uses each value of each filter, and compares what is visible with the JSON report.
async function filter(name, all) {
    const page = await open(name);
    const articles = page.locator("article");
    const count = await articles.count();
    const unit = await page.locator("#shown").getAttribute("data-unit");
    const tasks = unit === "tasks" ? JSON.parse(readFileSync(`${name}.json`, "utf8")).tasks : [];
    for (const select of await page.locator("#filter select").all()) {
        const attribute = await select.getAttribute("name");
        const values = await select.locator("option").allTextContents();
        for (const value of values.slice(1)) {
            await select.selectOption(value);
            const state = await page.evaluate(([attribute, value]) => {
                const seen = (element) => !element.closest("[hidden]");
                const marked = [...document.querySelectorAll(`[data-${attribute}]`)];
                const wanted = marked.filter((element) => element.dataset[attribute] === value);
                return {
                    others: marked.filter((element) => element.dataset[attribute] !== value && seen(element)).length,
                    wanted: wanted.length,
                    missing: wanted.filter((element) => !seen(element)).length,
                    tasks: [...document.querySelectorAll("article")].filter(seen).length,
                    says: document.getElementById("shown").value,
                };
            }, [attribute, value]);
            const place = `${name}: the filter ${attribute} = ${value}`;
            if (state.wanted === 0) mistakes.push(`${place} is offered and matches nothing`);
            if (state.others > 0) mistakes.push(`${place} shows ${state.others} others`);
            if (state.missing > 0) mistakes.push(`${place} hides ${state.missing} that match`);
            if (attribute === "verdict" && state.tasks !== tasks.filter((task) => task.verdict.replaceAll("_", " ") === value).length) {
                mistakes.push(`${place} shows ${state.tasks} tasks, which is not what JSON has`);
            }
            const says = ` ${value}: ${state.tasks} of ${count} ${unit}`;
            if (!state.says.includes(says)) mistakes.push(`${place} says ${state.says}, expected …${says}`);
        }
        await select.selectOption("all");
    }
    if (await page.locator("article:visible").count() !== count || count !== all) {
        mistakes.push(`${name}: the filter does not show all again`);
    }
    await page.context().close();
}

for (const name of names) {
    for (const view of Object.keys(views)) await look(name, view);
    const bare = await open(name, { javaScriptEnabled: false });
    await filter(name, await bare.locator("article:visible").count());
    await bare.context().close();
}
await browser.close();
mistakes.forEach((mistake) => console.error(mistake));
process.exit(mistakes.length > 0 ? 1 : 0);
