// Fetches the catalog and makes columns of it, beside the page, so that the page never stands still meanwhile.

import { buffersOf, columnsOf } from "./columns";
import type { ModelsAnswer } from "./listing";

export interface Loaded {
  asked: number;
  columns?: ReturnType<typeof columnsOf>;
  problem?: string;
  unchanged?: boolean;
}

self.onmessage = async (message: MessageEvent<{ asked: number; url: string; have: string | null; key: string | null }>) => {
  const { asked, url, have, key } = message.data;
  const tell = (loaded: Omit<Loaded, "asked">, moved: Transferable[] = []) => self.postMessage({ asked, ...loaded }, { transfer: moved });
  try {
    const headers: Record<string, string> = key ? { Authorization: `Bearer ${key}` } : {};
    const response = await fetch(url, { headers, cache: "no-cache" });
    const answer = await response.json();
    if (!response.ok) return tell({ problem: answer.detail ?? `the service answered ${response.status}` });
    if (have !== null && answer.catalog === have) return tell({ unchanged: true });
    const columns = columnsOf(answer as ModelsAnswer);
    tell({ columns }, buffersOf(columns));
  } catch (error) {
    tell({ problem: `the service cannot be reached (${String(error)}): is it running?` });
  }
};
