// Which rows answer the question, in which order, and how many each choice of each facet would leave.

import type { Columns, SetColumn, TextColumn } from "./columns";
import { wordsOf } from "./columns";
import type { Rows } from "./rows";

export const FACETS = ["provider", "lab", "mode", "input_modalities", "output_modalities", "supported_parameters", "price", "quantization", "variant", "status", "origin"] as const;
export type Facet = (typeof FACETS)[number];

export interface Filter {
  q: string;
  facets: Partial<Record<Facet, string[]>>; // a word, or one to leave out with "-" before it
  model: string;
  min_context: number | null;
  min_input: number | null; // USD per million, as the next
  max_input: number | null;
  max_output: number | null;
}

export interface Selected {
  rows: Uint32Array;
  counts: Record<Facet, Map<string, number>>;
  histogram: Uint32Array; // rows by their input price, whatever the limits of it are
  priced: number;
  models: number;
}

export const BUCKETS = 24;
export const PRICE_WORDS = ["free", "priced", "varying", "unknown"];

interface Part {
  codes: Uint32Array;
  pass: Uint8Array; // by code
  cuts: boolean; // whether any code does not pass
  counts: Uint32Array; // of rows that every other part lets through
}

export function select(rows: Rows, filter: Filter, order: Uint32Array | null): Selected {
  const columns = rows.columns;
  const base = baseOf(rows, filter);
  const parts = [...FACETS.map((facet) => partOf(rows, facet, filter.facets[facet] ?? [])), rangeOf(rows, filter)];
  const ok = passing(columns.count, base, parts.filter((part) => part.cuts));
  const found = new Uint32Array(columns.count);
  let count = 0;
  for (let at = 0; at < columns.count; at++) {
    const row = order ? order[at] : at;
    if (ok[row]) found[count++] = row;
  }
  const chosen = found.slice(0, count);
  for (const part of parts) tally(part, chosen);
  return { rows: chosen, counts: countsOf(columns, parts), histogram: histogramOf(parts[FACETS.length]), ...sums(columns, chosen) };
}

/** 1 for each row that all parts let through; a row that one alone holds back is counted there. */
function passing(count: number, base: Uint8Array | null, parts: Part[]): Uint8Array {
  const ok = base ?? new Uint8Array(count).fill(1);
  if (!parts.length) return ok;
  for (let row = 0; row < count; row++) {
    if (!ok[row]) continue;
    let failed: Part | null = null;
    let several = false;
    for (const part of parts) {
      if (part.pass[part.codes[row]]) continue;
      several = failed !== null;
      if (several) break;
      failed = part;
    }
    if (failed === null) continue;
    ok[row] = 0;
    if (!several) failed.counts[failed.codes[row]]++;
  }
  return ok;
}

function tally({ codes, counts }: Part, rows: Uint32Array): void {
  for (let at = 0; at < rows.length; at++) counts[codes[rows[at]]]++;
}

/** The codes of a facet: of its column, or of what is known of the price. */
function codesOf(rows: Rows, facet: Facet): { codes: Uint32Array; words: string[]; set: boolean } {
  const columns = rows.columns;
  if (facet === "price") return { codes: priceStates(rows), words: PRICE_WORDS, set: false };
  if (facet in columns.sets) return { ...columns.sets[facet as SetColumn], set: true };
  return { ...columns.text[facet as TextColumn], set: false };
}

function partOf(rows: Rows, facet: Facet, chosen: string[]): Part {
  const { codes, words, set } = codesOf(rows, facet);
  const wanted = chosen.filter((word) => !word.startsWith("-"));
  const unwanted = chosen.filter((word) => word.startsWith("-")).map((word) => word.slice(1));
  const pass = Uint8Array.from(words, (word) => {
    const has = set ? word.split(",") : [word];
    if (unwanted.some((each) => has.includes(each))) return 0;
    // Of a list all that is asked for must be there, as the service has it; of a word, one of them.
    return Number(set ? wanted.every((each) => has.includes(each)) : !wanted.length || wanted.includes(word));
  });
  return { codes, pass, cuts: chosen.length > 0, counts: new Uint32Array(words.length) };
}

const STATES = new WeakMap<Columns, Uint32Array>();

function priceStates(rows: Rows): Uint32Array {
  let made = STATES.get(rows.columns);
  if (!made) {
    made = new Uint32Array(rows.count);
    for (let row = 0; row < rows.count; row++) {
      const input = rows.price("input_token", row).state;
      const output = rows.price("output_token", row).state;
      if (input === "free" && output === "free") made[row] = 0;
      else if (input === "varying" || output === "varying") made[row] = 2;
      else made[row] = rows.columns.priced[row] ? 1 : 3;
    }
    STATES.set(rows.columns, made);
  }
  return made;
}

const BUCKET_OF = new WeakMap<Columns, Uint32Array>();

/** 0 where no amount is known, else 1 + the place on a logarithmic scale from 0.01 to 100 USD per million. */
function buckets(rows: Rows): Uint32Array {
  let made = BUCKET_OF.get(rows.columns);
  if (!made) {
    made = new Uint32Array(rows.count);
    for (let row = 0; row < rows.count; row++) made[row] = bucketOf(rows.value("input_token", row) * 1e6);
    BUCKET_OF.set(rows.columns, made);
  }
  return made;
}

export function bucketOf(million: number): number {
  if (Number.isNaN(million)) return 0;
  if (million <= 0) return 1;
  return 1 + Math.max(0, Math.min(BUCKETS - 1, Math.floor(((Math.log10(million) + 2) / 4) * BUCKETS)));
}

/** The limits of the input price as a part of its own, so that the histogram shows what they cut off. */
function rangeOf(rows: Rows, filter: Filter): Part {
  const bucket = buckets(rows);
  const { min_input: least, max_input: most } = filter;
  const size = BUCKETS + 1;
  if (least === null && most === null) return { codes: bucket, pass: new Uint8Array(size).fill(1), cuts: false, counts: new Uint32Array(size) };
  const codes = new Uint32Array(rows.count);
  for (let row = 0; row < rows.count; row++) {
    const value = rows.value("input_token", row) * 1e6;
    // A hair's breadth of room: the limits are typed in decimals, and the keys to sort by are floats.
    const inside = !Number.isNaN(value) && value >= (least ?? 0) * (1 - 1e-12) && value <= (most ?? Infinity) * (1 + 1e-12);
    codes[row] = bucket[row] + (inside ? size : 0);
  }
  return { codes, pass: Uint8Array.from({ length: 2 * size }, (_, code) => Number(code >= size)), cuts: true, counts: new Uint32Array(2 * size) };
}

function histogramOf(part: Part): Uint32Array {
  const size = BUCKETS + 1;
  return Uint32Array.from({ length: size }, (_, at) => part.counts[at] + (part.counts[at + size] ?? 0));
}

function baseOf(rows: Rows, filter: Filter): Uint8Array | null {
  const columns = rows.columns;
  let base = searched(columns, filter.q);
  const also = (test: (row: number) => boolean) => {
    base ??= new Uint8Array(columns.count).fill(1);
    for (let row = 0; row < columns.count; row++) if (base[row] && !test(row)) base[row] = 0;
  };
  if (filter.model) {
    const place = columns.text.model.words.indexOf(filter.model);
    also((row) => columns.text.model.codes[row] === place);
  }
  const { min_context: least, max_output: most } = filter;
  if (least !== null) also((row) => columns.context[row] >= least);
  if (most !== null) also((row) => rows.value("output_token", row) * 1e6 <= most * (1 + 1e-12));
  return base;
}

/** The rows in which every word of the text begins a word of the id or the name; null for all of them. */
export function searched(columns: Columns, text: string): Uint8Array | null {
  const { blob, starts } = columns;
  let found: Uint8Array | null = null;
  for (const word of wordsOf(text)) {
    if (!word) continue;
    const sought = " " + word;
    const before = found;
    const now = new Uint8Array(columns.count);
    let row = 0;
    for (let at = blob.indexOf(sought); at >= 0; at = blob.indexOf(sought, starts[row])) {
      while (starts[row + 1] <= at) row++;
      now[row] = before ? before[row] : 1;
      row++;
    }
    found = now;
  }
  return found;
}

function countsOf(columns: Columns, parts: Part[]): Record<Facet, Map<string, number>> {
  const made = {} as Record<Facet, Map<string, number>>;
  FACETS.forEach((facet, at) => {
    const counts = new Map<string, number>();
    const words = facet === "price" ? PRICE_WORDS : facet in columns.sets ? columns.sets[facet as SetColumn].words : columns.text[facet as TextColumn].words;
    parts[at].counts.forEach((count, code) => {
      if (!count) return;
      for (const word of words[code].split(",")) if (word) counts.set(word, (counts.get(word) ?? 0) + count);
    });
    made[facet] = counts;
  });
  return made;
}

function sums(columns: Columns, rows: Uint32Array): { priced: number; models: number } {
  const seen = new Uint8Array(columns.text.model.words.length);
  const { codes } = columns.text.model;
  let priced = 0;
  let models = 0;
  for (const row of rows) {
    if (columns.priced[row]) priced++;
    if (codes[row] && !seen[codes[row]]) {
      seen[codes[row]] = 1;
      models++;
    }
  }
  return { priced, models };
}
