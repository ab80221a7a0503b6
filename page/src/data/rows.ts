// Columns as the page uses them: texts split once, and each row's values by name.

import type { Columns, PriceWord, SetColumn, TextColumn } from "./columns";

export class Rows {
  readonly ids: string[];
  readonly names: string[];
  private readonly orders = new Map<string, Uint32Array>();

  constructor(readonly columns: Columns) {
    this.ids = columns.count ? columns.ids.split("\n") : [];
    this.names = columns.count ? columns.names.split("\n") : [];
  }

  get count(): number {
    return this.columns.count;
  }

  text(column: TextColumn, row: number): string {
    const { codes, words } = this.columns.text[column];
    return words[codes[row]];
  }

  set(column: SetColumn, row: number): string[] {
    const { codes, words } = this.columns.sets[column];
    const word = words[codes[row]];
    return word ? word.split(",") : [];
  }

  price(unit: string, row: number): PriceWord {
    const codes = this.columns.units[unit];
    return this.columns.prices[codes ? codes[row] : 0];
  }

  value(unit: string, row: number): number {
    const codes = this.columns.units[unit];
    return codes ? this.columns.values[codes[row]] : NaN;
  }

  /** A place for the address of the page and for comparing: provider and id. */
  key(row: number): string {
    return `${this.text("provider", row)}/${this.ids[row]}`;
  }

  find(key: string): number {
    const slash = key.indexOf("/");
    const provider = this.columns.text.provider.words.indexOf(key.slice(0, slash));
    const id = key.slice(slash + 1);
    const { codes } = this.columns.text.provider;
    for (let row = 0; row < this.count; row++) if (codes[row] === provider && this.ids[row] === id) return row;
    return -1;
  }

  /** All rows in an order, made once: those without the value last, equal ones as they are listed. */
  order(name: string, key: (row: number) => number | string, descending: boolean): Uint32Array {
    const called = (descending ? "-" : "") + name;
    let order = this.orders.get(called);
    if (!order) {
      order = sorted(this.count, key, descending);
      this.orders.set(called, order);
    }
    return order;
  }

  forget(name: string): void {
    this.orders.delete(name);
    this.orders.delete("-" + name);
  }
}

/** Rows by the places of their keys among all keys: few are different, so that they are counted and not compared. */
function sorted(count: number, key: (row: number) => number | string, descending: boolean): Uint32Array {
  const keys = Array.from({ length: count }, (_, row) => key(row));
  const known = [...new Set(keys)].filter((each) => each !== "" && !Number.isNaN(each));
  if (typeof known[0] === "number") (known as number[]).sort((a, b) => a - b);
  else known.sort();
  if (descending) known.reverse();
  const places = new Map(known.map((each, place) => [each, place]));
  const place = Uint32Array.from(keys, (each) => places.get(each) ?? known.length);
  const begins = new Uint32Array(known.length + 2);
  for (let row = 0; row < count; row++) begins[place[row] + 1]++;
  for (let at = 1; at < begins.length; at++) begins[at] += begins[at - 1];
  const order = new Uint32Array(count);
  for (let row = 0; row < count; row++) order[begins[place[row]]++] = row;
  return order;
}
