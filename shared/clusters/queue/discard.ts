import { maskMessage } from '#events/mask-message.ts';
import { TargetName } from '#events/names.ts';
import { Fault, type Problem } from '#events/problems/problem.ts';
import type { Rejection } from '#events/records/transitions.ts';
import { recordBatchItems } from '#shared/clusters/commands/batch/finish.ts';
import { completeTask } from '#shared/clusters/commands/complete-task.ts';
import { failDeploy } from '#shared/clusters/commands/deploy/fail.ts';
import { keyLifetimeMs } from '#shared/clusters/commands/use-case.ts';
import type { StoredOperation } from '#shared/clusters/model/operation.ts';
import type { QueuedMessage } from '#shared/clusters/ports/messaging.ts';
import type { Ports } from '#shared/clusters/ports/ports.ts';

import { endsItem } from './batch-message.ts';
import {
  describeMessage,
  findMessageOperation,
  identifyMessage,
  receiveMessage,
  type ReceivedMessage,
} from './envelope.ts';

/** Why a message is not delivered again: it can never succeed (`rejected`), or its last delivery failed (`discarded`). */
interface Disposal {
  readonly outcome: 'rejected' | 'discarded';
  readonly problem: Problem;
}

/**
 * Removes a message from the command queue. A rejected message is kept with its problem and published; a discarded one
 * becomes a dead letter. Batches, dependent commands and Step Functions tasks that wait for the command get its failure.
 */
export const discardMessage = async (message: QueuedMessage, disposal: Disposal, ports: Ports): Promise<void> => {
  const { outcome, problem } = disposal;
  const { id, principal } = message;
  const received = await receiveMessage(message, ports.store);
  const { envelope, own } = received;
  const rejection = { id, ...describeMessage(envelope), principal, problem, at: ports.now().toISOString() };
  const operation = outcome === 'discarded' ? await failDiscardedDeploy(received, problem, ports) : undefined;
  await recordFailedBatchItem(received, disposal, ports);
  if (outcome === 'rejected') await recordRefusal(received, problem, ports);
  // An operation with the same task completes it with its own verdict.
  if (operation?.taskToken !== envelope.taskToken) await completeTask(envelope.taskToken, rejection, ports);
  if (outcome === 'rejected') await rejectMessage(rejection, { ...received, body: message.body }, ports);
  // The message that resumes a deploy is Drey's own. Its operation has the failure already.
  else if (own?.operationId === undefined) await ports.commandQueue.discard(message, problem);
};

/**
 * The rejected queue keeps the message for people, so that it has no secrets. Nothing else needs the uploaded body. It is
 * removed last, because another delivery would find another problem without it.
 */
const rejectMessage = async (
  rejection: Rejection,
  { body, envelope: { dataref } }: Pick<QueuedMessage, 'body'> & Pick<ReceivedMessage, 'envelope'>,
  { bus, payloads }: Ports,
): Promise<void> => {
  const [, target = ''] = (rejection.subject ?? '').split('/');
  await bus.reject(rejection, maskMessage(body));
  if (dataref !== undefined) await payloads.removeUpload(dataref, target);
};

/**
 * Fails a deploy that is still PENDING, because no later delivery resumes it. The payload of a resumed deploy is in the
 * bucket, and is removed. Other operations continue without the message, because their records are complete.
 *
 * @returns The operation of the message, if there is one.
 */
const failDiscardedDeploy = async (
  received: ReceivedMessage,
  problem: Problem,
  ports: Ports,
): Promise<StoredOperation | undefined> => {
  const operation = await findMessageOperation(received, ports.store);
  if (operation?.kind !== 'deploy' || operation.state !== 'PENDING') return operation;
  const { operationId } = operation;
  const fault = new Fault(problem.code, explainDiscard(problem), { reason: problem.reason });
  // The deploy may have created objects without receiving the answer, so the cleanup checks.
  if (await failDeploy(operationId, fault, ports, { from: ['PENDING'] }))
    await ports.workflows.start('cleanup', operation);
  await ports.payloads.remove(operationId);
  return operation;
};

const explainDiscard = ({ detail }: Problem): string => `The last delivery of the command failed: ${detail}`;

const recordFailedBatchItem = async (
  received: ReceivedMessage,
  { outcome, problem }: Disposal,
  ports: Ports,
): Promise<void> => {
  const batchItem = received.own?.batchItem;
  const { target, clusterId } = identifyMessage(received);
  if (batchItem === undefined || !(await endsItem({ target, ...batchItem }, ports))) return;
  const message = outcome === 'discarded' ? explainDiscard(problem) : problem.detail;
  const verdict = problem.code === 'canceled' ? 'CANCELED' : 'FAILED';
  await recordBatchItems([{ ...batchItem, clusterId, verdict, message }], ports);
};

/** Records the refusal of a key, with which the commands that depend on it fail. A dead letter may still be redriven. */
const recordRefusal = async (received: ReceivedMessage, { code }: Problem, ports: Ports): Promise<void> => {
  const { key, ...named } = identifyMessage(received);
  const target = TargetName.safeParse(named.target).data;
  if (key === undefined || target === undefined) return;
  const expiresAt = new Date(ports.now().getTime() + keyLifetimeMs);
  await ports.store.commit({ refusal: { target, key, code, expiresAt } });
};
