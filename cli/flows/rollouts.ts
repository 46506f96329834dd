import { Failure } from '#cli/api/failure.ts';
import type { Applied } from '#cli/api/responses.ts';
import type { Context } from '#cli/context.ts';
import { formatProgress } from '#cli/output/operation-lines.ts';
import type { RequestFields } from '#cli/options/request-fields.ts';
import type { ClusterRef } from '#events/names.ts';
import type { Operation } from '#events/records/operation.ts';
import type { RolloutKind, RolloutResult } from '#events/records/rollout.ts';

import { clusterPath, readCluster } from './clusters.ts';
import { followOperation, postCommand, printSubmitted, readOperation, toOperationFailure } from './operations.ts';
import { formatCause, readNewest } from './revisions.ts';

/** What each command does while it is in progress: `Restarting cluster etl`. */
export const rolloutVerbs: Readonly<Record<RolloutKind, string>> = {
  apply: 'Applying',
  rollback: 'Rolling back',
  restart: 'Restarting',
  suspend: 'Suspending',
  resume: 'Resuming',
};

interface RolloutCommand {
  readonly kind: Exclude<RolloutKind, 'apply'>;
  readonly body: RequestFields;
  readonly wait: boolean;
}

/**
 * Sends a command that starts a rollout, and waits for its end if asked.
 *
 * @throws Failure when the rollout fails, with what it has left.
 */
export const runRollout = async (
  clusterRef: ClusterRef,
  { kind, body, wait }: RolloutCommand,
  context: Context,
): Promise<void> => {
  const title = `${rolloutVerbs[kind]} cluster ${clusterRef.clusterId}`;
  const applied = await postCommand<Applied>({ path: `${clusterPath(clusterRef)}/${kind}`, body }, context);
  const { operation } = applied;
  if (context.json && (operation === undefined || !wait)) return context.printJson(applied);
  if (operation === undefined) return context.print(describeUnchanged(clusterRef, applied));
  if (!wait) return printSubmitted(operation, `${title}.`, context);
  const ended = await followOperation(operation, title, context);
  if (context.json) context.printJson({ operation: ended, cluster: await readCluster(clusterRef, context) });
  else context.print(describeRollout(ended));
};

const describeUnchanged = ({ clusterId }: ClusterRef, { revision }: Applied): string =>
  `Cluster ${clusterId} is unchanged: revision ${revision ?? ''} runs this spec already. \`drey rollout restart ${clusterId}\` restarts it.`;

/** The result of a rollout that has succeeded. */
export const describeRollout = ({ kind, clusterId, rollout }: Operation): string => {
  const dropped = rollout?.stateDropped === true ? ' Its former state was dropped.' : '';
  if (kind === 'suspend')
    return `Cluster ${clusterId} is SUSPENDED.${rollout?.snapshot === undefined ? dropped : ` Its state is ${rollout.snapshot.kind} ${rollout.snapshot.path}.`}`;
  if (rollout?.to === undefined) return `Cluster ${clusterId} has the new spec. Nothing was restarted.`;
  const { from, to, specOf = to } = rollout;
  const runs = `Cluster ${clusterId} runs revision ${to}${specOf === to ? '' : `, the spec of revision ${specOf}`}`;
  if (from === to) return `${runs}. The ${kind} had nothing left to do.`;
  return `${[`${runs}.`, ...describeStart(rollout)].join(' ')}${dropped}`;
};

/** What a rollout did to what runs, and from which state its revision started. */
const describeStart = ({ class: changeClass, rescale, snapshot }: RolloutResult): readonly string[] => {
  if (rescale !== undefined) return [`Job ${rescale.jobId} runs with parallelism ${rescale.parallelism}.`];
  if (changeClass !== undefined) return ['Nothing was restarted.'];
  return snapshot === undefined ? [] : [`It started from ${snapshot.kind} ${snapshot.path}.`];
};

/**
 * Prints the status of the last rollout of a cluster. With `wait`, waits until the rollout in progress, or the one that waits
 * for it, has ended.
 *
 * @throws Failure when the last rollout or the newest revision failed.
 */
export const showRolloutStatus = async (clusterRef: ClusterRef, wait: boolean, context: Context): Promise<void> => {
  const { clusterId } = clusterRef;
  const cluster = await readCluster(clusterRef, context);
  const rollout = cluster.nextRollout ?? cluster.rollout;
  if (rollout !== undefined) {
    const { target } = clusterRef;
    const operationRef = { target, operationId: rollout.operationId };
    const title = `${rolloutVerbs[rollout.kind]} cluster ${clusterId}`;
    const operation = wait
      ? await followOperation(operationRef, title, context)
      : await readOperation(operationRef, context);
    if (context.json) return context.printJson(operation);
    return context.print(wait ? describeRollout(operation) : describePhase(title, operation));
  }
  const newest = await readNewest(clusterRef, context);
  const operation = await findOperation(clusterRef, newest.rolloutOperationId, context);
  if (operation?.problem !== undefined) throw toOperationFailure(operation, operation.problem);
  if (newest.outcome === 'failed')
    throw new Failure(`Revision ${newest.number} of cluster ${clusterId} failed.`, {
      lines: [formatCause(newest)].filter((line) => line !== ''),
      hint: `Run \`drey rollout history ${clusterId}\` to see the revisions.`,
    });
  if (context.json) context.printJson(operation ?? newest);
  else if (cluster.state === 'SUSPENDED')
    context.print(
      `Cluster ${clusterId} is SUSPENDED. \`drey resume ${clusterId}\` starts revision ${newest.number} again.`,
    );
  else context.print(`Cluster ${clusterId} is ${cluster.state}. Revision ${newest.number} is ${newest.outcome}.`);
};

/** The phase that a rollout is in, since when, and the size of its state once that is known. */
const describePhase = (title: string, operation: Operation): string => {
  const began = operation.rollout?.phases.at(-1)?.at ?? operation.createdAt;
  const seconds = Math.max(0, Math.round((Date.now() - Date.parse(began)) / 1_000));
  return `${title}: ${formatProgress(operation) ?? operation.state}. The phase began ${seconds} s ago.`;
};

/** The operation of the last rollout. Undefined when there was none, or when its record has expired. */
const findOperation = async (
  { target }: ClusterRef,
  operationId: string | undefined,
  context: Context,
): Promise<Operation | undefined> => {
  if (operationId === undefined) return undefined;
  try {
    return await readOperation({ target, operationId }, context);
  } catch (error) {
    if (error instanceof Failure && error.code === 'not-found') return undefined;
    throw error;
  }
};
