// Live and stored: two counts, and each listing by which they differ with its reason.

import { useState } from "preact/hooks";
import { fleet, pulseOf, runs } from "../data/fleet";
import { count, harmless, signed, spoken } from "../format";
import { Said, useAsked } from "../frame/asked";
import { Glyph } from "../frame/glyphs";
import { copy } from "../frame/toast";
import { useStore } from "../state";
import { go, linkTo, NO_FILTER, view } from "../view";
import { Picture } from "./picture";

interface Reason {
  reason: string;
  count: number;
  sentence: string;
  providers: Record<string, number>;
  to_do: string[];
}

interface Difference {
  catalog: string;
  totals: { live: number; stored: number; difference: number; unexplained: number; reference: number; models: number };
  reasons: Reason[];
  providers: { provider: string; live: number | null; stored: number; difference: number; unexplained: number; outcome: string | null }[];
  hindered: { kind: string; sentence: string; providers: string[]; to_do: string[] }[];
  data: { provider: string; id: string; sign: number; reason: string }[];
  total: number;
}

export function StoredPage() {
  const states = useStore(fleet);
  const { filter, more } = useStore(view);
  const told = useStore(runs);
  const provider = filter.facets.provider?.[0] ?? "";
  const when = `${states.catalog}${[...told.values()].filter((run) => run.status !== "running").length}`;
  const asked = useAsked<Difference>(`discrepancies${provider ? `/${provider}` : ""}?limit=0`, when);
  const all = pulseOf(states.providers.values());
  const synced = [...states.providers.values()].filter((each) => each.stored > 0).length;
  return (
    <section class="sheet">
      <header>
        <h1>Live &amp; stored</h1>
        <Chooser provider={provider} />
      </header>
      <Said asked={asked}>
        {(found) => (
          <>
            {!provider && <Picture numbers={{ providers: all.asked, fresh: all.fresh, synced, ...found.totals }} />}
            <Waterfall found={found} chosen={more.reason ?? ""} />
            {more.reason && <Listings reason={more.reason} provider={provider} when={when} />}
            <Hindered found={found} />
          </>
        )}
      </Said>
    </section>
  );
}

function Chooser({ provider }: { provider: string }) {
  const states = useStore(fleet);
  const slugs = [...states.providers.values()].filter((each) => each.live || each.stored).map((each) => each.slug).sort();
  return (
    <label class="field">
      <span>Provider</span>
      <select value={provider} onChange={(event) => go({ filter: { ...NO_FILTER, facets: event.currentTarget.value ? { provider: [event.currentTarget.value] } : {} } })}>
        <option value="">all of them</option>
        {slugs.map((slug) => <option key={slug}>{slug}</option>)}
      </select>
    </label>
  );
}

/** From live to stored, reason by reason: each bar begins where the one before it ended. */
function Waterfall({ found, chosen }: { found: Difference; chosen: string }) {
  const { live, stored, difference, unexplained } = found.totals;
  const steps: { name: string; from: number; to: number; reason: Reason | null }[] = [{ name: "live", from: 0, to: live, reason: null }];
  let at = live;
  for (const reason of found.reasons) {
    steps.push({ name: reason.reason, from: at, to: at - reason.count, reason });
    at -= reason.count;
  }
  steps.push({ name: "stored", from: 0, to: stored, reason: null });
  const most = Math.max(1, ...steps.flatMap((step) => [step.from, step.to]));
  const share = (value: number) => `${(100 * value) / most}%`;
  return (
    <section>
      <h2>
        From {count(live)} live to {count(stored)} stored{" "}
        <small>
          {count(live)} − {count(stored)} = {signed(difference)} = the sum of all reasons; {unexplained === 0 ? "nothing is unexplained" : <strong class="bad">{count(unexplained)} unexplained: a fault, please report it</strong>}
          {at === stored ? "" : ` (off by ${at - stored})`}
        </small>
      </h2>
      <ol class="waterfall">
        {steps.map((step) => (
          <li key={step.name} class={step.reason ? (step.reason.reason === chosen ? "chosen" : "") : "total"}>
            <button type="button" disabled={!step.reason} aria-expanded={step.reason ? step.reason.reason === chosen : undefined} onClick={() => go({ more: step.reason!.reason === chosen ? {} : { reason: step.reason!.reason } })}>
              <span class="label">{step.reason && <Glyph name={step.reason.reason === chosen ? "down" : "right"} />} {spoken(step.name)}</span>
              <span class="track">
                <span class={step.reason ? (step.reason.count > 0 ? "less" : "more") : "whole"} style={{ left: share(Math.min(step.from, step.to)), width: step.to === step.from ? 0 : `max(2px, ${share(Math.abs(step.to - step.from))})` }} />
              </span>
              <span class="number">{step.reason ? signed(-step.reason.count) : count(step.to)}</span>
            </button>
            {step.reason && step.reason.reason === chosen && <What reason={step.reason} />}
          </li>
        ))}
      </ol>
    </section>
  );
}

function What({ reason }: { reason: Reason }) {
  return (
    <div class="what">
      <p>{reason.sentence}.</p>
      <h3>What can be done</h3>
      <ToDos texts={reason.to_do} />
      <p class="quiet">{Object.entries(reason.providers).map(([slug, number]) => `${slug} ${count(number)}`).join(" · ")}</p>
    </div>
  );
}

function ToDos({ texts }: { texts: string[] }) {
  return <ul class="to-do">{texts.map((each) => <li key={each}><ToDo text={each} /></li>)}</ul>;
}

function ToDo({ text }: { text: string }) {
  const command = /`([^`]+)`/.exec(text)?.[1] ?? /set (\S+=\S+)/.exec(text)?.[1];
  return (
    <>
      <span class="words">{text.split("`").map((part, at) => (at % 2 ? <code key={at} class="id">{part}</code> : part))}</span>
      {command && <button type="button" class="link" onClick={() => copy(command, "it")}>copy</button>}
    </>
  );
}

const PAGE = 200;

function Listings({ reason, provider, when }: { reason: string; provider: string; when: string }) {
  const [limit, setLimit] = useState(PAGE);
  const asked = useAsked<Difference>(`discrepancies${provider ? `/${provider}` : ""}?reason=${reason}&limit=${limit}`, when);
  return (
    <section>
      <h2>Listings: {spoken(reason)}</h2>
      <Said asked={asked}>
        {(found) => (
          <>
            <ul class="names">
              {found.data.map((each) => (
                <li key={`${each.provider}/${each.id}`}>
                  <span class={each.sign > 0 ? "sign" : "sign less"} title={each.sign > 0 ? "live only" : "stored only"}>{each.sign > 0 ? "+" : "−"}</span> {each.provider}{" "}
                  <a class="id" href={linkTo({ tab: "catalog", more: {}, filter: NO_FILTER, show: `listing:${each.provider}/${each.id}` })}>{harmless(each.id)}</a>
                </li>
              ))}
            </ul>
            {found.data.length < found.total && <button type="button" onClick={() => setLimit(Math.min(10 * limit, 20_000))}>{count(found.total - found.data.length)} more</button>}
          </>
        )}
      </Said>
    </section>
  );
}

const FEW = 3;

function Hindered({ found }: { found: Difference }) {
  if (!found.hindered.length) return null;
  return (
    <section>
      <h2>What hinders providers <small>counts for nothing in the difference</small></h2>
      <ul class="hindered">
        {found.hindered.map((each) => (
          <li key={each.kind}>
            <p><strong>{spoken(each.kind)}</strong> <span class="quiet">{harmless(each.sentence)}</span></p>
            <p>{each.providers.map((slug, at) => <>{at > 0 && ", "}<a href={linkTo({ tab: "providers", more: {}, filter: NO_FILTER, show: `provider:${slug}` })}>{slug}</a></>)}</p>
            {each.to_do.length > FEW ? (
              <details>
                <summary>what was met, and what can be done</summary>
                <ToDos texts={each.to_do} />
              </details>
            ) : (
              <ToDos texts={each.to_do} />
            )}
          </li>
        ))}
      </ul>
    </section>
  );
}
