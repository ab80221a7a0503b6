// A handful of outline glyphs of 16 px, drawn for this page. Each goes on from where the pen stands, so that several are one path.

const PATHS = {
  text: "m3 4h10m-5 0v9",
  image: "m2.5 3.5h11v9h-11zm0 7.5l3-3l2.5 2.5l2-2l3.5 3.5m-3-6h.01",
  audio: "m3 6.5v3m2.5-5v7m2.5-9v11m2.5-8.5v6m2.5-4.5v3",
  video: "m2.5 4.5h7v7h-7zm7 2.5l4-2v6l-4-2",
  file: "m4 2.5h5l3 3v8h-8zm5 0v3h3",
  embedding: "m3 12.5l10-9m-10 0h.01m2.99 2.5h.01m3.99 4h.01m2.99 2.5h.01",
  tools: "m9.5 3a3 3 0 0 0-2 4.5l-5 5l1 1l5-5a3 3 0 0 0 4.5-2.5l-2 1l-1.5-1.5l1-2z",
  reasoning: "m5.5 12.5h5m-4.5-2c-1.5-1-2-2.5-2-4a4 4 0 0 1 8 0c0 1.5-.5 3-2 4zm1 4h2",
  arrow: "m6 5l3 3l-3 3",
  clock: "M8 2.5a5.5 5.5 0 1 0 0 11 5.5 5.5 0 0 0 0-11zM8 5v3l2 1.5",
  search: "M7 2.5a4.5 4.5 0 1 0 0 9 4.5 4.5 0 0 0 0-9zM10.5 10.5l3 3",
  close: "M4 4l8 8M12 4l-8 8",
  theme: "M8 2.5a5.5 5.5 0 1 0 0 11zM8 2.5a5.5 5.5 0 0 1 0 11",
  filter: "M2.5 4h11M4.5 8h7M6.5 12h3",
  columns: "M2.5 3.5h11v9h-11zM6.5 3.5v9M10 3.5v9",
  group: "M2.5 4h4M2.5 8h4M2.5 12h4M9 4h4.5M9 8h4.5M9 12h4.5",
  down: "M4 6l4 4 4-4",
  right: "M6 4l4 4-4 4",
  copy: "M5.5 5.5h7v7h-7zM3.5 10.5v-7h7",
  export: "M8 2.5v7M5 6.5l3 3 3-3M3 12.5h10",
  sum: "M12 4V3H4l4 5-4 5h8v-1",
  key: "M5 8.5a2.5 2.5 0 1 0 0 .01M7.5 8.5h6v2M11 8.5v2",
  refresh: "M13 8a5 5 0 1 1-1.5-3.5M12 2v3H9",
} as const;

export type GlyphName = keyof typeof PATHS;

export function Glyph({ name, label }: { name: GlyphName; label?: string }) {
  return <Glyphs names={[name]} label={label} />;
}

const STEP = 18; // px from one glyph to the next

/** Several beside each other, drawn at once: a table has hundreds of them. */
export function Glyphs({ names, label }: { names: GlyphName[]; label?: string }) {
  const width = STEP * names.length - (STEP - 16);
  return (
    <svg class="glyph" viewBox={`0 0 ${width} 16`} width={width} height="16" role={label ? "img" : undefined} aria-label={label} aria-hidden={label ? undefined : true}>
      <path d={names.map((name, at) => `M${STEP * at} 0${PATHS[name]}`).join("")} />
    </svg>
  );
}
