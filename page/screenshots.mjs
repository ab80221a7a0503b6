// Pictures of each page of a running demo for docs/images/, or of those that are named (CHROMIUM names the browser):
//   node screenshots.mjs http://127.0.0.1:8080/ [catalog grouped ...]

import { writeFile } from "node:fs/promises";
import { chromium } from "playwright-core";

const [, , url, ...only] = process.argv;
const shown = await (await fetch(`${url}models?gateway=alibaba&priced=true&limit=5&sort=-input_price`)).json();
const ids = shown.data.map((each) => `alibaba/${each.id}`);
const repriced = (await (await fetch(`${url}changes?kind=repriced&provider=alibaba&limit=1`)).json()).data[0];
const listing = repriced ? `alibaba/${repriced.id}` : ids[0];
const DESKTOP = { width: 1440, height: 860 };
const TELEPHONE = { width: 390, height: 760 };
const PICTURES = {
  catalog: [""],
  grouped: ["?group=model&q=llama&open=meta-llama/llama-3.3-70b-instruct", DESKTOP, "dark"],
  workload: ["?work=1000000,0,200000&sort=cost&price=priced&q=gpt-oss&show=model:openai/gpt-oss-120b"],
  listing: [`?provider=alibaba&price=priced&show=listing:${listing}`],
  compare: [`?compare=${ids.slice(0, 4).map(encodeURIComponent).map(encodeURIComponent).join(",")}&comparing=yes&work=1000000,0,200000`],
  providers: ["?view=providers&show=provider:openrouter"],
  stored: ["?view=stored&reason=no_price"],
  changes: ["?view=changes"],
  quarantine: ["?view=quarantine"],
  unmatched: ["?view=unmatched"],
  palette: ["", DESKTOP, "dark"],
  "telephone-catalog": ["?q=llama", TELEPHONE, "dark"],
  "telephone-model": ["?show=model:openai/gpt-oss-120b", TELEPHONE],
  "telephone-stored": ["?view=stored&reason=no_price", TELEPHONE],
};

const QUALITY = 0.9; // of WebP, in which a picture takes a third of what it takes as PNG

/** Encoded by the browser, which can. */
async function webp(page, png) {
  return page.evaluate(
    async ([png, quality]) => {
      const image = new Image();
      image.src = `data:image/png;base64,${png}`;
      await image.decode();
      const canvas = Object.assign(document.createElement("canvas"), { width: image.width, height: image.height });
      canvas.getContext("2d").drawImage(image, 0, 0);
      return canvas.toDataURL("image/webp", quality).split(",")[1];
    },
    [png.toString("base64"), QUALITY],
  );
}

const browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium", args: ["--no-sandbox"] });
const encoder = await browser.newPage();
for (const [name, [query, viewport = DESKTOP, colorScheme = "light"]] of Object.entries(PICTURES)) {
  if (only.length && !only.includes(name)) continue;
  const page = await browser.newPage({ viewport, colorScheme });
  await page.goto(url + query);
  await page.locator(query.includes("view=") || name === "compare" ? "h1" : ".toolbar .totals strong").first().waitFor();
  await page.waitForFunction(() => !document.querySelector("[aria-busy=true]"));
  if (name === "listing") await page.locator(".drawer .prices summary").first().click();
  if (name === "palette") {
    await page.keyboard.press("Control+k");
    await page.keyboard.type("llama 3.3");
  }
  await page.waitForTimeout(1000); // charts, and what moves once
  const picture = await webp(encoder, await page.screenshot());
  await writeFile(new URL(`../docs/images/${name}.webp`, import.meta.url), picture, "base64");
  await page.close();
}
await browser.close();
