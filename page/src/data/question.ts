// The view as a question to the API, for whoever wants the same with curl.

import type { Facet } from "./select";
import { address } from "./service";
import type { View } from "../view";

const ONE: Facet[] = ["lab", "mode", "status", "quantization", "variant", "origin"];
const LISTS: Facet[] = ["input_modalities", "output_modalities", "supported_parameters"];
const SORTS = ["name", "context_tokens", "max_output_tokens", "released", "input_price", "output_price"];

export interface Question {
  query: string;
  beyond: string[]; // what the page does and one call cannot say
}

export function questionOf(view: View): Question {
  const asked = new URLSearchParams();
  const beyond: string[] = [];
  const { filter } = view;
  const included = (facet: Facet) => (filter.facets[facet] ?? []).filter((word) => !word.startsWith("-"));
  for (const [facet, words] of Object.entries(filter.facets)) if (words?.some((word) => word.startsWith("-"))) beyond.push(`what is left out by ${facet}`);
  if (included("provider").length) asked.set("gateway", included("provider").join(","));
  if (filter.q) asked.set("q", filter.q);
  if (filter.model) asked.set("model", filter.model);
  for (const facet of ONE) {
    const words = included(facet);
    if (words.length === 1) asked.set(facet, words[0]);
    else if (words.length) beyond.push(`several of ${facet}`);
  }
  for (const facet of LISTS) if (included(facet).length) asked.set(facet, included(facet).join(","));
  const price = included("price");
  if (price.length === 1 && price[0] === "free") asked.set("free", "true");
  else if (price.length === 1 && price[0] === "priced") asked.set("priced", "true");
  else if (price.length === 1 && price[0] === "unknown") asked.set("priced", "false");
  else if (price.length) beyond.push("what is known of the price");
  if (filter.min_context !== null) asked.set("min_context", String(filter.min_context));
  if (filter.min_input !== null) beyond.push("the lower limit of the input price");
  if (filter.max_input !== null) asked.set("max_input_usd_per_million", String(filter.max_input));
  if (filter.max_output !== null) asked.set("max_output_usd_per_million", String(filter.max_output));
  if (SORTS.includes(view.sort.replace(/^-/, ""))) asked.set("sort", view.sort);
  else if (view.sort) beyond.push(`the order by ${view.sort}`);
  if (view.group) asked.set("group", "model");
  if (view.at) asked.set("at", view.at);
  return { query: asked.toString().replaceAll("%2C", ",").replaceAll("%2F", "/"), beyond };
}

export function curlOf(view: View): string {
  const { query, beyond } = questionOf(view);
  const url = address("models") + (query ? `?${query}` : "");
  const note = beyond.length ? `  # without ${beyond.join(", ")}` : "";
  return `curl --compressed '${url.replaceAll("'", "%27")}'${note}`;
}
