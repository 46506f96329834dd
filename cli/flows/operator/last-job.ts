import pMap from 'p-map';

import { Failure } from '#cli/api/failure.ts';
import type { Context } from '#cli/context.ts';
import { readOperation } from '#cli/flows/operations.ts';
import type { Identity } from '#cli/input/flink-operator/metadata.ts';
import type { ClusterRef } from '#events/names.ts';
import type { Job } from '#events/records/job.ts';
import type { Operation } from '#events/records/operation.ts';

/** How many of the newest jobs of a session are compared. */
const maxJobs = 200;
const maxConcurrentReads = 8;

/** The submit of a resource has the resource and its digest in `correlationId`. */
export const toCorrelationId = ({ name, digest }: Identity): string => `${name}@${digest}`;

interface Session {
  readonly clusterRef: ClusterRef;
  /** The jobs of all its incarnations. */
  readonly jobs: readonly Job[];
}

interface LastJob {
  readonly job: Job;
  /** The digest of the spec that it was started with. */
  readonly digest: string;
}

/** The newest job of a session that was started for a resource, also by a session that restored it or by an apply of it. */
export const findLastJob = async (
  { name }: Pick<Identity, 'name'>,
  { clusterRef: { target }, jobs }: Session,
  context: Context,
): Promise<LastJob | undefined> => {
  const operations = new Map<string, Promise<Operation | undefined>>();
  const find = (operationId: string) => {
    const known = operations.get(operationId) ?? findOperation({ target, operationId }, context);
    operations.set(operationId, known);
    return known;
  };
  const findDigest = async ({ jobId, clusterOperationId }: Job): Promise<string | undefined> => {
    const digest = parseDigest(name, await find(jobId));
    if (digest !== undefined) return digest;
    const old = jobs.find(({ replacedBy }) => replacedBy === jobId);
    if (old?.applyOperationId !== undefined) {
      const apply = await find(old.applyOperationId);
      // A rollback runs the program of the old job again.
      const before = await findDigest(old);
      return before !== undefined && apply?.rollout?.job?.to === jobId ? (parseDigest(name, apply) ?? '') : before;
    }
    // A job that its session has restored is submitted by the deploy, which names the former job.
    const restored = (await find(clusterOperationId))?.restoredJobs?.find((one) => one.jobId === jobId);
    const former = jobs.find((job) => job.jobId === restored?.formerJobId);
    return former === undefined ? undefined : findDigest(former);
  };
  const newest = jobs
    .filter(({ operationId }) => operationId !== undefined)
    .toSorted((one, other) => other.startTime.localeCompare(one.startTime))
    .slice(0, maxJobs);
  const digests = await pMap(newest, findDigest, { concurrency: maxConcurrentReads });
  const index = digests.findIndex((digest) => digest !== undefined);
  const [job, digest] = [newest[index], digests[index]];
  return job === undefined || digest === undefined ? undefined : { job, digest };
};

/** The digest that a command for the resource has. */
const parseDigest = (name: string, operation: Operation | undefined): string | undefined => {
  const { correlationId = '' } = operation ?? {};
  return correlationId.startsWith(`${name}@`) ? correlationId.slice(name.length + 1) : undefined;
};

const findOperation = async (
  operationRef: { readonly target: string; readonly operationId: string },
  context: Context,
): Promise<Operation | undefined> => {
  try {
    return await readOperation(operationRef, context);
  } catch (error) {
    if (error instanceof Failure && error.code === 'not-found') return undefined;
    throw error;
  }
};
