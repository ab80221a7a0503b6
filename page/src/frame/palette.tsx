// The palette: everything by its name; and the help that lists the keys.

import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import { FIRST } from "../catalog/workload";
import { catalog, want } from "../data/catalog";
import { fleet } from "../data/fleet";
import { curlOf } from "../data/question";
import { searched } from "../data/select";
import { harmless } from "../format";
import { Store, useStore } from "../state";
import { go, NO_FILTER, TABS, view } from "../view";
import { bind } from "./keys";
import { NAMES, to } from "./tabs";
import { copy } from "./toast";

export const opened = new Store<"" | "palette" | "help">("");

interface Choice {
  kind: string;
  name: string;
  run: () => void;
}

export function Overlay() {
  const shown = useStore(opened);
  const dialog = useRef<HTMLDialogElement>(null);
  const before = useRef<Element | null>(null);
  const closing = useRef(false); // by us: the browser says so later, when it may be open again
  useEffect(() => {
    if (shown) {
      before.current = document.activeElement;
      dialog.current?.showModal();
    } else {
      closing.current = dialog.current?.open ?? false;
      dialog.current?.close();
      (before.current as HTMLElement | null)?.focus?.();
    }
    return shown ? bind({ Escape: () => opened.set("") }) : undefined;
  }, [shown]);
  return (
    <dialog ref={dialog} class={shown} aria-label={shown === "help" ? "keys" : "go to"} onClose={() => (closing.current ? (closing.current = false) : opened.set(""))} onClick={(event) => event.target === dialog.current && opened.set("")}>
      {shown === "palette" && <Palette />}
      {shown === "help" && <Help />}
    </dialog>
  );
}

function Palette() {
  const [text, setText] = useState("");
  const [at, setAt] = useState(0);
  const { rows, whole } = useStore(catalog);
  const choices = useMemo(() => choicesFor(text), [text, rows]);
  const input = useRef<HTMLInputElement>(null);
  useEffect(() => {
    want();
    input.current?.focus();
  }, []);
  const run = (choice: Choice | undefined) => {
    if (!choice) return;
    opened.set("");
    choice.run();
  };
  const onKey = (event: KeyboardEvent) => {
    const by = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (by) {
      event.preventDefault();
      setAt(Math.max(0, Math.min(choices.length - 1, at + by)));
    } else if (event.key === "Enter") {
      event.preventDefault();
      run(choices[at]);
    }
  };
  return (
    <>
      <input ref={input} type="text" role="combobox" aria-expanded="true" aria-controls="choices" aria-activedescendant={choices.length ? `choice-${at}` : undefined} aria-label="go to" placeholder="a model, provider, lab, page or action" value={text} onInput={(event) => (setText(event.currentTarget.value), setAt(0))} onKeyDown={onKey} autocomplete="off" spellcheck={false} />
      <ul id="choices" role="listbox" aria-label="what can be gone to">
        {choices.map((choice, place) => (
          <li key={choice.kind + choice.name} id={`choice-${place}`} role="option" aria-selected={place === at} onPointerMove={() => setAt(place)} onClick={() => run(choice)} ref={(element) => void (place === at && element?.scrollIntoView({ block: "nearest" }))}>
            <span class="kind">{choice.kind}</span> <span class={choice.kind === "model" || choice.kind === "listing" ? "id" : ""}>{harmless(choice.name)}</span>
          </li>
        ))}
      </ul>
      {!whole && <p class="quiet">models and listings are being loaded …</p>}
      {whole && !choices.length && <p class="quiet">nothing is called so</p>}
    </>
  );
}

const MOST = 40;

function choicesFor(text: string): Choice[] {
  const wanted = text.trim().toLowerCase();
  const has = (name: string) => wanted.split(/\s+/).every((word) => name.toLowerCase().includes(word));
  const found = [...pages(), ...actions()].filter((choice) => has(choice.name));
  const providers = [...fleet.value.providers.values()].filter((each) => has(`${each.slug} ${each.name}`));
  const named: Choice[] = providers.map((each) => ({ kind: "provider", name: each.name, run: () => go({ tab: "catalog", show: "", comparing: false, filter: { ...NO_FILTER, facets: { provider: [each.slug] } } }) }));
  if (!wanted) return [...found, ...named].slice(0, MOST);
  const { rows } = catalog.value;
  if (!rows) return [...found, ...named].slice(0, MOST);
  const labs = rows.columns.text.lab.words.filter((word) => word && has(word));
  for (const lab of labs.slice(0, 8)) named.push({ kind: "lab", name: lab, run: () => go({ tab: "catalog", show: "", comparing: false, filter: { ...NO_FILTER, facets: { lab: [lab] } } }) });
  const models = rows.columns.text.model.words.filter((word) => word && has(word)).sort((a, b) => a.length - b.length);
  const shown = models.slice(0, 20).map((model) => ({ kind: "model", name: model, run: () => go({ tab: "catalog", comparing: false, show: `model:${model}` }) }));
  return [...found.slice(0, 5), ...named.slice(0, 10), ...shown, ...listings(wanted)].slice(0, MOST);
}

function listings(wanted: string): Choice[] {
  const { rows } = catalog.value;
  const hits = rows && searched(rows.columns, wanted);
  if (!rows || !hits) return [];
  const found: Choice[] = [];
  for (let row = 0; row < hits.length && found.length < 12; row++) if (hits[row]) found.push({ kind: "listing", name: `${rows.key(row)}`, run: () => go({ tab: "catalog", comparing: false, show: `listing:${rows.key(row)}` }) });
  return found;
}

function pages(): Choice[] {
  return TABS.map((tab) => ({ kind: "page", name: NAMES[tab], run: () => to(tab) }));
}

function actions(): Choice[] {
  const now = view.value;
  const all: [string, () => void][] = [
    [now.group ? "list by listing" : "group by model", () => go({ tab: "catalog", group: !now.group })],
    [now.work ? "close my workload" : "my workload", () => go({ tab: "catalog", work: now.work ? null : FIRST })],
    ["clear all filters", () => go({ filter: NO_FILTER })],
    ["compare", () => go({ tab: "catalog", comparing: true })],
    ["copy curl", () => copy(curlOf(now), "the curl line")],
    ["copy link", () => copy(location.href, "the link to this view")],
    ["keys", () => opened.set("help")],
  ];
  return all.map(([name, run]) => ({ kind: "action", name, run }));
}

const KEYS: [string, string][] = [
  ["/", "search"],
  ["Ctrl K", "go to anything"],
  ["j k", "next, previous row"],
  ["Enter", "open the row"],
  ["x", "compare the row"],
  ["c", "show the comparison"],
  ["g", "group by model"],
  ["w", "what my workload costs"],
  ["t", "the prices of a date"],
  ["?", "these keys"],
  ["Esc", "close"],
];

function Help() {
  return (
    <>
      <h2>Keys</h2>
      <dl>
        {KEYS.map(([keys, what]) => (
          <>
            <dt>{keys.split(" ").map((each) => <kbd key={each}>{each}</kbd>)}</dt>
            <dd>{what}</dd>
          </>
        ))}
      </dl>
      <p class="quiet">A click on a facet adds it, one with Alt leaves it out. Everything that is chosen stands in the address.</p>
      <button type="button" onClick={() => opened.set("")}>close</button>
    </>
  );
}
