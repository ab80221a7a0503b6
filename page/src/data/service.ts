// Calls of the service that served this page, by relative addresses: below whatever path it stands.

import { Store } from "../state";

/** The admin key: in memory only, gone when the page is. */
export const key = new Store<string | null>(null);

export class Problem extends Error {
  constructor(readonly status: number, message: string) {
    super(message);
  }
}

export function address(path: string): string {
  return new URL(path, document.baseURI).href;
}

export async function ask<T>(path: string, options: { method?: string; body?: unknown; signal?: AbortSignal } = {}): Promise<T> {
  const headers: Record<string, string> = { Accept: "application/json" };
  if (key.value) headers.Authorization = `Bearer ${key.value}`;
  if (options.body !== undefined) headers["Content-Type"] = "application/json";
  let response: Response;
  try {
    const body = options.body === undefined ? undefined : JSON.stringify(options.body);
    response = await fetch(address(path), { method: options.method ?? "GET", headers, body, signal: options.signal });
  } catch (error) {
    if (options.signal?.aborted) throw error;
    throw new Problem(0, "the service cannot be reached: is it running?");
  }
  const answer = await response.json().catch(() => null);
  if (!response.ok) throw new Problem(response.status, answer?.detail ?? `the service answered ${response.status}`);
  return answer as T;
}

/** An id in a path: its slashes need no escape, everything else does. */
export function inPath(id: string): string {
  return id.split("/").map(encodeURIComponent).join("/");
}

/** The address of one listing, also of one whose id would not survive in a path. */
export function listingPath(provider: string, id: string): string {
  const plain = id.split("/").every((part) => part !== "" && part !== "." && part !== "..");
  return plain ? `models/${provider}/${inPath(id)}` : `models/${provider}?id=${encodeURIComponent(id)}`;
}
