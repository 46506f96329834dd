import type { Command, CommandKind } from '#events/commands/index.ts';
import type { StoredOperation } from '#shared/clusters/model/operation.ts';
import type { Idempotency } from '#shared/clusters/model/records.ts';
import type { Versioned } from '#shared/clusters/model/versioned.ts';
import type { Ports } from '#shared/clusters/ports/ports.ts';

/** How long a key stands for its command. */
export const keyLifetimeMs = 7 * 24 * 3_600_000;

/** What a command does, in two halves: a fault in the second one leaves an operation that the same command finishes. */
export interface UseCase<K extends CommandKind> {
  /** Finds every mistake of the caller, then writes down what shall be done. */
  record(command: Command<K>, key: KeyFor, ports: Ports): Promise<Versioned<StoredOperation>>;
  /** Does it, as far as the caller waits for. Repeating it is safe. */
  advance(operation: Versioned<StoredOperation>, command: Command<K>, ports: Ports): Promise<StoredOperation>;
}

/** The record that ties the command's key, if it has one, to an operation. */
export type KeyFor = (operationId: string) => { readonly idempotency?: Idempotency };
