// A browser on the page of a running demo (PAGE_URL), and what every scenario asks of it.

import assert from "node:assert/strict";
import { chromium } from "playwright-core";

export const URL_OF = process.env.PAGE_URL;
export const PATIENCE = 30_000;

export async function launch() {
  return chromium.launch({ executablePath: process.env.CHROMIUM, args: ["--no-sandbox"] });
}

/** A page that fails the test for any error, any breach of the policy, and any question to another host. */
export async function open(browser, query = "", options = {}) {
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 }, acceptDownloads: true, ...options });
  await context.grantPermissions(["clipboard-read", "clipboard-write"]);
  const page = await context.newPage();
  page.setDefaultTimeout(PATIENCE);
  page.faults = [];
  page.on("pageerror", (error) => page.faults.push(String(error)));
  page.on("console", (message) => message.type() === "error" && !/status of 404/.test(message.text()) && page.faults.push(message.text()));
  page.on("request", (request) => !request.url().startsWith(new URL(URL_OF).origin) && !/^(blob|data):/.test(request.url()) && page.faults.push(`asked ${request.url()}`));
  if (options.before) await options.before(page);
  await page.goto(URL_OF + query);
  return page;
}

/** Close a page and its context, after the answers that a scenario still makes up for it: one cut short is a fault of no test. */
export async function close(page) {
  await page.unrouteAll({ behavior: "wait" });
  assert.deepEqual(page.faults, []);
  await page.context().close();
}

/** Show another view in the same page, as a link in it does: the catalog is loaded once for many of them. */
export async function show(page, query) {
  await page.evaluate(async (query) => {
    history.pushState(null, "", query || location.pathname);
    dispatchEvent(new PopStateEvent("popstate"));
    for (let frame = 0; frame < 2; frame++) await new Promise(requestAnimationFrame);
  }, query);
  await settled(page, query);
}

/** Wait until all that a view asks for is there. */
export async function settled(page, query) {
  if (!query.includes("view=")) await whole(page);
  await page.waitForFunction(() => !document.querySelector("[aria-busy=true]"));
}

/** Wait until the whole catalog is there. */
export async function whole(page) {
  await page.locator(".toolbar .totals strong").waitFor();
  return number(await page.locator(".toolbar .totals strong").innerText());
}

export async function api(path) {
  const response = await fetch(URL_OF + path);
  return response.json();
}

export function number(text) {
  return Number(text.replaceAll(/[^\d−-]/g, "").replace("−", "-"));
}

/** Wait until a text of the page says what is expected. */
export async function says(locator, expected) {
  const end = Date.now() + PATIENCE;
  let last = "";
  while (Date.now() < end) {
    last = (await locator.evaluateAll((all) => all.map((each) => each.innerText ?? each.textContent))).join("\n"); // SVG has no innerText
    if (expected instanceof RegExp ? expected.test(last) : last.includes(expected)) return last;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  return assert.fail(`expected ${expected}, but it says: ${last.slice(0, 600)}`);
}

export async function listed(page) {
  return number(await page.locator(".toolbar .totals strong").innerText());
}

export async function listedIs(page, expected) {
  await says(page.locator(".toolbar .totals strong"), `${expected.toLocaleString("en")} listings`);
}

export function firstIds(page, count = 5) {
  return page.locator(".table .body .row").evaluateAll(
    (rows, most) =>
      rows
        .sort((a, b) => Number(a.getAttribute("aria-rowindex")) - Number(b.getAttribute("aria-rowindex")))
        .slice(0, most)
        .map((row) => row.querySelector(".id").textContent),
    count,
  );
}
