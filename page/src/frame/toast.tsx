// One line that says what has just been done, and goes by itself.

import { Store, useStore } from "../state";

const said = new Store<{ text: string; bad: boolean } | null>(null);
let timer: ReturnType<typeof setTimeout> | undefined;

export function say(text: string, bad = false): void {
  said.set({ text, bad });
  clearTimeout(timer);
  timer = setTimeout(() => said.set(null), bad ? 8000 : 5000);
}

export function copy(text: string, what: string): void {
  navigator.clipboard.writeText(text).then(
    () => say(`copied ${what}`),
    () => say(`the browser does not let this page copy: ${text}`, true),
  );
}

export function Toast() {
  const shown = useStore(said);
  return (
    <div class={`toast${shown?.bad ? " bad" : ""}`} role="status" aria-live="polite" hidden={!shown}>
      {shown?.text}
    </div>
  );
}
