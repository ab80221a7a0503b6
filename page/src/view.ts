// The address is the state: what is shown is read from it, and every choice is written into it.

import { FACETS, type Facet, type Filter } from "./data/select";
import { Store } from "./state";

export const TABS = ["catalog", "providers", "stored", "changes", "quarantine", "unmatched"] as const;
export type Tab = (typeof TABS)[number];

export interface Workload {
  in: bigint;
  cached: bigint;
  out: bigint;
  prompt: number; // tokens of one request
  tier: "standard" | "batch" | "flex" | "priority";
  hour: number | null; // UTC; null is now
}

export interface View {
  tab: Tab;
  filter: Filter;
  sort: string; // a column, with "-" for the largest first; "" is as listed
  cols: string[]; // [] is the usual ones
  group: boolean;
  open: string[]; // models whose offers are unfolded
  show: string; // "listing:provider/id" or "model:lab/name"
  compare: string[]; // "provider/id"
  comparing: boolean;
  at: string; // an instant of the past, "" for now
  work: Workload | null;
  more: Record<string, string>; // what the other tabs ask: provider, kind, reason, since
}

export const NO_FILTER: Filter = { q: "", facets: {}, model: "", min_context: null, min_input: null, max_input: null, max_output: null };
const NUMBERS = ["min_context", "min_input", "max_input", "max_output"] as const;
const MORE = ["kind", "reason", "since", "run"] as const;

export function readView(search: string): View {
  const asked = new URLSearchParams(search);
  const text = (name: string) => asked.get(name) ?? "";
  const list = (name: string) => text(name).split(",").filter(Boolean).map(decodeURIComponent);
  const facets: Filter["facets"] = {};
  for (const facet of FACETS) if (asked.has(facet)) facets[facet] = list(facet);
  const filter: Filter = { ...NO_FILTER, q: text("q"), model: text("model"), facets };
  for (const name of NUMBERS) if (asked.has(name) && Number.isFinite(Number(text(name)))) filter[name] = Number(text(name));
  const tab = text("view") as Tab;
  return {
    tab: TABS.includes(tab) ? tab : "catalog",
    filter,
    sort: text("sort"),
    cols: list("cols"),
    group: text("group") === "model",
    open: list("open"),
    show: text("show"),
    compare: list("compare").slice(0, 5),
    comparing: asked.has("comparing"),
    at: text("at"),
    work: readWork(text("work")),
    more: Object.fromEntries(MORE.filter((name) => asked.has(name)).map((name) => [name, text(name)])),
  };
}

export function writeView(view: View): string {
  const pairs: [string, string][] = [];
  const put = (name: string, value: string | number | null | false) => {
    if (value !== "" && value !== null && value !== false) pairs.push([name, String(value)]);
  };
  const list = (words: string[]) => words.map(encodeURIComponent).join(",");
  put("view", view.tab !== "catalog" && view.tab);
  put("q", view.filter.q);
  for (const facet of FACETS) put(facet, list(view.filter.facets[facet] ?? []));
  put("model", view.filter.model);
  for (const name of NUMBERS) put(name, view.filter[name]);
  put("sort", view.sort);
  put("group", view.group && "model");
  put("open", list(view.open));
  put("cols", list(view.cols));
  put("work", view.work === null ? "" : writeWork(view.work));
  put("at", view.at);
  put("compare", list(view.compare));
  put("comparing", view.comparing && "yes");
  for (const name of MORE) put(name, view.more[name] ?? "");
  put("show", view.show);
  return pairs.map(([name, value]) => `${name}=${readable(value)}`).join("&");
}

/** A colon, slash, comma or at sign means nothing special in a query: they stay as they are. */
function readable(value: string): string {
  return encodeURIComponent(value).replace(/%(2F|3A|2C|40)/g, decodeURIComponent);
}

function readWork(text: string): Workload | null {
  const found = /^(\d+),(\d+),(\d+)(?:,prompt:(\d+))?(?:,(batch|flex|priority))?(?:,hour:(\d+))?$/.exec(text);
  if (!found) return null;
  const [, tokens, cached, out, prompt, tier, hour] = found;
  const hourOf = hour === undefined ? null : Math.min(23, Number(hour));
  return { in: BigInt(tokens), cached: BigInt(cached), out: BigInt(out), prompt: Number(prompt ?? 0), tier: (tier as Workload["tier"]) ?? "standard", hour: hourOf };
}

export function writeWork(work: Workload): string {
  const more = [work.prompt ? `,prompt:${work.prompt}` : "", work.tier === "standard" ? "" : `,${work.tier}`, work.hour === null ? "" : `,hour:${work.hour}`];
  return `${work.in},${work.cached},${work.out}${more.join("")}`;
}

export const view = new Store<View>(readView(location.search));

/** What becomes of the entry of the history: another is added, it is replaced, or that is done while nobody types. */
export type Entry = "added" | "replaced" | "soon";

export function go(change: Partial<View>, entry: Entry = "added"): void {
  if (entry === "added") write();
  turn({ ...view.value, ...change });
  if (entry === "soon") unwritten ??= setTimeout(write, CALM);
  else write(entry === "added");
}

/** What is equal stays the same value, so that what follows from it is not made anew. */
function turn(next: View): void {
  const { filter, work } = view.value;
  const isSame = JSON.stringify(next.filter) === JSON.stringify(filter);
  const isSameWork = next.work !== null && work !== null && writeWork(next.work) === writeWork(work);
  view.set({ ...next, filter: isSame ? filter : next.filter, work: isSameWork ? work : next.work });
}

const CALM = 100; // ms: writing an address takes as long as a third of a frame, and a browser refuses too many at once
let unwritten: ReturnType<typeof setTimeout> | undefined;

function write(anew = false): void {
  clearTimeout(unwritten);
  unwritten = undefined;
  const query = writeView(view.value);
  if (query === location.search.slice(1)) return;
  history[anew ? "pushState" : "replaceState"](null, "", query ? `?${query}` : location.pathname);
}

export function linkTo(change: Partial<View>): string {
  return "?" + writeView({ ...view.value, ...change });
}

/** The link of many rows of one view: what they share is written once. */
export function linksTo(now: View): (show: string) => string {
  const shared = writeView({ ...now, show: "" });
  return (show) => `?${shared}${shared && "&"}show=${readable(show)}`;
}

export function narrow(change: Partial<Filter>, entry: Entry = "added"): void {
  go({ filter: { ...view.value.filter, ...change } }, entry);
}

export function choose(facet: Facet, word: string, exclude: boolean): void {
  const before = view.value.filter.facets[facet] ?? [];
  const called = exclude ? "-" + word : word;
  const others = before.filter((each) => each !== word && each !== "-" + word);
  const after = before.includes(called) ? others : [...others, called];
  narrow({ facets: { ...view.value.filter.facets, [facet]: after.length ? after : undefined } });
}

export function isNarrowed(filter: Filter): boolean {
  return Boolean(filter.q || filter.model || Object.values(filter.facets).some((words) => words?.length) || NUMBERS.some((name) => filter[name] !== null));
}

/** A click on a link to another view shows it, and loads nothing anew; one with a key held opens the link as every link does. */
document.addEventListener("click", (event) => {
  const link = event.target instanceof Element ? event.target.closest("a") : null;
  if (!link || event.defaultPrevented || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey || link.target) return;
  if (link.origin !== location.origin || link.pathname !== location.pathname) return;
  event.preventDefault();
  go(readView(link.search));
});

window.addEventListener("popstate", () => turn(readView(location.search)));
window.addEventListener("pagehide", () => unwritten !== undefined && write());
