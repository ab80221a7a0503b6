// One model with all its offers, whoever serves it.

import { Million } from "../catalog/cells";
import type { Shown } from "../catalog/columns";
import { perMillion } from "../data/decimal";
import { address, inPath } from "../data/service";
import { count, harmless, many, isSmall, spoken } from "../format";
import { Said, useAsked } from "../frame/asked";
import { copy } from "../frame/toast";
import type { OneModel, Spread } from "./answers";
import { Evidence, Offers } from "./parts";

export function ModelDetail({ model, shown }: { model: string; shown: Shown | null }) {
  const path = `catalog/models/${inPath(model)}`;
  const asked = useAsked<OneModel>(path);
  return (
    <>
      <header>
        <p class="above">model</p>
        <h1 class="id">{harmless(model)}</h1>
        <p class="actions">
          <button type="button" onClick={() => copy(model, "the model")}>copy name</button>
          <button type="button" onClick={() => copy(`curl '${address(path).replaceAll("'", "%27")}'`, "the curl line")}>copy curl</button>
        </p>
      </header>
      <Said asked={asked}>
        {(answer) => (
          <>
            <p>
              {many(answer.listings, "offer")} of {many(answer.providers.length, "provider")}
              {answer.context_tokens && <>, context {count(answer.context_tokens.min)}{answer.context_tokens.max !== answer.context_tokens.min && <> to {count(answer.context_tokens.max)}</>}</>}
              {answer.is_alias && <>. A moving name{answer.points_at.length > 0 && <> that points at {answer.points_at.join(", ")}</>}</>}
            </p>
            <Spreads spreads={answer.prices} />
            {Object.keys(answer.variants).length > 1 && (
              <p class="quiet">variants: {Object.entries(answer.variants).map(([name, number]) => `${name || "as released"} (${count(number)})`).join(", ")}</p>
            )}
            {shown && <Offers model={model} shown={shown} />}
            <details>
              <summary>why each is this model</summary>
              {answer.offers.slice(0, 100).map((offer) => (
                <div key={`${offer.provider}/${offer.id}`}>
                  <h3 class="id">{offer.provider} {harmless(offer.id)}</h3>
                  <Evidence match={{ model, confidence: offer.confidence, evidence: offer.evidence, conflicts: offer.conflicts }} />
                </div>
              ))}
            </details>
            <p class="quiet"><a href={address(path)}>this as JSON</a></p>
          </>
        )}
      </Said>
    </>
  );
}

function Spreads({ spreads }: { spreads: Spread[] }) {
  const known = spreads.filter((spread) => spread.min && spread.median && spread.max);
  if (!known.length) return <p class="quiet">No offer has a known price.</p>;
  return (
    <section>
      <h2>What it costs <small>USD; per million where a unit is a token</small></h2>
      <table>
        <thead>
          <tr>{["", "min", "median", "max", "known"].map((head) => <th key={head} scope="col" class={head ? "right" : ""}>{head || "unit"}</th>)}</tr>
        </thead>
        <tbody>
          {known.map((spread) => (
            <tr key={spread.unit}>
              <td>{spoken(spread.unit)}</td>
              {[spread.min!.usd, spread.median!, spread.max!.usd].map((usd, at) => <td key={at} class="right">{isSmall(spread.unit) ? <Million usd={usd} title={["min", "median", "max"][at]} /> : usd}</td>)}
              <td class="right" title={`${spread.free} free, ${spread.varying} varying`}>{count(spread.known)}</td>
            </tr>
          ))}
        </tbody>
      </table>
      <p class="quiet">cheapest input: {known[0].min && `${known[0].min.provider} (${isSmall(known[0].unit) ? perMillion(known[0].min.usd) : known[0].min.usd})`}</p>
    </section>
  );
}
