// The catalog: rail, toolbar, table, and what is opened beside them.

import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import { Compare } from "../detail/compare";
import { Drawer } from "../detail/drawer";
import { catalog } from "../data/catalog";
import { fleet, pulseOf, type Fleet } from "../data/fleet";
import { groupsOf, type Group } from "../data/group";
import type { Rows } from "../data/rows";
import { isNarrowed, go, linkTo, narrow, NO_FILTER, view, type View } from "../view";
import { select, type Selected } from "../data/select";
import { bind } from "../frame/keys";
import { count } from "../format";
import { useStore } from "../state";
import { columnsFor, sortKey, type Room, type Shown } from "./columns";
import { toggleCompared } from "./compared";
import { costs, price } from "./costs";
import { Rail } from "./rail";
import { sortGroups, Table } from "./table";
import { Toolbar } from "./toolbar";
import { FIRST, Strip } from "./workload";

export function CatalogPage() {
  const now = useStore(view);
  const { rows, whole, total, problem, at } = useStore(catalog);
  const states = useStore(fleet);
  const priced = useStore(costs);
  const [cursor, setCursor] = useState(-1);
  const [sheet, setSheet] = useState(false);
  const room = useRoom(now.show !== "");

  useEffect(() => {
    if (now.work === null) costs.set(null);
    else if (rows && whole) void price(rows, now.work);
  }, [rows, whole, now.work]);

  const held = now.work && priced?.["rows"] === rows ? priced : null;
  const shown: Shown | null = rows && { rows, fleet: states, costs: held };
  const selected = useMemo(() => shown && selectedOf(shown, now), [rows, now.filter, now.sort, now.sort.endsWith("cost") && held]);
  const groups = useMemo(() => (shown && selected && now.group ? sortGroups(groupsOf(shown.rows, selected.rows), shown, now.sort) : []), [selected, now.group, now.sort]);
  const items = useMemo(() => itemsOf(selected, groups, now), [selected, groups, now.open]);
  useEffect(() => setCursor(-1), [now.filter, now.sort, now.group, now.at]);
  const columns = useMemo(() => columnsFor(rows, now.cols, room, now.work !== null, now.group), [rows, now.cols, room, now.work !== null, now.group]);
  const flashing = useFlash(rows);
  const known = useMemo(() => (held && selected ? selected.rows.reduce((sum, row) => sum + Number(!Number.isNaN(held.keys[row])), 0) : 0), [held, selected]);

  useKeys(shown, items, groups, cursor, setCursor);

  if (now.comparing && rows) return <Compare rows={rows} costs={held} />;
  return (
    <div class={`catalog${sheet ? " with-sheet" : ""}${now.show ? " with-drawer" : ""}`}>
      {selected && whole ? <Rail filter={now.filter} selected={selected} close={() => setSheet(false)} /> : <nav class="rail" aria-label="filters" />}
      <section class="main">
        {now.at && <AsOf at={now.at} loaded={at === now.at} rows={rows} />}
        {now.work && <Strip work={now.work} costs={held} known={known} of={selected?.rows.length ?? 0} />}
        <Toolbar shown={shown} selected={selected} groups={groups} whole={whole} total={total} openSheet={() => setSheet(!sheet)} />
        {problem && <p class="problem" role="alert">{problem}</p>}
        {whole && !now.at && <Unheard fleet={states} />}
        {shown ? (
          <Table
            shown={shown}
            columns={columns}
            items={items}
            groups={groups}
            sort={now.sort}
            cursor={cursor}
            setCursor={setCursor}
            compared={useMemo(() => new Set(now.compare), [now.compare])}
            flashing={flashing}
            empty={whole ? <Nothing narrowed={isNarrowed(now.filter)} at={now.at} /> : null}
          />
        ) : (
          <div class="table waiting" aria-busy="true">{problem ? null : "asking the service …"}</div>
        )}
      </section>
      {now.show && <Drawer show={now.show} shown={shown} />}
    </div>
  );
}

export function selectedOf(shown: Shown, now: View): Selected {
  const name = now.sort.replace(/^-/, "");
  const key = name ? sortKey(shown, name) : null;
  const order = key && !(name === "cost" && !shown.costs) ? shown.rows.order(name, key, now.sort.startsWith("-")) : null;
  const began = performance.now();
  const found = select(shown.rows, now.filter, order);
  performance.measure("select", { start: began, end: performance.now() });
  return found;
}

function itemsOf(selected: Selected | null, groups: Group[], now: View): Int32Array {
  if (!selected) return new Int32Array();
  if (!now.group) return new Int32Array(selected.rows);
  const unfolded = new Set(now.open);
  const items: number[] = [];
  groups.forEach((group, at) => {
    if (!group.model) return void items.push(group.rows[0]);
    items.push(-1 - at);
    if (unfolded.has(group.model)) items.push(...group.rows);
  });
  return Int32Array.from(items);
}

/** Rows whose input or output price is another one than before: they flash once. */
function useFlash(rows: Rows | null): ReadonlySet<number> {
  const before = useRef<Rows | null>(null);
  return useMemo(() => {
    const old = before.current;
    before.current = rows;
    const changed = new Set<number>();
    if (!rows || !old || old.columns.at !== rows.columns.at || old.count < 1000) return changed;
    const known = new Map(Array.from({ length: old.count }, (_, row) => [old.key(row), row]));
    for (let row = 0; row < rows.count; row++) {
      const was = known.get(rows.key(row));
      if (was === undefined) continue;
      for (const unit of ["input_token", "output_token"]) if (old.price(unit, was).usd !== rows.price(unit, row).usd) changed.add(row);
    }
    return changed;
  }, [rows]);
}

function useKeys(shown: Shown | null, items: Int32Array, groups: Group[], cursor: number, setCursor: (at: number) => void): void {
  // Keys may follow each other faster than rows are drawn: they act on what holds now, not on what was drawn last.
  const now = useRef({ shown, items, groups, cursor });
  now.current = { shown, items, groups, cursor };
  useEffect(() => {
    const move = (by: number) => {
      now.current.cursor = Math.max(0, Math.min(now.current.items.length - 1, now.current.cursor + by));
      setCursor(now.current.cursor);
    };
    const item = () => now.current.items[now.current.cursor];
    const key = () => (now.current.shown && item() >= 0 ? now.current.shown.rows.key(item()) : null);
    return bind({
      j: () => move(1),
      k: () => move(-1),
      ArrowDown: () => move(1),
      ArrowUp: () => move(-1),
      PageDown: () => move(20),
      PageUp: () => move(-20),
      Enter: () => {
        if (item() === undefined) return;
        if (item() >= 0) return go({ show: `listing:${key()}` });
        const { model } = now.current.groups[-1 - item()];
        const { open } = view.value;
        go({ open: open.includes(model) ? open.filter((each) => each !== model) : [...open, model] }, "replaced");
      },
      x: () => {
        const at = key();
        if (at) toggleCompared(at);
      },
      c: () => view.value.compare.length && go({ comparing: true }),
      g: () => go({ group: !view.value.group }),
      w: () => go({ work: view.value.work ? null : FIRST }),
    });
  }, []);
}

/** Where nothing that is shown is the word of a provider of these hours, this is said above it. */
function Unheard({ fleet: { providers } }: { fleet: Fleet }) {
  const { asked, fresh, failing } = pulseOf(providers.values());
  if (!asked || fresh) return null;
  const why = failing.length ? `${count(failing.length)} of ${count(asked)} fail` : "they are being asked";
  return (
    <p class="note" role="status">
      <span><strong>No provider was heard within the hour</strong>: {why}. What is shown is older, or the word of references (○).</span>
      <a href={linkTo({ tab: "providers", show: "", more: {}, filter: NO_FILTER })}>how each is doing</a>
    </p>
  );
}

function AsOf({ at, loaded, rows }: { at: string; loaded: boolean; rows: Rows | null }) {
  const absent = loaded && rows ? rows.columns.absent : [];
  return (
    <p class="note" role="status">
      <span><strong>As of {at}</strong>: {loaded ? "the listings observed then, with the prices that held then." : "asking …"}</span>
      {absent.length > 0 && (
        <details>
          <summary>{count(absent.length)} providers were not observed then</summary>
          <ul>{absent.map(([slug, from]) => <li key={slug}>{slug}: {from ? `observed since ${from.slice(0, 16).replace("T", " ")}` : "never observed; put it into PRICING_SYNC_PROVIDERS"}</li>)}</ul>
        </details>
      )}
      <a href={linkTo({ at: "" })}>back to now</a>
    </p>
  );
}

function Nothing({ narrowed, at }: { narrowed: boolean; at: string }) {
  if (!narrowed && at) return <p>Nothing was observed by then. Providers are observed by syncs: those of PRICING_SYNC_PROVIDERS have a past.</p>;
  if (!narrowed) return <p>There is no listing yet: the first fetches are under way. <a href={linkTo({ tab: "providers" })}>Providers</a> shows them.</p>;
  return (
    <p>
      No listing answers all of this: <button type="button" class="link" onClick={() => go({ filter: NO_FILTER })}>take all filters away</button>
      {view.value.filter.q && <> or <button type="button" class="link" onClick={() => narrow({ q: "" })}>the search alone</button></>}
    </p>
  );
}

/** How many columns fit: as the window is, and less beside an open drawer. */
function useRoom(drawer: boolean): Room {
  const [width, setWidth] = useState(innerWidth);
  useEffect(() => {
    const changed = () => setWidth(innerWidth);
    addEventListener("resize", changed);
    return () => removeEventListener("resize", changed);
  }, []);
  return width <= 640 ? "narrow" : width < (drawer ? 1900 : 1240) ? "middle" : "wide";
}
