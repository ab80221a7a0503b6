// Parts that listings and models share: facts, offers, evidence.

import { PriceCell } from "../catalog/cells";
import type { Shown } from "../catalog/columns";
import { count, harmless, spoken } from "../format";
import { linkTo } from "../view";
import type { Match, OneListing } from "./answers";

export function Facts({ listing }: { listing: OneListing }) {
  const facts: [string, string | null | undefined][] = [
    ["name", listing.name],
    ["model", listing.model],
    ["variant", listing.variant],
    ["lab", listing.lab],
    ["mode", listing.mode],
    ["status", listing.status],
    ["context", listing.context_tokens === null ? null : `${count(listing.context_tokens)} tokens`],
    ["max output", listing.max_output_tokens === null ? null : `${count(listing.max_output_tokens)} tokens`],
    ["takes", listing.input_modalities.join(", ")],
    ["makes", listing.output_modalities.join(", ")],
    ["can", listing.supported_parameters.map(spoken).join(", ")],
    ["quantization", listing.quantization],
    ["released", listing.released],
    ["deprecated", listing.deprecated_at],
    ["retires", listing.retires_at],
    ["knowledge until", listing.knowledge_cutoff],
    ["tokenizer", listing.tokenizer],
    ["repository", listing.repository],
    ["alias of", listing.alias_of],
    ["aliases", listing.aliases?.join(", ")],
    ["origin", listing.origin === "reference" ? "the word of a reference catalog" : listing.origin],
    ["id stands for", listing.id_is === "pattern" ? "many ids: it is a pattern" : null],
    ["visible to", listing.visibility === "account" ? "the account behind the provider's key" : null],
  ];
  return (
    <section>
      <h2>Facts</h2>
      <dl class="facts">
        {facts.filter(([, value]) => value).map(([name, value]) => (
          <>
            <dt>{name}</dt>
            <dd>{name === "model" ? <a class="id" href={linkTo({ show: `model:${value}` })}>{value}</a> : harmless(value!)}</dd>
          </>
        ))}
      </dl>
    </section>
  );
}

/** The same model elsewhere, the cheapest first: by the workload where there is one, else by input and output. */
export function Offers({ model, shown, except }: { model: string; shown: Shown; except?: string }) {
  const { rows, costs } = shown;
  const place = rows.columns.text.model.words.indexOf(model);
  const { codes } = rows.columns.text.model;
  const found = place < 1 ? [] : Array.from(codes.keys()).filter((row) => codes[row] === place && rows.key(row) !== except);
  if (!found.length) return null;
  const sum = (row: number) => (costs ? costs.keys[row] : rows.value("input_token", row) + rows.value("output_token", row));
  found.sort((a, b) => Number(Number.isNaN(sum(a))) - Number(Number.isNaN(sum(b))) || sum(a) - sum(b) || a - b);
  return (
    <section>
      <h2>{except ? "Other offers" : "Offers"} <small>{count(found.length)}, the cheapest first{costs ? " for the workload" : ""}</small></h2>
      <div class="wide">
        <table>
          <thead>
            <tr>
              <th scope="col">Offer</th>
              <th scope="col" class="right">Input</th>
              <th scope="col" class="right">Cached</th>
              <th scope="col" class="right">Output</th>
              {costs && <th scope="col" class="right">Cost</th>}
            </tr>
          </thead>
          <tbody>
            {found.slice(0, 200).map((row) => (
              <tr key={row}>
                <td class="offer">
                  {rows.text("provider", row)}{" "}
                  <a class="id" href={linkTo({ show: `listing:${rows.key(row)}` })}>{harmless(rows.ids[row])}</a>
                  {rows.text("variant", row) && <span class="tag">{rows.text("variant", row)}</span>}
                </td>
                {["input_token", "cache_read_token", "output_token"].map((unit) => <td key={unit} class="right"><PriceCell price={rows.price(unit, row)} unit={unit} /></td>)}
                {costs && <td class="right" title={costs.of(row).note}>{costs.of(row).usd ?? "–"}</td>}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {found.length > 200 && <p><a href={linkTo({ show: "", filter: { q: "", facets: {}, model, min_context: null, min_input: null, max_input: null, max_output: null } })}>all {count(found.length)} in the table</a></p>}
    </section>
  );
}

export function Evidence({ match }: { match: Pick<Match, "model" | "confidence" | "evidence" | "conflicts"> | null }) {
  return (
    <section>
      <h2>Why this model</h2>
      {match?.model ? (
        <ul class="evidence">
          <li class="quiet">confidence: {match.confidence}</li>
          {match.evidence.map((each, at) => <li key={at}><span class="tag">{spoken(each.kind)}</span> {harmless(each.detail)}</li>)}
          {match.conflicts.map((each, at) => <li key={at} class="bad">against it: {harmless(typeof each === "string" ? each : JSON.stringify(each))}</li>)}
        </ul>
      ) : (
        <p class="quiet">It is matched to no known model: a word of its id or name is known to no table, and nothing is guessed. <a href={linkTo({ tab: "unmatched", show: "" })}>Unmatched</a> lists all of them.</p>
      )}
    </section>
  );
}
