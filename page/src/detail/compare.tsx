// Up to five listings side by side: what differs is tinted, the best of a row is marked.

import { useEffect } from "preact/hooks";
import { PriceCell } from "../catalog/cells";
import type { Costs } from "../catalog/costs";
import { toggleCompared } from "../catalog/compared";
import { ageOf, fleet } from "../data/fleet";
import type { Rows } from "../data/rows";
import { age, count, harmless, spoken } from "../format";
import { bind } from "../frame/keys";
import { useStore } from "../state";
import { go, view } from "../view";

interface Fact {
  name: string;
  text: (row: number) => string;
  cell?: (row: number) => preact.ComponentChildren;
  best?: "least" | "most";
  value?: (row: number) => number;
}

export function Compare({ rows, costs }: { rows: Rows; costs: Costs | null }) {
  const { compare } = useStore(view);
  const states = useStore(fleet);
  const close = () => go({ comparing: false });
  useEffect(() => bind({ Escape: close, c: close }), []);
  const found = compare.map((key) => ({ key, row: rows.find(key) }));
  const there = found.filter(({ row }) => row >= 0).map(({ row }) => row);
  const facts = factsOf(rows, costs, (row) => ageOf(states.providers.get(rows.text("provider", row)))).filter((fact) => there.some((row) => fact.text(row) !== ""));
  return (
    <section class="compare sheet">
      <header>
        <h1>Compare</h1>
        <p class="actions">
          <button type="button" onClick={close}>back to the table <kbd>esc</kbd></button>
          <button type="button" onClick={() => print()}>print</button>
          <button type="button" onClick={() => go({ compare: [], comparing: false })}>take all away</button>
        </p>
      </header>
      {!found.length && <p>Nothing is compared yet: press <kbd>x</kbd> on a row of the table.</p>}
      <div class="wide">
        <table>
          <thead>
            <tr>
              <th scope="col">fact</th>
              {found.map(({ key, row }) => (
                <th key={key} scope="col">
                  <span class="above">{key.slice(0, key.indexOf("/"))}</span>
                  <span class="id">{harmless(key.slice(key.indexOf("/") + 1))}</span>
                  {row < 0 && <span class="bad">is not listed {rows.columns.at ? "then" : "now"}</span>}
                  <button type="button" class="link" onClick={() => toggleCompared(key)}>take away</button>
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {facts.map((fact) => {
              const differs = new Set(there.map(fact.text)).size > 1;
              const best = bestOf(fact, there);
              return (
                <tr key={fact.name} class={differs ? "differs" : ""}>
                  <th scope="row">{fact.name}</th>
                  {found.map(({ key, row }) => (
                    <td key={key} class={row >= 0 && differs && fact.value && fact.value(row) === best ? "best" : ""}>
                      {row < 0 ? "" : fact.cell ? fact.cell(row) : harmless(fact.text(row)) || <span class="unknown">–</span>}
                      {row >= 0 && differs && fact.value && fact.value(row) === best && <span class="mark"> best</span>}
                    </td>
                  ))}
                </tr>
              );
            })}
          </tbody>
        </table>
      </div>
    </section>
  );
}

function bestOf(fact: Fact, of: number[]): number {
  const values = fact.value ? of.map(fact.value).filter((value) => !Number.isNaN(value)) : [];
  if (values.length < 2) return NaN;
  return fact.best === "most" ? Math.max(...values) : Math.min(...values);
}

function factsOf(rows: Rows, costs: Costs | null, seconds: (row: number) => number | null): Fact[] {
  const text = (name: string, column: Parameters<Rows["text"]>[0]): Fact => ({ name, text: (row) => rows.text(column, row) });
  const set = (name: string, column: Parameters<Rows["set"]>[0]): Fact => ({ name, text: (row) => rows.set(column, row).map(spoken).join(", ") });
  const units = Object.keys(rows.columns.units);
  const usual = ["input_token", "cache_read_token", "output_token"].filter((unit) => units.includes(unit));
  const priced = [...usual, ...units.filter((unit) => !usual.includes(unit)).sort()];
  const known = (value: number) => (Number.isNaN(value) ? "" : count(value));
  return [
    { name: "name", text: (row) => rows.names[row] },
    text("model", "model"),
    text("variant", "variant"),
    ...(costs ? [{ name: "cost of the workload", text: (row: number) => costs.of(row).usd ?? costs.of(row).state, value: (row: number) => costs.keys[row], best: "least" as const }] : []),
    ...priced.map((unit): Fact => ({
      name: `${spoken(unit)}${unit.endsWith("_token") ? ", USD for 1M" : ", USD"}`,
      text: (row) => (rows.price(unit, row).state === "unknown" ? "" : (rows.price(unit, row).usd ?? rows.price(unit, row).billed ?? rows.price(unit, row).state)),
      cell: (row) => <PriceCell price={rows.price(unit, row)} unit={unit} />,
      value: (row) => rows.value(unit, row),
      best: "least",
    })),
    set("prices vary by", "varies_by"),
    { name: "context", text: (row) => known(rows.columns.context[row]), value: (row) => rows.columns.context[row], best: "most" },
    { name: "max output", text: (row) => known(rows.columns.output[row]), value: (row) => rows.columns.output[row], best: "most" },
    text("mode", "mode"),
    set("takes", "input_modalities"),
    set("makes", "output_modalities"),
    set("can", "supported_parameters"),
    text("quantization", "quantization"),
    text("status", "status"),
    text("released", "released"),
    text("origin", "origin"),
    { name: "heard", text: (row) => (rows.text("origin", row) === "reference" ? "never" : `${age(seconds(row))} ago`) },
  ];
}
