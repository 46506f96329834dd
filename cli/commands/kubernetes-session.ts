import type { Cluster, Operation } from '#events/model.ts';
import type { Place } from '#events/names.ts';

import type { Accepted } from '../answers.ts';
import { path } from '../api.ts';
import { clusterPath, findLive, readCluster } from '../clusters.ts';
import { defineCommand } from '../command.ts';
import type { Context } from '../context.ts';
import { Failure, UsageError } from '../failure.ts';
import { sessionLine } from '../flink-lines.ts';
import type { InputLines } from '../input.ts';
import { carryOut, follow } from '../operations.ts';

interface Options {
  readonly wait: boolean;
}

/** How long a pipe may take to say `stop` before a session is started for it. */
const firstLineMs = 1_000;

export const kubernetesSession = defineCommand<Options>({
  name: 'kubernetes-session',
  summary: 'start a session cluster, or find it again (kubernetes-session.sh)',
  options: { '--no-wait': 'return as soon as the request is accepted' },
  examples: {
    'drey kubernetes-session -Dkubernetes.cluster-id=my-first-flink-cluster': 'start a session and wait until it runs',
    'drey kubernetes-session -Dkubernetes.cluster-id=etl -Dtaskmanager.numberOfTaskSlots=4 -Dkubernetes.container.image.ref=flink:2.2':
      'with Flink options',
    "echo 'stop' | drey kubernetes-session -Dkubernetes.cluster-id=my-first-flink-cluster -Dexecution.attached=true":
      'stop it',
  },
  run: async (context, _operands, { wait }) => {
    const target = await context.target();
    if (context.config['execution.attached']?.toLowerCase() === 'true') {
      if (!wait) throw new UsageError('--no-wait and -Dexecution.attached=true contradict each other.');
      await attached(target, context);
      return;
    }
    const existing = await existingSession(target, context);
    await (existing === undefined ? create(target, wait, context) : retrieve(existing, wait, context));
  },
});

const existingSession = async (target: string, context: Context): Promise<Cluster | undefined> =>
  context.clusterId === undefined ? undefined : findLive({ target, clusterId: context.clusterId }, context);

const attached = async (target: string, context: Context): Promise<void> => {
  const { openInput } = await import('../input.ts');
  const { stdin } = context.io;
  using input = openInput(stdin, context.signal);
  const [existing, firstLine] = await Promise.all([
    existingSession(target, context),
    stdin.isTTY ? undefined : input.peek(firstLineMs),
  ]);
  const onlyStops = firstLine?.trim() === 'stop';
  if (existing === undefined && onlyStops) throw nothingToStop(target, context);
  const cluster = await session(existing, { target, onlyStops }, context);
  await obey(cluster, input, context);
};

const session = (
  existing: Cluster | undefined,
  { target, onlyStops }: { target: string; onlyStops: boolean },
  context: Context,
) => {
  if (existing === undefined) return create(target, true, context);
  // What is about to be stopped need not be up.
  return onlyStops ? announce('Retrieve', existing, undefined, context) : retrieve(existing, true, context);
};

const nothingToStop = (target: string, { clusterId }: Context) =>
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
    if (context.signal.aborted) context.note(`\nSession cluster ${clusterId} keeps running.`);
    throw error;
  });
  switch (ended) {
    case 'stop':
      return stop(cluster, context);
    case 'quit':
      return context.note(`Detached: session cluster ${clusterId} keeps running.`);
    case 'end':
      return context.note(`End of input: session cluster ${clusterId} keeps running.`);
  }
};

const stop = async (place: Place, context: Context): Promise<void> => {
  const accepted = await carryOut(
    { path: `${clusterPath(place)}/stop`, body: {}, what: `Stopping session cluster ${place.clusterId}` },
    context,
  );
  if (context.json) context.printJson(accepted);
  else context.print(`Stopped session cluster ${place.clusterId}.`);
};

const create = async (target: string, wait: boolean, context: Context): Promise<Cluster> => {
  const { clusterId, config } = context;
  const request = {
    path: path`/v1/targets/${target}/clusters`,
    body: { mode: 'session', ...(clusterId === undefined ? {} : { clusterId }), config },
    what: `Starting session cluster ${clusterId ?? ''}`.trim(),
  };
  try {
    const { operation } = wait
      ? await carryOut(request, context)
      : await context.api.post<Accepted>(request.path, request.body);
    const cluster = await readCluster(operation, context);
    return wait ? announce('Create', cluster, operation, context) : announceStart(cluster, operation, context);
  } catch (error) {
    const existing =
      error instanceof Failure && error.code === 'id-taken' ? await existingSession(target, context) : undefined;
    if (existing === undefined) throw error;
    return retrieve(existing, wait, context); // somebody started it at the same time
  }
};

const retrieve = async (cluster: Cluster, wait: boolean, context: Context): Promise<Cluster> => {
  const { clusterId, state, operationId } = cluster;
  if (Object.keys(context.config).some((key) => !key.startsWith('execution.'))) {
    context.note(`Session cluster ${clusterId} is there already: the options given now are not applied to it.`);
  }
  if (state === 'STOPPING') {
    throw new Failure(`Session cluster ${clusterId} is being stopped.`, {
      hint: 'Try again when `drey clusters` no longer shows it.',
    });
  }
  if (state === 'RUNNING' || !wait) return announce('Retrieve', cluster, undefined, context);
  await follow(operationId, `Waiting for session cluster ${clusterId}`, context);
  return announce('Retrieve', await readCluster(cluster, context), undefined, context);
};

const announce = (
  verb: 'Create' | 'Retrieve',
  cluster: Cluster,
  operation: Operation | undefined,
  context: Context,
): Cluster => {
  if (context.json) context.printJson({ ...(operation === undefined ? {} : { operation }), cluster });
  else context.print(sessionLine(verb, cluster, context.config['rest.port']));
  return cluster;
};

const announceStart = (cluster: Cluster, operation: Operation, context: Context): Cluster => {
  if (context.json) context.printJson({ operation, cluster });
  else {
    context.print(`Session cluster ${cluster.clusterId} is being started.`);
    context.note(`\`drey operation ${operation.operationId}\` shows how far it is.`);
  }
  return cluster;
};
