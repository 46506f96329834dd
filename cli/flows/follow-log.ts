import { Failure } from '#cli/api/failure.ts';
import type { Logs } from '#cli/api/responses.ts';
import type { Context } from '#cli/context.ts';
import type { ClusterRef } from '#events/names.ts';

import { clusterPath, clusterTitle, findCluster } from './clusters.ts';
import { slowingPause } from './pause.ts';

const pace = { firstMs: 1_000, longestMs: 2_000 };
/** How much is asked for each time, and when that does not reach back to what was seen. */
const windows = [500, 5_000] as const;
const firstLines = 100;
/** A cluster that is over ends without a word in its log: so often it is looked at. */
const turnsBetweenClusterLooks = 5;

type Lines = readonly string[];

/** The lines of a tail behind those that were seen last; undefined when the two do not meet. */
export const linesBehind = (seen: Lines, tail: Lines): Lines | undefined => {
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

/** Prints the log of the JobManager as it grows, until its cluster is over. @throws Failure when there is no such cluster. */
export const followLog = async (clusterRef: ClusterRef, count: number | undefined, context: Context): Promise<void> => {
  const { isTerminalCluster } = await import('#events/cluster.ts');
  const log = logOf(clusterRef, context);
  const pause = slowingPause(pace, context.signal);
  let seen: Lines = [];
  for (let turn = 0; ; turn += 1) {
    const latest = await log.tail(turn === 0 ? (count ?? firstLines) : windows[0]);
    if (latest !== undefined) seen = await catchUp(seen, latest, log);
    if (latest === undefined || turn % turnsBetweenClusterLooks === 0) {
      const cluster = await findCluster(clusterRef, context);
      if (cluster === undefined && turn === 0) throw noCluster(clusterRef);
      if (cluster === undefined || isTerminalCluster(cluster))
        return context.note(
          cluster === undefined ? 'The cluster is gone.' : `The ${clusterTitle(cluster)} is ${cluster.state}.`,
        );
      if (latest === undefined && turn === 0)
        context.note(`The JobManager of ${clusterRef.clusterId} has not started yet: waiting for it.`);
    }
    await pause();
  }
};

const noCluster = ({ target, clusterId }: ClusterRef) =>
  new Failure(`There is no cluster ${clusterId} in target ${target}.`, {
    code: 'not-found',
    hint: '`drey clusters` shows those there are.',
  });

interface Log {
  /** The last lines that are whole. Undefined when there is no container to have any. */
  readonly tail: (lines: number, previous?: true) => Promise<Lines | undefined>;
  readonly show: (lines: Lines) => void;
  readonly note: (line: string) => void;
}

const logOf = (clusterRef: ClusterRef, { api, json, print, printNext, note }: Context): Log => ({
  tail: async (lines, previous) => {
    try {
      const { log } = await api.get<Logs>(`${clusterPath(clusterRef)}/logs`, {
        lines,
        previous: previous === true ? 'true' : undefined,
      });
      return log.split('\n').slice(0, -1);
    } catch (error) {
      if (error instanceof Failure && (error.code === 'not-found' || error.code === 'target-unreachable'))
        return undefined;
      throw error;
    }
  },
  show: (lines) => lines.forEach((line) => (json ? printNext({ line }) : print(line))),
  note,
});

/**
 * Prints what is new. A log that does not go on from what was seen is another container's, or has grown by very much.
 *
 * @returns The last lines of what has been seen now.
 */
const catchUp = async (seen: Lines, latest: Lines, { tail, show, note }: Log): Promise<Lines> => {
  const next = linesBehind(seen, latest);
  if (next !== undefined) {
    show(next);
    return [...seen, ...next].slice(-windows[0]);
  }
  const ended = linesBehind(seen, (await tail(windows[1], true)) ?? []);
  const more = (await tail(windows[1])) ?? latest;
  if (ended !== undefined) {
    show(ended);
    note('The JobManager was started again.');
    show(more);
    return more.slice(-windows[0]);
  }
  const found = linesBehind(seen, more);
  if (found === undefined) note('Some lines are missing here: the log grew faster than it could be read.');
  show(found ?? more);
  return more.slice(-windows[0]);
};
