// How values look in a cell: free, unknown and varying never alike.

import type { ComponentChildren } from "preact";
import type { PriceWord } from "../data/columns";
import { perMillion } from "../data/decimal";
import { Glyphs, type GlyphName } from "../frame/glyphs";
import { harmless, isSmall, parted, spoken } from "../format";

/** What stands in a cell, what it says when pointed at, and its classes: of the cell itself, as elements in it cost time. */
export interface Said {
  content: ComponentChildren;
  title?: string;
  look?: string;
}

const PLACES = 4;

/** An amount that stands with its point below that of others: as many digits as it lacks are left free after it. */
export function aligned(text: string, places = PLACES): Said & { look: string } {
  const [whole, fraction, cut] = parted(text, places);
  if (!fraction) return { content: <>{whole}<i class="point">.</i></>, look: "lacks-4" };
  return { content: whole + fraction, look: `lacks-${Math.max(0, PLACES + 1 - fraction.length)}${cut ? " cut" : ""}` };
}

export function priced(price: PriceWord, unit: string): Said {
  if (price.state === "free") return { content: "free", look: "free", title: `${spoken(unit)}: free, as the ${price.source || "provider"} says` };
  if (price.state === "varying") return { content: "varies", look: "varies", title: `${spoken(unit)}: varies from request to request` };
  if (price.state === "unknown") return { content: "–", look: "unknown", title: `${spoken(unit)}: no price is known` };
  if (price.usd === null) return { content: price.billed?.split(" ").slice(0, 2).join(" "), look: "foreign word", title: `${price.billed}: not in USD, and never converted` };
  const { content, look } = aligned(isSmall(unit) ? price.million! : price.usd);
  return { content, look: `price ${price.source === "provider" ? "" : "borrowed "}${look}`, title: titleOf(price, unit) };
}

function titleOf(price: PriceWord, unit: string): string {
  const per = isSmall(unit) ? `USD ${price.million} for 1M · ${price.usd} for one` : `USD ${price.usd} for one`;
  return `${spoken(unit)}: ${per}${price.billed ? ` · billed ${price.billed}` : ""} · source: ${price.source}`;
}

/** The same outside of a table that is drawn at every key. */
export function PriceCell({ price, unit }: { price: PriceWord; unit: string }) {
  return <Word said={priced(price, unit)} />;
}

export function Word({ said }: { said: Said }) {
  return <span class={said.look} title={said.title}>{said.content}</span>;
}

/** A spread's value: for one single unit in, per million out. */
export function Million({ usd, title }: { usd: string; title: string }) {
  const text = perMillion(usd);
  const { content, look } = aligned(text);
  return <span class={`price ${look}`} title={`${title}: USD ${text} for 1M`}>{content}</span>;
}

export function Id({ text }: { text: string }) {
  return <span class="id">{harmless(text)}</span>;
}

const MODALITIES: Record<string, GlyphName> = { text: "text", image: "image", audio: "audio", speech: "audio", video: "video", file: "file", pdf: "file", embeddings: "embedding", embedding: "embedding" };
const CAPABILITIES: Record<string, GlyphName> = { tools: "tools", tool_choice: "tools", reasoning: "reasoning", reasoning_effort: "reasoning" };

export function modalities(inputs: string[], outputs: string[]): Said {
  if (!inputs.length && !outputs.length) return { content: null };
  const title = [inputs.length && `takes ${inputs.join(", ")}`, outputs.length && `makes ${outputs.join(", ")}`].filter(Boolean).join("; ");
  const glyphs = (words: string[]) => words.flatMap((word) => MODALITIES[word] ?? []);
  const names = [...glyphs(inputs), ...(outputs.length ? ["arrow" as const] : []), ...glyphs(outputs)];
  return marks(names, [...inputs, ...outputs].filter((word) => !(word in MODALITIES)).join(" "), title);
}

export function capabilities(words: string[]): Said {
  if (!words.length) return { content: null };
  const names = [...new Set(words.flatMap((word) => CAPABILITIES[word] ?? []))];
  const others = words.filter((word) => !(word in CAPABILITIES)).length;
  return marks(names, others ? `+${others}` : "", words.map(spoken).join(", "));
}

function marks(names: GlyphName[], more: string, title: string): Said {
  return { content: <>{names.length > 0 && <Glyphs names={names} label={title} />}{more}</>, title, look: "marks word" };
}
