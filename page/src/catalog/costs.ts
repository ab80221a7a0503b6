// What a workload costs at each listing. Prices that depend on the circumstances are asked of the service, whose
// evaluation is the only one; the rest is tokens times price, exactly.

import { decimal, plain, plus, times, ZERO } from "../data/decimal";
import type { Rows } from "../data/rows";
import { ask } from "../data/service";
import { Store } from "../state";
import { writeWork, type Workload } from "../view";

export interface Cost {
  state: "known" | "free" | "varying" | "unknown";
  usd: string | null;
  note: string;
}

/** A unit -> its exact price in the circumstances asked about, or the reason why there is none. */
type Asked = Record<string, { usd: string | null; state: string | null; note: string }>;

export class Costs {
  readonly keys: Float64Array; // to sort by

  constructor(
    private readonly rows: Rows,
    readonly work: Workload,
    private readonly asked: ReadonlyMap<number, Asked>,
  ) {
    const parts = quantities(work).map(([unit, quantity]) => [unit, Number(quantity)] as const);
    this.keys = Float64Array.from({ length: rows.count }, (_, row) => {
      let sum = 0;
      for (const [unit, quantity] of parts) sum += quantity * this.value(row, unit);
      return sum;
    });
  }

  of(row: number): Cost {
    let sum = ZERO;
    const notes = new Set<string>();
    for (const [unit, quantity] of quantities(this.work)) {
      const price = this.price(row, unit);
      if (price.note) notes.add(price.note);
      if (price.state === "varying") return { state: "varying", usd: null, note: `${unit} varies` };
      if (price.usd === null) return { state: "unknown", usd: null, note: price.note || `no price of ${unit} is known` };
      sum = plus(sum, times(decimal(price.usd), quantity));
    }
    const usd = plain(sum);
    return { state: usd === "0" ? "free" : "known", usd, note: [...notes].join("; ") };
  }

  private price(row: number, unit: string): { usd: string | null; state: string | null; note: string } {
    const asked = this.asked.get(row);
    if (asked) return asked[unit] ?? { usd: null, state: null, note: "asking …" };
    if (this.work.tier !== "standard") return { usd: null, state: null, note: `no price in the tier ${this.work.tier}` };
    return { ...this.rows.price(unit, row), note: "" };
  }

  private value(row: number, unit: string): number {
    const asked = this.asked.get(row);
    if (asked || this.work.tier !== "standard") return Number(asked?.[unit]?.usd ?? NaN);
    return this.rows.value(unit, row);
  }
}

export const costs = new Store<Costs | null>(null);
let pending: AbortController | null = null;

/** Put a price on a workload: what needs no asking at once, the rest when the service has answered. */
export async function price(rows: Rows, work: Workload): Promise<void> {
  const held = costs.value;
  if (held && held["rows"] === rows && writeWork(held.work) === writeWork(work)) return;
  pending?.abort();
  const control = (pending = new AbortController());
  const wanted = rowsToAsk(rows, work);
  const asked = new Map<number, Asked>(wanted.map((row) => [row, {}]));
  show(rows, work, asked);
  for (let from = 0; from < wanted.length; from += AT_ONCE) {
    const part = wanted.slice(from, from + AT_ONCE);
    try {
      const answers = await pricesOf(rows, part, work, control.signal);
      part.forEach((row, at) => asked.set(row, answers[at]));
    } catch (error) {
      if (control.signal.aborted) return;
      part.forEach((row) => asked.set(row, failed(error as Error)));
    }
    if (control.signal.aborted) return;
    show(rows, work, asked);
  }
}

const AT_ONCE = 4000;

function show(rows: Rows, work: Workload, asked: ReadonlyMap<number, Asked>): void {
  rows.forget("cost");
  costs.set(new Costs(rows, work, asked));
}

function quantities(work: Workload): [string, bigint][] {
  const cached = work.cached > work.in ? work.in : work.cached;
  const all: [string, bigint][] = [["input_token", work.in - cached], ["cache_read_token", cached], ["output_token", work.out]];
  return all.filter(([, quantity]) => quantity > 0n);
}

/** Those whose price can be another one in these circumstances. */
function rowsToAsk(rows: Rows, work: Workload): number[] {
  const relevant = new Set(["time", "date", ...(work.prompt ? ["prompt"] : []), ...(work.tier === "standard" ? [] : ["tier"])]);
  const { codes, words } = rows.columns.sets.varies_by;
  const asks = words.map((word) => word.split(",").some((each) => relevant.has(each)));
  return Array.from({ length: rows.count }, (_, row) => row).filter((row) => asks[codes[row]]);
}

interface Line {
  unit: string;
  state: string | null;
  usd_per_unit: string | null;
  reason: string | null;
  when: unknown;
  factors: unknown[];
  usd: string | null;
}

async function pricesOf(rows: Rows, part: number[], work: Workload, signal: AbortSignal): Promise<Asked[]> {
  // One token of each kind, in a request as long as was said: a line's amount is then the price of one token.
  const prompt = Math.max(2, work.prompt);
  const usage = { prompt_tokens: prompt, completion_tokens: 1, prompt_tokens_details: { cached_tokens: 1 } };
  const at = work.hour === null ? undefined : lastHour(work.hour);
  const requests = part.map((row) => ({ provider: rows.text("provider", row), model: rows.ids[row], usage, at, tier: work.tier }));
  const answer = await ask<{ data?: unknown[]; costs?: unknown[]; results?: unknown[] }>("cost", { method: "POST", body: { requests }, signal });
  const found = (answer.data ?? answer.costs ?? answer.results ?? []) as { lines?: Line[]; fault?: unknown }[];
  return part.map((_, at) => (found[at]?.lines ? ofLines(found[at].lines) : failed(new Error("the service cannot price it"))));
}

function ofLines(lines: Line[]): Asked {
  const made: Asked = {};
  for (const line of lines) {
    const words = line.when && Object.keys(line.when).length ? `${line.unit}: by a rule for ${JSON.stringify(line.when)}` : "";
    // With factors the price of one is what the line costs, where the line is of one.
    const usd = line.factors?.length ? (line.unit === "input_token" ? null : line.usd) : line.usd_per_unit;
    made[line.unit] = { usd: line.state === "varying" ? null : usd, state: line.state, note: line.reason ?? words };
  }
  return made;
}

function failed(error: Error): Asked {
  const none = { usd: null, state: null, note: error.message };
  return { input_token: none, cache_read_token: none, output_token: none };
}

/** The last time that it was this hour: prices of the future are not asked about. */
function lastHour(hour: number): string {
  const at = new Date();
  if (at.getUTCHours() < hour) at.setUTCDate(at.getUTCDate() - 1);
  at.setUTCHours(hour, 0, 0, 0);
  return at.toISOString();
}
