// The whole catalog as columns: words as numbers into dictionaries, so that 100,000 rows are filtered in a few ms.

import { headlines, type Listing, type ModelsAnswer, type Price } from "./listing";
import { perMillion } from "./decimal";

export interface Dictionary {
  codes: Uint32Array; // row -> place in words; words[0] is "" and means: not said
  words: string[];
}

export interface Columns {
  count: number;
  catalog: string;
  live: number;
  simulated: boolean;
  at: string | null;
  absent: [string, string | null][];
  text: Record<TextColumn, Dictionary>;
  sets: Record<SetColumn, Dictionary>; // each word is a list with commas
  ids: string; // with line feeds between; ids hold none
  names: string;
  blob: string; // per row: a line feed, then each word of id and name after a blank
  starts: Uint32Array; // row -> where its part of the blob begins
  context: Float64Array; // NaN where unknown
  output: Float64Array;
  units: Record<string, Uint32Array>; // unit -> row -> place in prices
  prices: PriceWord[];
  values: Float64Array; // place in prices -> USD for one single unit, to sort by; NaN unless known in USD or free
  priced: Uint8Array; // number of prices of any kind
  pattern: Uint8Array;
}

export interface PriceWord {
  state: "unknown" | "free" | "varying" | "known";
  usd: string | null;
  million: string | null;
  billed: string | null;
  source: string;
}

export const TEXT_COLUMNS = ["provider", "lab", "model", "variant", "mode", "status", "quantization", "origin", "released", "retires"] as const;
export const SET_COLUMNS = ["input_modalities", "output_modalities", "supported_parameters", "varies_by"] as const;
export type TextColumn = (typeof TEXT_COLUMNS)[number];
export type SetColumn = (typeof SET_COLUMNS)[number];

const UNKNOWN: PriceWord = { state: "unknown", usd: null, million: null, billed: null, source: "" };

class Words {
  readonly words: string[] = [""];
  private readonly places = new Map<string, number>([["", 0]]);

  place(word: string | null): number {
    if (!word) return 0;
    let place = this.places.get(word);
    if (place === undefined) {
      place = this.words.push(word) - 1;
      this.places.set(word, place);
    }
    return place;
  }
}

export function columnsOf(answer: ModelsAnswer): Columns {
  const listings = answer.data;
  const count = listings.length;
  const price = new Prices();
  const starts = new Uint32Array(count + 1);
  const context = new Float64Array(count);
  const output = new Float64Array(count);
  const priced = new Uint8Array(count);
  const pattern = new Uint8Array(count);
  const units: Record<string, Uint32Array> = {};
  const ids: string[] = [];
  const names: string[] = [];
  const blob: string[] = [];
  let at = 0;
  for (let row = 0; row < count; row++) {
    const listing = listings[row];
    ids.push(listing.id);
    names.push((listing.name ?? "").replaceAll("\n", " "));
    const words = "\n " + wordsOf(`${listing.id} ${listing.name ?? ""}`).join(" ");
    blob.push(words);
    starts[row] = at;
    at += words.length;
    context[row] = listing.context_tokens ?? NaN;
    output[row] = listing.max_output_tokens ?? NaN;
    priced[row] = Math.min(255, listing.prices.length);
    pattern[row] = listing.id_is === "pattern" ? 1 : 0;
    if (listing.prices.length === 0) continue;
    for (const [unit, rule] of headlines(listing.prices)) (units[unit] ??= new Uint32Array(count))[row] = price.place(rule);
  }
  starts[count] = at;
  return {
    count,
    catalog: answer.catalog,
    live: answer.totals.live,
    simulated: answer.simulated ?? false,
    at: answer.at ?? null,
    absent: absentOf(answer),
    text: texts(listings),
    sets: sets(listings),
    ids: ids.join("\n"),
    names: names.join("\n"),
    blob: blob.join(""),
    starts,
    context,
    output,
    units,
    prices: price.words,
    values: Float64Array.from(price.words, (word) => (word.usd === null ? NaN : Number(word.usd))),
    priced,
    pattern,
  };
}

/** As the service does: letters, digits and points make words, in any case. */
export function wordsOf(text: string): string[] {
  return text.toLowerCase().split(/[^a-z0-9.]+/);
}

class Prices {
  readonly words: PriceWord[] = [UNKNOWN];
  private readonly places = new Map<string, number>();

  place(rule: Price): number {
    const key = `${rule.state}|${rule.usd}|${rule.source}|${rule.usd === null ? JSON.stringify(rule.billed) : ""}`;
    let place = this.places.get(key);
    if (place === undefined) {
      const billed = rule.billed && `${rule.billed.amount} ${rule.billed.currency} / ${rule.billed.per}`;
      const million = rule.usd === null ? null : perMillion(rule.usd);
      place = this.words.push({ state: rule.state, usd: rule.usd, million, billed, source: rule.source }) - 1;
      this.places.set(key, place);
    }
    return place;
  }
}

function texts(listings: Listing[]): Record<TextColumn, Dictionary> {
  const made = {} as Record<TextColumn, Dictionary>;
  for (const column of TEXT_COLUMNS)
    made[column] = dictionary(listings, (listing) => (column === "retires" ? (listing.retires_at ?? listing.deprecated_at ?? null) : listing[column]));
  return made;
}

function sets(listings: Listing[]): Record<SetColumn, Dictionary> {
  const made = {} as Record<SetColumn, Dictionary>;
  for (const column of SET_COLUMNS) made[column] = dictionary(listings, (listing) => listing[column].join(","));
  return made;
}

function dictionary(listings: Listing[], of: (listing: Listing) => string | null): Dictionary {
  const words = new Words();
  const codes = new Uint32Array(listings.length);
  for (let row = 0; row < listings.length; row++) codes[row] = words.place(of(listings[row]));
  return { codes, words: words.words };
}

function absentOf(answer: ModelsAnswer): [string, string | null][] {
  if (!answer.absent) return [];
  if (Array.isArray(answer.absent)) return answer.absent.map((each) => [each.provider, each.history_from]);
  return Object.entries(answer.absent).map(([slug, each]) => [slug, each.history_from]);
}

/** What must be moved and not copied when columns leave the worker. */
export function buffersOf(columns: Columns): ArrayBuffer[] {
  const arrays = [columns.starts, columns.context, columns.output, columns.values, columns.priced, columns.pattern];
  const dictionaries = [...Object.values(columns.text), ...Object.values(columns.sets)].map((each) => each.codes);
  return [...arrays, ...dictionaries, ...Object.values(columns.units)].map((each) => each.buffer as ArrayBuffer);
}
