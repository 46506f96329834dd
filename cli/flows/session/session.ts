import { Failure } from '#cli/api/failure.ts';
import { path } from '#cli/api/path.ts';
import type { Context } from '#cli/context.ts';
import { buildDeployBody, type DeployBody } from '#cli/input/deploy-body.ts';
import { readLocalInput } from '#cli/input/local-input.ts';
import type { RequestFields } from '#cli/options/request-fields.ts';
import { formatCluster } from '#cli/output/flink-lines.ts';
import type { Cluster, ClusterState } from '#events/records/cluster.ts';
import type { Operation } from '#events/records/operation.ts';

import { clusterPath, clusterTitle, findLiveCluster, readCluster } from '#cli/flows/clusters.ts';
import { describeStart, followOperation, postCommand, printSubmitted, runCommand } from '#cli/flows/operations.ts';
import { announceRestoredJobs, waitForRestoredJobs } from '#cli/flows/restored-jobs.ts';

/** The session that the command line describes. */
export interface SessionRequest {
  readonly target: string;
  readonly body: DeployBody & { readonly restore?: RequestFields };
  /** Whether to wait until the session is RUNNING. */
  readonly wait: boolean;
}

export const buildSessionRequest = async (wait: boolean, context: Context): Promise<SessionRequest> => {
  const local = await readLocalInput(context);
  local.warnings.forEach((warning) => context.printNotice(`WARN ${warning}`));
  const body = await buildDeployBody(context, local);
  const { restore } = context;
  return { body: restore === undefined ? body : { ...body, restore }, target: await context.target(), wait };
};

export const isAttached = ({ body }: SessionRequest): boolean =>
  body.config['execution.attached']?.toLowerCase() === 'true';

/** The live cluster with the id of the request; also one in these terminal states. */
export const findSession = async (
  { target, body }: SessionRequest,
  context: Context,
  terminalStates: readonly ClusterState[] = [],
): Promise<Cluster | undefined> =>
  body.clusterId === undefined
    ? undefined
    : findLiveCluster({ target, clusterId: body.clusterId }, context, terminalStates);

export const isShutDownOnExit = ({ body }: SessionRequest): boolean =>
  body.config['execution.shutdown-on-attached-exit']?.toLowerCase() === 'true';

export const stopSession = async (cluster: Cluster, context: Context): Promise<void> => {
  const accepted = await runCommand(
    { path: `${clusterPath(cluster)}/stop`, body: context.fields.stop, title: `Stopping ${clusterTitle(cluster)}` },
    context,
  );
  if (context.json) context.printJson(accepted);
  else context.print(`Stopped ${clusterTitle(cluster)}.`);
};

/** Starts the session, and waits until it is RUNNING. If its id is taken, retrieves the session that has it. */
export const createSession = (request: SessionRequest, context: Context): Promise<Cluster> =>
  retrieveIfTaken(request, context, async () => {
    const { operation } = await runCommand(toCommand(request), context);
    const cluster = await readCluster(operation, context);
    printCluster('Create', { operation, cluster }, request, context);
    await handleRestoredJobs(operation, request, context);
    return cluster;
  });

/** Requests the start of the session. If its id is taken, retrieves the session that has it. */
export const requestSession = async (request: SessionRequest, context: Context): Promise<void> => {
  await retrieveIfTaken(request, context, async () => {
    const { operation } = await postCommand(toCommand(request), context);
    if (context.json) context.printJson({ operation, cluster: await readCluster(operation, context) });
    else printSubmitted(operation, describeStart('Session', operation), context);
  });
};

const toCommand = ({ target, body }: SessionRequest) => ({
  path: path`/v1/targets/${target}/clusters`,
  body: { mode: 'session', ...body },
  title: `Starting session cluster ${body.clusterId ?? ''}`.trim(),
});

const retrieveIfTaken = async <T>(
  request: SessionRequest,
  context: Context,
  start: () => Promise<T>,
): Promise<T | Cluster> => {
  try {
    return await start();
  } catch (error) {
    const existing =
      error instanceof Failure && error.code === 'id-taken' ? await findSession(request, context) : undefined;
    if (existing === undefined) throw error;
    return retrieveSession(existing, request, context); // another command started the session concurrently
  }
};

/** Waits until an existing session is RUNNING. @throws Failure when it is STOPPING. */
export const retrieveSession = async (
  cluster: Cluster,
  request: SessionRequest,
  context: Context,
): Promise<Cluster> => {
  const { state } = cluster;
  if (Object.keys(context.config).some((key) => !key.startsWith('execution.'))) {
    context.printNotice(
      `The ${clusterTitle(cluster)} already exists. The options of this command are not applied to it.`,
    );
  }
  if (state === 'STOPPING') {
    throw new Failure(`The ${clusterTitle(cluster)} is STOPPING.`, {
      hint: 'Retry when it is STOPPED.',
    });
  }
  if (state === 'RUNNING' || !request.wait) {
    if (context.restore !== undefined)
      context.printNotice(`The ${clusterTitle(cluster)} already exists. No job is restored.`);
    return printCluster('Retrieve', { cluster }, request, context);
  }
  const operation = await followOperation(cluster, `Waiting for ${clusterTitle(cluster)}`, context);
  const retrieved = printCluster('Retrieve', { cluster: await readCluster(cluster, context) }, request, context);
  await handleRestoredJobs(operation, request, context);
  return retrieved;
};

/** The shell of a session shows the state of its jobs, so an attached command does not wait for them. */
const handleRestoredJobs = async (operation: Operation, request: SessionRequest, context: Context): Promise<void> =>
  isAttached(request) ? announceRestoredJobs(operation, context) : waitForRestoredJobs(operation, context);

/** Prints the line of Flink's client, or the result as JSON. Returns the cluster. */
export const printCluster = (
  verb: 'Create' | 'Retrieve',
  result: { readonly operation?: Operation; readonly cluster: Cluster },
  { body }: SessionRequest,
  context: Context,
): Cluster => {
  if (context.json) context.printJson(result);
  else context.print(formatCluster(verb, result.cluster, body.config['rest.port']));
  return result.cluster;
};
