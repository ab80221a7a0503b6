// What the service answers, as far as the page reads it. docs/api.md has the meaning of each.

export interface Price {
  unit: string;
  state: "known" | "free" | "varying";
  usd: string | null;
  billed: { amount: string; currency: string; per: string } | null;
  when: When | null;
  source: string;
  quote?: { path: string; raw: string } | null;
}

export interface When {
  windows?: unknown[];
  weekdays?: number[];
  prompt_over?: { tokens: number; inclusive: boolean };
  tier?: string;
  region?: string;
  cache_seconds?: number;
  valid_from?: string;
  valid_to?: string;
}

export interface Listing {
  provider: string;
  id: string;
  name: string | null;
  lab: string | null;
  model: string | null;
  variant: string | null;
  mode: string | null;
  status: string;
  context_tokens: number | null;
  max_output_tokens: number | null;
  input_modalities: string[];
  output_modalities: string[];
  supported_parameters: string[];
  quantization: string | null;
  released: string | null;
  deprecated_at?: string | null;
  retires_at?: string | null;
  first_seen?: string | null;
  origin: string;
  id_is?: string;
  varies_by: string[];
  prices: Price[];
}

export interface ModelsAnswer {
  data: Listing[];
  total: number;
  totals: { live: number; reference: number };
  catalog: string;
  simulated?: boolean;
  at?: string;
  absent?: { provider: string; history_from: string | null; to_do?: string }[] | Record<string, { history_from: string | null }>;
}

/** Whether a rule can stand for a unit in a table: standard tier, shortest prompt, any hour. */
export function stands(price: Price): boolean {
  const when = price.when;
  if (!when) return true;
  if (when.tier && when.tier !== "standard") return false;
  return !when.prompt_over && !when.region && when.cache_seconds === undefined && !when.valid_from;
}

/** The headline price of each unit: of those that can stand, one that varies, else the dearest. */
export function headlines(prices: Price[]): Map<string, Price> {
  const found = new Map<string, Price>();
  for (const price of prices) {
    if (!stands(price)) continue;
    const before = found.get(price.unit);
    if (!before || height(price) > height(before)) found.set(price.unit, price);
  }
  return found;
}

function height(price: Price): number {
  return price.state === "varying" ? Infinity : price.usd === null ? -1 : Number(price.usd);
}

/** A condition in words: `batch · prompt over 200,000 · region global`. */
export function conditions(when: When | null): string {
  if (!when) return "";
  const said: string[] = [];
  if (when.tier && when.tier !== "standard") said.push(when.tier);
  if (when.prompt_over) said.push(`prompt ${when.prompt_over.inclusive ? "from" : "over"} ${when.prompt_over.tokens.toLocaleString("en")}`);
  if (when.region) said.push(`region ${when.region}`);
  if (when.cache_seconds !== undefined) said.push(`cached for ${when.cache_seconds / 60} min`);
  for (const window of (when.windows ?? []) as { start: number; end: number; zone: string }[])
    said.push(`${clock(window.start)}–${clock(window.end)} ${window.zone}`);
  if (when.weekdays?.length) said.push(`on ${when.weekdays.map((day) => DAYS[day]).join(", ")}`);
  if (when.valid_from) said.push(`from ${when.valid_from}`);
  if (when.valid_to) said.push(`until ${when.valid_to}`);
  return said.join(" · ");
}

const DAYS = ["", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];

function clock(minute: number): string {
  return `${String(Math.floor(minute / 60)).padStart(2, "0")}:${String(minute % 60).padStart(2, "0")}`;
}
