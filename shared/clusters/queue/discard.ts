import { TargetName } from '#events/names.ts';
import { Fault, type Problem } from '#events/problem.ts';
import { type MessageEnvelope, parseEnvelope } from '#events/message.ts';
import { recordBatchItems } from '#shared/clusters/commands/batch/finish.ts';
import { failDeploy } from '#shared/clusters/commands/deploy/fail.ts';
import { keyLifetimeMs } from '#shared/clusters/commands/use-case.ts';
import type { StoredOperation } from '#shared/clusters/model/operation.ts';
import type { QueuedMessage } from '#shared/clusters/ports/messaging.ts';
import type { Ports } from '#shared/clusters/ports/ports.ts';

import { describeMessage, findMessageOperation } from './envelope.ts';

/**
 * Puts away a message that is not tried again, with why: `rejected` as it will never do, `dead` after its last try.
 * Whoever waits for it is told.
 */
export const discardMessage = async (
  message: QueuedMessage,
  { outcome, problem }: { readonly outcome: 'rejected' | 'discarded'; readonly problem: Problem },
  ports: Ports,
): Promise<void> => {
  const { id, body } = message;
  const envelope = parseEnvelope(body);
  const rejection = { id, ...describeMessage(envelope), problem, at: ports.now().toISOString() };
  const { subject = '', batchid: batchId, batchindex: batchIndex, taskToken } = envelope;
  const operation = outcome === 'discarded' ? await discard(envelope, problem, ports) : undefined;
  if (batchId !== undefined && batchIndex !== undefined) {
    const why = outcome === 'discarded' ? `given up after its last try: ${problem.detail}` : problem.detail;
    const clusterId = subject.split('/')[3] ?? '';
    const verdict = problem.code === 'canceled' ? 'CANCELED' : 'FAILED';
    await recordBatchItems([{ batchId, batchIndex, clusterId, verdict, message: why }], ports);
  }
  if (outcome === 'rejected') await noteRefusal(envelope, problem, ports);
  // An operation that knows the task answers it with its verdict.
  if (taskToken !== undefined && operation?.taskToken !== taskToken) {
    const isTaken = await ports.callbacks.complete(taskToken, rejection);
    if (!isTaken) ports.log.warn('task cannot be answered', { messageId: id });
  }
  if (outcome === 'rejected') await ports.bus.reject(rejection, body);
  // Drey's own message says nothing that its operation does not.
  else if (envelope.operationid === undefined) await ports.commandQueue.discard(message, problem);
};

/**
 * Ends the deploy of a message that is given up, as nobody else has what it takes to carry it on. Others were written
 * down as a whole, and go on.
 *
 * @returns The operation that there is for it.
 */
const discard = async (
  envelope: MessageEnvelope,
  problem: Problem,
  ports: Ports,
): Promise<StoredOperation | undefined> => {
  const operation = await findMessageOperation(envelope, ports.store);
  if (operation?.kind !== 'deploy' || operation.state !== 'PENDING') return operation;
  const { operationId } = operation;
  const fault = new Fault(problem.code, `given up after its last try: ${problem.detail}`, { reason: problem.reason });
  // Whether something was created is not always known: cleanup looks.
  if (await failDeploy(operationId, fault, ports, ['PENDING'])) await ports.workflows.start('cleanup', operationId);
  await ports.payloads.remove(operationId);
  return operation;
};

/** Who depends on its key fails with it. One that is dead may still come back. */
const noteRefusal = async (
  { id, idempotencykey: key = id, subject = '' }: MessageEnvelope,
  { code }: Problem,
  ports: Ports,
): Promise<void> => {
  const target = TargetName.safeParse(subject.split('/')[1]).data;
  if (key === undefined || target === undefined) return;
  const expiresAt = new Date(ports.now().getTime() + keyLifetimeMs);
  await ports.store.commit({ refusal: { target, key, code, expiresAt } });
};
