/** Credentials are renewed this long before they expire, so that requests in flight do not fail. */
export const expiryMarginMs = 60_000;

/** A value that is used this long before it expires is renewed in the background. */
const renewalMs = 3 * 60_000;
/** The pause after a renewal that failed. */
const renewalPauseMs = 10_000;

type Expiring<T> = Promise<{ readonly value: T; readonly expiresMs: number }>;

interface Entry<T> {
  readonly createdMs: number;
  readonly promise: Expiring<T>;
  /** Undefined while the value is loaded. */
  expiresMs?: number;
  /** When the next renewal may start. */
  renewsMs?: number;
}

/**
 * Values by key, each until it expires. Concurrent readers of a key share one value. A failure is not kept. A value that
 * expires soon is renewed while its readers use it, so that none of them waits.
 */
interface ExpiringCache<T> {
  /** The value of a key; `load` makes a new one when there is none or it has expired. */
  get(key: string, load: () => Expiring<T>): Promise<T>;
  /** Removes the value of a key, unless it is younger than `minAgeMs`. */
  forget(key: string, minAgeMs?: number): void;
  /** How many values the cache holds. Each new value removes those that have expired. */
  size(): number;
}

interface Entries<T> {
  readonly entries: Map<string, Entry<T>>;
  readonly now: () => Date;
}

const loadEntry = <T>(key: string, load: () => Expiring<T>, { entries, now }: Entries<T>): Entry<T> => {
  const entry: Entry<T> = {
    createdMs: now().getTime(),
    promise: load().then((expiring) => {
      entry.expiresMs = expiring.expiresMs;
      entry.renewsMs = expiring.expiresMs - renewalMs;
      return expiring;
    }),
  };
  entries.set(key, entry);
  entry.promise.catch(() => {
    if (entries.get(key) === entry) entries.delete(key);
  });
  return entry;
};

/** Replaces a value that expires soon, when the new one is there. */
const renewEntry = async <T>(key: string, load: () => Expiring<T>, { entries, now }: Entries<T>): Promise<void> => {
  const entry = entries.get(key);
  const nowMs = now().getTime();
  if (entry?.renewsMs === undefined || entry.renewsMs > nowMs) return;
  // A value that never lasts longer is not renewed each time that it is read.
  if (entry.renewsMs < entry.createdMs) return;
  entry.renewsMs = nowMs + renewalPauseMs;
  try {
    const expiring = await load();
    const { expiresMs } = expiring;
    const renewed = { promise: Promise.resolve(expiring), expiresMs, renewsMs: expiresMs - renewalMs };
    if (entries.get(key) === entry) entries.set(key, { createdMs: nowMs, ...renewed });
  } catch {
    // The value is loaded again when it has expired, and its reader gets the failure.
  }
};

/** The key of an operation is never read again, so that a read does not remove it. */
const removeExpired = <T>({ entries, now }: Entries<T>): void => {
  const nowMs = now().getTime();
  for (const [key, { expiresMs = Infinity }] of entries) if (expiresMs <= nowMs) entries.delete(key);
};

export const createExpiringCache = <T>(now: () => Date): ExpiringCache<T> => {
  const entries = new Map<string, Entry<T>>();
  const cache = { entries, now };
  const loadNew = (key: string, load: () => Expiring<T>): Entry<T> => {
    removeExpired(cache);
    return loadEntry(key, load, cache);
  };

  return {
    async get(key, load) {
      const known = entries.get(key);
      if (known === undefined) return (await loadNew(key, load).promise).value;
      const { value, expiresMs } = await known.promise;
      if (expiresMs > now().getTime()) {
        void renewEntry(key, load, cache);
        return value;
      }
      // Of all readers that waited for the expired value, the first one loads the next.
      const current = entries.get(key);
      const next = current === undefined || current === known ? loadNew(key, load) : current;
      return (await next.promise).value;
    },
    forget(key, minAgeMs = 0) {
      const entry = entries.get(key);
      if (entry !== undefined && now().getTime() - entry.createdMs >= minAgeMs) entries.delete(key);
    },
    size: () => entries.size,
  };
};
