// The strip of the workload: what is sent and made, from which a cost column follows.

import { count } from "../format";
import { go, type Workload } from "../view";
import type { Costs } from "./costs";

export const FIRST: Workload = { in: 1_000_000n, cached: 0n, out: 200_000n, prompt: 0, tier: "standard", hour: null };

export function Strip({ work, costs, known, of }: { work: Workload; costs: Costs | null; known: number; of: number }) {
  const set = (change: Partial<Workload>) => go({ work: { ...work, ...change } }, "replaced");
  return (
    <form class="strip" aria-label="my workload" onSubmit={(event) => event.preventDefault()}>
      <Tokens label="Tokens in" value={work.in} set={(value) => set({ in: value })} />
      <Tokens label="of them cached" value={work.cached} set={(value) => set({ cached: value })} />
      <Tokens label="Tokens out" value={work.out} set={(value) => set({ out: value })} />
      <label>
        <span>Prompt length</span>
        <input type="text" inputMode="numeric" size={8} value={work.prompt || ""} placeholder="shortest" onChange={(event) => set({ prompt: Number(whole(event.currentTarget.value)) })} />
      </label>
      <label>
        <span>Tier</span>
        <select value={work.tier} onChange={(event) => set({ tier: event.currentTarget.value as Workload["tier"] })}>
          {["standard", "batch", "flex", "priority"].map((tier) => <option key={tier}>{tier}</option>)}
        </select>
      </label>
      <label>
        <span>Hour (UTC)</span>
        <select value={work.hour ?? ""} onChange={(event) => set({ hour: event.currentTarget.value === "" ? null : Number(event.currentTarget.value) })}>
          <option value="">now</option>
          {Array.from({ length: 24 }, (_, hour) => <option key={hour} value={hour}>{String(hour).padStart(2, "0")}:00</option>)}
        </select>
      </label>
      <button type="button" onClick={() => go({ sort: "cost" })}>cheapest first</button>
      <output>{costs ? `${count(known)} of ${count(of)} have a cost` : "…"}</output>
      <button type="button" class="link" onClick={() => go({ work: null, sort: "" })}>close</button>
    </form>
  );
}

function Tokens({ label, value, set }: { label: string; value: bigint; set: (value: bigint) => void }) {
  return (
    <label>
      <span>{label}</span>
      <input type="text" inputMode="numeric" size={11} value={value.toLocaleString("en")} onChange={(event) => set(whole(event.currentTarget.value))} />
    </label>
  );
}

/** `1,500,000`, `1.5M` and `200k` as a whole number, 0 for what is none. */
export function whole(text: string): bigint {
  const found = /^(\d{1,15})(?:\.(\d{1,6}))?\s*([kmb]?)$/i.exec(text.replace(/[,_\s]/g, ""));
  if (!found) return 0n;
  const zeros = { "": 0, k: 3, m: 6, b: 9 }[found[3].toLowerCase()] ?? 0;
  const fraction = (found[2] ?? "").padEnd(zeros, "0").slice(0, zeros);
  return BigInt(found[1] + fraction);
}
