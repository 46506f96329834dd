/** A record with its version. A write names the version that was read, and fails when the record has another one. */
export interface Versioned<T> {
  readonly value: T;
  readonly version: number;
}
