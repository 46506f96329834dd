import type { Problem } from '#events/problem.ts';
import type { BusEvent, CommandFinished, Rejection } from '#events/transitions.ts';
import type { StoredOperation } from '#shared/clusters/model/operation.ts';
import type { ReconcileRequest } from '#shared/clusters/model/reconcile-request.ts';
import type { BatchItem } from '#shared/clusters/model/records.ts';

export interface Bus {
  /** In this order; returns how many of them, from the first on, were taken. */
  publish(busEvent: readonly BusEvent[]): Promise<number>;
  /** Keeps the message as it came, with why it was refused, and tells of it. */
  reject(rejection: Rejection, message: string): Promise<void>;
}

/** Something happened for which somebody in the line of a target may have waited. */
export interface AdmissionQueue {
  send(target: string): Promise<void>;
}

/** The queue of commands. */
export interface CommandQueue {
  /** Has an operation carried on that was admitted. */
  sendResume(operation: Pick<StoredOperation, 'operationId' | 'target' | 'clusterId'>): Promise<void>;
  /** Sends the deploys of a batch. Sending one again changes nothing. */
  sendBatchItems(
    target: string,
    batchItems: readonly Pick<BatchItem, 'batchId' | 'batchIndex' | 'clusterId'>[],
  ): Promise<void>;
  /** Puts away a command whose last try failed, with why. */
  discard(message: QueuedMessage, problem: Problem): Promise<void>;
  /** Those that were put away, the first hundred. */
  listDeadLetters(): Promise<readonly DeadLetter[]>;
  /**
   * Brings commands back that were put away.
   *
   * @param again What to send for one; undefined: it stays.
   * @returns Which ones; `more` when it did not come to all.
   */
  redriveDeadLetters(
    again: (command: DeadLetter) => Promise<string | undefined>,
  ): Promise<{ readonly commands: readonly DeadLetter[]; readonly more: boolean }>;
}

export interface QueuedMessage {
  readonly id: string;
  readonly group: string;
  readonly body: string;
}

export interface DeadLetter extends QueuedMessage {
  readonly problem?: { readonly code: string; readonly detail: string } | undefined;
  readonly receipt: string;
}

export interface Callbacks {
  /** Answers a Step Functions task. A token that cannot be answered is nobody's trouble: false. What may pass is thrown. */
  complete(taskToken: string, told: CommandFinished | Rejection): Promise<boolean>;
}

export interface ReconcileQueue {
  /** To another function, which takes it soon. */
  send(look: ReconcileRequest): Promise<void>;
}
