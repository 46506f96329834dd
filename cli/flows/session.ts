import { Failure } from '#cli/api/failure.ts';
import { path } from '#cli/api/path.ts';
import type { Accepted } from '#cli/api/responses.ts';
import type { Context } from '#cli/context.ts';
import { buildDeployBody, type DeployBody } from '#cli/input/deploy-body.ts';
import { readLocalInput } from '#cli/input/local-input.ts';
import type { RestoreFrom } from '#cli/options/drey-options.ts';
import { formatCluster } from '#cli/output/flink-lines.ts';
import type { Cluster, ClusterState } from '#events/cluster.ts';
import type { Operation } from '#events/operation.ts';

import { clusterPath, clusterTitle, findLiveCluster, readCluster } from './clusters.ts';
import { runCommand, followOperation } from './operations.ts';
import { waitForRestoredJobs, announceRestoredJobs } from './restored-jobs.ts';

export interface SessionRequest {
  readonly target: string;
  readonly body: DeployBody & { readonly restore?: RestoreFrom };
  /** Until it is up. */
  readonly wait: boolean;
}

export const buildSessionRequest = async (wait: boolean, context: Context): Promise<SessionRequest> => {
  const local = await readLocalInput(context);
  local.warnings.forEach(context.printNotice);
  const body = await buildDeployBody(context, local);
  const { restore } = context;
  return { body: restore === undefined ? body : { ...body, restore }, target: await context.target(), wait };
};

export const isAttached = ({ body }: SessionRequest): boolean =>
  body.config['execution.attached']?.toLowerCase() === 'true';

export const findSession = async (
  { target, body }: SessionRequest,
  context: Context,
  alsoOver: readonly ClusterState[] = [],
): Promise<Cluster | undefined> =>
  body.clusterId === undefined ? undefined : findLiveCluster({ target, clusterId: body.clusterId }, context, alsoOver);

export const isShutDownOnExit = ({ body }: SessionRequest): boolean =>
  body.config['execution.shutdown-on-attached-exit']?.toLowerCase() === 'true';

export const stopSession = async (cluster: Cluster, context: Context): Promise<void> => {
  const accepted = await runCommand(
    { path: `${clusterPath(cluster)}/stop`, body: context.stop, what: `Stopping ${clusterTitle(cluster)}` },
    context,
  );
  if (context.json) context.printJson(accepted);
  else context.print(`Stopped ${clusterTitle(cluster)}.`);
};

export const createSession = async (wanted: SessionRequest, context: Context): Promise<Cluster> => {
  const { target, body, wait } = wanted;
  const request = {
    path: path`/v1/targets/${target}/clusters`,
    body: { mode: 'session', ...body },
    what: `Starting session cluster ${body.clusterId ?? ''}`.trim(),
  };
  try {
    const { operation } = wait
      ? await runCommand(request, context)
      : await context.api.post<Accepted>(request.path, request.body);
    const cluster = await readCluster(operation, context);
    if (!wait) return printStart(cluster, operation, context);
    printCluster('Create', { operation, cluster }, wanted, context);
    await handleRestoredJobs(operation, wanted, context);
    return cluster;
  } catch (error) {
    const existing =
      error instanceof Failure && error.code === 'id-taken' ? await findSession(wanted, context) : undefined;
    if (existing === undefined) throw error;
    return retrieveSession(existing, wanted, context); // somebody started it at the same time
  }
};

export const retrieveSession = async (cluster: Cluster, wanted: SessionRequest, context: Context): Promise<Cluster> => {
  const { state, operationId } = cluster;
  if (Object.keys(context.config).some((key) => !key.startsWith('execution.'))) {
    context.printNotice(`The ${clusterTitle(cluster)} is there already: the options given now are not applied to it.`);
  }
  if (state === 'STOPPING') {
    throw new Failure(`The ${clusterTitle(cluster)} is being stopped.`, {
      hint: 'Try again when `drey clusters` no longer shows it.',
    });
  }
  if (state === 'RUNNING' || !wanted.wait) {
    if (context.restore !== undefined)
      context.printNotice(`The ${clusterTitle(cluster)} is there already: no job is started again for this command.`);
    return printCluster('Retrieve', { cluster }, wanted, context);
  }
  const operation = await followOperation(operationId, `Waiting for ${clusterTitle(cluster)}`, context);
  const up = printCluster('Retrieve', { cluster: await readCluster(cluster, context) }, wanted, context);
  await handleRestoredJobs(operation, wanted, context);
  return up;
};

/** Whoever sits at the shell of the session sees there how far they are. */
const handleRestoredJobs = async (operation: Operation, wanted: SessionRequest, context: Context): Promise<void> =>
  isAttached(wanted) ? announceRestoredJobs(operation, context) : waitForRestoredJobs(operation, context);

export const printCluster = (
  verb: 'Create' | 'Retrieve',
  told: { readonly operation?: Operation; readonly cluster: Cluster },
  { body }: SessionRequest,
  context: Context,
): Cluster => {
  if (context.json) context.printJson(told);
  else context.print(formatCluster(verb, told.cluster, body.config['rest.port']));
  return told.cluster;
};

const printStart = (cluster: Cluster, operation: Operation, context: Context): Cluster => {
  if (context.json) context.printJson({ operation, cluster });
  else {
    context.print(`Session cluster ${cluster.clusterId} is being started.`);
    context.print(`Operation ${operation.operationId} is ${operation.state}.`);
    context.printNotice(
      `\`drey operation ${operation.operationId}\` shows how far it is, \`drey wait …\` waits for its end.`,
    );
  }
  return cluster;
};
