// The rail of facets: each choice with the number of rows that it would leave.

import { useState } from "preact/hooks";
import { BUCKETS, FACETS, PRICE_WORDS, type Facet, type Filter, type Selected } from "../data/select";
import { count, harmless, spoken } from "../format";
import { Glyph } from "../frame/glyphs";
import { choose, narrow } from "../view";

const CALLED: Record<Facet, string> = {
  provider: "Provider",
  lab: "Lab",
  mode: "Mode",
  input_modalities: "Takes",
  output_modalities: "Makes",
  supported_parameters: "Can",
  price: "Price",
  quantization: "Quantization",
  variant: "Variant",
  status: "Status",
  origin: "Origin",
};
const SHORT = 7;

export function Rail({ filter, selected, close }: { filter: Filter; selected: Selected; close: () => void }) {
  return (
    <nav class="rail" aria-label="filters">
      <button type="button" class="sheet-close icon" onClick={close} aria-label="close the filters"><Glyph name="close" /></button>
      <PriceRange filter={filter} histogram={selected.histogram} />
      <label class="field">
        <span>Context from</span>
        <select value={filter.min_context ?? ""} onChange={(event) => narrow({ min_context: Number(event.currentTarget.value) || null })}>
          <option value="">any</option>
          {[8_000, 32_000, 128_000, 200_000, 1_000_000].map((size) => <option key={size} value={size}>{count(size)}</option>)}
          {filter.min_context !== null && ![8_000, 32_000, 128_000, 200_000, 1_000_000].includes(filter.min_context) && <option value={filter.min_context}>{count(filter.min_context)}</option>}
        </select>
      </label>
      {FACETS.map((facet) => <Choices key={facet} facet={facet} chosen={filter.facets[facet] ?? []} counts={selected.counts[facet]} />)}
    </nav>
  );
}

function Choices({ facet, chosen, counts }: { facet: Facet; chosen: string[]; counts: Map<string, number> }) {
  const [all, setAll] = useState(false);
  const [looked, setLooked] = useState("");
  const said = new Set(chosen.map((word) => word.replace(/^-/, "")));
  const words = [...new Set([...said, ...counts.keys()])];
  if (facet === "price") words.sort((a, b) => PRICE_WORDS.indexOf(a) - PRICE_WORDS.indexOf(b));
  else words.sort((a, b) => Number(said.has(b)) - Number(said.has(a)) || (counts.get(b) ?? 0) - (counts.get(a) ?? 0) || (a < b ? -1 : 1));
  if (!words.length) return null;
  const found = looked ? words.filter((word) => word.toLowerCase().includes(looked.toLowerCase())) : words;
  const shown = all ? found.slice(0, 200) : found.slice(0, Math.max(SHORT, said.size));
  return (
    <section class="facet">
      <h2>{CALLED[facet]}</h2>
      {all && words.length > 20 && <input type="search" value={looked} placeholder="find" aria-label={`find in ${CALLED[facet]}`} onInput={(event) => setLooked(event.currentTarget.value)} />}
      <ul>
        {shown.map((word) => {
          const state = chosen.includes(word) ? "in" : chosen.includes("-" + word) ? "out" : "";
          return (
            <li key={word}>
              <button
                type="button"
                class={`choice ${state}`}
                aria-pressed={state !== ""}
                title={`${harmless(word)}${state === "out" ? " (left out)" : ""}; with Alt: leave out`}
                onClick={(event) => choose(facet, word, event.altKey || state === "out")}
              >
                <span class="word">{state === "out" ? "not " : ""}{facet === "supported_parameters" ? spoken(word) : harmless(word)}</span>
                <span class="number">{count(counts.get(word) ?? 0)}</span>
              </button>
            </li>
          );
        })}
      </ul>
      {found.length > shown.length || all ? (
        words.length > SHORT && <button type="button" class="link" onClick={() => setAll(!all)}>{all ? "fewer" : `${count(found.length - shown.length)} more`}</button>
      ) : null}
    </section>
  );
}

/** Two limits on a logarithmic scale, with the histogram of what is there. */
function PriceRange({ filter, histogram }: { filter: Filter; histogram: Uint32Array }) {
  const most = Math.max(1, ...histogram.slice(1));
  const least = filter.min_input === null ? 0 : place(filter.min_input);
  const greatest = filter.max_input === null ? BUCKETS : place(filter.max_input);
  const set = (name: "min_input" | "max_input", at: number, end: number) => narrow({ [name]: at === end ? null : amount(at) }, "soon");
  return (
    <section class="facet">
      <h2>Input price <small>USD for 1M</small></h2>
      <svg class="histogram" viewBox={`0 0 ${BUCKETS} 10`} preserveAspectRatio="none" aria-hidden="true">
        {Array.from(histogram.slice(1), (rows, at) => (
          <rect key={at} class={at >= least && at < greatest ? "inside" : ""} x={at + 0.1} width={0.8} y={10 - (10 * Math.log1p(rows)) / Math.log1p(most)} height={(10 * Math.log1p(rows)) / Math.log1p(most)} />
        ))}
      </svg>
      <div class="range">
        <input type="range" min={0} max={BUCKETS} value={least} aria-label="input price from" aria-valuetext={`from ${filter.min_input ?? 0} USD`} onInput={(event) => set("min_input", Math.min(event.currentTarget.valueAsNumber, greatest - 1), 0)} />
        <input type="range" min={0} max={BUCKETS} value={greatest} aria-label="input price up to" aria-valuetext={filter.max_input === null ? "no limit" : `up to ${filter.max_input} USD`} onInput={(event) => set("max_input", Math.max(event.currentTarget.valueAsNumber, least + 1), BUCKETS)} />
      </div>
      <div class="limits">
        <Limit label="from" value={filter.min_input} set={(value) => narrow({ min_input: value })} />
        <Limit label="to" value={filter.max_input} set={(value) => narrow({ max_input: value })} />
        <Limit label="output to" value={filter.max_output} set={(value) => narrow({ max_output: value })} />
      </div>
    </section>
  );
}

function Limit({ label, value, set }: { label: string; value: number | null; set: (value: number | null) => void }) {
  return (
    <label>
      <span>{label}</span>
      <input
        type="text"
        inputMode="decimal"
        value={value ?? ""}
        placeholder="any"
        onChange={(event) => {
          const text = event.currentTarget.value.trim();
          set(text !== "" && Number(text) >= 0 ? Number(text) : null);
        }}
      />
    </label>
  );
}

function amount(at: number): number {
  return Number((10 ** ((at / BUCKETS) * 4 - 2)).toPrecision(2));
}

function place(value: number): number {
  return Math.max(0, Math.min(BUCKETS, Math.round(((Math.log10(Math.max(value, 1e-9)) + 2) / 4) * BUCKETS)));
}
