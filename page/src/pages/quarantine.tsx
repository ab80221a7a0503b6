// Prices that are kept back, with what makes each suspect; what operators let through; and where sources disagree.

import { useState } from "preact/hooks";
import { amountOf } from "../detail/provenance";
import type { Voice } from "../detail/answers";
import { ask, key } from "../data/service";
import { count, harmless, instant, spoken } from "../format";
import { AdminKey } from "../frame/admin";
import { Said, useAsked } from "../frame/asked";
import { say } from "../frame/toast";
import { useStore } from "../state";
import { linkTo, NO_FILTER, view } from "../view";

interface Suspect {
  key: string;
  provider: string;
  id: string;
  unit: string;
  suspicion: string;
  detail: string;
  value: Voice;
  against: Voice | null;
  times: string | null;
  others: Voice[];
  release: string;
}

interface Release {
  key: string;
  provider: string;
  id: string;
  unit: string;
  amount: string | null;
  currency: string;
  note: string;
  by: string;
  released_at: string;
}

interface Disagreement {
  provider: string;
  id: string;
  unit: string;
  differs: string;
  ratio: string | null;
  published: string | null;
  values: Voice[];
}

export function QuarantinePage() {
  const operator = useStore(key);
  const { filter } = useStore(view);
  const [said, setSaid] = useState(0);
  const again = () => setSaid(said + 1);
  const provider = filter.facets.provider?.[0];
  const only = provider ? `&provider=${provider}` : "";
  const kept = useAsked<{ data: Suspect[]; total: number }>(`quarantine?limit=500${only}`, `${operator}${said}`);
  const released = useAsked<{ data: Release[]; total: number }>("admin/quarantine/releases", `${operator}${said}`);
  const differ = useAsked<{ data: Disagreement[]; total: number; agree: number; differ: number }>(`disagreements?limit=200${only}`, `${operator}${said}`);
  return (
    <section class="sheet">
      <header>
        <h1>Quarantine</h1>
        <span class="push" />
        <AdminKey refused={released.problem?.status === 401} shut={released.problem?.status === 403 ? released.problem.message : null} />
      </header>
      <p class="quiet">A price that an independent source contradicts, or that lies outside of what its unit has ever cost, is kept back until a second source or an operator lets it through. It is never corrected by a guess.</p>
      <Said asked={kept} missing="This service does not show its quarantine.">
        {(answer) =>
          answer.total === 0 ? <p class="empty">No price is kept back.</p> : (
            <>
              <h2>Kept back <small>{count(answer.total)}</small></h2>
              <ul class="suspects">{answer.data.map((each) => <Kept key={each.key} suspect={each} done={again} />)}</ul>
            </>
          )
        }
      </Said>
      {released.answer && released.answer.total > 0 && (
        <>
          <h2>Let through <small>{count(released.answer.total)}, each as long as it is this amount</small></h2>
          <ul class="suspects">{released.answer.data.map((each) => <LetThrough key={each.key} release={each} done={again} />)}</ul>
        </>
      )}
      <h2>Disagreements {differ.answer && <small>{count(differ.answer.differ)} differ, {count(differ.answer.agree)} agree</small>}</h2>
      <Said asked={differ} missing="This service does not list disagreements.">
        {(answer) =>
          answer.total === 0 ? <p class="empty">No two sources say different things of one listing.</p> : (
            <div class="wide">
              <table class="dense">
                <thead><tr>{["listing", "unit", "times", "what each says"].map((head) => <th key={head} scope="col">{head}</th>)}</tr></thead>
                <tbody>
                  {answer.data.map((each) => (
                    <tr key={`${each.provider}/${each.id}/${each.unit}`}>
                      <td>{each.provider} <Listing provider={each.provider} id={each.id} /></td>
                      <td>{spoken(each.unit)}</td>
                      <td class="right">{each.ratio ?? each.differs}</td>
                      <td>{each.values.map((voice, at) => <span key={at} class={voice.published ? "voice published" : "voice"} title={voice.as_of ? `since ${voice.as_of}` : undefined}>{amountOf(voice)} <small>{voice.source}</small></span>)}</td>
                    </tr>
                  ))}
                </tbody>
              </table>
            </div>
          )
        }
      </Said>
    </section>
  );
}

export function Listing({ provider, id }: { provider: string; id: string }) {
  return <a class="id" href={linkTo({ tab: "catalog", more: {}, filter: NO_FILTER, show: `listing:${provider}/${id}` })}>{harmless(id)}</a>;
}

function Kept({ suspect, done }: { suspect: Suspect; done: () => void }) {
  const [note, setNote] = useState("");
  const release = async () => {
    try {
      await ask(`${suspect.release.replace(/^\//, "")}${note ? `?note=${encodeURIComponent(note)}` : ""}`, { method: "POST" });
      say("the price is let through, as long as it is this amount");
      done();
    } catch (error) {
      say((error as Error).message, true);
    }
  };
  return (
    <li>
      <p>
        <strong>{suspect.provider}</strong> <Listing provider={suspect.provider} id={suspect.id} /> · {spoken(suspect.unit)} <span class="id">{amountOf(suspect.value)}</span>
        {suspect.value.quote?.raw && <> read from <q class="id">{harmless(suspect.value.quote.raw)}</q> at <span class="id">{harmless(suspect.value.quote.path)}</span></>}
      </p>
      <p class="bad">
        {spoken(suspect.suspicion)}: {harmless(suspect.detail)}
        {suspect.against && <> {suspect.against.source} says {amountOf(suspect.against)}{suspect.times && `, ${suspect.times} times`}{suspect.against.as_of && ` (${instant(suspect.against.as_of)})`}.</>}
      </p>
      <form class="actions" onSubmit={(event) => (event.preventDefault(), void release())}>
        <label><span>why</span> <input type="text" value={note} maxLength={500} onInput={(event) => setNote(event.currentTarget.value)} /></label>
        <button type="submit">let it through</button>
      </form>
    </li>
  );
}

/** What an operator let through, and the way back. */
function LetThrough({ release, done }: { release: Release; done: () => void }) {
  const back = async () => {
    try {
      await ask(`admin/quarantine/${release.key}/release`, { method: "DELETE" });
      say("the price is kept back again, if it is suspect still");
      done();
    } catch (error) {
      say((error as Error).message, true);
    }
  };
  return (
    <li class="undoable">
      <span>
        <strong>{release.provider}</strong> <Listing provider={release.provider} id={release.id} /> · {spoken(release.unit)} <span class="id">{release.amount ?? "no amount"} {release.currency}</span>
      </span>
      <span class="quiet">{instant(release.released_at)} UTC{release.by && `, ${harmless(release.by)}`}{release.note && <>: {harmless(release.note)}</>}</span>
      <button type="button" onClick={() => void back()}>take it back</button>
    </li>
  );
}
