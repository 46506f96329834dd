import type { BatchItem } from '#events/batch-item.ts';
import type { BatchCommand } from '#events/commands/batch.ts';
import type { OwnFields } from '#events/message.ts';
import type { Principal } from '#events/principal.ts';
import type { Problem } from '#events/problems/problem.ts';
import type { BusEvent, CommandFinished, Rejection } from '#events/records/transitions.ts';
import type { StoredOperation } from '#shared/clusters/model/operation.ts';
import type { ReconcileRequest, YoungRequest } from '#shared/clusters/model/reconcile-request.ts';

/*
 * Every method of these ports throws Fault `limit-reached` when AWS throttles it, and `deadline-exceeded` when AWS gives
 * no answer. After the latter the message may have been sent.
 */

/** The event bus. An event may be delivered more than once. */
export interface Bus {
  /**
   * Publishes events in this order, up to the first one that the bus refuses.
   *
   * @returns The number of published events.
   */
  publish(busEvents: readonly BusEvent[]): Promise<number>;
  /** Stores a rejected message, without its secrets, in the rejected queue, and publishes the rejection. */
  reject(rejection: Rejection, message: string): Promise<void>;
}

/** Requests for an admission pass over the queue of a target. Those of one target are delivered one after the other. */
export interface AdmissionQueue {
  /** Requests a pass. A request may be delivered more than once, and the second time while the first pass runs. */
  send(target: string, options?: AdmissionRequestOptions): Promise<void>;
}

export interface AdmissionRequestOptions {
  /** The pass need not find out whether what commands wait for besides capacity has changed. */
  readonly onlyReady?: boolean;
}

/** A row of a batch, and the command that it gives. */
export interface SentBatchItem extends Pick<BatchItem, 'batchId' | 'batchIndex' | 'clusterId'> {
  readonly command: BatchCommand;
}

/** The FIFO queue of commands, and its dead-letter queue. The messages that Drey sends have the principal of their command. */
export interface CommandQueue {
  /** Sends a request to resume an admitted operation. A repeated request changes nothing. */
  sendResume(
    operation: Pick<StoredOperation, 'operationId' | 'target' | 'clusterId' | 'principal' | 'messageToken'>,
  ): Promise<void>;
  /** Sends the commands of a batch. A repeated command has the same idempotency key, so it changes nothing. */
  sendBatchItems(
    batch: Pick<StoredOperation, 'target' | 'principal' | 'messageToken'>,
    batchItems: readonly SentBatchItem[],
  ): Promise<void>;
  /** Moves a command to the dead-letter queue after its last attempt, with the problem. */
  discard(message: QueuedMessage, problem: Problem): Promise<void>;
  /** The dead letters, about the first hundred. They stay in the queue. `more`: it may have others. */
  listDeadLetters(): Promise<{ readonly commands: readonly DeadLetter[]; readonly more: boolean }>;
  /**
   * Moves dead letters back to the command queue.
   *
   * @param render Returns the message to send for a dead letter. Undefined: the dead letter stays.
   * @returns The redriven dead letters. `more`: the call ended before it had read all dead letters.
   */
  redriveDeadLetters(
    render: (deadLetter: DeadLetter) => Promise<Pick<QueuedMessage, 'own' | 'redrivenBy'> | undefined>,
  ): Promise<{ readonly commands: readonly DeadLetter[]; readonly more: boolean }>;
}

/** A message of the command queue. */
export interface QueuedMessage {
  readonly id: string;
  /** The FIFO message group. */
  readonly group: string;
  readonly body: string;
  /** Who sent the message. Of a message that Drey sent: the principal of its command. */
  readonly principal: Principal;
  /** Who sent the dead letter to the command queue again. */
  readonly redrivenBy?: Principal | undefined;
  /** What the message says in the attribute that Drey sets. It counts only with the token of its operation. */
  readonly own?: OwnFields | undefined;
}

/** A message of the dead-letter queue. */
export interface DeadLetter extends QueuedMessage {
  /** Undefined when SQS moved the message, because its function ended before it could state a problem. */
  readonly problem?: { readonly code: string; readonly detail: string } | undefined;
  /** The SQS receipt handle. */
  readonly receipt: string;
}

/** Step Functions tasks that wait for a verdict. */
export interface Callbacks {
  /**
   * Completes a task with the end of its command.
   *
   * @returns False when the token cannot be answered, for example because the task has ended.
   * @throws an error for a failure that may pass.
   */
  complete(taskToken: string, result: CommandFinished | Rejection): Promise<boolean>;
}

/** Requests to reconcile a target. */
export interface ReconcileQueue {
  /** Sends a request to the function that reconciles. A request may be delivered more than once. */
  send(request: ReconcileRequest): Promise<void>;
  /**
   * Sends a request about a young application, which arrives after so many seconds. These requests have a queue of their
   * own, so that many of them delay no pass over a target.
   */
  follow(request: YoungRequest, delaySeconds: number): Promise<void>;
}
