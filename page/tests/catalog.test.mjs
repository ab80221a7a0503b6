import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { after, before, test } from "node:test";
import { api, close, firstIds, launch, listed, listedIs, number, open, says, show, URL_OF, whole } from "./support.mjs";

let browser;
let page; // one for all: a view of it is shown as a link does
before(async () => {
  browser = await launch();
  page = await open(browser);
});
after(async () => {
  await close(page);
  await browser.close();
});

test("all listings are in the table, and only those in sight are drawn", async () => {
  await show(page, "");
  const count = await whole(page);
  assert.equal(count, (await api("models?limit=0")).total);
  assert.ok(count > 18_000);
  assert.ok((await page.locator(".table .body .row").count()) < 100);
  await page.locator(".table").evaluate((table) => table.scrollTo(0, table.scrollHeight));
  const last = (await api(`models?limit=1&offset=${count - 1}`)).data[0];
  await says(page.locator(".table .body"), last.id);
  await page.getByLabel("search ids and names").fill("l");
  assert.equal(await page.locator(".table").evaluate((table) => table.scrollTop), 0); // another list begins at its top
});

test("the search finds what the API finds, and says how many are hidden", async () => {
  await show(page, "");
  const count = await whole(page);
  for (const words of ["llama", "gpt oss", "meta-llama 3.3", "zzzzz"]) {
    await page.getByLabel("search ids and names").fill(words);
    const expected = (await api(`models?limit=0&q=${encodeURIComponent(words)}`)).total;
    await listedIs(page, expected);
    await says(page.locator(".hidden-count"), `${(count - expected).toLocaleString("en")} hidden by filters`);
  }
  await says(page.locator(".empty"), "No listing answers all of this");
  const field = page.getByLabel("search ids and names");
  const entries = await page.evaluate(() => history.length);
  await field.fill("");
  await field.pressSequentially("qwen 3");
  await page.waitForURL(/\?q=qwen%203$/); // written once nobody types, into the same entry of the history
  assert.equal(await page.evaluate(() => history.length), entries);
});

test("a choice of the rail adds, one with Alt leaves out, and each count is what would be left", async () => {
  await show(page, "");
  const all = await whole(page);
  const choice = page.locator(".choice", { hasText: /^openrouter/ });
  const expected = number(await choice.locator(".number").innerText());
  await choice.click();
  await listedIs(page, expected);
  assert.equal(expected, (await api("models?limit=0&gateway=openrouter")).total);
  await page.goBack();
  await listedIs(page, all);
  await choice.click({ modifiers: ["Alt"] });
  await listedIs(page, all - expected);
  assert.match(page.url(), /provider=-openrouter/);
});

test("a sorted column stands in the order of the API, unknown values last", async () => {
  await show(page, "?price=priced&sort=-input_price");
  await whole(page);
  const expected = (await api("models?priced=true&sort=-input_price&limit=1")).data[0].id;
  assert.equal((await firstIds(page, 1))[0], expected);
  await page.getByRole("button", { name: "Input", exact: true }).click();
  assert.doesNotMatch(page.url(), /sort/);
});

test("a link restores the exact view", async () => {
  const query = "?q=a&mode=chat&min_context=32000&sort=-output_price&cols=name,provider,output_price&work=1000000,200000,300000,prompt:200000,hour:3";
  await show(page, query);
  const [ids, count] = [await firstIds(page), await listed(page)];
  const second = await open(browser, new URL(page.url()).search);
  assert.equal(await whole(second), count);
  assert.deepEqual(await firstIds(second), ids);
  assert.equal(await second.getByLabel("search ids and names").inputValue(), "a");
  assert.equal(await second.getByLabel("of them cached").inputValue(), "200,000");
  assert.equal(new URL(second.url()).search, query);
  await close(second);
});

test("free, unknown and varying are three different things", async () => {
  for (const [state, text, look] of [["free", "free", ".free"], ["varying", "varies", ".varies"], ["unknown", "–", ".unknown"]]) {
    await show(page, `?price=${state}&cols=name,input_price,output_price`);
    assert.ok((await whole(page)) > 0);
    await says(page.locator(`.table .body .row >> nth=0 >> ${look}`).first(), text);
  }
  assert.doesNotMatch(await page.locator("body").innerText(), /\$0\.00/);
});

test("models are groups with the smallest, the middle and the largest price, and unfold to offers", async () => {
  await show(page, "?group=model&q=gpt-oss-120b");
  await whole(page);
  const { offers, prices } = await api("catalog/models/openai/gpt-oss-120b");
  const group = page.locator(".row.group", { hasText: "openai/gpt-oss-120b" }).first();
  await says(group, `${offers.length} offers`);
  const title = await group.locator(".spread").first().getAttribute("title");
  const input = prices.find((each) => each.unit === "input_token");
  assert.ok(title.includes(`from ${input.min.usd} to ${input.max.usd}`), title);
  await group.click();
  await says(page.locator(".table .body"), offers[0].id);
  assert.match(page.url(), /open=/);
});

test("the columns that are chosen stand in the address", async () => {
  await show(page, "");
  await whole(page);
  await page.getByRole("button", { name: "columns" }).click();
  await page.getByLabel("Quant", { exact: true }).check();
  await says(page.locator(".table .head"), "Quant");
  assert.match(page.url(), /cols=.*quantization/);
});

test("the view is exported as it stands, exactly", async () => {
  await show(page, "?provider=alibaba&sort=-input_price");
  const count = await whole(page);
  await page.getByRole("button", { name: "export" }).click();
  const [csv] = await Promise.all([page.waitForEvent("download"), page.getByRole("button", { name: /^CSV/ }).click()]);
  const lines = (await readFile(await csv.path(), "utf-8")).trim().split("\r\n");
  assert.equal(lines.length, count + 1);
  assert.ok(lines[0].includes("input_token_usd_per_million"));
  const [json] = await Promise.all([page.waitForEvent("download"), page.getByRole("button", { name: /^JSON/ }).click()]);
  const { data } = JSON.parse(await readFile(await json.path(), "utf-8"));
  const served = (await api("models?gateway=alibaba&sort=-input_price&limit=1")).data[0];
  assert.equal(data[0].id, served.id);
  const plain = served.prices.filter((price) => price.when === null);
  for (const price of plain) assert.equal(data[0].prices.find((each) => each.unit === price.unit).usd, price.usd);
  await page.getByRole("button", { name: "copy curl" }).click();
  const line = await page.evaluate(() => navigator.clipboard.readText());
  const [, url] = /'([^']+)'/.exec(line);
  assert.equal((await (await fetch(url)).json()).total, count);
});

test("a workload has a cost, which is what the service says it is, and is sorted by", async () => {
  await show(page, "?work=1000000,0,200000&sort=cost&price=priced&provider=openrouter,alibaba&cols=name,provider");
  await whole(page);
  await says(page.locator(".strip output"), /\d+ of/);
  const shown = await page.locator(".table .body .row").evaluateAll((rows) =>
    rows
      .map((row) => ({ provider: row.querySelectorAll(".cell")[1].textContent, model: row.querySelector(".id").textContent, title: row.querySelector(".cell.price")?.title ?? "" }))
      .filter((row) => /^USD [\d.]+$/.test(row.title))
      .slice(0, 20),
  );
  assert.ok(shown.length > 3);
  const usage = { prompt_tokens: 1_000_000, completion_tokens: 200_000 };
  // A million tokens in one request would be a long prompt: the page prices the shortest, so only plain prices are compared.
  const requests = shown.map(({ provider, model }) => ({ provider, model, usage }));
  const answer = await (await fetch(`${URL_OF}cost`, { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify({ requests }) })).json();
  const compared = answer.data.map((cost, at) => [cost, shown[at]]).filter(([cost]) => cost.lines.every((line) => line.when === null || !Object.keys(line.when).length));
  assert.ok(compared.length > 3);
  for (const [cost, row] of compared) assert.equal(row.title, `USD ${cost.usd}`);
});

test("what needs the service to be priced is priced by it: a long prompt, another tier", async () => {
  const varying = (await api("models?gateway=openrouter")).data.find((each) => each.varies_by.includes("prompt") && each.prices.some((price) => price.unit === "input_token" && price.when?.prompt_over?.tokens < 250_000));
  await show(page, `?q=${encodeURIComponent(varying.id)}&provider=openrouter&work=1000000,0,0,prompt:250000&cols=name`);
  await whole(page);
  const row = page.locator(".table .body .row").filter({ has: page.locator(`.id:text-is("${varying.id}")`) });
  await row.locator(".price").waitFor();
  const usage = { prompt_tokens: 250_000, completion_tokens: 0 };
  const cost = await (await fetch(`${URL_OF}cost`, { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify({ provider: "openrouter", model: varying.id, usage }) })).json();
  const title = await row.locator(".price").getAttribute("title");
  const [, usd] = /^USD ([\d.]+)/.exec(title);
  assert.equal(Number(usd), Number(cost.usd) * 4); // four such requests
  assert.match(title, /prompt_over/);
});
