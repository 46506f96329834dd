import { TargetName } from '#events/names.ts';
import { Fault, type Problem } from '#events/problem.ts';
import { envelopeOf } from '#events/requests.ts';

import { keyLifetimeMs } from './accept.ts';
import { noteElements } from './batch.ts';
import { failDeploy } from './deploy.ts';
import type { Ports, QueuedMessage, StoredOperation } from './ports.ts';
import { operationBehind, type Sketch, sketchOf } from './sketch.ts';

/**
 * Puts away a message that is not tried again, with why: `rejected` as it will never do, `dead` after its last try.
 * Whoever waits for it is told.
 */
export const putAway = async (
  message: QueuedMessage,
  { outcome, problem }: { readonly outcome: 'rejected' | 'dead'; readonly problem: Problem },
  ports: Ports,
): Promise<void> => {
  const { id, body } = message;
  const rejection = { id, ...envelopeOf(body), problem, at: ports.now().toISOString() };
  const sketch = sketchOf(body);
  const { subject, batchid: batchId, batchindex: batchIndex, data } = sketch;
  const operation = outcome === 'dead' ? await giveUp(sketch, problem, ports) : undefined;
  if (batchId !== undefined && batchIndex !== undefined) {
    const why = outcome === 'dead' ? `given up after its last try: ${problem.detail}` : problem.detail;
    const clusterId = subject.split('/')[3] ?? '';
    const verdict = problem.code === 'revoked' ? 'CANCELED' : 'FAILED';
    await noteElements([{ batchId, batchIndex, clusterId, verdict, message: why }], ports);
  }
  if (outcome === 'rejected') await noteRefusal(sketch, problem, ports);
  // An operation that knows the task answers it with its verdict.
  if (data?.taskToken !== undefined && operation?.taskToken !== data.taskToken) {
    const isTaken = await ports.callbacks.answer(data.taskToken, rejection);
    if (!isTaken) ports.log.warn('task cannot be answered', { messageId: id });
  }
  if (outcome === 'rejected') await ports.bus.reject(rejection, body);
  // Drey's own message says nothing that its operation does not.
  else if (sketch.operationid === undefined) await ports.commands.giveUp(message, problem);
};

/**
 * Ends the deploy of a message that is given up, as nobody else has what it takes to carry it on. Others were written
 * down as a whole, and go on.
 *
 * @returns The operation that there is for it.
 */
const giveUp = async (sketch: Sketch, problem: Problem, ports: Ports): Promise<StoredOperation | undefined> => {
  const operation = await operationBehind(sketch, ports.store);
  if (operation?.kind !== 'deploy' || operation.state !== 'PENDING') return operation;
  const { operationId } = operation;
  const fault = new Fault(problem.code, `given up after its last try: ${problem.detail}`, { reason: problem.reason });
  // Whether something was created is not always known: cleanup looks.
  if (await failDeploy(operationId, fault, ports, ['PENDING'])) await ports.machines.start('cleanup', operationId);
  await ports.drafts.remove(operationId);
  return operation;
};

/** Who depends on its key fails with it. One that is dead may still come back. */
const noteRefusal = async (
  { id, idempotencykey: key = id, subject }: Sketch,
  { code }: Problem,
  ports: Ports,
): Promise<void> => {
  const target = TargetName.safeParse(subject.split('/')[1]).data;
  if (key === undefined || target === undefined) return;
  const expiresAt = new Date(ports.now().getTime() + keyLifetimeMs);
  await ports.store.commit({ refusal: { target, key, code, expiresAt } });
};
