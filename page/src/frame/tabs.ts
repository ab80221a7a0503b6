// The pages by their names, and the way to each.

import { go, NO_FILTER, type Tab } from "../view";

export const NAMES: Record<Tab, string> = { catalog: "Catalog", providers: "Providers", stored: "Live & stored", changes: "Changes", quarantine: "Quarantine", unmatched: "Unmatched" };

export function to(tab: Tab): void {
  go({ tab, show: "", comparing: false, more: {}, filter: NO_FILTER, open: [] });
}
