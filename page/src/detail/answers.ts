// What the service answers of one listing, one model and the past of a price.

import type { Listing, Price } from "../data/listing";

export interface Match {
  model: string | null;
  variant: string | null;
  confidence: string;
  is_alias: boolean;
  points_at: string | null;
  evidence: { kind: string; detail: string }[];
  conflicts: string[];
}

/** What one source says of a unit, and why it counts or does not. */
export interface Voice extends Omit<Price, "unit"> {
  standing: string;
  as_of: string | null;
  published: boolean;
  agrees?: boolean | null;
  why?: string;
}

export interface UnitSources {
  unit: string;
  outcome: string; // published, quarantined, conditional, withheld, unsettled
  disputed: boolean;
  detail: string | null;
  values: Voice[];
}

export interface OneListing extends Listing {
  knowledge_cutoff: string | null;
  tokenizer: string | null;
  repository: string | null;
  canonical_id: string | null;
  alias_of: string | null;
  aliases: string[];
  unread: { path: string; raw: string; reason?: string }[];
  match: Match | null;
  content_since: string | null;
  visibility: string;
  raw?: unknown;
  sources?: UnitSources[];
}

export interface OneModel {
  model: string;
  lab: string;
  is_alias: boolean;
  points_at: string[];
  listings: number;
  providers: string[];
  variants: Record<string, number>;
  context_tokens: { min: number; max: number } | null;
  prices: Spread[];
  offers: (Listing & { confidence: string; evidence: { kind: string; detail: string }[]; conflicts: string[] })[];
}

export interface Spread {
  unit: string;
  known: number;
  free: number;
  varying: number;
  min: { usd: string; provider: string; id: string } | null;
  median: string | null;
  max: { usd: string; provider: string; id: string } | null;
}

export interface PastPrice extends Price {
  valid_from: string;
  valid_to: string | null;
  reading: number;
  replaced_in: number | null;
}

export interface PriceHistory {
  sightings: { kind: string; at: string }[];
  prices: PastPrice[];
}
