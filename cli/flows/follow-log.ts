import { Failure } from '#cli/api/failure.ts';
import type { Logs } from '#cli/api/responses.ts';
import type { Context } from '#cli/context.ts';
import { isTerminalCluster } from '#events/records/cluster-states.ts';
import type { ClusterRef } from '#events/names.ts';
import type { ProblemCode } from '#events/problems/problem-table.ts';

import { clusterPath, clusterTitle, findCluster } from './clusters.ts';
import { describeSource } from './log-source.ts';
import { createBackoff } from './pause.ts';

const backoff = { firstMs: 1_000, maxMs: 2_000 };
/** Lines per read; the larger one when the log grew by more than the smaller one. */
const windows = [500, 5_000] as const;
const firstLines = 100;
/** A log does not show the end of its cluster, so the cluster is checked after so many polls. */
const pollsPerClusterCheck = 5;

type Lines = readonly string[];

/** The lines of `tail` after the lines in `seen`; undefined when the two do not overlap. */
export const linesAfter = (seen: Lines, tail: Lines): Lines | undefined => {
  if (seen.length === 0) return tail;
  for (let end = tail.length; end > 0; end -= 1) {
    const common = Math.min(end, seen.length);
    const meets = (back: number) => seen[seen.length - back] === tail[end - back];
    let back = 1;
    while (back <= common && meets(back)) back += 1;
    if (back > common) return tail.slice(end);
  }
  return undefined;
};

/**
 * Prints the log of the JobManager as it grows, until the cluster is terminal, and on stderr whose log it is whenever that
 * changes. @throws Failure when there is no such cluster.
 */
export const followLog = async (clusterRef: ClusterRef, count: number | undefined, context: Context): Promise<void> => {
  const log = createLogReader(clusterRef, context);
  const pause = createBackoff(backoff, context.signal);
  let seen: Lines = [];
  let printed: Tail | undefined;
  for (let poll = 0; ; poll += 1) {
    const latest = await log.tail(poll === 0 ? (count ?? firstLines) : windows[0]);
    if (latest !== undefined) {
      if (!isSameLog(latest, printed)) context.printNotice(describeSource(latest.answer));
      seen = await printNew(isNextIncarnation(latest, printed) ? [] : seen, latest.lines, log);
      printed = latest;
    }
    if (latest === undefined || latest.isKept || poll % pollsPerClusterCheck === 0) {
      const cluster = await findCluster(clusterRef, context);
      if (cluster === undefined && poll === 0) throw clusterNotFound(clusterRef);
      if (cluster === undefined || isTerminalCluster(cluster))
        return context.printNotice(
          cluster === undefined
            ? `Cluster ${clusterRef.clusterId} no longer exists.`
            : `The ${clusterTitle(cluster)} is ${cluster.state}.`,
        );
      if ((latest === undefined || latest.isKept) && poll === 0)
        context.printNotice(`Waiting for the JobManager of cluster ${clusterRef.clusterId} to start.`);
    }
    await pause();
  }
};

const clusterNotFound = ({ target, clusterId }: ClusterRef) =>
  new Failure(`There is no cluster ${clusterId} in target ${target}.`, {
    code: 'not-found',
    hint: 'Run `drey clusters` to list the clusters.',
  });

interface Tail {
  readonly lines: Lines;
  readonly isKept: boolean;
  readonly answer: Logs;
}

const isSameLog = ({ answer }: Tail, printed: Tail | undefined): boolean =>
  printed !== undefined && answer.source === printed.answer.source && answer.operationId === printed.answer.operationId;

/** A kept log has no more lines, so the log of the next incarnation is not expected to continue it. */
const isNextIncarnation = ({ answer }: Tail, printed: Tail | undefined): boolean =>
  printed !== undefined && printed.isKept && answer.operationId !== printed.answer.operationId;

interface Log {
  /** The last complete lines, and whether they are kept of a container that is gone; undefined when there are none. */
  readonly tail: (lines: number, previous?: true) => Promise<Tail | undefined>;
  readonly show: (lines: Lines) => void;
  readonly printNotice: (line: string) => void;
}

/** The cluster has no container now, does not answer, or has ended. */
const codesWithoutLog: ReadonlySet<ProblemCode> = new Set(['not-found', 'target-unreachable', 'wrong-state']);

const createLogReader = (clusterRef: ClusterRef, { api, json, print, printItem, printNotice }: Context): Log => ({
  tail: async (lines, previous) => {
    try {
      const answer = await api.get<Logs>(`${clusterPath(clusterRef)}/logs`, {
        lines,
        previous: previous === true ? 'true' : undefined,
      });
      return { lines: answer.log.split('\n').slice(0, -1), isKept: answer.source === 'kept', answer };
    } catch (error) {
      if (error instanceof Failure && error.code !== undefined && codesWithoutLog.has(error.code)) return undefined;
      throw error;
    }
  },
  show: (lines) => lines.forEach((line) => (json ? printItem({ line }) : print(line))),
  printNotice,
});

/**
 * Prints the new lines. A log that does not overlap with `seen` is of another container, or has grown by very much.
 *
 * @returns The last lines that have been printed.
 */
const printNew = async (seen: Lines, latest: Lines, { tail, show, printNotice }: Log): Promise<Lines> => {
  const next = linesAfter(seen, latest);
  if (next !== undefined) {
    show(next);
    return [...seen, ...next].slice(-windows[0]);
  }
  const ended = linesAfter(seen, (await tail(windows[1], true))?.lines ?? []);
  const more = (await tail(windows[1]))?.lines ?? latest;
  if (ended !== undefined) {
    show(ended);
    printNotice('The JobManager restarted.');
    show(more);
    return more.slice(-windows[0]);
  }
  const found = linesAfter(seen, more);
  if (found === undefined) printNotice('Some lines are missing here, because the log grew faster than it was read.');
  show(found ?? more);
  return more.slice(-windows[0]);
};
