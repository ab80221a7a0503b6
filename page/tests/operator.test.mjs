// Against a service that wants the operator's key (tests/page/operated.py): PAGE_URL names it, ADMIN_KEY is the key.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { api, close, launch, open, says, URL_OF } from "./support.mjs";

const KEY = process.env.ADMIN_KEY;
let browser;
before(async () => (browser = await launch()));
after(() => browser.close());

async function giveKey(page, key) {
  await page.getByRole("button", { name: "admin key" }).click();
  await page.getByRole("textbox", { name: "Admin key" }).fill(key);
  await page.getByRole("button", { name: "use it" }).click();
}

async function operator(query) {
  const page = await open(browser, query);
  await giveKey(page, KEY);
  await page.getByRole("button", { name: "key given" }).waitFor();
  return page;
}

/** What the browser says of answers that refused the missing or wrong key. */
async function closeRefused(page) {
  assert.ok(page.faults.every((fault) => /status of 401/.test(fault)), page.faults.join("\n"));
  await page.context().close();
}

const units = async (id) => (await api(`models/acme/${id}`)).prices.map((price) => price.unit);

test("a price is kept back with its evidence, let through with the key, and kept back again", async () => {
  const page = await open(browser, "?view=quarantine");
  const { data } = await api("quarantine");
  const kept = page.locator(".suspects li", { hasText: "dear" });
  await says(kept, data[0].detail);
  await says(kept, "pricing.input");
  await kept.getByLabel("why").fill("their page says so");
  await kept.getByRole("button", { name: "let it through" }).click();
  await says(page.locator(".toast"), "a key is needed");
  assert.deepEqual(await units("dear"), ["output_token"]);

  await giveKey(page, KEY);
  await page.getByRole("button", { name: "key given" }).waitFor();
  await kept.getByRole("button", { name: "let it through" }).click();
  await says(page.locator(".sheet"), "No price is kept back.");
  await says(page.locator(".undoable"), "their page says so");
  assert.deepEqual(await units("dear"), ["input_token", "output_token"]);

  await page.getByRole("button", { name: "take it back" }).click();
  await says(page.locator(".suspects"), data[0].detail);
  assert.equal(await page.locator(".undoable").count(), 0);
  assert.deepEqual(await units("dear"), ["output_token"]);
  await closeRefused(page);
});

test("sources that disagree stand side by side, and the listing says which one counts and why", async () => {
  const page = await open(browser, "?view=quarantine");
  const row = page.locator("tbody tr", { hasText: "disputed" });
  await says(row, "2.5");
  await says(row, "reference:few@1");
  await page.goto(`${URL_OF}?show=listing:acme/disputed`);
  const drawer = page.getByRole("complementary");
  await drawer.locator(".prices summary", { hasText: "input token" }).click();
  const told = await says(drawer.locator(".provenance").first(), "What contradicts it");
  assert.ok(told.includes("0.0000025 USD") && told.includes("provider counts before reference"), told);
  await closeRefused(page);
});

test("a listing says what was said of a unit that has no price", async () => {
  const page = await open(browser, "?show=listing:acme/dear");
  const drawer = page.getByRole("complementary");
  await drawer.locator("summary", { hasText: "quarantined" }).click();
  await says(drawer.locator(".provenance"), "1 USD");
  await says(drawer.locator(".provenance"), "outside");
  await drawer.getByRole("link", { name: "Quarantine" }).click();
  await says(page.locator("h1"), "Quarantine");
  await closeRefused(page);
});

test("an operator says which model a listing is, and takes it back", async () => {
  const page = await operator("?view=unmatched");
  const group = page.locator(".suspects li", { has: page.locator("summary") }).filter({ hasText: "plain" }).first();
  await group.locator("summary").click();
  await group.getByLabel("they are the model").fill("lab/plain-1");
  await group.getByRole("button", { name: "say so" }).click();
  await says(page.locator(".undoable"), "lab/plain-1");
  assert.equal((await api("models/acme/plain")).model, "lab/plain-1");
  await page.getByRole("button", { name: "take it back" }).click();
  await page.locator(".undoable").waitFor({ state: "detached" });
  assert.equal((await api("models/acme/plain")).model, null);
  await closeRefused(page);
});

test("a provider is asked anew with the key, and a wrong key is said to be one", async () => {
  const page = await open(browser, "?view=providers&show=provider:acme");
  const refresh = page.getByRole("complementary").getByRole("button", { name: "refresh" });
  await refresh.click();
  await says(page.locator(".toast"), "a key is needed");
  await giveKey(page, "wrong");
  await page.getByRole("button", { name: "key refused" }).waitFor();
  await page.getByRole("textbox", { name: "Admin key" }).fill(KEY);
  await page.getByRole("button", { name: "use it" }).click();
  await page.getByRole("button", { name: "key given" }).waitFor();
  await refresh.click();
  await says(page.locator(".toast"), "Acme was asked");
  const kept = await page.evaluate(() => JSON.stringify([{ ...localStorage }, { ...sessionStorage }, document.cookie, location.href]));
  assert.ok(!kept.includes(KEY), kept);
  await closeRefused(page);
});
