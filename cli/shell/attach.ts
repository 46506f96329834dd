import { Failure, Interrupted } from '#cli/api/failure.ts';
import type { Context } from '#cli/context.ts';
import { clusterTitle } from '#cli/flows/clusters.ts';
import {
  createSession,
  findSession,
  isShutDownOnExit,
  printCluster,
  retrieveSession,
  type SessionRequest,
  stopSession,
} from '#cli/flows/session/session.ts';
import type { Cluster } from '#events/records/cluster.ts';

import type { ShellEnd } from './shell.ts';

/** How long to wait for `stop` as the first line of a pipe before a session is started. */
const firstLineMs = 1_000;

/** Opens the session, reads commands from stdin, and stops or leaves the session at the end. */
export const attachSession = async (request: SessionRequest, context: Context): Promise<void> => {
  const onTerminal = context.io.stdin.isTTY === true && context.io.stderr.isTTY === true;
  const { cluster, end } = await (onTerminal ? runOnTerminal(request, context) : runOnPipe(request, context));
  await leaveShell(cluster, end, { onTerminal, shutsDown: isShutDownOnExit(request), context });
};

interface ShellResult {
  readonly cluster: Cluster;
  readonly end: ShellEnd;
}

const runOnTerminal = async (request: SessionRequest, context: Context): Promise<ShellResult> => {
  const cluster = await openSession(await findSession(request, context), { request, isStopOnly: false }, context);
  context.printNotice(`Attached to ${clusterTitle(cluster)}. Type help for the commands. Ctrl-D detaches.`);
  const { runShellOnTerminal } = await import('./shell.ts');
  return { cluster, end: await runShellOnTerminal(cluster, context) };
};

const runOnPipe = async (request: SessionRequest, context: Context): Promise<ShellResult> => {
  const [{ openPipe }, { runShellOnPipe }] = await Promise.all([
    import('#cli/input/piped-lines.ts'),
    import('./shell.ts'),
  ]);
  using lines = openPipe(context.io.stdin, context.signal);
  const [found, firstLine] = await Promise.all([findSession(request, context, ['FAILED']), lines.peek(firstLineMs)]);
  const isStopOnly = firstLine?.trim() === 'stop';
  const existing = isStopOnly || found?.state !== 'FAILED' ? found : undefined;
  if (existing === undefined && isStopOnly) throw nothingToStopFailure(request);
  const cluster = await openSession(existing, { request, isStopOnly }, context);
  return { cluster, end: await runShellOnPipe(cluster, lines, context) };
};

const openSession = (
  existing: Cluster | undefined,
  { request, isStopOnly }: { readonly request: SessionRequest; readonly isStopOnly: boolean },
  context: Context,
) => {
  if (existing === undefined) return createAttached(request, context);
  if (existing.state === 'FAILED') {
    context.printNotice(`The ${clusterTitle(existing)} is FAILED. Its remaining objects are removed.`);
    return existing;
  }
  // A session that is about to be stopped need not be RUNNING.
  return isStopOnly
    ? printCluster('Retrieve', { cluster: existing }, request, context)
    : retrieveSession(existing, request, context);
};

/** Starts the session. An interrupt during the start stops it if `execution.shutdown-on-attached-exit` is set. */
const createAttached = async (request: SessionRequest, context: Context): Promise<Cluster> => {
  try {
    return await createSession(request, context);
  } catch (error) {
    const uninterrupted = context.withSignal(new AbortController().signal);
    const started =
      context.signal.aborted && isShutDownOnExit(request) ? await findSession(request, uninterrupted) : undefined;
    if (started !== undefined) await stopSession(started, uninterrupted);
    throw error;
  }
};

const nothingToStopFailure = ({ target, body: { clusterId } }: SessionRequest) =>
  new Failure(
    clusterId === undefined
      ? 'No session was stopped because no cluster id was specified.'
      : `There is no session cluster ${clusterId} in target ${target}. Nothing was stopped or started.`,
    { hint: 'Run `drey clusters` to list the clusters, and set -Dkubernetes.cluster-id.' },
  );

interface Leaving {
  readonly onTerminal: boolean;
  /** `execution.shutdown-on-attached-exit`. */
  readonly shutsDown: boolean;
  readonly context: Context;
}

/** @throws Interrupted after Ctrl-C, Failure when the cluster failed in the meantime. */
const leaveShell = async (
  cluster: Cluster,
  end: ShellEnd,
  { onTerminal, shutsDown, context }: Leaving,
): Promise<void> => {
  switch (end.by) {
    case 'stop':
      return stopSession(cluster, context);
    case 'quit':
      return context.printNotice(`Detached: ${clusterTitle(cluster)} keeps running.`);
    case 'end':
      return context.printNotice(
        `${onTerminal ? 'Detached' : 'End of input'}: ${clusterTitle(cluster)} keeps running.`,
      );
    case 'interrupt':
      // An aborted signal would abort the stop as well.
      if (shutsDown)
        await stopSession(cluster, context.signal.aborted ? context.withSignal(new AbortController().signal) : context);
      else context.printNotice(`The ${clusterTitle(cluster)} keeps running.`);
      throw new Interrupted();
    case 'cluster':
      return reportClusterEnd(cluster, end.cluster, context);
  }
};

const reportClusterEnd = (cluster: Cluster, latest: Cluster | undefined, context: Context): void => {
  const isReplaced = latest?.operationId !== cluster.operationId;
  const message = `The ${clusterTitle(cluster)} is ${isReplaced ? 'gone' : latest.state}.`;
  const cause = isReplaced ? '' : [latest.reason, latest.message].filter(Boolean).join(': ');
  if (!isReplaced && (latest.state === 'FAILED' || latest.state === 'CANCELED'))
    throw new Failure(message, {
      lines: cause === '' ? [] : [cause],
      hint: `Run \`drey events ${cluster.clusterId}\` to see the transitions.`,
    });
  context.printNotice(cause === '' ? message : `${message} ${cause}`);
};
