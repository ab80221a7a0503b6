// How the providers are doing, and what happens meanwhile: asked once, then told by the service.

import { Store } from "../state";
import { load } from "./catalog";
import { address, ask } from "./service";

export interface Provider {
  slug: string;
  name: string;
  kind: string | null;
  docs: string | null;
  retired: string | null;
  key: { variables: string[]; needed: boolean; is_set: boolean } | null;
  synced: boolean;
  outcome: { kind: string; meaning: string; detail: string; at: string; seconds: number | null } | null;
  failures: number;
  next_try: string | null;
  held: { listings: number; at: string } | null;
  origin: string | null;
  kept_in: string | null;
  heard_at: string | null;
  age_seconds: number | null;
  entries: number;
  listings: number;
  rejected: Record<string, number>;
  duplicates: number;
  unread: number;
  priced_share: number | null;
  live: number;
  stored: number;
  served: number;
}

export interface Fleet {
  providers: Map<string, Provider>;
  catalog: string;
  source: string;
  simulated: boolean;
  asked: number; // when, on this machine's clock
  problem: string | null;
}

export interface Run {
  id: number;
  provider: string;
  status: string;
}

export const fleet = new Store<Fleet>({ providers: new Map(), catalog: "", source: "live", simulated: false, asked: 0, problem: null });
export const runs = new Store<ReadonlyMap<number, Run>>(new Map()); // those that were told of since the page is open
export const connected = new Store(false);

export async function askFleet(): Promise<void> {
  try {
    const answer = await ask<{ data: Provider[]; catalog: string; source: string; simulated?: boolean }>("providers");
    const providers = new Map(answer.data.map((each) => [each.slug, each]));
    fleet.set({ providers, catalog: answer.catalog, source: answer.source, simulated: answer.simulated ?? false, asked: Date.now(), problem: null });
  } catch (error) {
    fleet.set({ ...fleet.value, problem: (error as Error).message });
  }
}

/** Seconds since a provider was heard, which go on while the page is open. */
export function ageOf(provider: Provider | undefined): number | null {
  if (!provider || provider.age_seconds === null) return null;
  return provider.age_seconds + Math.max(0, Math.floor((Date.now() - fleet.value.asked) / 1000));
}

export const FRESH = 3600;

export interface Pulse {
  asked: number;
  fresh: number;
  failing: Provider[];
  oldest: number | null;
}

export function pulseOf(providers: Iterable<Provider>): Pulse {
  const all = [...providers].filter((each) => each.kind !== null && each.retired === null);
  const ages = all.map(ageOf).filter((age) => age !== null);
  return {
    asked: all.length,
    fresh: ages.filter((age) => age < FRESH).length,
    failing: all.filter((each) => each.failures > 0 || each.held),
    oldest: ages.length ? Math.max(...ages) : null,
  };
}

/**
 * Be told while the page is in sight. A browser has six connections for all tabs of one host, and a stream holds one
 * for good: tabs that nobody looks at let go of theirs, and hear what they missed when they are looked at again.
 */
export function listen(): void {
  let source: EventSource | null = null;
  const look = () => {
    if (document.visibilityState === "hidden") {
      source?.close();
      source = null;
      connected.set(false);
    } else {
      source ??= stream();
      if (Date.now() - fleet.value.asked >= OFTEN) void askFleet();
    }
  };
  look();
  document.addEventListener("visibilitychange", look);
  setInterval(() => document.visibilityState === "visible" && void askFleet(), OFTEN);
}

const OFTEN = 60_000; // ms

function stream(): EventSource {
  const source = new EventSource(address("events"));
  source.onopen = () => connected.set(true);
  source.onerror = () => connected.set(false);
  source.addEventListener("hello", (event) => {
    const { catalog } = JSON.parse((event as MessageEvent).data);
    if (fleet.value.catalog && catalog !== fleet.value.catalog) soon();
  });
  source.addEventListener("fetch", () => soon());
  source.addEventListener("catalog", () => soon());
  source.addEventListener("run", (event) => {
    const run: Run = JSON.parse((event as MessageEvent).data);
    runs.set(new Map(runs.value).set(run.id, run));
    if (run.status !== "running") soon();
  });
  return source;
}

let waiting: ReturnType<typeof setTimeout> | null = null;

/** Many things happen at once; they are asked for together. */
function soon(): void {
  waiting ??= setTimeout(() => {
    waiting = null;
    void askFleet();
    load();
  }, 700);
}
