// The rows that are shown, as files: exact values, in the order of the table.

import { perMillion } from "../data/decimal";
import type { Rows } from "../data/rows";
import { isSmall } from "../format";
import type { Costs } from "./costs";

const TEXTS = ["model", "variant", "lab", "mode", "status", "quantization", "origin", "released"] as const;
const SETS = ["input_modalities", "output_modalities", "supported_parameters", "varies_by"] as const;

export function toCsv(rows: Rows, chosen: Iterable<number>, costs: Costs | null): string {
  const units = Object.keys(rows.columns.units).sort();
  const head = ["provider", "id", "name", ...TEXTS, "context_tokens", "max_output_tokens", ...SETS];
  const priced = units.map((unit) => (isSmall(unit) ? `${unit}_usd_per_million` : `${unit}_usd`));
  const lines = [[...head, ...priced, ...(costs ? ["cost_usd"] : [])]];
  for (const row of chosen) {
    const cells = [rows.text("provider", row), rows.ids[row], rows.names[row], ...TEXTS.map((column) => rows.text(column, row))];
    cells.push(number(rows.columns.context[row]), number(rows.columns.output[row]), ...SETS.map((column) => rows.set(column, row).join(" ")));
    for (const unit of units) {
      const price = rows.price(unit, row);
      if (price.state === "unknown") cells.push("");
      else if (price.usd === null) cells.push(price.billed ?? price.state);
      else cells.push(isSmall(unit) ? perMillion(price.usd) : price.usd);
    }
    if (costs) cells.push(costs.of(row).usd ?? "");
    lines.push(cells);
  }
  return lines.map((cells) => cells.map(cell).join(",")).join("\r\n") + "\r\n";
}

export function toJson(rows: Rows, chosen: Iterable<number>): string {
  const units = Object.keys(rows.columns.units).sort();
  const data = Array.from(chosen, (row) => ({
    provider: rows.text("provider", row),
    id: rows.ids[row],
    name: rows.names[row] || null,
    ...Object.fromEntries(TEXTS.map((column) => [column, rows.text(column, row) || null])),
    context_tokens: orNull(rows.columns.context[row]),
    max_output_tokens: orNull(rows.columns.output[row]),
    ...Object.fromEntries(SETS.map((column) => [column, rows.set(column, row)])),
    prices: units
      .map((unit) => ({ unit, ...rows.price(unit, row) }))
      .filter((price) => price.state !== "unknown")
      .map(({ unit, state, usd, billed, source }) => ({ unit, state, usd, billed, source })),
  }));
  return JSON.stringify({ catalog: rows.columns.catalog, at: rows.columns.at, data, total: data.length }, null, 1);
}

export function save(name: string, content: string, type: string): void {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([content], { type }));
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}

/** A cell of a table program: quoted where it must be, and never taken for a formula. */
function cell(text: string): string {
  const safe = /^[=+\-@\t\r]/.test(text) && !/^-?\d+(\.\d+)?$/.test(text) ? "'" + text : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

function number(value: number): string {
  return Number.isNaN(value) ? "" : String(value);
}

function orNull(value: number): number | null {
  return Number.isNaN(value) ? null : value;
}
