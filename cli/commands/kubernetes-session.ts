import type { Cluster, ClusterState } from '#events/cluster.ts';
import type { Operation } from '#events/operation.ts';

import type { Accepted } from '../answers.ts';
import { path } from '../api.ts';
import { clusterPath, clusterTitle, findLive, readCluster } from '../clusters.ts';
import { defineCommand } from '../command.ts';
import type { Context } from '../context.ts';
import { Failure, Interrupted, UsageError } from '../failure.ts';
import { clusterLine } from '../flink-lines.ts';
import { type DeployBody, deployBody, readLocalInput } from '../folder.ts';
import { carryOut, follow, type WaitOptions, waitOptions } from '../operations.ts';
import type { RestoreFrom } from '../options.ts';
import { awaitRestored, tellRestored } from '../restored.ts';
import type { ShellEnd } from '../shell.ts';

/** How long a pipe may take to say `stop` before a session is started for it. */
const firstLineMs = 1_000;

export const kubernetesSession = defineCommand<WaitOptions>({
  ignoresUnknown: true,
  options: waitOptions,
  examples: {
    'drey kubernetes-session -Dkubernetes.cluster-id=my-first-flink-cluster': 'start a session and wait until it runs',
    'drey kubernetes-session -Dkubernetes.cluster-id=etl -Dtaskmanager.numberOfTaskSlots=4 -Dkubernetes.container.image.ref=flink:2.2':
      'with Flink options',
    'drey kubernetes-session -Dkubernetes.cluster-id=etl -Ddrey.restore.from-cluster=etl':
      'with the jobs that it was stopped with, from their savepoints',
    "echo 'stop' | drey kubernetes-session -Dkubernetes.cluster-id=my-first-flink-cluster -Dexecution.attached=true":
      'stop it',
    "echo 'stop' | drey kubernetes-session -Dkubernetes.cluster-id=etl -Dexecution.attached=true -Ddrey.stop.savepoint=required":
      'stop it with a savepoint of each job; it stays where one fails',
  },
  run: async (context, _operands, { wait = true }) => {
    if (context.mode === 'application')
      throw new UsageError('kubernetes-session is for sessions; `drey run-application` starts application clusters.');
    const wanted = await wantedOf(wait, context);
    if (isAttached(wanted)) {
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
  readonly body: DeployBody & { readonly restore?: RestoreFrom };
  /** Until it is up. */
  readonly wait: boolean;
}

const wantedOf = async (wait: boolean, context: Context): Promise<Wanted> => {
  const local = await readLocalInput(context);
  local.warnings.forEach(context.note);
  const body = await deployBody(context, local);
  const { restore } = context;
  return { body: restore === undefined ? body : { ...body, restore }, target: await context.target(), wait };
};

const isAttached = ({ body }: Wanted): boolean => body.config['execution.attached']?.toLowerCase() === 'true';

const existingSession = async (
  { target, body }: Wanted,
  context: Context,
  alsoOver: readonly ClusterState[] = [],
): Promise<Cluster | undefined> =>
  body.clusterId === undefined ? undefined : findLive({ target, clusterId: body.clusterId }, context, alsoOver);

const attached = async (wanted: Wanted, context: Context): Promise<void> => {
  const onTerminal = context.io.stdin.isTTY === true && context.io.stderr.isTTY === true;
  const { cluster, end } = await (onTerminal ? attachedTerminal(wanted, context) : attachedPipe(wanted, context));
  await leave(cluster, end, {
    isDetached: onTerminal,
    shutsDown: shutsDown(wanted),
    context,
  });
};

const shutsDown = ({ body }: Wanted): boolean =>
  body.config['execution.shutdown-on-attached-exit']?.toLowerCase() === 'true';

interface Left {
  readonly cluster: Cluster;
  readonly end: ShellEnd;
}

const attachedTerminal = async (wanted: Wanted, context: Context): Promise<Left> => {
  const cluster = await session(await existingSession(wanted, context), { wanted, onlyStops: false }, context);
  context.note(`Attached to ${clusterTitle(cluster)}. Type help for the commands; Ctrl-D detaches.`);
  const { shellOnTerminal } = await import('../shell.ts');
  return { cluster, end: await shellOnTerminal(cluster, context) };
};

const attachedPipe = async (wanted: Wanted, context: Context): Promise<Left> => {
  const [{ openPipe }, { shellOnPipe }] = await Promise.all([import('../input.ts'), import('../shell.ts')]);
  using lines = openPipe(context.io.stdin, context.signal);
  const [found, firstLine] = await Promise.all([existingSession(wanted, context, ['FAILED']), lines.peek(firstLineMs)]);
  const onlyStops = firstLine?.trim() === 'stop';
  const existing = onlyStops || found?.state !== 'FAILED' ? found : undefined;
  if (existing === undefined && onlyStops) throw nothingToStop(wanted);
  const cluster = await session(existing, { wanted, onlyStops }, context);
  return { cluster, end: await shellOnPipe(cluster, lines, context) };
};

const session = (
  existing: Cluster | undefined,
  { wanted, onlyStops }: { wanted: Wanted; onlyStops: boolean },
  context: Context,
) => {
  if (existing === undefined) return createAttached(wanted, context);
  if (existing.state === 'FAILED') {
    context.note(`The ${clusterTitle(existing)} has failed: what is left of it is removed.`);
    return existing;
  }
  // What is about to be stopped need not be up.
  return onlyStops ? announce('Retrieve', { cluster: existing }, wanted, context) : retrieve(existing, wanted, context);
};

/** Starts the session. Interrupted on the way, it ends as it would behind it. */
const createAttached = async (wanted: Wanted, context: Context): Promise<Cluster> => {
  try {
    return await create(wanted, context);
  } catch (error) {
    const afterwards = context.under(new AbortController().signal);
    const started = context.signal.aborted && shutsDown(wanted) ? await existingSession(wanted, afterwards) : undefined;
    if (started !== undefined) await stop(started, afterwards);
    throw error;
  }
};

const nothingToStop = ({ target, body: { clusterId } }: Wanted) =>
  new Failure(
    clusterId === undefined
      ? 'There is no session to stop: -Dkubernetes.cluster-id is not given.'
      : `There is no session cluster ${clusterId} in target ${target}: nothing to stop, and nothing was started.`,
    { hint: '`drey clusters` shows the ones there are.' },
  );

interface Leaving {
  /** Whoever sits at a terminal leaves on purpose. */
  readonly isDetached: boolean;
  /** `execution.shutdown-on-attached-exit`. */
  readonly shutsDown: boolean;
  readonly context: Context;
}

/** @throws Interrupted behind Ctrl-C, Failure when the cluster failed meanwhile. */
const leave = async (cluster: Cluster, end: ShellEnd, { isDetached, shutsDown, context }: Leaving): Promise<void> => {
  switch (end.by) {
    case 'stop':
      return stop(cluster, context);
    case 'quit':
      return context.note(`Detached: ${clusterTitle(cluster)} keeps running.`);
    case 'end':
      return context.note(`${isDetached ? 'Detached' : 'End of input'}: ${clusterTitle(cluster)} keeps running.`);
    case 'interrupt':
      // What the signal has ended already cannot stop anything.
      if (shutsDown)
        await stop(cluster, context.signal.aborted ? context.under(new AbortController().signal) : context);
      else context.note(`The ${clusterTitle(cluster)} keeps running.`);
      throw new Interrupted();
    case 'cluster':
      return tellEnd(cluster, end.cluster, context);
  }
};

const tellEnd = (cluster: Cluster, seen: Cluster | undefined, context: Context): void => {
  const isAnother = seen?.operationId !== cluster.operationId;
  const what = `The ${clusterTitle(cluster)} is ${isAnother ? 'gone' : seen.state}.`;
  const why = isAnother ? '' : [seen.reason, seen.message].filter(Boolean).join(': ');
  if (!isAnother && (seen.state === 'FAILED' || seen.state === 'CANCELED'))
    throw new Failure(what, {
      lines: why === '' ? [] : [why],
      hint: `\`drey events ${cluster.clusterId}\` shows what happened.`,
    });
  context.note(why === '' ? what : `${what} ${why}`);
};

const stop = async (cluster: Cluster, context: Context): Promise<void> => {
  const accepted = await carryOut(
    { path: `${clusterPath(cluster)}/stop`, body: context.stop, what: `Stopping ${clusterTitle(cluster)}` },
    context,
  );
  if (context.json) context.printJson(accepted);
  else context.print(`Stopped ${clusterTitle(cluster)}.`);
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

const retrieve = async (cluster: Cluster, wanted: Wanted, context: Context): Promise<Cluster> => {
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
    context.print(`Operation ${operation.operationId} is ${operation.state}.`);
    context.note(`\`drey operation ${operation.operationId}\` shows how far it is, \`drey wait …\` waits for its end.`);
  }
  return cluster;
};
