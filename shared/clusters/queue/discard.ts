import { type MessageEnvelope, parseEnvelope } from '#events/message.ts';
import { TargetName } from '#events/names.ts';
import { Fault, type Problem } from '#events/problems/problem.ts';
import { recordBatchItems } from '#shared/clusters/commands/batch/finish.ts';
import { completeTask } from '#shared/clusters/commands/complete-task.ts';
import { failDeploy } from '#shared/clusters/commands/deploy/fail.ts';
import { keyLifetimeMs } from '#shared/clusters/commands/use-case.ts';
import type { StoredOperation } from '#shared/clusters/model/operation.ts';
import type { QueuedMessage } from '#shared/clusters/ports/messaging.ts';
import type { Ports } from '#shared/clusters/ports/ports.ts';

import { endsItem } from './batch-message.ts';
import { describeMessage, findMessageOperation } from './envelope.ts';

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
  const envelope = parseEnvelope(message.body);
  const { id, principal } = message;
  const rejection = { id, ...describeMessage(envelope), principal, problem, at: ports.now().toISOString() };
  const operation = outcome === 'discarded' ? await failDiscardedDeploy(envelope, problem, ports) : undefined;
  await recordFailedBatchItem(envelope, disposal, ports);
  if (outcome === 'rejected') await recordRefusal(envelope, problem, ports);
  // An operation with the same task completes it with its own verdict.
  if (operation?.taskToken !== envelope.taskToken) await completeTask(envelope.taskToken, rejection, ports);
  if (outcome === 'rejected') await ports.bus.reject(rejection, message.body);
  // The message that resumes a deploy is Drey's own. Its operation has the failure already.
  else if (envelope.operationid === undefined) await ports.commandQueue.discard(message, problem);
};

/**
 * Fails a deploy that is still PENDING, because no later delivery resumes it. The payload of a resumed deploy is in the
 * bucket, and is removed. Other operations continue without the message, because their records are complete.
 *
 * @returns The operation of the message, if there is one.
 */
const failDiscardedDeploy = async (
  envelope: MessageEnvelope,
  problem: Problem,
  ports: Ports,
): Promise<StoredOperation | undefined> => {
  const operation = await findMessageOperation(envelope, ports.store);
  if (operation?.kind !== 'deploy' || operation.state !== 'PENDING') return operation;
  const { operationId } = operation;
  const fault = new Fault(problem.code, explainDiscard(problem), { reason: problem.reason });
  // The deploy may have created objects without receiving the answer, so the cleanup checks.
  if (await failDeploy(operationId, fault, ports, { from: ['PENDING'] }))
    await ports.workflows.start('cleanup', operationId);
  await ports.payloads.remove(operationId);
  return operation;
};

const explainDiscard = ({ detail }: Problem): string => `The last delivery of the command failed: ${detail}`;

const recordFailedBatchItem = async (
  { id = '', idempotencykey: key = id, batchid: batchId, batchindex: batchIndex, subject = '' }: MessageEnvelope,
  { outcome, problem }: Disposal,
  ports: Ports,
): Promise<void> => {
  if (batchId === undefined || batchIndex === undefined) return;
  const [, target = '', , clusterId = ''] = subject.split('/');
  // Any sender can name a batch. Only the messages that Drey sends decide about its rows.
  if (!(await endsItem({ target, key, batchId, batchIndex }, ports))) return;
  const message = outcome === 'discarded' ? explainDiscard(problem) : problem.detail;
  const verdict = problem.code === 'canceled' ? 'CANCELED' : 'FAILED';
  await recordBatchItems([{ batchId, batchIndex, clusterId, verdict, message }], ports);
};

/** Records the refusal of a key, with which the commands that depend on it fail. A dead letter may still be redriven. */
const recordRefusal = async (
  { id, idempotencykey: key = id, subject = '' }: MessageEnvelope,
  { code }: Problem,
  ports: Ports,
): Promise<void> => {
  const target = TargetName.safeParse(subject.split('/')[1]).data;
  if (key === undefined || target === undefined) return;
  const expiresAt = new Date(ports.now().getTime() + keyLifetimeMs);
  await ports.store.commit({ refusal: { target, key, code, expiresAt } });
};
