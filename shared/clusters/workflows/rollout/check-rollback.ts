import { Fault, toFinalFault } from '#events/problems/problem.ts';
import { assertRestartable } from '#shared/clusters/commands/rollouts/plan-rollout.ts';
import { endsIncarnation } from '#shared/clusters/model/rollout.ts';
import type { Ports } from '#shared/clusters/ports/ports.ts';
import { readRevisionSpec } from '#shared/clusters/store/revisions.ts';

import type { RolloutRecords } from './records.ts';

/**
 * Looks whether the stable revision could start again. The target may refuse its spec by now, which the rollback would find out
 * when nothing of the cluster runs.
 *
 * @returns Why not. Undefined also for a rollout that returns to nothing.
 * @throws Fault that is retryable.
 */
export const checkRollback = async (
  { request, operation: { value: operation } }: RolloutRecords,
  ports: Ports,
): Promise<Fault | undefined> => {
  const { stable, from, options, spec, rescale } = request;
  if (stable === undefined || options.onFailure === 'keep') return undefined;
  // A restart has the stable spec itself, and a change in place or a suspend returns to nothing.
  if (spec === undefined || spec.operationId === stable.operationId) return undefined;
  if (rescale !== undefined || !endsIncarnation(from)) return undefined;
  const { target: name, clusterId } = operation;
  const target = await ports.targets.get(name);
  try {
    const stored = await readRevisionSpec(stable.operationId, ports);
    if (stored === undefined) throw new Fault('not-found', 'Its spec is no longer stored.');
    // The rollback keeps the lifetime that the cluster has.
    const { lifetime: _lifetime, ...restartable } = stored;
    assertRestartable(restartable, { clusterId, target, now: ports.now() });
    return undefined;
  } catch (error) {
    const { code, message } = toFinalFault(error);
    return new Fault(
      code,
      `If the new revision fails, revision ${stable.number ?? ''} could not start again: ${message} To go on without a rollback, set onFailure of the rollout to keep.`,
      { reason: 'RollbackRefused' },
    );
  }
};
