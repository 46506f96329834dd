/** A record and how often it was written: whoever writes it names the version that it read. */
export interface Versioned<T> {
  readonly value: T;
  readonly version: number;
}
