// How quickly the page is there and answers a key, at the size of the running service:
//   node bench/page.mjs http://127.0.0.1:8080/            (needs `make page`, and Chromium)
// Yardsticks of the same run: parsing the same answer in Node, and one frame of the screen (16.7 ms).

import { createRequire } from "node:module";
import { readFileSync, readdirSync } from "node:fs";
import { gzipSync } from "node:zlib";

const require = createRequire(new URL("../page/package.json", import.meta.url));
const { chromium } = require("playwright-core");
const url = process.argv[2] ?? "http://127.0.0.1:8080/";
const ROUNDS = 5;

const middle = (values) => values.sort((a, b) => a - b)[values.length >> 1];
const assets = new URL("../src/modelatlas/web/built/assets/", import.meta.url);
const sizes = readdirSync(assets).filter((name) => name.endsWith(".js")).map((name) => [name, gzipSync(readFileSync(new URL(name, assets)), { level: 9 }).length]);
console.log(`script, gzip: ${sizes.map(([name, size]) => `${name.split("-")[0]} ${(size / 1000).toFixed(1)} kB`).join(", ")}; together ${(sizes.reduce((sum, [, size]) => sum + size, 0) / 1000).toFixed(1)} kB`);

const text = await (await fetch(`${url}models`)).text();
const began = performance.now();
const { total } = JSON.parse(text);
console.log(`${total} listings, ${(text.length / 1e6).toFixed(1)} MB of JSON, parsed by Node in ${(performance.now() - began).toFixed(0)} ms`);

const browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium", args: ["--no-sandbox"] });
const measured = { "first rows": [], "whole catalog": [], "select, a key": [], "key to painted rows": [], "sort by price": [], "scroll, frame": [] };
for (let round = 0; round < ROUNDS; round++) {
  const page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
  await page.goto(url);
  await page.locator(".toolbar .totals strong").waitFor({ timeout: 60_000 });
  const marks = await page.evaluate(() => Object.fromEntries(performance.getEntriesByType("mark").map((mark) => [mark.name, mark.startTime])));
  measured["first rows"].push(marks.first ?? marks.catalog);
  measured["whole catalog"].push(marks.catalog);
  const keys = await page.evaluate(async () => {
    const input = document.querySelector(".search input");
    const painted = () => new Promise((done) => requestAnimationFrame(() => setTimeout(done)));
    const times = [];
    for (const typed of ["l", "ll", "lla", "llam", "llama", "", "g", "gp", "gpt"]) {
      const from = performance.now();
      input.value = typed;
      input.dispatchEvent(new Event("input", { bubbles: true }));
      await painted();
      times.push(performance.now() - from);
    }
    return { times, selects: performance.getEntriesByName("select").slice(-9).map((each) => each.duration) };
  });
  measured["key to painted rows"].push(...keys.times);
  measured["select, a key"].push(...keys.selects);
  measured["sort by price"].push(
    await page.evaluate(async () => {
      document.querySelector(".search input").value = "";
      const from = performance.now();
      [...document.querySelectorAll(".head button")].find((button) => button.textContent === "Input").click();
      await new Promise((done) => requestAnimationFrame(() => setTimeout(done)));
      return performance.now() - from;
    }),
  );
  measured["scroll, frame"].push(
    await page.evaluate(async () => {
      document.querySelector(".search input").dispatchEvent(new Event("input", { bubbles: true }));
      const table = document.querySelector(".table");
      const from = performance.now();
      for (let frame = 0; frame < 60; frame++) {
        table.scrollTop += 400;
        await new Promise(requestAnimationFrame);
      }
      return (performance.now() - from) / 60;
    }),
  );
  await page.close();
}
for (const [what, times] of Object.entries(measured)) console.log(`${what}: median ${middle(times).toFixed(1)} ms, worst ${Math.max(...times).toFixed(1)} ms`);
await browser.close();
