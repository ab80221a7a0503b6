// Which listings are compared: a few, by key, in the address.

import { say } from "../frame/toast";
import { go, view } from "../view";

export const MOST_COMPARED = 5;

export function toggleCompared(key: string): void {
  const { compare } = view.value;
  if (compare.includes(key)) return go({ compare: compare.filter((each) => each !== key) }, "replaced");
  if (compare.length >= MOST_COMPARED) return say(`${MOST_COMPARED} are compared already: take one away first`, true);
  go({ compare: [...compare, key] }, "replaced");
}
