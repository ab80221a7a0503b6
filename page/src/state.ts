// Values that several parts of the page show; whoever shows one is drawn again when it changes.

import { useEffect, useState } from "preact/hooks";

export class Store<T> {
  private readonly listeners = new Set<() => void>();

  constructor(private held: T) {}

  get value(): T {
    return this.held;
  }

  set(value: T): void {
    if (value === this.held) return;
    this.held = value;
    for (const listener of [...this.listeners]) listener();
  }

  listen(listener: () => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }
}

export function useStore<T>(store: Store<T>): T {
  const [, draw] = useState(0);
  const drawn = store.value;
  useEffect(() => {
    const again = () => draw((count) => count + 1);
    if (store.value !== drawn) again(); // it was set between the drawing and this
    return store.listen(again);
  }, [store]);
  return drawn;
}
