// Listings that are of no known model, or whose match is contradicted, and what operators said of them.

import { useState } from "preact/hooks";
import { fleet } from "../data/fleet";
import { ask, key } from "../data/service";
import { count, harmless, instant, many } from "../format";
import { AdminKey } from "../frame/admin";
import { Said, useAsked } from "../frame/asked";
import { say } from "../frame/toast";
import { useStore } from "../state";
import { go, view } from "../view";
import { Listing } from "./quarantine";

interface Question {
  problem: string;
  key: string;
  count: number;
  providers: string[];
  listings: { provider: string; id: string }[];
  reasons: string[];
}

interface Questions {
  data: Question[];
  total: number;
  listings: Record<string, number>;
}

interface Word {
  kind: string;
  provider: string;
  id: string;
  model?: string;
  note: string;
  said_at: string | null;
}

export function UnmatchedPage() {
  const { more } = useStore(view);
  const states = useStore(fleet);
  const operator = useStore(key);
  const [limit, setLimit] = useState(100);
  const [said, setSaid] = useState(0);
  const again = () => setSaid(said + 1);
  const when = `${states.catalog}${operator}${said}`;
  const asked = useAsked<Questions>(`unmatched?limit=${limit}${more.kind ? `&problem=${more.kind}` : ""}`, when);
  const words = useAsked<{ data: Word[]; total: number }>("admin/overrides", when);
  return (
    <section class="sheet">
      <header>
        <h1>Unmatched</h1>
        <div class="pills" role="group" aria-label="problems">
          {["", "unmatched", "conflicting"].map((problem) => <button key={problem} type="button" aria-pressed={(more.kind ?? "") === problem} onClick={() => go({ more: problem ? { kind: problem } : {} })}>{problem || "both"}</button>)}
        </div>
        <span class="push" />
        <AdminKey refused={words.problem?.status === 401} shut={words.problem?.status === 403 ? words.problem.message : null} />
      </header>
      <p class="quiet">A match needs evidence: what no table can read stays unmatched, and is never guessed. Groups that one word would settle come first.</p>
      {words.answer && words.answer.total > 0 && (
        <>
          <h2>Said by operators <small>{count(words.answer.total)}</small></h2>
          <ul class="suspects">{words.answer.data.map((each) => <Spoken key={`${each.kind}/${each.provider}/${each.id}`} word={each} done={again} />)}</ul>
          <h2>Open</h2>
        </>
      )}
      <Said asked={asked}>
        {(answer) => (
          <>
            <p class="totals"><strong>{many(answer.total, "group")}</strong> <span>{Object.entries(answer.listings).map(([problem, number]) => `${many(number, "listing")} ${problem}`).join(", ")}</span></p>
            <ul class="suspects">{answer.data.map((each) => <Group key={`${each.problem}${each.key}`} question={each} done={again} />)}</ul>
            {answer.data.length < answer.total && <button type="button" onClick={() => setLimit(Math.min(limit * 5, 5000))}>{count(answer.total - answer.data.length)} more</button>}
          </>
        )}
      </Said>
    </section>
  );
}

function Group({ question, done }: { question: Question; done: () => void }) {
  const [model, setModel] = useState("");
  const settle = async () => {
    const named = question.listings;
    try {
      for (const { provider, id } of named) await ask(`admin/overrides?${new URLSearchParams({ kind: "identity", provider, id, model })}`, { method: "POST" });
      say(`${many(named.length, "listing is", "listings are")} ${model === "none" ? "no model" : model} from now on`);
      done();
    } catch (error) {
      say((error as Error).message, true);
    }
  };
  return (
    <li>
      <details>
        <summary>
          <strong class="id">{harmless(question.key)}</strong> {question.problem !== "unmatched" && <span class="tag deprecated">{question.problem}</span>} {many(question.count, "listing")} of {question.providers.join(", ")}
        </summary>
        {question.count > question.listings.length && <p class="quiet">{count(question.listings.length)} of them:</p>}
        <ul class="names">{question.listings.map((each) => <li key={`${each.provider}/${each.id}`}>{each.provider} <Listing {...each} /></li>)}</ul>
        {question.reasons.map((reason) => <p key={reason} class="bad">{harmless(reason)}</p>)}
        <form class="actions" onSubmit={(event) => (event.preventDefault(), void settle())}>
          <label><span>they are the model</span> <input type="text" required pattern="none|[^\s\/]+\/\S+" placeholder="lab/name, or none" value={model} onInput={(event) => setModel(event.currentTarget.value)} /></label>
          <button type="submit">say so</button>
        </form>
      </details>
    </li>
  );
}

/** One word of an operator, and the way back. */
function Spoken({ word, done }: { word: Word; done: () => void }) {
  const back = async () => {
    try {
      await ask(`admin/overrides?${new URLSearchParams({ kind: word.kind, provider: word.provider, id: word.id })}`, { method: "DELETE" });
      say("the word is taken back");
      done();
    } catch (error) {
      say((error as Error).message, true);
    }
  };
  return (
    <li class="undoable">
      <span>
        <strong>{word.provider}</strong> <Listing provider={word.provider} id={word.id} /> {word.kind === "identity" ? <>is <span class="id">{harmless(word.model ?? "")}</span></> : <span class="tag">{word.kind}</span>}
      </span>
      <span class="quiet">{word.said_at && `${instant(word.said_at)} UTC`}{word.note && <>: {harmless(word.note)}</>}</span>
      <button type="button" onClick={() => void back()}>take it back</button>
    </li>
  );
}
