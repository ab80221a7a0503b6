// The line above the table: what the numbers are of, and what can be done with the view.

import { useState } from "preact/hooks";
import type { Group } from "../data/group";
import type { Selected } from "../data/select";
import { curlOf } from "../data/question";
import { address } from "../data/service";
import { fleet, pulseOf } from "../data/fleet";
import { count, many } from "../format";
import { Glyph } from "../frame/glyphs";
import { Menu } from "../frame/menu";
import { copy, say } from "../frame/toast";
import { useStore } from "../state";
import { go, isNarrowed, NO_FILTER, view } from "../view";
import { allColumns, USUAL, type Shown } from "./columns";
import { save, toCsv, toJson } from "./export";
import { FIRST } from "./workload";

interface Props {
  shown: Shown | null;
  selected: Selected | null;
  groups: Group[];
  whole: boolean;
  total: number | null;
  openSheet: () => void;
}

export function Toolbar({ shown, selected, groups, whole, total, openSheet }: Props) {
  const now = useStore(view);
  const narrowed = isNarrowed(now.filter);
  return (
    <div class="toolbar" role="toolbar" aria-label="the view">
      <button type="button" class="icon sheet-open" onClick={openSheet} aria-label="filters"><Glyph name="filter" /></button>
      <Totals selected={selected} groups={groups} whole={whole} total={total} />
      {narrowed && <button type="button" class="link" onClick={() => go({ filter: NO_FILTER })}>clear filters</button>}
      <span class="push" />
      {now.compare.length > 0 && (
        <button type="button" class="primary" onClick={() => go({ comparing: true })}>compare {now.compare.length}</button>
      )}
      <button type="button" aria-pressed={now.group} title="group by model (g)" onClick={() => go({ group: !now.group })}><Glyph name="group" /> <span>group</span></button>
      <button type="button" aria-pressed={now.work !== null} title="what my workload costs (w)" onClick={() => go({ work: now.work ? null : FIRST, sort: now.work ? "" : now.sort })}><Glyph name="sum" /> <span>workload</span></button>
      <Menu label="columns" glyph="columns"><Chooser shown={shown} /></Menu>
      <Menu label="export" glyph="export"><Exports shown={shown} selected={selected} whole={whole} /></Menu>
    </div>
  );
}

/** Totals that say of what: nothing is counted in silence. */
function Totals({ selected, groups, whole, total }: { selected: Selected | null; groups: Group[]; whole: boolean; total: number | null }) {
  const states = useStore(fleet);
  const now = useStore(view);
  if (!selected || !whole) return <span class="totals">{total === null ? "…" : `${many(total, "listing")}, loading …`}</span>;
  const hidden = (total ?? 0) - selected.rows.length;
  const { fresh, asked } = pulseOf(states.providers.values());
  return (
    <span class="totals" role="status">
      <strong>{many(selected.rows.length, "listing")}</strong>
      <span>{count(selected.priced)} priced</span>
      <span class="models">{many(selected.models, "model")}</span>
      {now.group && <span>{many(groups.length, "row")}</span>}
      {hidden > 0 ? <span class="hidden-count">{count(hidden)} hidden by filters</span> : asked > 0 && <span class="pulse-of">{fresh} of {asked} providers fresh</span>}
    </span>
  );
}

function Chooser({ shown }: { shown: Shown | null }) {
  const now = useStore(view);
  const chosen = now.cols.length ? now.cols : USUAL;
  const turn = (key: string) => {
    const keys = allColumns(shown?.rows ?? null).map((column) => column.key);
    const after = chosen.includes(key) ? chosen.filter((each) => each !== key) : keys.filter((each) => chosen.includes(each) || each === key);
    go({ cols: after.join() === USUAL.join() ? [] : after }, "replaced");
  };
  return (
    <fieldset class="columns">
      <legend>Columns</legend>
      {allColumns(shown?.rows ?? null).map((column) => (
        <label key={column.key} title={column.title}>
          <input type="checkbox" checked={chosen.includes(column.key)} disabled={column.key === "name"} onChange={() => turn(column.key)} /> {column.label}
        </label>
      ))}
      <button type="button" class="link" onClick={() => go({ cols: [] }, "replaced")}>the usual ones</button>
    </fieldset>
  );
}

function Exports({ shown, selected, whole }: { shown: Shown | null; selected: Selected | null; whole: boolean }) {
  const [busy, setBusy] = useState(false);
  if (!shown || !selected) return null;
  const ready = whole && !busy;
  const name = `models-${shown.rows.columns.catalog}`;
  const litellm = async () => {
    setBusy(true);
    try {
      const providers = (view.value.filter.facets.provider ?? []).filter((word) => !word.startsWith("-"));
      const response = await fetch(address(`exports/litellm.json${providers.length ? `?provider=${providers.join(",")}` : ""}`));
      if (!response.ok) throw new Error(response.status === 404 ? "this service does not export for LiteLLM" : `the service answered ${response.status}`);
      save("litellm.json", await response.text(), "application/json");
    } catch (error) {
      say((error as Error).message, true);
    } finally {
      setBusy(false);
    }
  };
  return (
    <div class="actions">
      <button type="button" disabled={!ready} onClick={() => save(`${name}.csv`, toCsv(shown.rows, selected.rows, shown.costs), "text/csv")}>CSV, {count(selected.rows.length)} rows</button>
      <button type="button" disabled={!ready} onClick={() => save(`${name}.json`, toJson(shown.rows, selected.rows), "application/json")}>JSON, {count(selected.rows.length)} rows</button>
      <button type="button" disabled={!ready} onClick={() => void litellm()}>LiteLLM's price map of these providers</button>
      <button type="button" onClick={() => copy(curlOf(view.value), "the curl line")}>copy curl</button>
      <button type="button" onClick={() => copy(location.href, "the link to this view")}>copy link</button>
    </div>
  );
}
