import type { Cluster, ClusterState, Operation } from '#events/model.ts';

import type { Accepted } from '../answers.ts';
import { path } from '../api.ts';
import { clusterPath, findLive, readCluster } from '../clusters.ts';
import { defineCommand } from '../command.ts';
import type { Context } from '../context.ts';
import { Failure, UsageError } from '../failure.ts';
import { clusterLine } from '../flink-lines.ts';
import { type DeployBody, deployBody, readLocalInput } from '../folder.ts';
import type { InputLines } from '../input.ts';
import { carryOut, follow } from '../operations.ts';

interface Options {
  readonly wait: boolean;
}

/** How long a pipe may take to say `stop` before a session is started for it. */
const firstLineMs = 1_000;

export const kubernetesSession = defineCommand<Options>({
  ignoresUnknown: true,
  options: { '--no-wait': 'return as soon as the request is accepted' },
  examples: {
    'drey kubernetes-session -Dkubernetes.cluster-id=my-first-flink-cluster': 'start a session and wait until it runs',
    'drey kubernetes-session -Dkubernetes.cluster-id=etl -Dtaskmanager.numberOfTaskSlots=4 -Dkubernetes.container.image.ref=flink:2.2':
      'with Flink options',
    "echo 'stop' | drey kubernetes-session -Dkubernetes.cluster-id=my-first-flink-cluster -Dexecution.attached=true":
      'stop it',
  },
  run: async (context, _operands, { wait }) => {
    if (context.mode === 'application')
      throw new UsageError('kubernetes-session is for sessions; `drey run-application` starts application clusters.');
    const wanted = await wantedOf(wait, context);
    if (wanted.body.config['execution.attached']?.toLowerCase() === 'true') {
      if (!wait) throw new UsageError('--no-wait and -Dexecution.attached=true contradict each other.');
      await attached(wanted, context);
      return;
    }
    const existing = await existingSession(wanted, context);
    await (existing === undefined ? create(wanted, context) : retrieve(existing, wanted, context));
  },
});

interface Wanted {
  readonly target: string;
  readonly body: DeployBody;
  /** Until it is up. */
  readonly wait: boolean;
}

const wantedOf = async (wait: boolean, context: Context): Promise<Wanted> => {
  const local = await readLocalInput(context);
  local.warnings.forEach(context.note);
  return { body: await deployBody(context, local), target: await context.target(), wait };
};

const existingSession = async (
  { target, body }: Wanted,
  context: Context,
  alsoOver: readonly ClusterState[] = [],
): Promise<Cluster | undefined> =>
  body.clusterId === undefined ? undefined : findLive({ target, clusterId: body.clusterId }, context, alsoOver);

/** As it stands in a sentence. */
const titleOf = ({ mode, clusterId }: Cluster) => `${mode} cluster ${clusterId}`;

const attached = async (wanted: Wanted, context: Context): Promise<void> => {
  const { openInput } = await import('../input.ts');
  const { stdin } = context.io;
  using input = openInput(stdin, context.signal);
  const [found, firstLine] = await Promise.all([
    existingSession(wanted, context, ['FAILED']),
    stdin.isTTY ? undefined : input.peek(firstLineMs),
  ]);
  const onlyStops = firstLine?.trim() === 'stop';
  const existing = onlyStops || found?.state !== 'FAILED' ? found : undefined;
  if (existing === undefined && onlyStops) throw nothingToStop(wanted);
  const cluster = await session(existing, { wanted, onlyStops }, context);
  await obey(cluster, input, context);
};

const session = (
  existing: Cluster | undefined,
  { wanted, onlyStops }: { wanted: Wanted; onlyStops: boolean },
  context: Context,
) => {
  if (existing === undefined) return create(wanted, context);
  if (existing.state === 'FAILED') {
    context.note(`The ${titleOf(existing)} has failed: what is left of it is removed.`);
    return existing;
  }
  // What is about to be stopped need not be up.
  return onlyStops ? announce('Retrieve', { cluster: existing }, wanted, context) : retrieve(existing, wanted, context);
};

const nothingToStop = ({ target, body: { clusterId } }: Wanted) =>
  new Failure(
    clusterId === undefined
      ? 'There is no session to stop: -Dkubernetes.cluster-id is not given.'
      : `There is no session cluster ${clusterId} in target ${target}: nothing to stop, and nothing was started.`,
    { hint: '`drey clusters` shows the ones there are.' },
  );

const obey = async (cluster: Cluster, input: InputLines, context: Context): Promise<void> => {
  const { clusterId } = cluster;
  if (context.io.stdin.isTTY) context.note(`Attached to ${clusterId}. Type help, stop or quit.`);
  const { attachedLoop } = await import('../input.ts');
  const ended = await attachedLoop(input, context.note).catch((error: unknown) => {
    if (context.signal.aborted) context.note(`\nThe ${titleOf(cluster)} keeps running.`);
    throw error;
  });
  switch (ended) {
    case 'stop':
      return stop(cluster, context);
    case 'quit':
      return context.note(`Detached: ${titleOf(cluster)} keeps running.`);
    case 'end':
      return context.note(`End of input: ${titleOf(cluster)} keeps running.`);
  }
};

const stop = async (cluster: Cluster, context: Context): Promise<void> => {
  const accepted = await carryOut(
    { path: `${clusterPath(cluster)}/stop`, body: {}, what: `Stopping ${titleOf(cluster)}` },
    context,
  );
  if (context.json) context.printJson(accepted);
  else context.print(`Stopped ${titleOf(cluster)}.`);
};

const create = async (wanted: Wanted, context: Context): Promise<Cluster> => {
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
    return wait
      ? announce('Create', { operation, cluster }, wanted, context)
      : announceStart(cluster, operation, context);
  } catch (error) {
    const existing =
      error instanceof Failure && error.code === 'id-taken' ? await existingSession(wanted, context) : undefined;
    if (existing === undefined) throw error;
    return retrieve(existing, wanted, context); // somebody started it at the same time
  }
};

const retrieve = async (cluster: Cluster, wanted: Wanted, context: Context): Promise<Cluster> => {
  const { state, operationId } = cluster;
  if (Object.keys(context.config).some((key) => !key.startsWith('execution.'))) {
    context.note(`The ${titleOf(cluster)} is there already: the options given now are not applied to it.`);
  }
  if (state === 'STOPPING') {
    throw new Failure(`The ${titleOf(cluster)} is being stopped.`, {
      hint: 'Try again when `drey clusters` no longer shows it.',
    });
  }
  if (state === 'RUNNING' || !wanted.wait) return announce('Retrieve', { cluster }, wanted, context);
  await follow(operationId, `Waiting for ${titleOf(cluster)}`, context);
  return announce('Retrieve', { cluster: await readCluster(cluster, context) }, wanted, context);
};

const announce = (
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
    context.note(`\`drey operation ${operation.operationId}\` shows how far it is.`);
  }
  return cluster;
};
