import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { after, before, test } from "node:test";
import { api, close, launch, open, says, show, whole } from "./support.mjs";

let browser;
before(async () => (browser = await launch()));
after(() => browser.close());

const AXE = createRequire(import.meta.url).resolve("axe-core/axe.min.js");
const PAGES = { catalog: "", model: "?show=model:openai/gpt-oss-120b", grouped: "?group=model&q=llama", workload: "?work=1000000,0,200000", providers: "?view=providers&show=provider:openrouter", stored: "?view=stored&reason=no_price", changes: "?view=changes", quarantine: "?view=quarantine", unmatched: "?view=unmatched" };

const DARK = Object.fromEntries(["workload", "model", "providers", "stored"].map((name) => [name, PAGES[name]]));

async function findings(page) {
  const { violations } = await page.evaluate(() => window.axe.run(document, { runOnly: ["wcag2a", "wcag2aa", "wcag21aa"], resultTypes: ["violations"], selectors: false }));
  return violations.filter(({ impact }) => ["serious", "critical"].includes(impact)).map(({ id, nodes }) => `${id}: ${nodes[0].html.slice(0, 160)} ${nodes[0].failureSummary}`);
}

for (const scheme of ["light", "dark"])
  test(`axe finds nothing serious on any page: ${scheme}`, async () => {
    const page = await open(browser, "", { colorScheme: scheme });
    await page.evaluate(await readFile(AXE, "utf-8")); // run in the page's own world by the browser and not by the page, so the policy stays
    for (const [name, query] of Object.entries(scheme === "light" ? PAGES : DARK)) {
      await show(page, query);
      assert.deepEqual(await findings(page), [], name);
    }
    await close(page);
  });

test("390 px are enough for every page, and 720 for a window of 1440 at twice the size", async () => {
  const page = await open(browser);
  for (const [width, height] of [[390, 844], [720, 450]]) {
    await page.setViewportSize({ width, height });
    for (const [name, query] of Object.entries(PAGES)) {
      await show(page, query);
      const beyond = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
      assert.ok(beyond <= 0, `${name}: ${beyond} px lie beyond ${width}`);
    }
  }
  await close(page);
});

test("nothing moves for whoever wants no motion", async () => {
  const page = await open(browser, "", { reducedMotion: "reduce" });
  await whole(page);
  const moved = await page.evaluate(() => {
    document.querySelector(".body .row").classList.add("flash");
    return document.getAnimations().length;
  });
  assert.equal(moved, 0);
  await page.emulateMedia({ reducedMotion: "no-preference" });
  assert.equal(await page.evaluate(() => document.getAnimations().length), 1);
  await close(page);
});

test("a tab out of sight lets go of its stream, and takes it up again", async () => {
  const page = await open(browser, "?view=changes", {
    before: (page) =>
      page.addInitScript(() => {
        let state = "visible";
        Object.defineProperty(document, "visibilityState", { get: () => state });
        window.be = (wanted) => {
          state = wanted;
          document.dispatchEvent(new Event("visibilitychange"));
        };
      }),
  });
  const isStream = (request) => request.url().endsWith("/events");
  await page.waitForFunction(() => performance.getEntriesByType("resource").some((each) => each.name.endsWith("/providers")));
  const [ended] = await Promise.all([page.waitForEvent("requestfailed", isStream), page.evaluate(() => window.be("hidden"))]);
  assert.match(ended.failure().errorText, /ABORTED/);
  await Promise.all([page.waitForRequest(isStream), page.evaluate(() => window.be("visible"))]);
  await close(page);
});

test("with the keyboard alone: search, walk, open, close, group, help", async () => {
  const page = await open(browser);
  await whole(page);
  await page.keyboard.press("/");
  await page.keyboard.type("llama");
  await page.keyboard.press("Escape");
  await says(page.locator(".hidden-count"), "hidden");
  await page.keyboard.press("j");
  await page.keyboard.press("j");
  await page.keyboard.press("k");
  const first = (await api("models?q=llama&limit=1")).data[0];
  await says(page.locator(".row.cursor"), first.id);
  await page.keyboard.press("Enter");
  await says(page.getByRole("complementary").locator("h1"), first.id);
  await page.keyboard.press("Escape");
  await page.keyboard.press("g");
  assert.match(page.url(), /group=model/);
  await page.keyboard.press("?");
  await says(page.getByRole("dialog"), "group by model");
  await page.keyboard.press("Escape");
  await page.getByRole("dialog").waitFor({ state: "hidden" }).catch(() => assert.fail("the help stays open"));
  await page.keyboard.press("t");
  assert.equal(await page.evaluate(() => document.activeElement.getAttribute("aria-label")), "as of date");
  await close(page);
});

test("the focus is always to be seen", async () => {
  const page = await open(browser);
  await whole(page);
  for (let at = 0; at < 12; at++) {
    await page.keyboard.press("Tab");
    // The field of a date hides its focus inside: there the label shows it.
    const seen = await page.evaluate(() => [document.activeElement, document.activeElement.closest("label")].some((each) => each && getComputedStyle(each).outlineStyle !== "none"));
    assert.ok(seen, await page.evaluate(() => document.activeElement.outerHTML.slice(0, 200)));
  }
  await close(page);
});

test("dark is dark and light is light, also where the reader chooses", async () => {
  const page = await open(browser, "", { colorScheme: "dark" });
  const paper = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
  const dark = await paper();
  await page.getByRole("button", { name: /^theme/ }).click();
  assert.notEqual(await paper(), dark);
  await page.reload();
  assert.notEqual(await paper(), dark);
  await close(page);
});

test("below a path of a proxy everything works", async () => {
  const { createServer, request } = await import("node:http");
  const target = new URL(process.env.PAGE_URL);
  const proxy = createServer((asked, answer) => {
    assert.ok(asked.url.startsWith("/deep/atlas/"), asked.url);
    const passed = request({ host: target.hostname, port: target.port, path: asked.url.slice("/deep/atlas".length), method: asked.method, headers: asked.headers }, (got) => {
      answer.writeHead(got.statusCode, got.headers);
      got.pipe(answer);
    });
    answer.on("close", () => passed.destroy());
    passed.on("error", () => answer.destroy());
    asked.pipe(passed);
  });
  await new Promise((resolve) => proxy.listen(0, "127.0.0.1", resolve));
  const page = await browser.newPage();
  await page.goto(`http://127.0.0.1:${proxy.address().port}/deep/atlas/?q=llama`);
  await whole(page);
  await page.keyboard.press("j");
  await page.keyboard.press("Enter");
  await says(page.getByRole("complementary"), "Facts");
  await page.close();
  proxy.closeAllConnections();
  proxy.close();
});
