// The columns of the table: what each is called, how it is sorted and how a row's value looks in it.

import { FRESH, ageOf, type Fleet } from "../data/fleet";
import type { Rows } from "../data/rows";
import type { TextColumn } from "../data/columns";
import { age, count, harmless, isSmall, spoken, tokens } from "../format";
import { Glyph } from "../frame/glyphs";
import { aligned, capabilities, Id, modalities, priced, type Said } from "./cells";
import type { Costs } from "./costs";

export interface Shown {
  rows: Rows;
  fleet: Fleet;
  costs: Costs | null;
}

export interface Column {
  key: string;
  label: string;
  title: string;
  width: number; // px; the first column takes what is left
  right?: boolean;
  sort?: (shown: Shown, row: number) => number | string;
  cell: (shown: Shown, row: number) => Said;
}

const UNIT_OF: Record<string, string> = { input_price: "input_token", cached_price: "cache_read_token", output_price: "output_token" };

export const USUAL = ["name", "provider", "io", "supported_parameters", "context_tokens", "input_price", "cached_price", "output_price", "status", "age"];
export const MIDDLE = ["name", "provider", "context_tokens", "input_price", "cached_price", "output_price", "age"];
export const NARROW = ["name", "input_price", "output_price"];

export type Room = "narrow" | "middle" | "wide";
const FITTING: Record<Room, string[]> = { narrow: NARROW, middle: MIDDLE, wide: USUAL };
export const SPREAD_WIDTH = 176; // px, for the smallest, the middle and the largest
const NARROW_WIDTH = 76; // px, of a price on a telephone

const FIXED: Column[] = [
  {
    key: "name",
    label: "Listing",
    title: "the provider's id, and its name where it says one",
    width: 320,
    sort: ({ rows }, row) => (rows.names[row] || rows.ids[row]).toLowerCase(),
    cell: ({ rows }, row) => ({
      content: (
        <>
          <Id text={rows.ids[row]} />
          {rows.columns.pattern[row] ? <span class="tag" title="this id of a reference stands for many">pattern</span> : null}
          <span class="name">{harmless(rows.names[row])}</span>
        </>
      ),
      title: harmless(rows.names[row] ? `${rows.ids[row]}\n${rows.names[row]}` : rows.ids[row]),
    }),
  },
  { key: "provider", label: "Provider", title: "whose listing it is", width: 150, sort: textOf("provider"), cell: wordOf("provider") },
  { key: "lab", label: "Lab", title: "who made the model, as listed", width: 120, sort: textOf("lab"), cell: wordOf("lab") },
  { key: "model", label: "Model", title: "which model it is, whoever serves it", width: 220, sort: textOf("model"), cell: ({ rows }, row) => ({ content: harmless(rows.text("model", row)), title: harmless(rows.text("model", row)), look: "id word" }) },
  { key: "variant", label: "Variant", title: "how it is served", width: 90, sort: textOf("variant"), cell: wordOf("variant") },
  { key: "mode", label: "Mode", title: "what it does", width: 84, sort: textOf("mode"), cell: wordOf("mode") },
  {
    key: "io",
    label: "In › out",
    title: "what it takes and makes",
    width: 104,
    cell: ({ rows }, row) => modalities(rows.set("input_modalities", row), rows.set("output_modalities", row)),
  },
  { key: "supported_parameters", label: "Can", title: "tools, reasoning and other parameters that it takes", width: 72, cell: ({ rows }, row) => capabilities(rows.set("supported_parameters", row)) },
  tokenColumn("context_tokens", "Context", "tokens that fit in", (rows) => rows.columns.context),
  tokenColumn("max_output_tokens", "Max out", "tokens that it makes at most", (rows) => rows.columns.output),
  priceColumn("input_price", "Input"),
  priceColumn("cached_price", "Cached"),
  priceColumn("output_price", "Output"),
  { key: "quantization", label: "Quant", title: "quantization, as listed", width: 80, sort: textOf("quantization"), cell: wordOf("quantization") },
  {
    key: "status",
    label: "Status",
    title: "preview, deprecated or inactive, and what the prices vary by",
    width: 96,
    sort: textOf("status"),
    cell: ({ rows }, row) => {
      const status = rows.text("status", row);
      const varies = rows.set("varies_by", row);
      const retires = rows.text("retires", row);
      const why = varies.length > 0 && `the price varies by ${varies.map(spoken).join(", ")}: shown is the standard tier, the shortest prompt, the dearest hour`;
      const tag = status !== "active" && <span class={`tag ${status}`}>{status}</span>;
      return { content: <>{tag}{why && <Glyph name="clock" label={why} />}</>, title: [retires && `until ${retires}`, why].filter(Boolean).join("\n") || undefined, look: "marks" };
    },
  },
  { key: "released", label: "Released", title: "when the provider says that it was released", width: 96, right: true, sort: textOf("released"), cell: wordOf("released") },
  { key: "origin", label: "Origin", title: "whose word it is: the provider's, the store's or a reference's", width: 84, sort: textOf("origin"), cell: wordOf("origin") },
  {
    key: "age",
    label: "Age",
    title: "since the provider was heard; a hollow dot is the word of a reference",
    width: 64,
    right: true,
    cell: ({ rows, fleet }, row) => aged(rows, fleet, row),
  },
];

const COST: Column = {
  key: "cost",
  label: "Cost",
  title: "USD for the workload",
  width: 120,
  right: true,
  sort: ({ costs }, row) => (costs ? costs.keys[row] : NaN),
  cell: ({ costs }, row) => {
    const cost = costs?.of(row);
    if (!cost) return { content: null };
    if (cost.state === "free") return { content: "free", look: "free" };
    if (cost.state === "varying") return { content: "varies", look: "varies", title: cost.note };
    if (cost.usd === null) return { content: "–", look: "unknown", title: cost.note };
    const { content, look } = aligned(cost.usd);
    return { content: <>{content}{cost.note && <sup>*</sup>}</>, look: `price ${look}`, title: `USD ${cost.usd}${cost.note ? ` · ${cost.note}` : ""}` };
  },
};

/** Every column that can be chosen, with those of further units that this catalog prices. */
export function allColumns(rows: Rows | null): Column[] {
  const known = new Set(Object.values(UNIT_OF));
  const more = Object.keys(rows?.columns.units ?? {}).filter((unit) => !known.has(unit)).sort();
  return [...FIXED, ...more.map((unit) => unitColumn(unit, spoken(unit), unit))];
}

export function columnsFor(rows: Rows | null, wanted: string[], room: Room, withCost: boolean, grouped: boolean): Column[] {
  const all = new Map(allColumns(rows).map((column) => [column.key, column]));
  const usual = room === "narrow" && withCost ? ["name"] : FITTING[grouped && room === "wide" ? "middle" : room];
  const keys = wanted.length ? wanted : usual;
  const chosen = keys.map((key) => all.get(key)).filter((column) => column !== undefined);
  if (!chosen.some((column) => column.key === "name")) chosen.unshift(all.get("name")!);
  if (withCost) chosen.splice(chosen[1]?.key === "provider" ? 2 : 1, 0, COST);
  return chosen.map((column) => (unitOf(column.key) ? fitted(column, room, grouped) : column));
}

/** A price's column: wider for a spread, save of what is mostly unknown, and as narrow as can be where there is no room. */
function fitted(column: Column, room: Room, grouped: boolean): Column {
  if (room === "narrow") return { ...column, width: Math.min(column.width, NARROW_WIDTH) };
  return grouped && column.key !== "cached_price" ? { ...column, width: SPREAD_WIDTH, label: `${column.label}: min, median, max` } : column;
}

export function sortKey(shown: Shown, name: string): ((row: number) => number | string) | null {
  const column = name === "cost" ? COST : allColumns(shown.rows).find((each) => each.key === name);
  return column?.sort ? (row) => column.sort!(shown, row) : null;
}

/** The unit that a column prices; null for other columns. */
export function unitOf(key: string): string | null {
  return UNIT_OF[key] ?? (FIXED.some((column) => column.key === key) || key === "cost" ? null : key);
}

function textOf(column: TextColumn): (shown: Shown, row: number) => string {
  return ({ rows }, row) => harmless(rows.text(column, row));
}

/** A word that may be longer than its column. */
function wordOf(column: TextColumn): Column["cell"] {
  return ({ rows }, row) => {
    const word = harmless(rows.text(column, row));
    return { content: word, title: word || undefined, look: "word" };
  };
}

function tokenColumn(key: string, label: string, title: string, of: (rows: Rows) => Float64Array): Column {
  return {
    key,
    label,
    title,
    width: 76,
    right: true,
    sort: ({ rows }, row) => of(rows)[row],
    cell: ({ rows }, row) => {
      const value = of(rows)[row];
      return Number.isNaN(value) ? { content: "–", look: "unknown", title: "not said" } : { content: tokens(value), title: `${count(value)} tokens` };
    },
  };
}

function priceColumn(key: string, label: string): Column {
  return unitColumn(key, label, UNIT_OF[key]);
}

function unitColumn(key: string, label: string, unit: string): Column {
  return {
    key,
    label,
    title: `${spoken(unit)}: USD ${isSmall(unit) ? "for 1M" : "for one"}`,
    width: 92 + Math.max(0, label.length - 9) * 6,
    right: true,
    sort: ({ rows }, row) => rows.value(unit, row),
    cell: ({ rows }, row) => priced(rows.price(unit, row), unit),
  };
}

function aged(rows: Rows, fleet: Fleet, row: number): Said {
  const origin = rows.text("origin", row);
  if (origin === "reference") return { content: "○", look: "hollow", title: "the word of a reference catalog: this provider was not heard" };
  const seconds = ageOf(fleet.providers.get(rows.text("provider", row)));
  const stale = seconds !== null && seconds >= FRESH;
  return { content: age(seconds), look: stale ? "stale" : "fresh", title: `${origin === "store" ? "as stored; " : ""}heard ${age(seconds)} ago` };
}
