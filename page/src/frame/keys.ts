// Keys: what each does where nobody is typing. The newest binding of a key wins.

type Bindings = Record<string, (event: KeyboardEvent) => unknown>;
const bound: Bindings[] = [];

export function bind(bindings: Bindings): () => void {
  bound.push(bindings);
  return () => void bound.splice(bound.indexOf(bindings), 1);
}

window.addEventListener("keydown", (event) => {
  const palette = (event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "k";
  const name = palette ? "palette" : event.key;
  if (!palette && (event.ctrlKey || event.metaKey || event.altKey)) return;
  const target = event.target as HTMLElement;
  const typing = /^(INPUT|SELECT|TEXTAREA)$/.test(target.tagName);
  if (typing && !palette && event.key !== "Escape") return;
  if (event.key === "Enter" && /^(A|BUTTON|SUMMARY)$/.test(target.tagName)) return; // it does what it says
  for (const bindings of [...bound].reverse()) {
    if (!(name in bindings)) continue;
    event.preventDefault();
    bindings[name](event);
    return;
  }
});
