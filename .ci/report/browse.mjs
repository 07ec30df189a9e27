// Opens HTML reports in Chromium: no request, no broken policy, no barrier that axe finds, no sideways scrolling, a filter
// that filters, and everything there without scripts. Writes screenshots beside the reports.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";
import { chromium } from "playwright-core";

const [executablePath, ...files] = process.argv.slice(2);
const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const browser = await chromium.launch({ executablePath, args: ["--no-sandbox"] });
const mistakes = [];

async function open(file, options) {
    const page = await (await browser.newContext(options)).newPage();
    const url = pathToFileURL(file).href;
    page.on("request", (request) => request.url() === url || mistakes.push(`${file}: request ${request.url()}`));
    page.on("console", (message) => mistakes.push(`${file}: console: ${message.text()}`));
    page.on("pageerror", (error) => mistakes.push(`${file}: ${error}`));
    await page.goto(url);
    return page;
}

for (const file of files) {
    const shot = (name) => file.replace(/\.html$/, `-${name}.png`);
    for (const [name, options] of [
        ["light", { colorScheme: "light", viewport: { width: 1200, height: 900 } }],
        ["dark", { colorScheme: "dark", viewport: { width: 1200, height: 900 } }],
        ["phone", { colorScheme: "light", viewport: { width: 375, height: 800 } }],
    ]) {
        const page = await open(file, options);
        await page.evaluate(axe);
        const { violations } = await page.evaluate(() => globalThis.axe.run());
        for (const { id, help, nodes } of violations) {
            mistakes.push(`${file} (${name}): axe ${id}: ${help}: ${nodes[0].html}`);
        }
        const [wide, width] = await page.evaluate(() => [document.documentElement.scrollWidth, innerWidth]);
        if (wide > width) mistakes.push(`${file} (${name}): ${wide} pixels wide in a window of ${width}`);
        await page.screenshot({ path: shot(name), fullPage: true });
        await page.context().close();
    }

    const page = await open(file, {});
    const visible = () => page.locator("article:visible").count();
    const all = await visible();
    for (const select of await page.locator("#filter select").all()) {
        const values = await select.locator("option").allTextContents();
        await select.selectOption(values[1]);
        const attribute = `data-${await select.getAttribute("name")}`;
        const others = await page.locator(`[${attribute}]:visible:not([${attribute}=${JSON.stringify(values[1])}])`).count();
        if (others > 0) mistakes.push(`${file}: the filter ${attribute} shows ${others} others than ${values[1]}`);
        await select.selectOption("all");
    }
    if (await visible() !== all) mistakes.push(`${file}: the filter does not show all again`);
    await page.emulateMedia({ media: "print" });
    await page.screenshot({ path: shot("print"), fullPage: true });
    await page.pdf({ path: file.replace(/\.html$/, ".pdf"), format: "A4", margin: { top: "15mm", bottom: "15mm", left: "15mm", right: "15mm" } });
    await page.context().close();

    const bare = await open(file, { javaScriptEnabled: false });
    if (await bare.locator("article:visible").count() !== all) mistakes.push(`${file}: tasks are hidden without scripts`);
    await bare.context().close();
}
await browser.close();
mistakes.forEach((mistake) => console.error(mistake));
process.exit(mistakes.length > 0 ? 1 : 0);
