// What changed, day by day, as syncs and replays observed it.

import { useEffect, useState } from "preact/hooks";
import { perMillion } from "../data/decimal";
import { conditions, type When } from "../data/listing";
import { fleet } from "../data/fleet";
import { address, ask } from "../data/service";
import { count, harmless, isSmall, many, spoken } from "../format";
import { Said, useAsked } from "../frame/asked";
import { Glyph } from "../frame/glyphs";
import { useStore } from "../state";
import { go, linkTo, NO_FILTER, view } from "../view";

interface Saying {
  state: string;
  usd: string | null;
  billed: { amount: string; currency: string; per: string } | null;
}

interface PriceChange {
  unit: string;
  when: When | null;
  source: string;
  old: Saying;
  new: Saying;
  ratio: string | null;
}

interface Change {
  at: string;
  provider: string;
  id: string;
  kind: string;
  cause: string;
  price: PriceChange | null;
  attribute: { name: string; old: unknown; new: unknown } | null;
  prices: PriceChange[];
}

interface Changes {
  data: Change[];
  next: string | null;
}

const AT_ONCE = 500;
const FEW = 5; // alike, from which on they stand in one line that opens
const FEW_REPRICED = 25; // of which each is worth reading
const KINDS = ["new", "gone", "back", "repriced", "became_known", "became_free", "became_varying", "became_unknown", "attribute"];

export function ChangesPage() {
  const { filter, more } = useStore(view);
  const states = useStore(fleet);
  const provider = filter.facets.provider?.join(",") ?? "";
  const query = new URLSearchParams(Object.entries({ provider, kind: more.kind ?? "", since: more.since ?? "" }).filter(([, value]) => value)).toString().replaceAll("%2C", ",");
  const asked = useAsked<Changes>(`changes?limit=${AT_ONCE}${query ? `&${query}` : ""}`, states.catalog);
  const chosen = (more.kind ?? "").split(",").filter(Boolean);
  const turn = (kind: string) => {
    const after = chosen.includes(kind) ? chosen.filter((each) => each !== kind) : [...chosen, kind];
    go({ more: { ...more, kind: after.join(",") } });
  };
  return (
    <section class="sheet">
      <header>
        <h1>Changes</h1>
        <div class="pills" role="group" aria-label="kinds of changes">
          {KINDS.map((kind) => <button key={kind} type="button" aria-pressed={chosen.includes(kind)} title={spoken(kind)} aria-label={spoken(kind)} onClick={() => turn(kind)}>{spoken(kind).replace("became ", "→ ")}</button>)}
        </div>
        <label class="field">
          <span>Provider</span>
          <select value={provider} onChange={(event) => go({ filter: { ...NO_FILTER, facets: event.currentTarget.value ? { provider: [event.currentTarget.value] } : {} } })}>
            <option value="">all of them</option>
            {[...states.providers.values()].filter((each) => each.kind !== null).map((each) => <option key={each.slug}>{each.slug}</option>)}
          </select>
        </label>
        <label class="field">
          <span>Since</span>
          <input type="date" value={(more.since ?? "").slice(0, 10)} onChange={(event) => go({ more: { ...more, since: event.currentTarget.value } })} />
        </label>
        <span class="push" />
        <a href={address(`changes.atom${query ? `?${query}` : ""}`)}>Atom feed of this</a>
      </header>
      <Said asked={asked}>{(first) => <Ledger key={query} first={first} query={query} />}</Said>
    </section>
  );
}

function Ledger({ first, query }: { first: Changes; query: string }) {
  const [pages, setPages] = useState<Changes[]>([]);
  const [busy, setBusy] = useState(false);
  useEffect(() => setPages([]), [first]);
  const all = [first, ...pages];
  const next = all.at(-1)!.next;
  const changes = all.flatMap((page) => page.data);
  if (!changes.length) return <p class="empty">No change of this kind was observed. Changes are seen by syncs: providers in PRICING_SYNC_PROVIDERS have them.</p>;
  const days = new Map<string, Change[]>();
  for (const change of changes) days.set(change.at.slice(0, 10), [...(days.get(change.at.slice(0, 10)) ?? []), change]);
  const further = async () => {
    setBusy(true);
    const page = await ask<Changes>(`changes?limit=${AT_ONCE}&cursor=${next}${query ? `&${query}` : ""}`).catch(() => null);
    setBusy(false);
    if (page) setPages([...pages, page]);
  };
  return (
    <>
      {[...days].map(([day, of]) => (
        <section key={day}>
          <h2><time dateTime={day}>{day}</time> <small>{sums(of)}; prices in USD, for 1M where a unit is a token</small></h2>
          <ul class="ledger">{together(of, seenAtOnce).map((run) => (run.length < (run[0].kind === "repriced" ? FEW_REPRICED : FEW) ? <Lines key={keyOf(run[0])} changes={run} /> : <Run key={keyOf(run[0])} run={run} />))}</ul>
        </section>
      ))}
      {next && <button type="button" disabled={busy} onClick={() => void further()}>earlier ones</button>}
    </>
  );
}

function sums(changes: Change[]): string {
  const counts = new Map<string, number>();
  for (const change of changes) counts.set(change.kind, (counts.get(change.kind) ?? 0) + 1);
  return [...counts].map(([kind, number]) => `${count(number)} ${spoken(kind)}`).join(", ") + " shown";
}

/** Changes that stand side by side and are of the same, in the order in which they stand. */
function together(changes: Change[], same: (change: Change) => string): Change[][] {
  const found: Change[][] = [];
  for (const change of changes) {
    const last = found.at(-1);
    if (last && same(last[0]) === same(change)) last.push(change);
    else found.push([change]);
  }
  return found;
}

/** Of one kind, as one run saw them at one provider. */
function seenAtOnce(change: Change): string {
  return `${change.at} ${change.provider} ${change.kind}`;
}

function keyOf(change: Change): string {
  return `${seenAtOnce(change)} ${change.id}`;
}

function Lines({ changes }: { changes: Change[] }) {
  return <>{together(changes, keyOf).map((of, at) => <Line key={keyOf(of[0]) + at} changes={of} />)}</>;
}

function Run({ run }: { run: Change[] }) {
  const [first] = run;
  const listings = new Set(run.map((change) => change.id)).size;
  return (
    <li class="run">
      <details>
        <summary>
          <time dateTime={first.at}>{first.at.slice(11, 16)}</time>
          <span class={`tag ${first.kind}`}>{spoken(first.kind)}</span>
          <span class="who">{first.provider}</span>
          <span class="many"><Glyph name="right" /> {many(listings, "listing")}{turns(run)}</span>
        </summary>
        <ul class="ledger"><Lines changes={run} /></ul>
      </details>
    </li>
  );
}

/** How many of the prices went up, and how many down. */
function turns(run: Change[]): string {
  const ratios = run.map((change) => change.price?.ratio).filter((ratio) => ratio != null).map(Number);
  const [up, down] = [ratios.filter((ratio) => ratio > 1).length, ratios.filter((ratio) => ratio < 1).length];
  const said = [up && `${count(up)} up`, down && `${count(down)} down`].filter(Boolean).join(", ");
  return said && `; prices: ${said}`;
}

/** What changed of one listing at once. */
function Line({ changes }: { changes: Change[] }) {
  const [first] = changes;
  return (
    <li>
      <time dateTime={first.at}>{first.at.slice(11, 16)}</time>
      <span class={`tag ${first.kind}`}>{spoken(first.kind)}</span>
      <span class="who" title={first.provider}>{first.provider}</span>
      <a class="id" title={harmless(first.id)} href={linkTo({ tab: "catalog", more: {}, filter: NO_FILTER, show: `listing:${first.provider}/${first.id}` })}>{harmless(first.id)}</a>
      <span class="said">
        {changes.map((change, at) => (
          <>
            {at > 0 && " · "}
            <What change={change} />
          </>
        ))}
      </span>
    </li>
  );
}

function What({ change }: { change: Change }) {
  return (
    <>
      {change.price && <PriceSaid price={change.price} />}
      {change.attribute && <>{spoken(change.attribute.name)}: {short(change.attribute.old)} → {short(change.attribute.new)}</>}
      {change.prices.slice(0, 3).map((price, at) => <span key={at}>{at > 0 && " · "}{spoken(price.unit)} {amount(price.new, price.unit)}</span>)}
      {change.cause !== "provider" && <span class="tag" title="not a word of the provider">{change.cause}</span>}
    </>
  );
}

function PriceSaid({ price }: { price: PriceChange }) {
  const rate = price.old.usd !== null && price.new.usd !== null && Number(price.old.usd) > 0 ? Number(price.new.usd) / Number(price.old.usd) - 1 : null;
  const when = conditions(price.when);
  return (
    <>
      {spoken(price.unit)}{when && ` (${when})`} {amount(price.old, price.unit)} → {amount(price.new, price.unit)}
      {rate !== null && <span class={rate > 0 ? "bad" : "good"} title={`new / old = ${price.ratio}`}> {rate > 0 ? "+" : "−"}{Math.abs(rate * 100).toFixed(Math.abs(rate) < 0.1 ? 1 : 0)}{"\u00a0%"}</span>}
    </>
  );
}

function amount(said: Saying | null, unit: string): string {
  if (!said || said.state === "unknown") return "unknown";
  if (said.state !== "known") return said.state;
  if (said.usd === null) return said.billed ? `${said.billed.amount} ${said.billed.currency} / ${said.billed.per}` : "known";
  return isSmall(unit) ? perMillion(said.usd) : said.usd;
}

function short(value: unknown): string {
  const text = value === null || value === undefined ? "not said" : typeof value === "string" ? value : JSON.stringify(value);
  return harmless(text.length > 120 ? text.slice(0, 120) + "…" : text);
}
