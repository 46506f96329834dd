import { Fault, toFinalFault } from '#events/problems/problem.ts';
import { renderPlan } from '#shared/clusters/commands/deploy/render.ts';
import { withRolloutRestore } from '#shared/clusters/commands/deploy/rollout-restore.ts';
import { toDeployData } from '#shared/clusters/commands/rollouts/plan-rollout.ts';
import { withoutTaken } from '#shared/clusters/model/kubernetes.ts';
import type { Ports } from '#shared/clusters/ports/ports.ts';
import { readRevisionSpec } from '#shared/clusters/store/revisions.ts';

import { readRollout, type RolloutRecords } from './records.ts';
import { type RolloutState, toFailure, toNext } from './rollout-state.ts';

/** Step of the rollout machine: lets the API server check the new objects, before anything of the old ones ends. */
export const check = async (state: RolloutState, ports: Ports): Promise<RolloutState> => {
  const records = await readRollout(state.operationId, ports);
  if (records === undefined) return toNext(state, 'over');
  const fault = await findRefusal(records, ports);
  if (fault !== undefined) return toNext(state, 'failed', { failure: toFailure(fault) });
  const { from } = records.request;
  return toNext(state, from === undefined || from.suspended === true ? 'start' : 'end');
};

const findRefusal = async ({ request, operation }: RolloutRecords, ports: Ports): Promise<Fault | undefined> => {
  if (request.spec === undefined) return undefined;
  const { target: name, clusterId } = operation.value;
  // Otherwise the old incarnation would end, and the new one wait.
  if (request.from !== undefined && (await ports.store.queueHead(name)).paused !== undefined)
    return new Fault('not-ready', `Starts on target ${name} are paused. Resume the queue, and repeat the command.`, {
      reason: 'Paused',
    });
  const spec = await readRevisionSpec(request.spec.operationId, ports);
  if (spec === undefined) return new Fault('not-found', 'The spec of the rollout is no longer stored.');
  const target = await ports.targets.get(name);
  try {
    const data = withRolloutRestore(toDeployData(spec), request.from === undefined ? undefined : {}, clusterId);
    const refusals = withoutTaken(await ports.kubernetes(target).dryRun(renderPlan(data, clusterId, target)));
    return refusals.length === 0
      ? undefined
      : new Fault(
          'refused-option',
          `The API server of target ${name} refuses the new objects: ${refusals.map(({ detail }) => detail).join(' ')}`,
          {
            errors: refusals,
          },
        );
  } catch (error) {
    return toFinalFault(error);
  }
};
