import { operationHandler } from '#functions/operation.ts';
import { queueViewHandler } from '#functions/queue-view.ts';
import { callHandler, makeHttpEvent } from '#test/fakes/lambda.ts';
import type { Send } from '#test/fakes/origins.ts';
import { runQueues } from '#test/fakes/world.ts';
import { listOperations, session, world } from '#test/unit/shared/clusters/fixture.ts';

export const findOperation = (clusterId: string, kind = 'deploy') =>
  listOperations().findLast((one) => one.clusterId === clusterId && one.kind === kind);
export const findOperationId = (clusterId: string, kind?: string) => findOperation(clusterId, kind)?.operationId ?? '';

/** Runs the workflows and the queues until no command changes its state. */
export const settle = async () => {
  for (let round = 0; round < 3; round += 1) {
    await world.workflows.runAll(world.ports);
    await world.ports.admissionQueue.send('local');
    await runQueues(world);
  }
};
/** Sends a deploy, and runs the admission pass that it requests. */
export const deploy = async (send: Send, clusterId: string, data: object = {}) => {
  const outcome = await send('deploy', { clusterId, data: { ...session, ...data } }, world);
  await runQueues(world);
  return outcome;
};
export const listAdmitted = async () =>
  (await world.store.queue('local')).admitted.map(({ clusterId }) => clusterId).toSorted();

export const callQueue = (
  method: string,
  path: string,
  parameters: Readonly<Record<string, string>> = {},
  body?: unknown,
) =>
  callHandler(
    queueViewHandler(world.ports),
    makeHttpEvent(`${method} /v1/targets/{target}/queue${path}`, { target: 'local', ...parameters }, { body }),
  );
export const readOperation = async (operationId: string) =>
  (
    await callHandler(
      operationHandler(world.ports),
      makeHttpEvent('GET /v1/targets/{target}/operations/{operationId}', { target: 'local', operationId }),
    )
  ).body;
