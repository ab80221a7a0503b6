// What is opened beside the table: one listing, or one model with all its offers.

import { useEffect, useRef } from "preact/hooks";
import type { Shown } from "../catalog/columns";
import { Glyph } from "../frame/glyphs";
import { bind } from "../frame/keys";
import { go } from "../view";
import { ListingDetail } from "./listing";
import { ModelDetail } from "./model";

export function Drawer({ show, shown }: { show: string; shown: Shown | null }) {
  const root = useRef<HTMLElement>(null);
  const close = () => go({ show: "" });
  useEffect(() => bind({ Escape: close }), []);
  useEffect(() => root.current?.scrollTo(0, 0), [show]);
  const [kind, rest] = [show.slice(0, show.indexOf(":")), show.slice(show.indexOf(":") + 1)];
  const slash = rest.indexOf("/");
  return (
    <aside class="drawer" ref={root} aria-label={rest} tabIndex={-1}>
      <button type="button" class="icon close" onClick={close} aria-label="close" title="close (esc)"><Glyph name="close" /></button>
      {kind === "model" ? <ModelDetail model={rest} shown={shown} /> : <ListingDetail provider={rest.slice(0, slash)} id={rest.slice(slash + 1)} shown={shown} />}
    </aside>
  );
}
