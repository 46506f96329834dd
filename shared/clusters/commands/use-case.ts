import type { Command, CommandKind } from '#events/commands/index.ts';
import type { Cluster } from '#events/records/cluster.ts';
import type { StoredOperation } from '#shared/clusters/model/operation.ts';
import type { Idempotency } from '#shared/clusters/model/records/records.ts';
import type { Versioned } from '#shared/clusters/model/records/versioned.ts';
import type { Ports } from '#shared/clusters/ports/ports.ts';

/** How long an idempotency key belongs to its command. */
export const keyLifetimeMs = 7 * 24 * 3_600_000;

/**
 * A command in two steps. A fault in the first step leaves nothing. A fault in the second one leaves an operation, which a
 * repetition of the same command advances.
 */
export interface UseCase<K extends CommandKind> {
  /** Validates the command and records its operation, with the idempotency key from `keyFor` in the same transaction. */
  record(command: Command<K>, keyFor: KeyFor, ports: Ports): Promise<RecordedOperation>;
  /** Does the work that the caller waits for, or starts the workflow that does it. It may be repeated. */
  advance(operation: Versioned<StoredOperation>, command: Command<K>, ports: Ports): Promise<StoredOperation>;
}

/** An operation that a command advanced, and its cluster as far as the command knows it without a further read. */
export interface AcceptedOperation {
  readonly operation: StoredOperation;
  readonly cluster?: Cluster;
}

/** A recorded operation. */
export interface RecordedOperation extends Versioned<StoredOperation> {
  /** The cluster in the same transaction. */
  readonly cluster?: Cluster;
  /** Advances the operation that this call has recorded with what it knows, in place of `UseCase.advance`. */
  readonly advance?: (ports: Ports) => Promise<AcceptedOperation>;
}

/** Builds the record that ties the idempotency key of a command, if it has one, to an operation. */
export type KeyFor = (operationId: string) => { readonly idempotency?: Idempotency };
