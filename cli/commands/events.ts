import type { Transitions } from '#cli/api/responses.ts';
import { defineCommand } from '#cli/commander/command.ts';
import { clusterPath, findCluster, noticeUnreadable, readClusters } from '#cli/flows/clusters.ts';
import { createBackoff } from '#cli/flows/pause.ts';
import { formatTransition } from '#cli/output/transition-line.ts';
import { clusterStates, isTerminalCluster } from '#events/records/cluster-states.ts';
import type { Cluster } from '#events/records/cluster.ts';
import type { ClusterRef } from '#events/names.ts';
import type { Transition } from '#events/records/transitions.ts';

import { type Context, toClusterRef } from '../context.ts';

interface Options {
  readonly follow?: boolean;
}

const backoff = { firstMs: 2_000, maxMs: 2_000 };
const pageSize = 500;

export const events = defineCommand<Options>({
  operandIs: 'cluster',
  options: { '-f, --follow': 'follow until the cluster is terminal, or Ctrl-C' },
  examples: {
    'drey events my-first-flink-cluster': 'show all transitions of a cluster',
    'drey events my-first-flink-cluster -f --output json': 'print new transitions as JSON lines',
    'drey events -f': 'follow all clusters of the target',
  },
  run: async (context, [operand], { follow }) => {
    if (follow === true && operand === undefined && context.clusterId === undefined)
      return followTarget(await context.target(), context);
    const clusterRef = await toClusterRef(context, operand);
    if (follow === true) return followCluster(clusterRef, context);
    if (context.json) context.printJson(await readAllTransitions(clusterRef, context));
    else
      for await (const one of readTransitions(clusterRef, 0, context))
        context.print(formatTransition(one, context.io.stdout));
  },
});

async function* readPages(clusterRef: ClusterRef, after: number, { api }: Context): AsyncGenerator<Transitions> {
  for (let last = after; ;) {
    const page = await api.get<Transitions>(`${clusterPath(clusterRef)}/events`, { after: last, limit: pageSize });
    if (page.transitions.length === 0) return;
    yield page;
    last = page.last;
  }
}

async function* readTransitions(clusterRef: ClusterRef, after: number, context: Context): AsyncGenerator<Transition> {
  for await (const { transitions } of readPages(clusterRef, after, context)) yield* transitions;
}

const readAllTransitions = async (clusterRef: ClusterRef, context: Context): Promise<Transitions> => {
  const all: Transitions = { transitions: [], last: 0 };
  for await (const { transitions, last } of readPages(clusterRef, 0, context)) {
    all.transitions.push(...transitions);
    all.last = last;
  }
  return all;
};

/** @returns The sequence number of the last transition. */
const printAfter = async (clusterRef: ClusterRef, after: number, context: Context, prefix = ''): Promise<number> => {
  let last = after;
  for await (const one of readTransitions(clusterRef, after, context)) {
    if (context.json) context.printItem(one);
    else context.print(`${prefix}${formatTransition(one, context.io.stdout)}`);
    last = one.sequence;
  }
  return last;
};

const followCluster = async (clusterRef: ClusterRef, context: Context): Promise<void> => {
  const pause = createBackoff(backoff, context.signal);
  let last = 0;
  for (;;) {
    const cluster = await findCluster(clusterRef, context);
    last = await printAfter(clusterRef, last, context);
    if (cluster !== undefined && isTerminalCluster(cluster) && last >= cluster.sequence) return;
    await pause();
  }
};

/** Reads only clusters whose sequence number in the list has changed, and those that left the list, which are terminal. */
const followTarget = async (target: string, context: Context): Promise<void> => {
  const known = await readClusters(target, context, { state: clusterStates.join(',') });
  noticeUnreadable(target, known, context);
  const seen = new Map(known.clusters.map(({ clusterId, sequence }) => [clusterId, sequence]));
  context.printNotice(`Following target ${target}.`);
  const pause = createBackoff(backoff, context.signal);
  let previous: readonly Cluster[] = [];
  for (;;) {
    const { clusters: live } = await readClusters(target, context);
    const changed = live.filter(({ clusterId, sequence }) => sequence > (seen.get(clusterId) ?? 0));
    const gone = previous.filter((one) => live.every(({ clusterId }) => clusterId !== one.clusterId));
    for (const { clusterId } of [...changed, ...gone])
      seen.set(clusterId, await printAfter({ target, clusterId }, seen.get(clusterId) ?? 0, context, `${clusterId}  `));
    previous = live;
    await pause();
  }
};
