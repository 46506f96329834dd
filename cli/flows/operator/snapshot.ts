import { createHash } from 'node:crypto';

import { Failure } from '#cli/api/failure.ts';
import type { Context } from '#cli/context.ts';
import { clusterPath } from '#cli/flows/clusters.ts';
import { readJobs } from '#cli/flows/jobs.ts';
import { followOperation, postCommand, printSubmitted } from '#cli/flows/operations.ts';
import { jobPath } from '#cli/flows/savepoints.ts';
import type { Conversion } from '#cli/input/flink-operator/convert.ts';
import type { ClusterRef } from '#events/names.ts';
import { isTerminalJob, type Job } from '#events/records/job.ts';

import type { Destination } from './destination.ts';
import { findLastJob } from './last-job.ts';

export type SnapshotResource = Extract<NonNullable<Conversion['result']>, { readonly kind: 'snapshot' }>;

/** Takes the snapshot of a `FlinkStateSnapshot`, once for each name. */
export const applySnapshot = async (
  resource: SnapshotResource,
  destination: Destination,
  context: Context,
): Promise<void> => {
  const { identity, snapshot } = resource;
  const clusterRef = { target: destination.target, clusterId: snapshot.clusterId };
  const { jobId } = await findJob(resource, clusterRef, context);
  const path = `${clusterPath(clusterRef)}${jobPath(jobId, `${snapshot.kind}s`)}`;
  const key = `flink-state-snapshot-${createHash('sha256')
    .update(JSON.stringify([identity, snapshot.clusterId, jobId]))
    .digest('hex')}`;
  const { operation } = await postCommand({ path, body: snapshot.body }, context, { key });
  const title = `Taking ${identity.name}`;
  if (!destination.wait && !context.json) return printSubmitted(operation, `${title}.`, context);
  const ended = destination.wait ? await followOperation(operation, title, context) : operation;
  if (context.json) destination.printJson({ operation: ended });
  else
    context.print(
      `${identity.name} is snapshot ${ended.operationId}.${ended.savepoint === undefined ? '' : ` Path: ${ended.savepoint}`}`,
    );
};

/** @throws Failure when the job does not run. */
const findJob = async (
  { identity, snapshot: { sessionJob } }: SnapshotResource,
  clusterRef: ClusterRef,
  context: Context,
): Promise<Job> => {
  const { jobs } = await readJobs(clusterRef, context);
  const live = jobs.filter((job) => !isTerminalJob(job));
  if (sessionJob === undefined) {
    const [job] = live;
    if (job !== undefined && live.length === 1) return job;
    throw new Failure(
      `${identity.name} needs the job of cluster ${clusterRef.clusterId}, which runs ${live.length} jobs.`,
      {
        hint: `Run \`drey list -Dkubernetes.cluster-id=${clusterRef.clusterId}\` to see them, and \`drey savepoint JOB\` for one of them.`,
      },
    );
  }
  const name = identity.name.replace(/^[^/]+\/([^/]+)\/.*$/, `FlinkSessionJob/$1/${sessionJob}`);
  const last = await findLastJob({ name }, { clusterRef, jobs }, context);
  if (last !== undefined && !isTerminalJob(last.job)) return last.job;
  throw new Failure(`${name} does not run on session ${clusterRef.clusterId}.`, {
    hint: 'Apply the FlinkSessionJob first, or run `drey savepoint JOB` for a job that was started otherwise.',
  });
};
