// The past of a listing's prices: steps, never slopes, and the log of what changed.

import { useEffect, useMemo, useRef } from "preact/hooks";
import { perMillion } from "../data/decimal";
import { conditions } from "../data/listing";
import { inPath } from "../data/service";
import { instant, isSmall, spoken } from "../format";
import { Said, useAsked } from "../frame/asked";
import type { PastPrice, PriceHistory } from "./answers";
import type { Series } from "./chart";

export function History({ provider, id }: { provider: string; id: string }) {
  const asked = useAsked<PriceHistory>(`price-history/${provider}/${inPath(id)}`);
  return (
    <section>
      <h2>Over time <small>USD for 1M</small></h2>
      <Said asked={asked} missing="No past is kept: this listing was never synced. Providers in PRICING_SYNC_PROVIDERS are.">
        {(history) => (
          <>
            <Steps prices={history.prices} />
            <Log history={history} />
          </>
        )}
      </Said>
    </section>
  );
}

const CHARTED = ["input_token", "cache_read_token", "output_token"];

function Steps({ prices }: { prices: PastPrice[] }) {
  const root = useRef<HTMLDivElement>(null);
  const data = useMemo(() => seriesOf(prices), [prices]);
  useEffect(() => {
    const at = root.current;
    if (!at || !data) return undefined;
    let gone = false;
    let chart: { destroy: () => void } | null = null;
    void import("./chart").then(({ draw }) => {
      if (!gone) chart = draw(at, data);
    });
    return () => {
      gone = true;
      chart?.destroy();
    };
  }, [data]);
  if (!data) return null;
  const said = data.units.map((unit, at) => `${spoken(unit)} ${data.values[at].filter((value) => value !== null).at(-1) ?? "unknown"}`).join(", ");
  return <div class="chart" ref={root} role="img" aria-label={`prices over time in USD for 1M; now ${said}`} />;
}

/** Each unit's price that holds always, at every instant at which one of them changed, and now. */
function seriesOf(prices: PastPrice[]): Series | null {
  const shown = prices.filter((price) => !price.when && price.replaced_in === null && CHARTED.includes(price.unit));
  const units = CHARTED.filter((unit) => shown.some((price) => price.unit === unit));
  if (!units.length) return null;
  const edges = shown.flatMap((price) => [price.valid_from, ...(price.valid_to ? [price.valid_to] : [])]).map((text) => Date.parse(text) / 1000);
  const times = [...new Set([...edges, Date.now() / 1000])].sort((a, b) => a - b);
  const values = units.map((unit) =>
    times.map((time) => {
      const price = shown.find((each) => each.unit === unit && Date.parse(each.valid_from) / 1000 <= time && (!each.valid_to || time < Date.parse(each.valid_to) / 1000));
      return price?.usd == null ? null : Number(perMillion(price.usd)); // a float for pixels only
    }),
  );
  return { times, units, values };
}

function Log({ history }: { history: PriceHistory }) {
  const lines = [
    ...history.sightings.map((each) => ({ at: each.at, text: each.kind })),
    ...history.prices.filter((price) => price.replaced_in === null).map((price) => ({ at: price.valid_from, text: lineOf(price) })),
  ].sort((a, b) => (a.at < b.at ? 1 : a.at > b.at ? -1 : 0));
  return (
    <ol class="log">
      {lines.slice(0, 60).map((line, at) => (
        <li key={at}>
          <time dateTime={line.at}>{instant(line.at)}</time> {line.text}
        </li>
      ))}
      {lines.length > 60 && <li class="quiet">{lines.length - 60} earlier ones</li>}
    </ol>
  );
}

function lineOf(price: PastPrice): string {
  const amount = price.state !== "known" ? price.state : price.usd === null ? `${price.billed?.amount} ${price.billed?.currency} / ${price.billed?.per}` : isSmall(price.unit) ? `${perMillion(price.usd)} USD / 1M` : `${price.usd} USD`;
  const when = conditions(price.when);
  return `${spoken(price.unit)} ${amount}${when ? ` (${when})` : ""}${price.source === "provider" ? "" : ` by ${price.source}`}`;
}
