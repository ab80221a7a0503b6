import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { api, close, launch, number, open, says, URL_OF, whole } from "./support.mjs";

let browser;
before(async () => (browser = await launch()));
after(() => browser.close());

test("live and stored add up, reason by reason, and each leads to its listings", async () => {
  const page = await open(browser, "?view=stored");
  await says(page.locator(".waterfall"), "stored");
  const numbers = (await page.locator(".waterfall .number").allInnerTexts()).map(number);
  const [live, stored] = [numbers[0], numbers.at(-1)];
  assert.equal(live + numbers.slice(1, -1).reduce((sum, each) => sum + each, 0), stored);
  const { totals, reasons } = await api("discrepancies?limit=0");
  assert.deepEqual([live, stored], [totals.live, totals.stored]);
  await says(page.locator(".picture"), `${totals.stored.toLocaleString("en")} stored`);
  await page.locator(".waterfall button", { hasText: "no price" }).click();
  await says(page.locator(".what"), reasons.find((each) => each.reason === "no_price").sentence.slice(1)); // its first letter is a capital here
  const { data } = await api("discrepancies?reason=no_price&limit=1");
  await says(page.locator(".names"), data[0].id);
  assert.match(page.url(), /reason=no_price/);
  await close(page);
});

test("changes are a ledger with filters and a feed", async () => {
  const page = await open(browser, "?view=changes");
  await says(page.locator(".ledger").first(), "new");
  const { data } = await api("changes?limit=500");
  const end = data.findIndex((each) => each.at !== data[0].at || each.provider !== data[0].provider || each.kind !== data[0].kind);
  const alike = data.slice(0, end < 0 ? data.length : end);
  const first = page.locator(".ledger > li").first();
  if (alike.length >= 5) {
    await says(first, `${alike.length.toLocaleString("en")} listings`);
    await first.locator("summary").click();
  }
  await says(first, data[0].id);
  await page.getByRole("button", { name: "gone" }).click();
  await says(page.locator(".empty"), "No change of this kind");
  const feed = await page.getByRole("link", { name: "Atom feed" }).getAttribute("href");
  assert.match(feed, /changes\.atom\?kind=gone$/);
  assert.equal((await fetch(feed)).status, 200);
  await close(page);
});

test("a link of a page changes the view, loads nothing anew, and back goes back", async () => {
  const page = await open(browser, "?view=stored");
  await says(page.locator(".waterfall"), "stored");
  await page.evaluate(() => (window.stays = true));
  await page.locator(".waterfall button", { hasText: "no price" }).click();
  const id = await page.locator(".names a").first().innerText();
  await page.locator(".names a").first().click();
  await says(page.getByRole("complementary").locator("h1"), id);
  await page.goBack();
  await says(page.locator("h1"), "Live & stored");
  assert.equal(await page.evaluate(() => window.stays), true);
  const [beside] = await Promise.all([page.context().waitForEvent("page"), page.locator(".names a").first().click({ modifiers: ["Control"] })]);
  await beside.waitForURL(/show=listing/);
  assert.match(page.url(), /view=stored/);
  await close(page);
});

test("where no provider was heard, it is said above the table", async () => {
  const page = await open(browser, "", {
    before: (page) =>
      page.route("**/providers", async (route) => {
        const answer = await (await route.fetch()).json();
        await route.fulfill({ json: { ...answer, data: answer.data.map((each) => ({ ...each, age_seconds: null, failures: 2 })) } });
      }),
  });
  await says(page.locator(".note"), "No provider was heard within the hour: 45 of 45 fail");
  await page.getByRole("link", { name: "how each is doing" }).click();
  await says(page.locator("h1"), "Providers");
  await close(page);
});

test("quarantine and unmatched say what is kept back and what no table can read", async () => {
  const page = await open(browser, "?view=quarantine");
  await says(page.locator(".sheet"), /kept back|does not show its quarantine/i);
  await page.goto(`${URL_OF}?view=unmatched`);
  const { total } = await api("unmatched?limit=0");
  await says(page.locator(".sheet .totals"), `${total.toLocaleString("en")} groups`);
  await close(page);
});

test("every provider has a row that opens, with what it needs and its runs", async () => {
  const page = await open(browser, "?view=providers");
  const { data, total } = await api("providers");
  await page.locator("tbody tr").first().waitFor();
  assert.equal(await page.locator("tbody tr").count(), total);
  const one = data.find((each) => each.slug === "openrouter");
  await page.getByRole("link", { name: "OpenRouter", exact: true }).click();
  const told = await says(page.getByRole("complementary"), "OPENROUTER_API_KEY");
  assert.ok(told.includes(`${one.entries.toLocaleString("en")} = ${one.listings.toLocaleString("en")} listings`));
  await says(page.getByRole("complementary"), "success");
  await close(page);
});

test("a sync is begun from the page, its progress is told as it goes, and the counts follow", async () => {
  const page = await open(browser, "?view=providers");
  await page.locator("tbody tr").first().waitFor();
  const row = page.locator("tbody tr", { hasText: "Mistral" });
  await says(row, "–");
  await page.getByRole("button", { name: "sync all" }).click();
  await says(page.locator(".progress"), /\d+ of \d+ synced/);
  const seen = new Set();
  const end = Date.now() + 120_000;
  while ((await page.locator(".progress").count()) && Date.now() < end) {
    for (const text of await page.locator(".progress span").allInnerTexts()) seen.add(text);
    await page.waitForTimeout(50);
  }
  assert.ok(seen.size > 1, [...seen].join());
  await says(page.locator(".toast"), "providers synced");
  const { totals } = await api("discrepancies?limit=0");
  assert.ok(totals.stored > 15_000);
  await says(page.locator(".totals"), `${totals.stored.toLocaleString("en")} stored`);
  await close(page);
});

test("an operator's key is asked for where one is needed, and is nowhere but in memory", async () => {
  const page = await open(browser, "?view=providers", {
    before: (page) =>
      page.route("**/admin/**", (route) =>
        route.request().headers().authorization === "Bearer right" ? route.continue({ headers: { ...route.request().headers(), authorization: undefined } }) : route.fulfill({ status: 401, contentType: "application/problem+json", body: '{"detail":"a key is needed"}' }),
      ),
  });
  await page.getByRole("button", { name: "admin key" }).click();
  await page.getByRole("textbox", { name: "Admin key" }).fill("right");
  await page.getByRole("button", { name: "use it" }).click();
  await says(page.locator(".toast"), "the key is right"); // first of all, as it goes away by itself
  await page.getByRole("button", { name: "key given" }).waitFor();
  await page.getByRole("textbox", { name: "Admin key" }).waitFor({ state: "detached" });
  const kept = await page.evaluate(() => JSON.stringify([{ ...localStorage }, { ...sessionStorage }, document.cookie, location.href]));
  assert.ok(!kept.includes("right"), kept);
  page.faults = page.faults.filter((fault) => !/401/.test(fault));
  await close(page);
});

test("a palette that is asked for while the last one closes stays open", async () => {
  const page = await open(browser);
  await whole(page);
  await page.keyboard.press("Control+k");
  await page.getByRole("combobox", { name: "go to" }).waitFor();
  await page.evaluate(() => {
    const again = () => window.dispatchEvent(new KeyboardEvent("keydown", { key: "k", ctrlKey: true }));
    window.addEventListener("close", again, { capture: true, once: true });
  });
  await page.keyboard.press("Escape");
  await page.getByRole("combobox", { name: "go to" }).fill("changes");
  await page.getByRole("option").filter({ hasText: "Changes" }).first().click();
  await says(page.locator("h1"), "Changes");
  await close(page);
});

test("the palette goes to models, providers, labs, pages and actions", async () => {
  const page = await open(browser);
  await whole(page);
  const to = async (text, kind, name) => {
    await page.keyboard.press("Control+k");
    await page.getByRole("combobox", { name: "go to" }).fill(text);
    const choice = page.getByRole("option").filter({ hasText: kind }).filter({ hasText: name }).first();
    await choice.click();
  };
  await to("gpt-oss-120b", "model", "openai/gpt-oss-120b");
  await says(page.getByRole("complementary").locator("h1"), "openai/gpt-oss-120b");
  await to("alibaba", "provider", "Alibaba");
  assert.match(page.url(), /provider=alibaba/);
  await to("google", "lab", "google");
  assert.match(page.url(), /lab=google/);
  await to("changes", "page", "Changes");
  await says(page.locator("h1"), "Changes");
  await to("group by", "action", "group by model");
  assert.match(page.url(), /group=model/);
  await page.goto(`${URL_OF}?view=changes`); // where the catalog is not loaded before it is asked for
  await says(page.locator("h1"), "Changes");
  await to("gpt-oss-120b", "model", "openai/gpt-oss-120b");
  await says(page.getByRole("complementary").locator("h1"), "openai/gpt-oss-120b");
  await close(page);
});
