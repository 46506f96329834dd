/** Credentials are renewed this long before they expire, so that requests in flight do not fail. */
export const expiryMarginMs = 60_000;

type Expiring<T> = Promise<{ readonly value: T; readonly expiresMs: number }>;

interface Entry<T> {
  readonly createdMs: number;
  readonly promise: Expiring<T>;
  /** Undefined while the value is loaded. */
  expiresMs?: number;
}

/** Values by key, each until it expires. Concurrent readers of a key share one value. A failure is not kept. */
interface ExpiringCache<T> {
  /** The value of a key; `load` makes a new one when there is none or it has expired. */
  get(key: string, load: () => Expiring<T>): Promise<T>;
  /** Removes the value of a key, unless it is younger than `minAgeMs`. */
  forget(key: string, minAgeMs?: number): void;
  /** How many values the cache holds. Each new value removes those that have expired. */
  size(): number;
}

export const createExpiringCache = <T>(now: () => Date): ExpiringCache<T> => {
  const entries = new Map<string, Entry<T>>();

  const loadEntry = (key: string, load: () => Expiring<T>): Entry<T> => {
    removeExpired();
    const entry: Entry<T> = {
      createdMs: now().getTime(),
      promise: load().then((expiring) => {
        entry.expiresMs = expiring.expiresMs;
        return expiring;
      }),
    };
    entries.set(key, entry);
    entry.promise.catch(() => {
      if (entries.get(key) === entry) entries.delete(key);
    });
    return entry;
  };

  /** The key of an operation is never read again, so that a read does not remove it. */
  const removeExpired = (): void => {
    const nowMs = now().getTime();
    for (const [key, { expiresMs = Infinity }] of entries) if (expiresMs <= nowMs) entries.delete(key);
  };

  return {
    async get(key, load) {
      const known = entries.get(key);
      if (known === undefined) return (await loadEntry(key, load).promise).value;
      const { value, expiresMs } = await known.promise;
      if (expiresMs > now().getTime()) return value;
      // Of all readers that waited for the expired value, the first one loads the next.
      const current = entries.get(key);
      const next = current === undefined || current === known ? loadEntry(key, load) : current;
      return (await next.promise).value;
    },
    forget(key, minAgeMs = 0) {
      const entry = entries.get(key);
      if (entry !== undefined && now().getTime() - entry.createdMs >= minAgeMs) entries.delete(key);
    },
    size: () => entries.size,
  };
};
