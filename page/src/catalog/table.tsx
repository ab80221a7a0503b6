// The table: only the rows in sight are drawn, whatever their number.

import { Virtualizer, elementScroll, observeElementOffset, observeElementRect } from "@tanstack/virtual-core";
import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import { middle, spreadOf, type Group } from "../data/group";
import { perMillion } from "../data/decimal";
import { count, harmless, many, parted, tokens } from "../format";
import { Glyph } from "../frame/glyphs";
import { go, linksTo, linkTo, view } from "../view";
import { Million } from "./cells";
import { SPREAD_WIDTH, unitOf, type Column, type Shown } from "./columns";

const HEIGHT = 32;
const LEAST = 200; // px of the first column

interface Props {
  shown: Shown;
  columns: Column[];
  items: Int32Array; // a row, or a group as -1 - its place
  groups: Group[];
  sort: string;
  cursor: number;
  setCursor: (at: number) => void;
  compared: ReadonlySet<string>;
  flashing: ReadonlySet<number>;
  empty: preact.ComponentChildren;
}

export function Table(props: Props) {
  const { columns, items, cursor } = props;
  const scroller = useRef<HTMLDivElement>(null);
  const virtual = useVirtual(scroller, items.length);
  useEffect(() => {
    if (cursor >= 0) virtual.scrollToIndex(cursor, { align: "auto" });
  }, [cursor]);
  const { filter, sort, group, at } = view.value;
  useLayoutEffect(() => void (virtual.scrollOffset && scroller.current?.scrollTo(0, 0)), [filter, sort, group, at]); // asked only where needed: it lays out at once
  const link = linksTo(view.value);
  const width = columns.reduce((sum, column) => sum + column.width, 0);
  const template = columns.map((column, at) => (at ? `${column.width}px` : `minmax(${Math.min(column.width, LEAST)}px, 1fr)`)).join(" ");
  const min = width - columns[0].width + Math.min(columns[0].width, LEAST);
  return (
    <div class="table" ref={scroller} tabIndex={0} role="region" aria-label="listings">
      <div role="table" aria-label="listings" aria-rowcount={items.length + 1} aria-colcount={columns.length} style={{ minWidth: `${min}px`, "--columns": template }}>
        <div role="rowgroup" class="head">
          <div role="row" class="row" aria-rowindex={1}>
            {columns.map((column) => <Head key={column.key} column={column} sort={props.sort} />)}
          </div>
        </div>
        <div role="rowgroup" class="body" style={{ height: `${virtual.getTotalSize()}px` }}>
          {virtual.getVirtualItems().map((item) => (
            <Line key={item.key} {...props} link={link} at={item.index} top={item.start} />
          ))}
        </div>
      </div>
      {items.length === 0 && <div class="empty">{props.empty}</div>}
    </div>
  );
}

function useVirtual(scroller: { current: HTMLDivElement | null }, size: number) {
  const [, draw] = useState(0);
  const options = {
    count: size,
    getScrollElement: () => scroller.current,
    estimateSize: () => HEIGHT,
    overscan: 8,
    scrollPaddingStart: HEIGHT,
    observeElementRect,
    observeElementOffset,
    scrollToFn: elementScroll,
    onChange: () => draw((drawn) => drawn + 1),
  };
  const [virtual] = useState(() => new Virtualizer<HTMLDivElement, HTMLDivElement>(options));
  virtual.setOptions(options);
  useLayoutEffect(() => virtual._didMount(), []);
  useLayoutEffect(() => virtual._willUpdate());
  return virtual;
}

function Head({ column, sort }: { column: Column; sort: string }) {
  const current = sort.replace(/^-/, "") === column.key;
  const descending = sort.startsWith("-");
  const next = !current ? column.key : descending ? "" : `-${column.key}`;
  const state = current ? (descending ? "descending" : "ascending") : undefined;
  return (
    <div role="columnheader" class={column.right ? "cell right" : "cell"} aria-sort={state} title={column.title}>
      {column.sort ? (
        <button type="button" onClick={() => go({ sort: next })}>
          {column.label}
          {current && <span aria-hidden="true">{descending ? " ↓" : " ↑"}</span>}
        </button>
      ) : (
        column.label
      )}
    </div>
  );
}

function Line(props: Props & { at: number; top: number; link: (show: string) => string }) {
  const { items, at, top, cursor, setCursor } = props;
  const item = items[at];
  const style = `top:${top}px`;
  const common = { role: "row" as const, "aria-rowindex": at + 2, style, onPointerDown: () => setCursor(at) };
  const marked = at === cursor ? " cursor" : "";
  if (item < 0) return <GroupLine {...props} group={props.groups[-1 - item]} common={common} marked={marked} />;
  const row = item;
  const key = props.shown.rows.key(row);
  const show = `listing:${key}`;
  const classes = `row${marked}${props.compared.has(key) ? " compared" : ""}${props.flashing.has(row) ? " flash" : ""}${props.groups.length ? " offer" : ""}`;
  return (
    <div {...common} class={classes} aria-selected={at === cursor} onClick={(event) => open(event, show)}>
      {props.columns.map((column, place) => {
        const { content, title, look } = column.cell(props.shown, row);
        return (
          <div role="cell" key={column.key} class={`cell${column.right ? " right" : ""}${column.width === SPREAD_WIDTH ? " middle" : ""}${look ? ` ${look}` : ""}`} title={title}>
            {place ? content : <a href={props.link(show)} tabIndex={-1}>{content}</a>}
          </div>
        );
      })}
    </div>
  );
}

/** A click beside the link does what the link does, unless it ended a selection of text. */
function open(event: MouseEvent, show: string): void {
  if (!isLink(event) && !String(getSelection())) go({ show });
}

function isLink(event: MouseEvent): boolean {
  return (event.target as Element).closest("a") !== null;
}

function GroupLine(props: Props & { group: Group; common: object; marked: string }) {
  const { group, columns, shown } = props;
  const isOpen = view.value.open.includes(group.model);
  const turn = () => go({ open: isOpen ? view.value.open.filter((each) => each !== group.model) : [...view.value.open, group.model] }, "replaced");
  return (
    <div {...props.common} class={`row group${props.marked}`} onClick={(event) => isLink(event) || turn()}>
      {columns.map((column, place) => (
        <div role="cell" key={column.key} class={column.right ? "cell right" : "cell"}>
          {place === 0 ? (
            <>
              <button type="button" tabIndex={-1} aria-expanded={isOpen} aria-label={`offers of ${group.model}`}>
                <Glyph name={isOpen ? "down" : "right"} />
              </button>
              <a class="id" href={linkTo({ show: `model:${group.model}` })} tabIndex={-1}>
                <span class="lab">{harmless(group.model.slice(0, group.model.indexOf("/") + 1))}</span>
                {harmless(group.model.slice(group.model.indexOf("/") + 1))}
              </a>
              <span class="name">{many(group.rows.length, "offer")}</span>
            </>
          ) : (
            <GroupCell column={column} group={group} shown={shown} />
          )}
        </div>
      ))}
    </div>
  );
}

function GroupCell({ column, group, shown }: { column: Column; group: Group; shown: Shown }) {
  if (column.key === "provider") return <>{many(group.providers, "provider")}</>;
  if (column.key === "context_tokens") return <Most of={group.rows.map((row) => shown.rows.columns.context[row])} />;
  const unit = unitOf(column.key);
  const spread = unit && spreadOf(shown.rows, group.rows, unit);
  if (!spread) return null;
  const title = `median of ${spread.known}; from ${spread.min} to ${spread.max} USD for one${spread.free ? `; ${spread.free} free` : ""}${spread.varying ? `; ${spread.varying} varying` : ""}`;
  if (column.width < SPREAD_WIDTH) return <Million usd={spread.median} title={title} />;
  const several = spread.min !== spread.max;
  return (
    <span class="spread" title={title}>
      <small class="end">{several && <Short usd={spread.min} />}</small>
      <Million usd={spread.median} title={title} />
      <small class="end">{several && <Short usd={spread.max} />}</small>
    </span>
  );
}

/** The largest number of tokens that one of them takes. */
function Most({ of }: { of: number[] }) {
  const known = of.filter((each) => !Number.isNaN(each));
  if (!known.length) return null;
  const [least, most] = [Math.min(...known), Math.max(...known)];
  return <span title={least === most ? `${count(most)} tokens` : `from ${count(least)} to ${count(most)} tokens`}>{least === most ? "" : "≤ "}{tokens(most)}</span>;
}

function Short({ usd }: { usd: string }) {
  const [whole, fraction, cut] = parted(perMillion(usd), 2);
  return <>{whole + fraction + (cut ? "…" : "")}</>;
}

/** The order of groups: by the column that is sorted by, else the most offers first. */
export function sortGroups(groups: Group[], shown: Shown, sort: string): Group[] {
  const name = sort.replace(/^-/, "");
  const sign = sort.startsWith("-") ? -1 : 1;
  const unit = unitOf(name || "name");
  if (!sort) return [...groups].sort((a, b) => Number(!a.model) - Number(!b.model) || b.rows.length - a.rows.length || (a.model < b.model ? -1 : 1));
  if (unit) {
    const keys = new Map(groups.map((group) => [group, middle(shown.rows, group.rows, unit)]));
    return [...groups].sort((a, b) => nanLast(keys.get(a)!, keys.get(b)!, sign));
  }
  if (name === "name" || name === "model") return [...groups].sort((a, b) => Number(!a.model) - Number(!b.model) || sign * (a.model < b.model ? -1 : 1));
  return groups; // in the order of their first offers
}

function nanLast(a: number, b: number, sign: number): number {
  if (Number.isNaN(a) || Number.isNaN(b)) return Number(Number.isNaN(a)) - Number(Number.isNaN(b));
  return sign * (a - b);
}
