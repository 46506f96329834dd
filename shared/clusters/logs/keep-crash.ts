import pMap from 'p-map';

import type { Cluster } from '#events/records/cluster.ts';
import type { NamedTarget } from '#events/records/target.ts';
import { crashesName, isKept, type KeptIndex, selectLogs, toCrashName } from '#shared/clusters/model/kept-logs.ts';
import { isolate } from '#shared/clusters/ports/isolation.ts';
import type { Ports } from '#shared/clusters/ports/ports.ts';

import { putFile, putIndex, readIndex } from './kept-files.ts';
import { readLogToKeep } from './keep-logs.ts';
import { within } from './within.ts';

/** A pass over a target has other work to do. */
const maxMs = 5_000;
const maxTotalMs = 15_000;
/** Of a container that crashes again and again, one log in a minute is enough. */
const minIntervalMs = 60_000;

/** Each log is held in memory with its compressed form. */
const maxConcurrent = 3;

/** Keeps the logs of clusters whose containers have crashed. A failure is logged, and the next pass repeats it. */
export const keepCrashLogs = (clusters: readonly Cluster[], target: NamedTarget, ports: Ports): Promise<void> => {
  const isolation = { message: 'log of a crashed container not kept', ports };
  const fields = { target: target.name };
  return isolate({ ...isolation, fields }, () =>
    within(maxTotalMs, ports.signal, async (signal) => {
      const limited = ports.withSignal(signal);
      const keep = (cluster: Cluster): Promise<void> =>
        isolate({ ...isolation, fields: { ...fields, clusterId: cluster.clusterId } }, () =>
          keepCrashLog(cluster, target, limited),
        );
      await pMap(clusters, keep, { concurrency: maxConcurrent, signal });
    }),
  );
};

/**
 * Keeps the log of the container before the last restart, unless it is kept: Kubernetes removes it when the container
 * restarts again. The last ten of an incarnation are kept.
 */
const keepCrashLog = async (cluster: Cluster, target: NamedTarget, ports: Ports): Promise<void> =>
  within(maxMs, ports.signal, (signal) => keepCrash(cluster, target, ports.withSignal(signal)));

const keepCrash = async (cluster: Cluster, target: NamedTarget, ports: Ports): Promise<void> => {
  const kept = { target: target.name, clusterId: cluster.clusterId, operationId: cluster.operationId };
  const kubernetes = ports.kubernetes(target);
  const [crashes, { pods }] = await Promise.all([
    readIndex(kept, crashesName, ports),
    kubernetes.observe(cluster.clusterId),
  ]);
  const { files = [], count = 0, at } = crashes ?? {};
  if (at !== undefined && ports.now().getTime() - Date.parse(at) < minIntervalMs) return;
  const crash = selectLogs(pods).logs.find((log) => log.previous && !isKept(files, log));
  const content = crash && (await readLogToKeep(crash, cluster.clusterId, kubernetes));
  if (content === undefined) return;
  const file = await putFile(kept, { name: toCrashName(count), ...content }, ports);
  const others = files.filter(({ name }) => name !== file.name);
  const index: KeptIndex = { count: count + 1, at: file.at, files: [...others, file], leftOut: [] };
  await putIndex(kept, crashesName, index, ports);
  ports.log.info('log of a crashed container kept', { ...kept, pod: file.pod });
};
