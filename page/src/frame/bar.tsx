// The bar: where one can go, what is searched, which date holds, and how the fleet is doing.

import { useEffect, useLayoutEffect, useRef } from "preact/hooks";
import { catalog } from "../data/catalog";
import { ageOf, connected, fleet, pulseOf } from "../data/fleet";
import { age, spoken } from "../format";
import { Store, useStore } from "../state";
import { go, linkTo, narrow, NO_FILTER, view, type Tab } from "../view";
import { Glyph } from "./glyphs";
import { bind } from "./keys";
import { opened } from "./palette";
import { NAMES } from "./tabs";

const MAC = /^(Mac|iP)/.test(navigator.platform);

export function Bar() {
  const now = useStore(view);
  const search = useRef<HTMLInputElement>(null);
  const date = useRef<HTMLInputElement>(null);
  const tabs = useRef<HTMLElement>(null);
  useEffect(() => tabs.current?.querySelector("[aria-current]")?.scrollIntoView({ block: "nearest", inline: "nearest" }), [now.tab]);
  useLayoutEffect( // before anything is seen: no key is too early
    () =>
      bind({
        "/": () => search.current?.select(),
        t: () => {
          date.current?.focus();
          date.current?.showPicker?.();
        },
        palette: () => opened.set("palette"),
        "?": () => opened.set("help"),
        Escape: () => (document.activeElement as HTMLElement | null)?.blur(),
      }),
    [],
  );
  const seek = (text: string) => (now.tab === "catalog" ? narrow({ q: text }, "soon") : go({ tab: "catalog", show: "", more: {}, comparing: false, filter: { ...NO_FILTER, q: text } }));
  return (
    <header class="bar">
      <a class="brand" href={linkTo({ tab: "catalog", show: "", more: {}, filter: NO_FILTER, comparing: false, at: "", open: [] })}>Model Atlas</a>
      <nav aria-label="pages" ref={tabs}>
        {(Object.keys(NAMES) as Tab[]).map((tab) => (
          <a key={tab} href={linkTo({ tab, show: "", comparing: false, more: {}, filter: NO_FILTER, open: [] })} aria-current={tab === now.tab ? "page" : undefined}>{NAMES[tab]}</a>
        ))}
      </nav>
      <label class="search">
        <Glyph name="search" />
        <input ref={search} type="search" value={now.filter.q} placeholder="search ids and names" aria-label="search ids and names" autocomplete="off" spellcheck={false} onInput={(event) => seek(event.currentTarget.value)} />
        <kbd>/</kbd>
      </label>
      <label class={now.at ? "as-of dated" : "as-of"} title="the prices of a date (t)">
        <span>as of{now.at ? "" : " now"}</span>
        <input ref={date} type="date" max={new Date().toISOString().slice(0, 10)} value={now.at.slice(0, 10)} aria-label="as of date" onChange={(event) => go({ at: event.currentTarget.value, tab: "catalog" })} />
      </label>
      <button type="button" class="icon" onClick={() => opened.set("palette")} aria-label="go to" title="go to a model, provider, lab, page or action"><kbd>{MAC ? "⌘K" : "Ctrl K"}</kbd></button>
      <Theme />
      <Pulse />
    </header>
  );
}

function Pulse() {
  const states = useStore(fleet);
  const { rows } = useStore(catalog);
  const live = useStore(connected);
  const { asked, fresh, failing, oldest } = pulseOf(states.providers.values());
  const state = states.problem || (asked > 0 && fresh === 0) ? "bad" : failing.length || fresh < asked ? "warn" : "good";
  const why = failing.slice(0, 12).map((each) => `${each.name}: ${spoken(each.outcome?.kind ?? "held")}`).join("\n");
  const newest = Math.min(...[...states.providers.values()].map((each) => ageOf(each) ?? Infinity));
  return (
    <a class="pulse" href={linkTo({ tab: "providers", show: "", comparing: false, more: {}, filter: NO_FILTER })} title={`catalog ${states.catalog}\nheard longest ago: ${age(oldest)}${why ? `\n${why}` : ""}${live ? "" : "\nnot connected: numbers are asked for every minute"}`}>
      <span class={`dot ${state}`} aria-hidden="true" />
      <span class="id">{(rows?.columns.at ? rows.columns.catalog : states.catalog).slice(0, 8)}</span>
      <span>{Number.isFinite(newest) ? age(newest) : "–"}</span>
      <span>{fresh}/{asked}<span class="word"> fresh</span></span>
    </a>
  );
}

const THEMES = ["", "light", "dark"] as const;
const theme = new Store<string>(kept());

function kept(): string {
  try {
    return localStorage.getItem("theme") ?? "";
  } catch {
    return ""; // a browser that keeps nothing
  }
}

function wear(name: string): void {
  if (name) document.documentElement.dataset.theme = name;
  else delete document.documentElement.dataset.theme;
}

wear(theme.value);

function Theme() {
  const now = useStore(theme);
  const next = THEMES[(THEMES.indexOf(now as (typeof THEMES)[number]) + 1) % THEMES.length];
  const set = () => {
    theme.set(next);
    wear(next);
    try {
      if (next) localStorage.setItem("theme", next);
      else localStorage.removeItem("theme");
    } catch {
      // It holds until the page is left.
    }
  };
  return <button type="button" class="icon" onClick={set} aria-label={`theme: ${now || "as the system has it"}; next: ${next || "as the system has it"}`} title={`theme: ${now || "system"}`}><Glyph name="theme" /></button>;
}
