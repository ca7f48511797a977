/** Quantities as Kubernetes writes them: `256Mi`, `1G`, `100m`, or a plain number. */

const FACTORS: Readonly<Record<string, number>> = {
  m: 1e-3,
  '': 1,
  k: 1e3,
  M: 1e6,
  G: 1e9,
  T: 1e12,
  P: 1e15,
  Ki: 2 ** 10,
  Mi: 2 ** 20,
  Gi: 2 ** 30,
  Ti: 2 ** 40,
  Pi: 2 ** 50,
};

/** The number; null if the text isn't a quantity, isn't positive, or is too large to be exact. */
export function parseQuantity(quantity: string | number): number | null {
  const match = /^(\d{1,18}(?:\.\d{1,9})?)(?:[eE](\d{1,2}))?([a-zA-Z]{0,2})$/.exec(String(quantity).trim());
  const factor = FACTORS[match?.[3] ?? ''];
  if (!match || factor === undefined) return null;
  // Milli is divided: 100 · 0.001 would not be exact.
  const number = Number(match[1]) * 10 ** Number(match[2] ?? 0);
  const value = match[3] === 'm' ? number / 1000 : number * factor;
  return value > 0 && value <= Number.MAX_SAFE_INTEGER ? value : null;
}
