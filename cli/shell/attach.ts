import { Failure, Interrupted } from '#cli/api/failure.ts';
import type { Context } from '#cli/context.ts';
import { clusterTitle } from '#cli/flows/clusters.ts';
import {
  printCluster,
  createSession,
  findSession,
  retrieveSession,
  isShutDownOnExit,
  stopSession,
  type SessionRequest,
} from '#cli/flows/session.ts';
import type { Cluster } from '#events/cluster.ts';

import type { ShellEnd } from './shell.ts';

/** How long a pipe may take to say `stop` before a session is started for it. */
const firstLineMs = 1_000;

export const attachSession = async (wanted: SessionRequest, context: Context): Promise<void> => {
  const onTerminal = context.io.stdin.isTTY === true && context.io.stderr.isTTY === true;
  const { cluster, end } = await (onTerminal ? runOnTerminal(wanted, context) : runOnPipe(wanted, context));
  await leaveShell(cluster, end, {
    isDetached: onTerminal,
    shutsDown: isShutDownOnExit(wanted),
    context,
  });
};

interface ShellResult {
  readonly cluster: Cluster;
  readonly end: ShellEnd;
}

const runOnTerminal = async (wanted: SessionRequest, context: Context): Promise<ShellResult> => {
  const cluster = await openSession(await findSession(wanted, context), { wanted, onlyStops: false }, context);
  context.printNotice(`Attached to ${clusterTitle(cluster)}. Type help for the commands; Ctrl-D detaches.`);
  const { shellOnTerminal } = await import('#cli/shell/shell.ts');
  return { cluster, end: await shellOnTerminal(cluster, context) };
};

const runOnPipe = async (wanted: SessionRequest, context: Context): Promise<ShellResult> => {
  const [{ openPipe }, { shellOnPipe }] = await Promise.all([
    import('#cli/input/piped-lines.ts'),
    import('#cli/shell/shell.ts'),
  ]);
  using lines = openPipe(context.io.stdin, context.signal);
  const [found, firstLine] = await Promise.all([findSession(wanted, context, ['FAILED']), lines.peek(firstLineMs)]);
  const onlyStops = firstLine?.trim() === 'stop';
  const existing = onlyStops || found?.state !== 'FAILED' ? found : undefined;
  if (existing === undefined && onlyStops) throw nothingToStopFailure(wanted);
  const cluster = await openSession(existing, { wanted, onlyStops }, context);
  return { cluster, end: await shellOnPipe(cluster, lines, context) };
};

const openSession = (
  existing: Cluster | undefined,
  { wanted, onlyStops }: { wanted: SessionRequest; onlyStops: boolean },
  context: Context,
) => {
  if (existing === undefined) return createAttached(wanted, context);
  if (existing.state === 'FAILED') {
    context.printNotice(`The ${clusterTitle(existing)} has failed: what is left of it is removed.`);
    return existing;
  }
  // What is about to be stopped need not be up.
  return onlyStops
    ? printCluster('Retrieve', { cluster: existing }, wanted, context)
    : retrieveSession(existing, wanted, context);
};

/** Starts the session. Interrupted on the way, it ends as it would behind it. */
const createAttached = async (wanted: SessionRequest, context: Context): Promise<Cluster> => {
  try {
    return await createSession(wanted, context);
  } catch (error) {
    const afterwards = context.withSignal(new AbortController().signal);
    const started =
      context.signal.aborted && isShutDownOnExit(wanted) ? await findSession(wanted, afterwards) : undefined;
    if (started !== undefined) await stopSession(started, afterwards);
    throw error;
  }
};

const nothingToStopFailure = ({ target, body: { clusterId } }: SessionRequest) =>
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
const leaveShell = async (
  cluster: Cluster,
  end: ShellEnd,
  { isDetached, shutsDown, context }: Leaving,
): Promise<void> => {
  switch (end.by) {
    case 'stop':
      return stopSession(cluster, context);
    case 'quit':
      return context.printNotice(`Detached: ${clusterTitle(cluster)} keeps running.`);
    case 'end':
      return context.printNotice(
        `${isDetached ? 'Detached' : 'End of input'}: ${clusterTitle(cluster)} keeps running.`,
      );
    case 'interrupt':
      // What the signal has ended already cannot stop anything.
      if (shutsDown)
        await stopSession(cluster, context.signal.aborted ? context.withSignal(new AbortController().signal) : context);
      else context.printNotice(`The ${clusterTitle(cluster)} keeps running.`);
      throw new Interrupted();
    case 'cluster':
      return reportClusterEnd(cluster, end.cluster, context);
  }
};

const reportClusterEnd = (cluster: Cluster, seen: Cluster | undefined, context: Context): void => {
  const isAnother = seen?.operationId !== cluster.operationId;
  const what = `The ${clusterTitle(cluster)} is ${isAnother ? 'gone' : seen.state}.`;
  const why = isAnother ? '' : [seen.reason, seen.message].filter(Boolean).join(': ');
  if (!isAnother && (seen.state === 'FAILED' || seen.state === 'CANCELED'))
    throw new Failure(what, {
      lines: why === '' ? [] : [why],
      hint: `\`drey events ${cluster.clusterId}\` shows what happened.`,
    });
  context.printNotice(why === '' ? what : `${what} ${why}`);
};
