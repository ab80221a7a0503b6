// Where one price comes from: who said it, in which words, when; and what was said beside it and did not count.

import { conditions, type Price } from "../data/listing";
import { harmless, instant, spoken } from "../format";
import type { OneListing, UnitSources, Voice } from "./answers";

export function Provenance({ listing, price }: { listing: OneListing; price: Price }) {
  const sources = listing.sources?.find((each) => each.unit === price.unit);
  const counts = sources?.values.find((voice) => voice.published);
  return (
    <div class="provenance">
      <dl class="facts">
        <dt>source</dt>
        <dd>{sourceWords(price.source, listing.provider)}</dd>
        {price.usd !== null && <><dt>exactly</dt><dd class="id">{price.usd} USD for one {spoken(price.unit)}</dd></>}
        {price.billed && <><dt>billed as</dt><dd class="id">{price.billed.amount} {price.billed.currency} for {/^\d/.test(price.billed.per) ? "" : "one "}{price.billed.per}</dd></>}
        {price.quote?.raw && <><dt>raw text</dt><dd class="id">{harmless(price.quote.raw)}</dd></>}
        {price.quote?.path && <><dt>stood at</dt><dd class="id">{harmless(price.quote.path)}</dd></>}
        {price.when && <><dt>holds</dt><dd>{conditions(price.when)}</dd></>}
        <dt>seen</dt>
        <dd>{seenOf(listing, counts)}</dd>
        {counts?.why && <><dt>why it counts</dt><dd>{counts.why.replace(/^counts: /, "")}</dd></>}
      </dl>
      {sources && <Others sources={sources} provider={listing.provider} />}
    </div>
  );
}

/** What was said beside it: what lost, and why. */
export function Others({ sources, provider }: { sources: UnitSources; provider: string }) {
  const others = sources.values.filter((voice) => !voice.published);
  if (!others.length && !sources.detail) return null;
  return (
    <>
      <h3>{headOf(sources)}</h3>
      {sources.detail && <p class="bad">{harmless(sources.detail)}</p>}
      <ul class="voices">
        {others.map((voice, at) => (
          <li key={at}>
            <span class="id">{amountOf(voice)}</span> {sourceWords(voice.source, provider)}
            {voice.quote?.raw && <> as <q class="id">{harmless(voice.quote.raw)}</q></>}
            {voice.as_of && <>, {instant(voice.as_of)}</>}
            {voice.why && <small> · {voice.why}</small>}
          </li>
        ))}
      </ul>
    </>
  );
}

function headOf(sources: UnitSources): string {
  if (!sources.values.some((voice) => voice.published)) return "What was said";
  return sources.disputed ? "What contradicts it" : "What else was said";
}

export function amountOf(voice: Pick<Voice, "state" | "usd" | "billed">): string {
  if (voice.state !== "known") return voice.state;
  return voice.usd ? `${voice.usd} USD` : voice.billed ? `${voice.billed.amount} ${voice.billed.currency} / ${voice.billed.per}` : "known";
}

function sourceWords(source: string, provider: string): string {
  if (source === "provider") return `${provider}'s own list`;
  if (source.startsWith("reference:")) return `the reference catalog ${source.slice("reference:".length)}`;
  return source.replace(":", ": ");
}

function seenOf(listing: OneListing, counts: Voice | undefined): string {
  if (counts?.as_of) return `the same since ${instant(counts.as_of)}`;
  return listing.content_since ? `in a list that is the same since ${instant(listing.content_since)} UTC` : "–";
}
