// An answer of the service as a part of the page shows it: the last one stays until the next is there.

import type { ComponentChildren } from "preact";
import { useEffect, useState } from "preact/hooks";
import { ask, Problem } from "../data/service";

export interface Asked<T> {
  answer: T | null;
  problem: Problem | null;
  busy: boolean;
}

/** Ask a path again whenever it, or `when`, is another one. An empty path asks nothing. */
export function useAsked<T>(path: string, when: unknown = null): Asked<T> {
  const [state, setState] = useState<Asked<T> & { path: string }>({ answer: null, problem: null, busy: true, path: "" });
  useEffect(() => {
    if (!path) return undefined;
    const control = new AbortController();
    setState((before) => ({ ...before, answer: before.path === path ? before.answer : null, busy: true, path }));
    ask<T>(path, { signal: control.signal }).then(
      (answer) => setState({ answer, problem: null, busy: false, path }),
      (error) => control.signal.aborted || setState({ answer: null, problem: error instanceof Problem ? error : new Problem(0, String(error)), busy: false, path }),
    );
    return () => control.abort();
  }, [path, when]);
  return state.path === path ? state : { answer: null, problem: null, busy: path !== "" };
}

export function Said<T>({ asked, missing, children }: { asked: Asked<T>; missing?: string; children: (answer: T) => ComponentChildren }) {
  if (asked.answer !== null) return <>{children(asked.answer)}</>;
  if (asked.problem?.status === 404 && missing) return <p class="quiet">{missing}</p>;
  if (asked.problem) return <p class="problem" role="alert">{asked.problem.message}</p>;
  return <p class="quiet" aria-busy="true">asking …</p>;
}
