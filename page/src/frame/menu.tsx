// A button that opens a small panel, closed by Escape, a click elsewhere, or itself.

import type { ComponentChildren } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { Glyph, type GlyphName } from "./glyphs";
import { bind } from "./keys";

export function Menu({ label, glyph, children }: { label: string; glyph: GlyphName; children: ComponentChildren | ((close: () => void) => ComponentChildren) }) {
  const [open, setOpen] = useState(false);
  const root = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (!open) return undefined;
    const away = (event: PointerEvent) => !root.current?.contains(event.target as Node) && setOpen(false);
    const unbind = bind({
      Escape: () => {
        setOpen(false);
        root.current?.querySelector("button")?.focus();
      },
    });
    document.addEventListener("pointerdown", away);
    return () => {
      unbind();
      document.removeEventListener("pointerdown", away);
    };
  }, [open]);
  return (
    <div class="menu" ref={root}>
      <button type="button" aria-expanded={open} aria-label={label} onClick={() => setOpen(!open)}>
        <Glyph name={glyph} /> <span>{label}</span>
      </button>
      {open && <div class="panel">{typeof children === "function" ? children(() => setOpen(false)) : children}</div>}
    </div>
  );
}
