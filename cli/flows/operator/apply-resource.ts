import { Failure } from '#cli/api/failure.ts';
import type { Context } from '#cli/context.ts';
import { findLiveCluster } from '#cli/flows/clusters.ts';
import { runRollout } from '#cli/flows/rollouts.ts';
import type { OperatorResource } from '#cli/input/flink-operator/convert.ts';

import type { Destination } from './destination.ts';
import { applySessionJob } from './session-job.ts';
import { applySnapshot } from './snapshot.ts';

/** Does what a resource asks for. @throws Failure when it cannot be done. */
export const applyResource = async (
  resource: OperatorResource,
  destination: Destination,
  context: Context,
): Promise<void> => {
  switch (resource.kind) {
    case 'suspend':
      return suspendCluster(resource, destination, context);
    case 'job':
      return applySessionJob(resource, destination, context);
    case 'snapshot':
      return applySnapshot(resource, destination, context);
  }
};

const suspendCluster = async (
  { clusterId, state }: Extract<OperatorResource, { readonly kind: 'suspend' }>,
  { target, rollout, wait, printJson }: Destination,
  context: Context,
): Promise<void> => {
  const clusterRef = { target, clusterId };
  const cluster = await findLiveCluster(clusterRef, context);
  if (cluster === undefined)
    throw new Failure(`Cluster ${clusterId} does not run, so it cannot be suspended.`, {
      hint: 'Write job.state: running to deploy it, or leave the resource out.',
    });
  if (cluster.state !== 'SUSPENDED') {
    const { fallback, savepointDirectory } = rollout;
    const body = { state: rollout['state'] ?? state, fallback, savepointDirectory };
    return runRollout(clusterRef, { kind: 'suspend', body, wait }, { ...context, printJson });
  }
  if (context.json) printJson({ result: 'unchanged', cluster });
  else context.print(`Cluster ${clusterId} is SUSPENDED already.`);
};
