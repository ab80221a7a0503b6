// Listings of one model together, with what they cost from the cheapest offer to the dearest.

import { compare, decimal, median, plain, type Decimal } from "./decimal";
import type { Rows } from "./rows";

export interface Group {
  model: string;
  rows: number[];
  providers: number;
}

export interface Spread {
  min: string;
  median: string;
  max: string;
  known: number;
  free: number;
  varying: number;
}

export function groupsOf(rows: Rows, chosen: Uint32Array): Group[] {
  const { codes, words } = rows.columns.text.model;
  const providers = rows.columns.text.provider.codes;
  const groups = new Map<number, Group>();
  const alone: Group[] = [];
  for (const row of chosen) {
    if (!codes[row]) {
      alone.push({ model: "", rows: [row], providers: 1 });
      continue;
    }
    const group = groups.get(codes[row]);
    if (group) group.rows.push(row);
    else groups.set(codes[row], { model: words[codes[row]], rows: [row], providers: 0 });
  }
  for (const group of groups.values()) group.providers = new Set(group.rows.map((row) => providers[row])).size;
  return [...groups.values(), ...alone];
}

/** What one single unit costs among these rows; exact, also the median. Null where no amount is known. */
export function spreadOf(rows: Rows, of: number[], unit: string): Spread | null {
  const known: Decimal[] = [];
  let free = 0;
  let varying = 0;
  for (const row of of) {
    const price = rows.price(unit, row);
    if (price.state === "free") free++;
    else if (price.state === "varying") varying++;
    else if (price.usd !== null) known.push(decimal(price.usd));
  }
  if (!known.length) return null;
  known.sort(compare);
  return { min: plain(known[0]), median: plain(median(known)), max: plain(known[known.length - 1]), known: known.length, free, varying };
}

/** The middle value as a key to sort by. */
export function middle(rows: Rows, of: number[], unit: string): number {
  const known = of.map((row) => rows.value(unit, row)).filter((value) => value > 0).sort((a, b) => a - b);
  if (!known.length) return NaN;
  const at = known.length >> 1;
  return known.length % 2 ? known[at] : (known[at - 1] + known[at]) / 2;
}
