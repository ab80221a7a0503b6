// The catalog as it is held by the page: loaded whole by a worker, again when the service says that it changed.

import { Store } from "../state";
import { view } from "../view";
import { columnsOf } from "./columns";
import type { ModelsAnswer } from "./listing";
import type { Loaded } from "./load.worker";
import { questionOf } from "./question";
import { Rows } from "./rows";
import { address, ask, key } from "./service";

export interface Catalog {
  rows: Rows | null;
  whole: boolean; // false while only the first rows are there
  total: number | null;
  at: string;
  problem: string | null;
}

export const catalog = new Store<Catalog>({ rows: null, whole: false, total: null, at: "", problem: null });

const worker = new Worker(new URL("./load.worker.ts", import.meta.url), { type: "module" });
let asked = 0;
let shown = view.value.at;

worker.onmessage = (message: MessageEvent<Loaded>) => {
  const { columns, problem, unchanged } = message.data;
  if (message.data.asked !== asked || unchanged) return;
  if (columns) {
    catalog.set({ rows: new Rows(columns), whole: true, total: columns.count, at: view.value.at, problem: null });
    performance.mark("catalog");
  } else catalog.set({ ...catalog.value, problem: problem ?? null });
};

let wanted = false;

/** See that the catalog is there, or comes: for the table and the palette. The other pages do without. */
export function want(): void {
  if (wanted) return;
  wanted = true;
  load();
  if (!view.value.at) void showFirst();
}

/** Load the catalog of the date that is shown; what is there stays until the new one is. */
export function load(): void {
  if (!wanted) return;
  const at = view.value.at;
  const held = catalog.value;
  const have = held.rows && held.whole && held.at === at && !at ? held.rows.columns.catalog : null;
  const url = address(`models${at ? `?at=${encodeURIComponent(at)}` : ""}`); // whole: the service has it ready
  worker.postMessage({ asked: ++asked, url, have, key: key.value });
}

export function start(): void {
  const look = () => {
    if (view.value.tab === "catalog") want();
    if (view.value.at === shown) return;
    shown = view.value.at;
    load();
  };
  look();
  view.listen(look);
}

/** A screen of the rows that are asked for, which the service answers at once, until the whole is there. */
async function showFirst(): Promise<void> {
  const { query } = questionOf({ ...view.value, group: false });
  try {
    const answer = await ask<ModelsAnswer>(`models?limit=40${query && `&${query}`}`);
    if (catalog.value.rows) return;
    catalog.set({ ...catalog.value, rows: new Rows(columnsOf(answer)), total: answer.total });
    performance.mark("first");
  } catch {
    // The worker asks the same service and says what is wrong.
  }
}
