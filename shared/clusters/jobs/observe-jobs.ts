import type { Cluster, ProgramStatus } from '#events/records/cluster.ts';
import { hasIncarnation, mayAnswer } from '#events/records/cluster-states.ts';
import { isTerminalJob, type Job } from '#events/records/job.ts';
import type { ClusterRef } from '#events/names.ts';
import { Fault } from '#events/problems/problem.ts';
import { countLimitedJobs, hasStartedJob, maxRecordedJobs, selectIncarnationJobs } from '#shared/clusters/model/job.ts';
import type { StoredOperation } from '#shared/clusters/model/operation.ts';
import type { Kubernetes } from '#shared/clusters/ports/kubernetes.ts';
import type { Ports } from '#shared/clusters/ports/ports.ts';
import type { ClusterRecords, Store } from '#shared/clusters/ports/store.ts';
import { recordCondition } from '#shared/clusters/store/progress.ts';
import { getClusterWithJobs } from '#shared/clusters/store/read.ts';
import { flinkRest, type FlinkRest } from '#shared/flink/rest/flink-rest.ts';
import type { JobOverview } from '#shared/flink/rest/jobs.ts';

import { findRequestedSavepoints } from './complete-snapshots.ts';
import { explainProgramFailure } from './container-log.ts';
import {
  type FindRequested,
  findUnexplained,
  mapJobs,
  readRootCauses,
  readSavepoints,
  withoutUnclearEnds,
} from './job-ends.ts';
import { findPodRefusal, type PodRefusal, withRecordedLog } from './missing-task-managers.ts';
import { type EndsWithJob, recordJobs, type Submitter } from './record-jobs.ts';

export interface ObservedJobs {
  /** The jobs of the current incarnation, as recorded after the observation. */
  readonly jobs: readonly Job[];
  /** Whether Flink answered. `False`: the cluster is terminal, so it was not asked. */
  readonly reachable: 'True' | 'False' | 'Unknown';
  /** The answer of Flink. */
  readonly overview?: readonly JobOverview[];
  /** The program of an application without a running job, if Flink reports it. */
  readonly program?: ProgramStatus | undefined;
  /** The operation of `ending`, if it ended. */
  readonly ended?: StoredOperation;
}

interface ObserveOptions {
  /** The command that starts or changes its job, or the jobs that are stopped with the cluster when it names none. */
  readonly changedBy?: Pick<StoredOperation, 'jobId' | 'principal'>;
  /** The operation that succeeds in the transaction that records its job. */
  readonly ending?: EndsWithJob;
  /** The submit of a new job, if it has been read already. */
  readonly submit?: StoredOperation;
}

/**
 * Asks Flink for the jobs of a cluster and records what changed. When Flink does not answer, only the condition
 * `Reachable` changes, and the recorded jobs are returned.
 *
 * @throws Fault `not-found` for a cluster without a record.
 */
export const observeJobs = async (
  clusterRef: ClusterRef,
  ports: Ports,
  options: ObserveOptions = {},
): Promise<ObservedJobs> => updateJobs(await getClusterWithJobs(clusterRef, ports.store), ports, options);

/** Observes the jobs of a cluster whose records have just been read. See {@link observeJobs}. */
export const updateJobs = async (
  records: ClusterRecords,
  ports: Ports,
  { changedBy, ending, submit }: ObserveOptions = {},
): Promise<ObservedJobs> => {
  const cluster = records.cluster.value;
  const recorded = selectIncarnationJobs(cluster, records.jobs);
  if (!hasIncarnation(cluster)) return { jobs: recorded, reachable: 'False' };
  if (!mayAnswer(cluster)) return { jobs: recorded, reachable: 'Unknown' };
  const kubernetes = ports.kubernetes(await ports.targets.get(cluster.target));
  const rest = flinkRest(kubernetes.flink(cluster.clusterId));
  const findRefusal = async () => withRecordedLog(await findPodRefusal(cluster.clusterId, kubernetes), cluster);
  const warn = (message: string, count: number) =>
    ports.log.warn(message, { target: cluster.target, clusterId: cluster.clusterId, count });
  const onIgnored = (count: number) => warn('jobs without a valid ID ignored', count);
  const findRequested = (jobs: readonly Job[]) => findRequestedSavepoints(jobs, cluster, ports.store);
  const source = { recorded, rest, wantedId: changedBy?.jobId, findRefusal, findRequested, onIgnored };
  const answer = await faultOf(askFlink(records, source));
  if (answer instanceof Fault) return recordUnanswered(records, answer, ports);
  const unclear = new Set([...answer.openSavepoints, ...findUnexplained(answer.reported, answer.causes, ports.now())]);
  const { overview } = answer;
  const submitters = await findSubmitters(answer.reported, records, { store: ports.store, submit });
  const reported = limitJobs(answer.reported, { cluster, recorded, submitters });
  const ignored = answer.reported.length - reported.length;
  if (ignored > 0) warn('jobs above the maximum of a cluster ignored', ignored);
  const explained = await explainFailures(answer, cluster, kubernetes);
  const program = unclear.size > 0 ? undefined : explained.program;
  const report = {
    overview: withoutUnclearEnds(reported, recorded, unclear),
    causes: explained.causes,
    savepoints: answer.savepoints,
  };
  const recordedJobs = await recordJobs(
    records,
    { ...report, program, recorded, submitters, changedBy },
    ports,
    ending,
  );
  return { ...recordedJobs, reachable: 'True', overview, program };
};

const recordUnanswered = async (
  { cluster: { value: cluster }, jobs }: ClusterRecords,
  { code: reason, message }: Fault,
  ports: Ports,
): Promise<ObservedJobs> => {
  const condition = { type: 'Reachable', status: 'Unknown', reason, message } as const;
  await recordCondition(cluster, { condition }, ports);
  return { jobs: selectIncarnationJobs(cluster, jobs), reachable: 'Unknown' };
};

/** The answer of Flink, or the fault why it gives none. */
const faultOf = async <T>(answer: Promise<T>): Promise<T | Fault> => {
  try {
    return await answer;
  } catch (error) {
    if (error instanceof Fault) return error;
    throw error;
  }
};

interface FlinkSource {
  /** The recorded jobs of this incarnation. */
  readonly recorded: readonly Job[];
  readonly rest: FlinkRest;
  /** The job of a command, which is recorded before other new ones. */
  readonly wantedId: string | undefined;
  readonly findRefusal: () => Promise<PodRefusal | undefined>;
  /** The savepoints that Drey has asked for, of jobs that have ended. */
  readonly findRequested: FindRequested;
  /** Receives the number of jobs without a valid ID. */
  readonly onIgnored: (count: number) => void;
}

/** What Flink reports about the jobs of a cluster. */
const askFlink = async (
  { cluster: { value: cluster }, jobs }: ClusterRecords,
  { recorded, rest, wantedId, findRefusal, findRequested, onIgnored }: FlinkSource,
) => {
  const overview = await rest.listJobs(onIgnored);
  const reported = limitNewJobs(overview, jobs, wantedId);
  const causes = await readRootCauses(reported, recorded, rest);
  const starved = [...causes].filter(([, cause]) => cause?.startsWith('NoResourceAvailableException') === true);
  const refusal = starved.length === 0 ? undefined : await findRefusal();
  if (refusal !== undefined)
    for (const [jobId, cause = ''] of starved) causes.set(jobId, `${cause} ${refusal.message}`);
  const program = mayHaveEnded(cluster, overview) ? await rest.getProgram(cluster.operationId) : undefined;
  const { savepoints, openSavepoints } = await readSavepoints(reported, recorded, { rest, findRequested });
  return { overview, reported, causes, program, savepoints, openSavepoints };
};

/**
 * A program on the cluster can report any number of jobs, each time others. One observation records so many new ones; the
 * next one continues.
 */
const maxNewJobs = 200;

/** The states of jobs that have ended, in the order in which they decide about the verdict of an application. */
const endStates: readonly string[] = ['FAILED', 'CANCELED', 'FINISHED'];

/**
 * The jobs that have a record, and the first new ones: the wanted one, those that run, and those that have ended, failed
 * ones first. The verdict of an application follows from its recorded jobs.
 */
const limitNewJobs = (
  overview: readonly JobOverview[],
  records: ClusterRecords['jobs'],
  wantedId: string | undefined,
): readonly JobOverview[] => {
  const rank = (job: JobOverview) => (job.jid === wantedId ? -2 : endStates.indexOf(job.state));
  const known = new Set(records.map(({ value }) => value.jobId));
  const [old, added] = [overview.filter(({ jid }) => known.has(jid)), overview.filter(({ jid }) => !known.has(jid))];
  return [...old, ...added.toSorted((a, b) => rank(a) - rank(b)).slice(0, maxNewJobs)];
};

interface KnownJobs {
  readonly cluster: Cluster;
  readonly recorded: readonly Job[];
  readonly submitters: ReadonlyMap<string, Submitter>;
}

/** The reported jobs without new ones above the maximum. Submits of Drey always have a job. */
const limitJobs = (
  reported: readonly JobOverview[],
  { cluster, recorded, submitters }: KnownJobs,
): readonly JobOverview[] => {
  const known = new Set(recorded.map(({ jobId }) => jobId));
  const isLimited = ({ jid }: JobOverview) =>
    !known.has(jid) && (cluster.mode === 'application' || !submitters.has(jid));
  const room = Math.max(0, maxRecordedJobs - countLimitedJobs(cluster, recorded));
  const kept = new Set(reported.filter(isLimited).slice(0, room));
  return reported.filter((job) => !isLimited(job) || kept.has(job));
};

/** A program with a running job runs itself. */
const mayHaveEnded = ({ mode }: Cluster, overview: readonly JobOverview[]): boolean =>
  mode === 'application' && overview.every(isTerminalJob);

interface Failures {
  /** Root causes by job id. */
  readonly causes: ReadonlyMap<string, string | undefined>;
  readonly program: ProgramStatus | undefined;
}

/** The failures that Flink reports, with what the log adds to those of Python programs. */
const explainFailures = async (
  { causes, program }: Failures,
  { clusterId }: Cluster,
  kubernetes: Kubernetes,
): Promise<Failures> => {
  const explain = async (cause: string | undefined) =>
    cause === undefined ? undefined : explainProgramFailure({ clusterId, cause }, kubernetes);
  const explained = await mapJobs([...causes], async ([jobId, cause]) => [jobId, await explain(cause)] as const);
  const message = await explain(program?.message);
  return {
    causes: new Map(explained),
    program: program === undefined || message === undefined ? program : { ...program, message },
  };
};

/**
 * The operations that started the jobs without a record, by job id. All jobs of an application belong to its deploy. The
 * operation of a submit has the id of its job. The id is the word of a program, so the operation has to be of the cluster.
 */
const findSubmitters = async (
  overview: readonly JobOverview[],
  { cluster: { value: cluster }, jobs }: ClusterRecords,
  { store, submit }: { readonly store: Store; readonly submit: StoredOperation | undefined },
): Promise<ReadonlyMap<string, Submitter>> => {
  const known = new Set(jobs.map(({ value }) => value.jobId));
  const newIds = overview.flatMap(({ jid }) => (known.has(jid) ? [] : [jid]));
  const operations = await Promise.all(
    newIds.map(async (jobId) => {
      const id = getSubmitterId(cluster, jobId);
      return [jobId, submit?.operationId === id ? submit : (await store.operation(id))?.value] as const;
    }),
  );
  return new Map(
    operations.flatMap(([jobId, operation]) =>
      operation !== undefined && hasStartedJob(operation, { cluster, jobId }) ? [[jobId, operation]] : [],
    ),
  );
};

const getSubmitterId = ({ mode, operationId }: Cluster, jobId: string): string =>
  mode === 'application' ? operationId : jobId;
