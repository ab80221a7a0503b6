import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { api, close, firstIds, launch, listed, listedIs, open, says, show, whole } from "./support.mjs";

let browser;
let page; // for all that do not want one of their own: a view of it is shown as a link does
before(async () => {
  browser = await launch();
  page = await open(browser);
});
after(async () => {
  await close(page);
  await browser.close();
});

async function somePriced() {
  return (await api("models?gateway=openrouter&priced=true&limit=1&offset=40")).data[0];
}

/** An instant at which half of the providers that are observed by now were observed: whatever was synced since. */
async function whenSomeWereObserved() {
  const { absent } = await api("models?at=2020-01-01T00:00:00Z&limit=0");
  const observed = absent.map((each) => each.history_from).filter((from) => from !== null).sort();
  return observed[Math.floor(observed.length / 2) - 1];
}

test("a listing opens beside the table, with the source and the raw text of each price", async () => {
  const { provider, id } = await somePriced();
  await show(page, `?provider=${provider}&q=${encodeURIComponent(id)}`);
  await page.locator(".table .body .row").filter({ has: page.locator(`.id:text-is("${id}")`) }).first().click();
  const drawer = page.getByRole("complementary");
  await says(drawer.locator("h1"), id);
  const one = await api(`models/${provider}/${id}`);
  await drawer.locator(".prices summary").first().click();
  const told = await says(drawer.locator(".provenance").first(), one.prices[0].quote.raw);
  assert.ok(told.includes(one.prices[0].quote.path));
  assert.ok(told.includes(`${one.prices[0].usd} USD`));
  await says(drawer, one.match.evidence[0].detail);
  await says(drawer.locator(".log"), "new");
  await drawer.locator(".chart canvas").waitFor();
  await page.keyboard.press("Escape");
  await drawer.waitFor({ state: "detached" });
});

test("a model shows its offers, the cheapest first", async () => {
  await show(page, "?show=model:openai/gpt-oss-120b");
  const model = await api("catalog/models/openai/gpt-oss-120b");
  const drawer = page.getByRole("complementary");
  await says(drawer, `${model.listings} offers of ${model.providers.length} providers`);
  await says(drawer.locator("tbody tr").nth(model.prices.length), model.prices[0].min.provider);
});

test("up to five are compared, and what differs is marked", async () => {
  await show(page, "?price=priced&provider=alibaba");
  await page.locator(".table").focus();
  for (let at = 0; at < 6; at++) {
    await page.keyboard.press("j");
    await page.keyboard.press("x");
  }
  await says(page.locator(".toast"), "5 are compared already");
  await page.keyboard.press("c");
  await says(page.locator(".compare h1"), "Compare");
  assert.equal(await page.locator(".compare thead th").count(), 6);
  assert.ok((await page.locator(".compare tr.differs").count()) > 0);
  await says(page.locator(".compare .best").first(), "best");
  const compared = new URL(page.url()).searchParams.get("compare").split(",");
  assert.equal(compared.length, 5);
  await page.goto(page.url());
  await page.locator(".compare thead th").nth(5).waitFor();
  assert.equal(await page.locator(".compare thead th").count(), 6);
});

test("a date prices the whole table as it was, and names who was not observed", async () => {
  await show(page, "");
  const now = await whole(page);
  const at = await whenSomeWereObserved();
  await show(page, `?at=${at}`);
  await says(page.locator(".note"), "As of");
  const then = await api(`models?at=${at}&limit=0`);
  assert.ok(then.absent.length > 0 && then.total > 0 && then.total < now);
  await says(page.locator(".note"), `${then.absent.length} providers were not observed then`);
  await listedIs(page, then.total);
  await page.getByRole("link", { name: "back to now" }).click();
  await listedIs(page, now);
  await page.getByLabel("as of date").fill("2020-01-01");
  await says(page.locator(".note"), "2020-01-01");
  await listedIs(page, 0);
  await says(page.locator(".empty"), "Nothing was observed by then");
});

test("a name with markup and characters that turn text is shown harmlessly", async () => {
  const evil = "<script>window.hurt=1</script><img src=x onerror=window.hurt=2>\u202egnp.exe\u0000";
  const page = await open(browser, "", {
    before: (page) =>
      page.route(/\/models(\?.*)?$/, async (route) => {
        const answer = await (await route.fetch()).json();
        answer.data[0] = { ...answer.data[0], id: evil, name: `${evil}${"x".repeat(300)}`, lab: evil };
        await route.fulfill({ json: answer });
      }),
  });
  await whole(page);
  const cell = page.locator(".table .body .row").first();
  const text = await cell.innerText();
  assert.ok(text.includes("<script>window.hurt=1</script>"), text);
  assert.ok(text.includes("‹U+202E›") && !text.includes("\u202e"), text);
  assert.equal(await page.evaluate(() => window.hurt), undefined);
  assert.equal(await page.locator("main script, main img").count(), 0);
  assert.ok((await page.locator(".table").evaluate((table) => table.scrollWidth - table.clientWidth)) <= 1);
  assert.equal((await firstIds(page, 2)).length, 2);
  await close(page);
});

test("without the service the last data stays, and the fault is said", async () => {
  const page = await open(browser);
  const count = await whole(page);
  await page.route("**/models?at=*", (route) => route.abort());
  await page.getByLabel("as of date").fill("2021-01-01");
  await says(page.locator("[role=alert]"), "the service cannot be reached");
  assert.equal(await listed(page), count);
  page.faults = page.faults.filter((fault) => !/ERR_FAILED/.test(fault));
  await close(page);
});
