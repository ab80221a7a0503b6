// The providers: how each is doing, what is held of it, and an operator's buttons.

import { useEffect, useState } from "preact/hooks";
import { FRESH, ageOf, askFleet, connected, fleet, runs, type Provider } from "../data/fleet";
import { ask, key, Problem } from "../data/service";
import { age, count, harmless, instant, percent, signed, spoken } from "../format";
import { useAsked } from "../frame/asked";
import { AdminKey } from "../frame/admin";
import { Glyph } from "../frame/glyphs";
import { say } from "../frame/toast";
import { useStore } from "../state";
import { go, linkTo, NO_FILTER, view } from "../view";

export interface RunView {
  id: number;
  provider: string;
  status: string;
  started_at: string;
  completed_at: string | null;
  seconds: number | null;
  fetched: number;
  inserted: number;
  updated: number;
  unchanged: number;
  skipped: number;
  deactivated: number;
  prices_changed: number;
  error: string | null;
}

const SORTS: Record<string, (each: Provider) => number | string> = {
  provider: (each) => each.name.toLowerCase(),
  outcome: (each) => health(each).order,
  age: (each) => ageOf(each) ?? Infinity,
  live: (each) => -each.live,
  stored: (each) => -each.stored,
  difference: (each) => -(each.live - each.stored),
  priced: (each) => each.priced_share ?? 2,
};

export function ProvidersPage() {
  const states = useStore(fleet);
  const asOperator = useStore(key);
  const told = useStore(runs);
  const [sort, setSort] = useState("outcome");
  const { show } = useStore(view);
  const listens = useStore(connected); // what ended while nobody listened is asked for
  const past = useAsked<{ runs: RunView[] }>("admin/model-sync/runs?limit=1000", `${asOperator}${[...told.values()].filter((run) => run.status !== "running").length}${listens}`);
  const ended = new Map([...(past.answer?.runs ?? []), ...told.values()].filter((run) => run.status !== "running").map((run) => [run.id, run.status]));
  const rows = [...states.providers.values()].sort((a, b) => order(SORTS[sort](a), SORTS[sort](b)) || -(a.served - b.served) || (a.slug < b.slug ? -1 : 1));
  const opened = show.startsWith("provider:") ? states.providers.get(show.slice("provider:".length)) : undefined;
  const running = [...told.values()].filter((run) => !ended.has(run.id));
  return (
    <div class={`sheet with-aside${opened ? " open" : ""}`}>
      <section class="main">
        <header>
          <h1>Providers</h1>
          <Sums rows={rows} />
          <span class="push" />
          <SyncAll running={running.length} ended={ended} />
          <AdminKey refused={past.problem?.status === 401} shut={past.problem?.status === 403 ? past.problem.message : null} />
        </header>
        {states.problem && <p class="problem" role="alert">{states.problem}</p>}
        <div class="wide tall" tabIndex={0} role="region" aria-label="providers">
          <table class="dense">
            <thead>
              <tr>
                {["provider", "outcome", "age", "next try", "live", "stored", "difference", "priced", "since yesterday", "runs, 30 days"].map((head) => (
                  <th key={head} scope="col" class={["age", "next try", "live", "stored", "difference", "priced"].includes(head) ? "right" : ""} aria-sort={sort === head ? "ascending" : undefined}>
                    {head in SORTS ? <button type="button" onClick={() => setSort(head)}>{head}</button> : head}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {rows.map((each) => (
                <Row key={each.slug} provider={each} runs={past.answer?.runs.filter((run) => run.provider === each.slug) ?? null} running={running.some((run) => run.provider === each.slug)} open={each === opened} />
              ))}
            </tbody>
          </table>
        </div>
      </section>
      {opened && <Detail provider={opened} runs={past.answer?.runs.filter((run) => run.provider === opened.slug) ?? null} problem={past.problem} />}
    </div>
  );
}

function Sums({ rows }: { rows: Provider[] }) {
  const asked = rows.filter((each) => each.kind !== null && each.retired === null);
  const fresh = asked.filter((each) => (ageOf(each) ?? Infinity) < FRESH).length;
  const sum = (of: (each: Provider) => number) => count(rows.reduce((all, each) => all + of(each), 0));
  return (
    <span class="totals">
      <strong>{fresh} of {asked.length} fresh</strong>
      <span>{sum((each) => each.served)} listings served</span>
      <span>{sum((each) => each.live)} live</span>
      <span>{sum((each) => each.stored)} stored</span>
      <span>{rows.length - asked.length} retired, or known from references only</span>
    </span>
  );
}

function order(a: number | string, b: number | string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

export function health(each: Provider): { mark: string; order: number; text: string } {
  if (each.retired !== null) return { mark: "none", order: 5, text: "retired" };
  if (each.kind === null) return { mark: "none", order: 6, text: "from a reference only" };
  if (each.held) return { mark: "warn", order: 1, text: "held: it has shrunk" };
  if (!each.outcome) return { mark: "none", order: 3, text: each.live ? "from the store" : "not asked yet" };
  if (each.failures === 0) return { mark: "good", order: 4, text: each.outcome.kind };
  return { mark: each.live ? "warn" : "bad", order: each.live ? 1 : 0, text: spoken(each.outcome.kind) };
}

function Row({ provider, runs: past, running, open }: { provider: Provider; runs: RunView[] | null; running: boolean; open: boolean }) {
  const { mark, text } = health(provider);
  const seconds = ageOf(provider);
  const missing = provider.key?.needed && !provider.key.is_set;
  const show = `provider:${provider.slug}`;
  const difference = provider.live - provider.stored;
  return (
    <tr class={open ? "cursor" : ""} onClick={(event) => (event.target as Element).closest("a") || go({ show: open ? "" : show })}>
      <th scope="row">
        <a href={linkTo({ show })}>{harmless(provider.name)}</a>
        {provider.synced && <span class="tag" title="in PRICING_SYNC_PROVIDERS">synced</span>}
      </th>
      <td>
        <span class={`dot ${mark}`} aria-hidden="true" /> {running ? "syncing …" : missing ? `set ${provider.key!.variables[0]}` : text}
      </td>
      <td class={`right ${seconds !== null && seconds >= FRESH ? "stale" : ""}`}>{age(seconds)}</td>
      <td class="right">{provider.next_try && provider.failures ? ahead(provider.next_try) : ""}</td>
      <td class="right">{provider.live ? count(provider.live) : provider.served ? <span class="hollow" title="from a reference">○ {count(provider.served)}</span> : "–"}</td>
      <td class="right">{provider.stored ? count(provider.stored) : "–"}</td>
      <td class="right">{difference ? <a href={linkTo({ tab: "stored", show: "", filter: { ...NO_FILTER, facets: { provider: [provider.slug] } } })}>{signed(difference)}</a> : "0"}</td>
      <td class="right">{percent(provider.priced_share)}</td>
      <td><Yesterday runs={past} /></td>
      <td><Days runs={past} /></td>
    </tr>
  );
}

function ahead(text: string): string {
  const seconds = (Date.parse(text) - Date.now()) / 1000;
  return seconds > 0 ? `in ${age(seconds)}` : "now";
}

function Yesterday({ runs: past }: { runs: RunView[] | null }) {
  if (past === null) return <span class="unknown" title="runs are shown to the operator: give the admin key">–</span>;
  const since = Date.now() - 86_400_000;
  const recent = past.filter((run) => Date.parse(run.started_at) >= since);
  if (!recent.length) return null;
  const sum = (of: (run: RunView) => number) => recent.reduce((all, run) => all + of(run), 0);
  const [added, gone, priced] = [sum((run) => run.inserted), sum((run) => run.deactivated), sum((run) => run.prices_changed)];
  return (
    <span class="deltas" title={`${recent.length} runs in 24 hours: ${added} new, ${gone} gone, ${priced} prices changed`}>
      {added > 0 && <span class="good">+{count(added)}</span>} {gone > 0 && <span class="bad">−{count(gone)}</span>} {priced > 0 && <span>~{count(priced)}</span>} {!added && !gone && !priced && <span class="quiet">no change</span>}
    </span>
  );
}

/** A strip of thirty days: the worst run of each. */
function Days({ runs: past }: { runs: RunView[] | null }) {
  if (!past?.length) return null;
  const today = Math.floor(Date.now() / 86_400_000);
  const days = Array.from({ length: 30 }, (_, at) => {
    const day = past.filter((run) => Math.floor(Date.parse(run.started_at) / 86_400_000) === today - 29 + at);
    const state = !day.length ? "none" : day.some((run) => run.status === "failed") ? "bad" : day.some((run) => run.status === "partial" || run.status === "cancelled") ? "warn" : "good";
    return { state, day: new Date((today - 29 + at) * 86_400_000).toISOString().slice(0, 10), runs: day.length };
  });
  const ran = days.filter((day) => day.runs);
  return (
    <svg class="days" viewBox="0 0 120 14" width="120" height="14" role="img" aria-label={`${ran.length} of 30 days with runs, ${ran.filter((day) => day.state === "bad").length} with failed ones`}>
      {days.map((day, at) => <rect key={day.day} class={day.state} x={at * 4} y={1} width={3} height={12}><title>{`${day.day}: ${day.runs} runs`}</title></rect>)}
    </svg>
  );
}

function Detail({ provider, runs: past, problem }: { provider: Provider; runs: RunView[] | null; problem: Problem | null }) {
  const { text } = health(provider);
  const facts: [string, preact.ComponentChildren][] = [
    ["outcome", provider.outcome ? `${text}: ${provider.outcome.meaning}` : text],
    ["what was met", provider.outcome?.detail && harmless(provider.outcome.detail)],
    ["retired", provider.retired],
    ["heard", provider.heard_at && `${instant(provider.heard_at)} UTC`],
    ["failures in a row", provider.failures || null],
    ["next try", provider.next_try && `${instant(provider.next_try)} UTC`],
    ["needs", provider.key && `${provider.key.variables.join(" or ")}${provider.key.needed ? "" : " (not needed)"}: ${provider.key.is_set ? "set" : "not set"}`],
    ["entries", provider.entries ? `${count(provider.entries)} = ${count(provider.listings)} listings + ${count(Object.values(provider.rejected).reduce((all, each) => all + each, 0))} rejected + ${count(provider.duplicates)} duplicates` : null],
    ["rejected", Object.entries(provider.rejected).map(([reason, number]) => `${spoken(reason)}: ${count(number)}`).join(", ")],
    ["values not read", provider.unread ? count(provider.unread) : null],
    ["held", provider.held && `a list of ${count(provider.held.listings)}, heard ${instant(provider.held.at)} UTC`],
    ["kept in", provider.kept_in],
  ];
  return (
    <aside class="drawer" aria-label={provider.name}>
      <button type="button" class="icon close" onClick={() => go({ show: "" })} aria-label="close"><Glyph name="close" /></button>
      <header>
        <p class="above">{provider.kind ?? "known from a reference"}</p>
        <h1>{harmless(provider.name)}</h1>
        <Buttons provider={provider} />
      </header>
      <dl class="facts">{facts.filter(([, value]) => value).map(([name, value]) => <><dt>{name}</dt><dd>{value}</dd></>)}</dl>
      <p>
        <a href={linkTo({ tab: "catalog", show: "", filter: { ...NO_FILTER, facets: { provider: [provider.slug] } } })}>its listings</a>
        {" · "}<a href={linkTo({ tab: "stored", show: "", filter: { ...NO_FILTER, facets: { provider: [provider.slug] } } })}>live and stored</a>
        {provider.docs && <> · <a href={provider.docs} rel="noreferrer noopener" target="_blank">its documentation</a></>}
      </p>
      <h2>Runs</h2>
      {past === null ? <p class="quiet">{problem?.status === 403 ? problem.message : "Runs are shown to the operator: give the admin key above."}</p> : <Runs runs={past} />}
    </aside>
  );
}

function Runs({ runs: past }: { runs: RunView[] }) {
  if (!past.length) return <p class="quiet">It was never synced.</p>;
  return (
    <div class="wide">
      <table class="runs">
        <thead><tr>{["begun", "status", "new", "changed", "same", "left out", "gone", "prices"].map((head, at) => <th key={head} scope="col" class={at > 1 ? "right" : ""}>{head}</th>)}</tr></thead>
        <tbody>
          {past.slice(0, 50).map((run) => (
            <tr key={run.id} title={run.error ?? undefined}>
              <td>{instant(run.started_at)}</td>
              <td><span class={`dot ${run.status === "success" ? "good" : run.status === "failed" ? "bad" : "warn"}`} aria-hidden="true" /> {run.status}</td>
              {[run.inserted, run.updated, run.unchanged, run.skipped, run.deactivated, run.prices_changed].map((value, at) => <td key={at} class="right">{count(value)}</td>)}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function Buttons({ provider }: { provider: Provider }) {
  const [busy, setBusy] = useState("");
  if (provider.retired !== null || provider.kind === null) return null;
  const call = async (what: string, path: string, done: string) => {
    setBusy(what);
    try {
      await ask(path, { method: "POST" });
      say(done);
      void askFleet();
    } catch (error) {
      say((error as Error).message, true);
    } finally {
      setBusy("");
    }
  };
  return (
    <p class="actions">
      <button type="button" disabled={busy !== ""} onClick={() => void call("refresh", `admin/refresh/${provider.slug}`, `${provider.name} was asked`)}>{busy === "refresh" ? "asking …" : "refresh"}</button>
      <button type="button" disabled={busy !== ""} onClick={() => void call("sync", `admin/model-sync/provider/${provider.slug}?wait=60`, `${provider.name} is synced`)}>{busy === "sync" ? "syncing …" : "sync"}</button>
      {provider.held && <button type="button" disabled={busy !== ""} onClick={() => void call("release", `admin/holds/${provider.slug}/release`, "the shrunken list is published")}>publish the held list</button>}
    </p>
  );
}

/** One button for all; how far it is, is told by the service as it goes. */
function SyncAll({ running, ended }: { running: number; ended: ReadonlyMap<number, string> }) {
  const [of, setOf] = useState<Set<number>>(new Set());
  const [busy, setBusy] = useState(false);
  const done = [...of].filter((id) => ended.has(id)).length;
  useEffect(() => {
    if (of.size && done === of.size) {
      const failed = [...of].filter((id) => ended.get(id) === "failed").length;
      say(failed ? `${done - failed} providers synced, ${failed} failed` : `${done} providers synced`, failed > 0);
      setOf(new Set());
    }
  }, [done, of]);
  const begin = async () => {
    setBusy(true);
    try {
      const answer = await ask<{ runs: RunView[] }>("admin/model-sync/all", { method: "POST" });
      setOf(new Set(answer.runs.map((run) => run.id)));
    } catch (error) {
      say((error as Error).message, true);
    } finally {
      setBusy(false);
    }
  };
  if (of.size) return <label class="progress"><progress max={of.size} value={done} /> <span>{done} of {of.size} synced</span></label>;
  return (
    <>
      {running > 0 && <span class="quiet" role="status">{running} syncing</span>}
      <button type="button" disabled={busy} onClick={() => void begin()}>sync all</button>
    </>
  );
}
