import pMap from 'p-map';

import { Fault } from '#events/problems/problem.ts';
import { factKinds, type KeptFile, type LeftOut } from '#events/records/kept-logs.ts';
import type { NamedTarget } from '#events/records/target.ts';
import {
  crashesName,
  indexName,
  isKept,
  type KeptIndex,
  type LogToKeep,
  maxLogBytes,
  maxTaskManagers,
  selectLogs,
  toLogName,
} from '#shared/clusters/model/kept-logs.ts';
import type { Incarnation, Observation } from '#shared/clusters/model/kubernetes.ts';
import { logFailure } from '#shared/clusters/ports/failures.ts';
import type { Kubernetes } from '#shared/clusters/ports/kubernetes.ts';
import type { Ports } from '#shared/clusters/ports/ports.ts';
import type { Transport } from '#shared/flink/rest/transport/transport.ts';

import { type FactKind, readFact } from './flink-facts.ts';
import { type Kept, putFile, putIndex, readIndex } from './kept-files.ts';
import { readNewest } from './read-newest.ts';
import { within } from './within.ts';

/** A log of 5 MB has fewer lines, because each one has its time. */
const maxLines = 100_000;
/** Each log is held in memory with its compressed form. */
const maxConcurrent = 3;

/** An end waits no longer than 10 s: for the files, for their index, and for the record of the result. */
const filesMs = 6_000;
const indexMs = 1_500;

const timeIsOver = 'The time for keeping logs was over.';

/** The end of an incarnation. */
interface End {
  readonly clusterId: string;
  readonly incarnation: Incarnation;
  /** The stop, or the failed deploy. */
  readonly endedBy: string;
}

/** What is kept of an incarnation, while it is being kept. */
interface Progress {
  readonly files: KeptFile[];
  readonly leftOut: LeftOut[];
  /** What an earlier end of the same incarnation had kept: a stop that failed at its deadline. */
  earlier?: KeptIndex | undefined;
  /** The names of the files that are not complete. Undefined: it is not known what there is to keep. */
  pending?: Set<string>;
}

/**
 * Keeps the logs of an incarnation that is about to be removed, and what its JobManager knows. What cannot be read or stored
 * in time is left out, and the index says so. A repeated call for the same end keeps nothing again.
 *
 * @returns The index of what is kept. Undefined when nothing is kept because there is no Deployment.
 * @throws what the ports throw when it is not known what there is to keep, or when the index cannot be stored.
 */
export const keepLogs = async (end: End, target: NamedTarget, ports: Ports): Promise<KeptIndex | undefined> => {
  const kept = { target: target.name, clusterId: end.clusterId, operationId: end.incarnation.operationId };
  const progress: Progress = { files: [], leftOut: [] };
  try {
    const known = await within(filesMs, ports.signal, (signal) =>
      keepFiles(kept, { ...end, progress, target }, ports.withSignal(signal)),
    );
    if (known !== 'kept') return known.index;
  } catch (error) {
    if (progress.pending === undefined) throw error;
  }
  const index = { endedBy: end.endedBy, at: ports.now().toISOString(), ...toLists(progress) };
  await within(indexMs, ports.signal, (signal) => putIndex(kept, indexName, index, ports.withSignal(signal)));
  return index;
};

/** The files of this end, those of the earlier end that it does not replace, and what neither has kept. */
const toLists = ({ files, leftOut, earlier, pending = new Set() }: Progress): Pick<KeptIndex, 'files' | 'leftOut'> => {
  const late = [...pending].map((name) => ({ name, reason: timeIsOver }));
  const allFiles = withEarlier(files, earlier?.files);
  const names = new Set(allFiles.flatMap(({ name, pod = name }) => [name, pod]));
  const missing = withEarlier([...leftOut, ...late], earlier?.leftOut).filter(({ name }) => !names.has(name));
  return { files: allFiles, leftOut: missing };
};

const withEarlier = <T extends { readonly name: string }>(now: readonly T[], earlier: readonly T[] = []): T[] => {
  const names = new Set(now.map(({ name }) => name));
  return [...now, ...earlier.filter(({ name }) => !names.has(name))];
};

const keepFiles = async (
  kept: Kept,
  {
    clusterId,
    incarnation,
    endedBy,
    progress,
    target,
  }: End & { readonly progress: Progress; readonly target: NamedTarget },
  ports: Ports,
): Promise<'kept' | { readonly index: KeptIndex | undefined }> => {
  const kubernetes = ports.kubernetes(target);
  const [index, crashes, observation] = await Promise.all([
    readIndex(kept, indexName, ports),
    readIndex(kept, crashesName, ports),
    kubernetes.observe(clusterId),
  ]);
  if (index?.endedBy === endedBy || !isIncarnationOf(incarnation, observation)) return { index };
  progress.earlier = index;
  const { logs, others } = selectLogs(observation.pods);
  const reason = `Only the logs of ${maxTaskManagers} TaskManagers are kept.`;
  progress.leftOut.push(...others.map((name) => ({ name, reason })));
  const unknown = logs.filter((log) => !isKept(crashes?.files ?? [], log));
  const logSources = unknown.map((log) => toLogSource(log, clusterId, kubernetes));
  const factSources = factKinds.map((kind) => toFactSource(kind, observation, kubernetes.flink(clusterId)));
  progress.pending = new Set([...logSources, ...factSources].map(({ name }) => name));
  const keep = (source: Source) => keepFile(kept, source, { progress, ports });
  await Promise.all([
    pMap(logSources, keep, { concurrency: maxConcurrent }),
    pMap(factSources, keep, { concurrency: factKinds.length }),
  ]);
  return 'kept';
};

const isIncarnationOf = ({ operationId, uid }: Incarnation, { deployment }: Observation): boolean =>
  deployment !== undefined && (deployment.operationId === operationId || deployment.uid === uid);

/** A file to keep. Its content is undefined when there is none, such as the log of a container that has not started. */
interface Source extends Pick<KeptFile, 'name'> {
  readonly read: () => Promise<(Omit<KeptFile, 'name' | 'bytes' | 'at'> & { readonly text: string }) | undefined>;
}

const toLogSource = (log: LogToKeep, clusterId: string, kubernetes: Kubernetes): Source => ({
  name: toLogName(log),
  read: () => readLogToKeep(log, clusterId, kubernetes),
});

/** The newest part of the log of a container, with the time of each line. */
export const readLogToKeep = async (
  { pod, component, restart, previous }: LogToKeep,
  clusterId: string,
  kubernetes: Kubernetes,
): ReturnType<Source['read']> => {
  const options = { pod, previous, lines: maxLines, maxBytes: maxLogBytes, timestamps: true };
  const log = await readNewest(clusterId, options, kubernetes);
  if (log === undefined) return undefined;
  return { kind: 'log', pod, component, restart, ...(log.isCut ? { truncated: true } : {}), text: log.text };
};

const toFactSource = (kind: FactKind, { pods }: Observation, flink: Transport): Source => ({
  name: toFactName(kind),
  read: async () => {
    if (!pods.some(({ component, ready }) => component === 'jobmanager' && ready))
      throw new Fault('not-ready', 'No JobManager was ready.');
    return { kind, text: JSON.stringify(await readFact(kind, flink)) };
  },
});

const toFactName = (kind: FactKind): string => `${kind}.json.gz`;

const keepFile = async (
  kept: Kept,
  { name, read }: Source,
  { progress: { files, leftOut, pending }, ports }: { readonly progress: Progress; readonly ports: Ports },
): Promise<void> => {
  try {
    ports.signal.throwIfAborted(); // The other files are left out by their names.
    const content = await read();
    if (content !== undefined) files.push(await putFile(kept, { name, ...content }, ports));
    pending?.delete(name);
  } catch (error) {
    if (ports.signal.aborted) return;
    pending?.delete(name);
    leftOut.push({ name, reason: error instanceof Fault ? error.message : 'Drey failed to keep it.' });
    logFailure({ message: 'file of an ended cluster not kept', error, fields: { ...kept, name }, log: ports.log });
  }
};
