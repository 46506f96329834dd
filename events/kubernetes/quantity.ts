const factors: Readonly<Record<string, number>> = {
  n: 1e-9,
  u: 1e-6,
  m: 1e-3,
  '': 1,
  k: 1e3,
  M: 1e6,
  G: 1e9,
  T: 1e12,
  P: 1e15,
  E: 1e18,
  Ki: 2 ** 10,
  Mi: 2 ** 20,
  Gi: 2 ** 30,
  Ti: 2 ** 40,
  Pi: 2 ** 50,
  Ei: 2 ** 60,
};

/** Kubernetes takes this number for every larger one. */
const maxQuantity = 2 ** 63;

/**
 * The number that a quantity stands for: `500m`, `2Gi`, `1e3`, 4. Undefined for text that is no quantity, or that Kubernetes
 * takes for another number: it keeps 32 bits of an exponent, so that `1e-4294967293` is 1000.
 *
 * @see Kubernetes, "Quantity"
 */
export const parseQuantity = (quantity: string | number): number | undefined => {
  const [, digits, suffix = '', exponent = ''] =
    /^([+-]?(?:\d+(?:\.\d*)?|\.\d+))(?:([numkMGTPE]|[KMGTPE]i)|([eE][+-]?\d{1,9}))?$/.exec(String(quantity).trim()) ??
    [];
  if (digits === undefined) return undefined;
  const value = Number(`${digits}${exponent}`) * (factors[suffix] ?? 1);
  return Math.max(-maxQuantity, Math.min(maxQuantity, value));
};
