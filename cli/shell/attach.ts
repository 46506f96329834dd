import { Failure, Interrupted } from '#cli/api/failure.ts';
import type { Context } from '#cli/context.ts';
import { clusterTitle } from '#cli/flows/clusters.ts';
import { announce, create, existingSession, retrieve, shutsDown, stop, type Wanted } from '#cli/flows/session.ts';
import type { Cluster } from '#events/cluster.ts';

import type { ShellEnd } from './shell.ts';

/** How long a pipe may take to say `stop` before a session is started for it. */
const firstLineMs = 1_000;

export const attached = async (wanted: Wanted, context: Context): Promise<void> => {
  const onTerminal = context.io.stdin.isTTY === true && context.io.stderr.isTTY === true;
  const { cluster, end } = await (onTerminal ? attachedTerminal(wanted, context) : attachedPipe(wanted, context));
  await leave(cluster, end, {
    isDetached: onTerminal,
    shutsDown: shutsDown(wanted),
    context,
  });
};

interface Left {
  readonly cluster: Cluster;
  readonly end: ShellEnd;
}

const attachedTerminal = async (wanted: Wanted, context: Context): Promise<Left> => {
  const cluster = await session(await existingSession(wanted, context), { wanted, onlyStops: false }, context);
  context.note(`Attached to ${clusterTitle(cluster)}. Type help for the commands; Ctrl-D detaches.`);
  const { shellOnTerminal } = await import('#cli/shell/shell.ts');
  return { cluster, end: await shellOnTerminal(cluster, context) };
};

const attachedPipe = async (wanted: Wanted, context: Context): Promise<Left> => {
  const [{ openPipe }, { shellOnPipe }] = await Promise.all([
    import('#cli/input/piped-lines.ts'),
    import('#cli/shell/shell.ts'),
  ]);
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
