// Exact decimals: whole numbers and powers of ten. No price is ever a float, save as a key to sort by.

export interface Decimal {
  digits: bigint;
  scale: number; // the value is digits / 10 ** scale
}

export const ZERO: Decimal = { digits: 0n, scale: 0 };

export function decimal(text: string): Decimal {
  const [whole, fraction = ""] = text.split(".");
  return { digits: BigInt(whole + fraction), scale: fraction.length };
}

export function plus(a: Decimal, b: Decimal): Decimal {
  const scale = Math.max(a.scale, b.scale);
  return { digits: raised(a, scale) + raised(b, scale), scale };
}

export function times(a: Decimal, count: bigint): Decimal {
  return { digits: a.digits * count, scale: a.scale };
}

export function half(a: Decimal): Decimal {
  return { digits: a.digits * 5n, scale: a.scale + 1 };
}

export function compare(a: Decimal, b: Decimal): number {
  const scale = Math.max(a.scale, b.scale);
  const difference = raised(a, scale) - raised(b, scale);
  return difference < 0n ? -1 : difference > 0n ? 1 : 0;
}

export function plain(a: Decimal): string {
  const sign = a.digits < 0n ? "-" : "";
  const text = (a.digits < 0n ? -a.digits : a.digits).toString().padStart(a.scale + 1, "0");
  const whole = text.slice(0, text.length - a.scale);
  const fraction = text.slice(text.length - a.scale).replace(/0+$/, "");
  return sign + whole + (fraction ? "." + fraction : "");
}

/** One single unit -> a million of them, by moving the point: exact by nature. */
export function perMillion(text: string): string {
  const { digits, scale } = decimal(text);
  return plain(scale >= 6 ? { digits, scale: scale - 6 } : { digits: digits * 10n ** BigInt(6 - scale), scale: 0 });
}

export function median(sorted: Decimal[]): Decimal {
  const middle = sorted.length >> 1;
  return sorted.length % 2 ? sorted[middle] : half(plus(sorted[middle - 1], sorted[middle]));
}

function raised(a: Decimal, scale: number): bigint {
  return a.digits * 10n ** BigInt(scale - a.scale);
}
