import type { Transitions } from '#cli/api/responses.ts';
import { defineCommand } from '#cli/commander/command.ts';
import { clusterPath, findCluster, readClusters } from '#cli/flows/clusters.ts';
import { slowingPause } from '#cli/flows/pause.ts';
import { transitionLine } from '#cli/output/transition-line.ts';
import type { Cluster } from '#events/cluster.ts';
import type { ClusterRef } from '#events/names.ts';
import type { Transition } from '#events/transitions.ts';

import { type Context, neededClusterId } from '../context.ts';

interface Options {
  readonly follow?: boolean;
}

const pace = { firstMs: 2_000, longestMs: 2_000 };
const pageSize = 500;

export const events = defineCommand<Options>({
  operandIs: 'cluster',
  options: { '-f, --follow': 'go on with what happens next, until the cluster is over or Ctrl-C' },
  examples: {
    'drey events my-first-flink-cluster': 'all of it',
    'drey events my-first-flink-cluster -f --output json': 'an object a line, as it happens',
    'drey events -f': 'what happens from now on to any cluster of the target',
  },
  run: async (context, [operand], { follow }) => {
    if (follow === true && operand === undefined && context.clusterId === undefined)
      return followTarget(await context.target(), context);
    const clusterRef = { clusterId: neededClusterId(context, operand), target: await context.target() };
    if (follow === true) return followCluster(clusterRef, context);
    if (context.json) context.printJson(await everything(clusterRef, context));
    else
      for await (const one of transitionsOf(clusterRef, 0, context))
        context.print(transitionLine(one, context.io.stdout));
  },
});

async function* pages(clusterRef: ClusterRef, after: number, { api }: Context): AsyncGenerator<Transitions> {
  for (let last = after; ;) {
    const page = await api.get<Transitions>(`${clusterPath(clusterRef)}/events`, { after: last, limit: pageSize });
    if (page.transitions.length === 0) return;
    yield page;
    last = page.last;
  }
}

async function* transitionsOf(clusterRef: ClusterRef, after: number, context: Context): AsyncGenerator<Transition> {
  for await (const { transitions } of pages(clusterRef, after, context)) yield* transitions;
}

const everything = async (clusterRef: ClusterRef, context: Context): Promise<Transitions> => {
  const all: Transitions = { transitions: [], last: 0 };
  for await (const { transitions, last } of pages(clusterRef, 0, context)) {
    all.transitions.push(...transitions);
    all.last = last;
  }
  return all;
};

/** @returns The number of the last one. */
const printAfter = async (clusterRef: ClusterRef, after: number, context: Context, begin = ''): Promise<number> => {
  let last = after;
  for await (const one of transitionsOf(clusterRef, after, context)) {
    if (context.json) context.printNext(one);
    else context.print(`${begin}${transitionLine(one, context.io.stdout)}`);
    last = one.sequence;
  }
  return last;
};

const followCluster = async (clusterRef: ClusterRef, context: Context): Promise<void> => {
  const { isTerminalCluster } = await import('#events/cluster.ts');
  const pause = slowingPause(pace, context.signal);
  let last = 0;
  for (;;) {
    const cluster = await findCluster(clusterRef, context);
    last = await printAfter(clusterRef, last, context);
    if (cluster !== undefined && isTerminalCluster(cluster) && last >= cluster.sequence) return;
    await pause();
  }
};

/** Asks only of those that moved: their numbers are in the list. One that is no longer listed has ended since. */
const followTarget = async (target: string, context: Context): Promise<void> => {
  const { clusterStates } = await import('#events/cluster.ts');
  const known = await readClusters(target, context, { state: clusterStates.join(',') });
  const seen = new Map(known.map(({ clusterId, sequence }) => [clusterId, sequence]));
  context.note(`Following target ${target}.`);
  const pause = slowingPause(pace, context.signal);
  let listed: readonly Cluster[] = [];
  for (;;) {
    const live = await readClusters(target, context);
    const moved = live.filter(({ clusterId, sequence }) => sequence > (seen.get(clusterId) ?? 0));
    const gone = listed.filter((one) => live.every(({ clusterId }) => clusterId !== one.clusterId));
    for (const { clusterId } of [...moved, ...gone])
      seen.set(clusterId, await printAfter({ target, clusterId }, seen.get(clusterId) ?? 0, context, `${clusterId}  `));
    listed = live;
    await pause();
  }
};
