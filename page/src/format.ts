// Values as they are shown: short, with the exact one at hand.

const WHOLE = new Intl.NumberFormat("en"); // made once: making one takes longer than drawing a row

export function count(value: number): string {
  return WHOLE.format(value);
}

/** `1 listing`, `2,000 listings`. */
export function many(value: number, one: string, more = `${one}s`): string {
  return `${count(value)} ${value === 1 ? one : more}`;
}

/** A difference with its sign. */
export function signed(value: number): string {
  return value > 0 ? `+${count(value)}` : value < 0 ? `−${count(-value)}` : "0";
}

export function age(seconds: number | null): string {
  if (seconds === null) return "–";
  if (seconds >= 86_400) return `${Math.floor(seconds / 86_400)}d`;
  if (seconds >= 3_600) return `${Math.floor(seconds / 3_600)}h`;
  if (seconds >= 60) return `${Math.floor(seconds / 60)}m`;
  return `${Math.max(0, Math.floor(seconds))}s`;
}

export function tokens(value: number): string {
  if (Number.isNaN(value)) return "";
  if (value >= 1_000_000) return `${trimmed(value / 1_000_000)}M`;
  if (value >= 1_000) return `${trimmed(value / (value % 1024 === 0 ? 1024 : 1000))}k`;
  return String(value);
}

function trimmed(value: number): string {
  return value >= 100 ? String(Math.round(value)) : String(Math.round(value * 10) / 10);
}

/** An instant in UTC, to the minute. */
export function instant(text: string | null | undefined): string {
  return text ? text.replace("T", " ").replace(/:\d\d(\.\d+)?(Z|\+00:00)$/, "") : "–";
}

const INVISIBLE = /[\u0000-\u001f\u007f-\u009f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180e\u200b-\u200f\u2028-\u202f\u2060-\u206f\u3164\ufeff\ufff0-\ufffb]/g;

/** A provider's text with characters that would hide or turn it shown by their numbers: `<U+202E>`. */
export function harmless(text: string): string {
  return text.replace(INVISIBLE, (found) => `‹U+${found.charCodeAt(0).toString(16).toUpperCase().padStart(4, "0")}›`);
}

/** Whole part, fraction, and whether digits are left out, so that points stand below each other. */
export function parted(amount: string, places = 4): [string, string, boolean] {
  const [whole, fraction = ""] = amount.split(".");
  const grouped = whole.replace(/\B(?=(\d{3})+$)/g, ",");
  if (!fraction) return [grouped, "", false];
  const leading = whole === "0" ? (/^0*/.exec(fraction)?.[0].length ?? 0) : 0;
  const shown = fraction.slice(0, Math.max(places, Math.min(leading + 2, 7)));
  return [grouped, "." + shown, shown.length < fraction.length];
}

export function percent(share: number | null): string {
  if (share === null) return "–";
  const shown = share * 100;
  return shown > 0 && shown < 1 ? "<1%" : shown > 99 && shown < 100 ? ">99%" : `${Math.round(shown)}%`;
}

export const TOKEN_UNITS = new Set(["input_character", "output_character"]);

/** Whether a unit is so small that a million of it is what people compare. */
export function isSmall(unit: string): boolean {
  return unit.endsWith("_token") || unit.endsWith("_character") || TOKEN_UNITS.has(unit);
}

export function spoken(word: string): string {
  return word.replaceAll("_", " ");
}
