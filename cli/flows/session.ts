import { Failure } from '#cli/api/failure.ts';
import { path } from '#cli/api/path.ts';
import type { Accepted } from '#cli/api/responses.ts';
import type { Context } from '#cli/context.ts';
import { deployBody, type DeployBody } from '#cli/input/deploy-body.ts';
import { readLocalInput } from '#cli/input/local-input.ts';
import type { RestoreFrom } from '#cli/options/drey-options.ts';
import { clusterLine } from '#cli/output/flink-lines.ts';
import type { Cluster, ClusterState } from '#events/cluster.ts';
import type { Operation } from '#events/operation.ts';

import { clusterPath, clusterTitle, findLive, readCluster } from './clusters.ts';
import { carryOut, follow } from './operations.ts';
import { awaitRestored, tellRestored } from './restored-jobs.ts';

export interface Wanted {
  readonly target: string;
  readonly body: DeployBody & { readonly restore?: RestoreFrom };
  /** Until it is up. */
  readonly wait: boolean;
}

export const wantedOf = async (wait: boolean, context: Context): Promise<Wanted> => {
  const local = await readLocalInput(context);
  local.warnings.forEach(context.note);
  const body = await deployBody(context, local);
  const { restore } = context;
  return { body: restore === undefined ? body : { ...body, restore }, target: await context.target(), wait };
};

export const isAttached = ({ body }: Wanted): boolean => body.config['execution.attached']?.toLowerCase() === 'true';

export const existingSession = async (
  { target, body }: Wanted,
  context: Context,
  alsoOver: readonly ClusterState[] = [],
): Promise<Cluster | undefined> =>
  body.clusterId === undefined ? undefined : findLive({ target, clusterId: body.clusterId }, context, alsoOver);

export const shutsDown = ({ body }: Wanted): boolean =>
  body.config['execution.shutdown-on-attached-exit']?.toLowerCase() === 'true';

export const stop = async (cluster: Cluster, context: Context): Promise<void> => {
  const accepted = await carryOut(
    { path: `${clusterPath(cluster)}/stop`, body: context.stop, what: `Stopping ${clusterTitle(cluster)}` },
    context,
  );
  if (context.json) context.printJson(accepted);
  else context.print(`Stopped ${clusterTitle(cluster)}.`);
};

export const create = async (wanted: Wanted, context: Context): Promise<Cluster> => {
  const { target, body, wait } = wanted;
  const request = {
    path: path`/v1/targets/${target}/clusters`,
    body: { mode: 'session', ...body },
    what: `Starting session cluster ${body.clusterId ?? ''}`.trim(),
  };
  try {
    const { operation } = wait
      ? await carryOut(request, context)
      : await context.api.post<Accepted>(request.path, request.body);
    const cluster = await readCluster(operation, context);
    if (!wait) return announceStart(cluster, operation, context);
    announce('Create', { operation, cluster }, wanted, context);
    await restored(operation, wanted, context);
    return cluster;
  } catch (error) {
    const existing =
      error instanceof Failure && error.code === 'id-taken' ? await existingSession(wanted, context) : undefined;
    if (existing === undefined) throw error;
    return retrieve(existing, wanted, context); // somebody started it at the same time
  }
};

export const retrieve = async (cluster: Cluster, wanted: Wanted, context: Context): Promise<Cluster> => {
  const { state, operationId } = cluster;
  if (Object.keys(context.config).some((key) => !key.startsWith('execution.'))) {
    context.note(`The ${clusterTitle(cluster)} is there already: the options given now are not applied to it.`);
  }
  if (state === 'STOPPING') {
    throw new Failure(`The ${clusterTitle(cluster)} is being stopped.`, {
      hint: 'Try again when `drey clusters` no longer shows it.',
    });
  }
  if (state === 'RUNNING' || !wanted.wait) {
    if (context.restore !== undefined)
      context.note(`The ${clusterTitle(cluster)} is there already: no job is started again for this command.`);
    return announce('Retrieve', { cluster }, wanted, context);
  }
  const operation = await follow(operationId, `Waiting for ${clusterTitle(cluster)}`, context);
  const up = announce('Retrieve', { cluster: await readCluster(cluster, context) }, wanted, context);
  await restored(operation, wanted, context);
  return up;
};

/** Whoever sits at the shell of the session sees there how far they are. */
const restored = async (operation: Operation, wanted: Wanted, context: Context): Promise<void> =>
  isAttached(wanted) ? tellRestored(operation, context) : awaitRestored(operation, context);

export const announce = (
  verb: 'Create' | 'Retrieve',
  told: { readonly operation?: Operation; readonly cluster: Cluster },
  { body }: Wanted,
  context: Context,
): Cluster => {
  if (context.json) context.printJson(told);
  else context.print(clusterLine(verb, told.cluster, body.config['rest.port']));
  return told.cluster;
};

const announceStart = (cluster: Cluster, operation: Operation, context: Context): Cluster => {
  if (context.json) context.printJson({ operation, cluster });
  else {
    context.print(`Session cluster ${cluster.clusterId} is being started.`);
    context.print(`Operation ${operation.operationId} is ${operation.state}.`);
    context.note(`\`drey operation ${operation.operationId}\` shows how far it is, \`drey wait …\` waits for its end.`);
  }
  return cluster;
};
