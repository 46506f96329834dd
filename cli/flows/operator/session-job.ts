import { Failure } from '#cli/api/failure.ts';
import type { Context } from '#cli/context.ts';
import { clusterPath } from '#cli/flows/clusters.ts';
import { readJobs } from '#cli/flows/jobs.ts';
import { followOperation, postCommand, printSubmitted } from '#cli/flows/operations.ts';
import { jobPath } from '#cli/flows/savepoints.ts';
import { finishJobApply, sendJobApply } from '#cli/flows/session/job-apply.ts';
import { withJar } from '#cli/input/fetch-jar.ts';
import type { Conversion } from '#cli/input/flink-operator/convert.ts';
import { inspectJar } from '#cli/input/jar.ts';
import { uploadJar } from '#cli/input/upload.ts';
import type { ClusterRef } from '#events/names.ts';
import { findFinalState, isTerminalJob, type Job } from '#events/records/job.ts';

import type { Destination } from './destination.ts';
import { findLastJob, toCorrelationId } from './last-job.ts';
import { submitOnce } from './submit-once.ts';

export type SessionJob = Extract<NonNullable<Conversion['result']>, { readonly kind: 'job' }>;

/**
 * Makes a session run the job of a `FlinkSessionJob`, once: a job that its earlier apply has started stays as it is, unless
 * the spec has changed.
 *
 * @throws Failure when the state of the job is not known, or the changed job is not stable.
 */
export const applySessionJob = async (given: SessionJob, destination: Destination, context: Context): Promise<void> => {
  const { state } = destination.rollout;
  const resource = state === undefined ? given : { ...given, keepsState: state !== 'none' };
  const clusterRef = { target: destination.target, clusterId: resource.clusterId };
  const { jobs } = await readJobs(clusterRef, context);
  const last = await findLastJob(resource.identity, { clusterRef, jobs }, context);
  const live = last !== undefined && !isTerminalJob(last.job) ? last.job : undefined;
  if (resource.isSuspended) return suspendJob(live, { resource, clusterRef }, destination, context);
  const isSame = last?.digest === resource.identity.digest;
  const { name } = resource.identity;
  if (live !== undefined && !isSame) return changeJob(live, { resource, clusterRef }, destination, context);
  if (live !== undefined) return report(last?.job, `${name} is unchanged (job ${live.jobId}).`, destination, context);
  if (isSame && last.job.state === 'FINISHED' && findFinalState(last.job) === undefined)
    return report(last.job, `${name} is unchanged. Its job ${last.job.jobId} is FINISHED.`, destination, context);
  await startJob({ resource, clusterRef, former: last?.job }, destination, context);
};

interface Place {
  readonly resource: SessionJob;
  readonly clusterRef: ClusterRef;
}

const report = (job: Job | undefined, line: string, { printJson }: Destination, context: Context): void => {
  if (context.json) printJson({ result: 'unchanged', job });
  else context.print(line);
};

/** Runs the changed spec in place of the job, with its state unless `upgradeMode` is `stateless`. */
const changeJob = async (
  { jobId }: Job,
  { resource, clusterRef }: Place,
  { rollout: given, wait, printJson }: Destination,
  context: Context,
): Promise<void> => {
  const { identity, submit, keepsState } = resource;
  const { restore, ...program } = submit;
  const { allowNonRestoredState } = restore ?? {};
  const state = keepsState ? 'savepoint' : 'none';
  const rollout = { state, ...(allowNonRestoredState === undefined ? {} : { allowNonRestoredState }), ...given };
  const applied = await withUploadedJar({ resource, clusterRef }, context, (jar) => {
    const body = { jar, ...program, rollout, correlationId: toCorrelationId(identity) };
    return sendJobApply({ clusterRef, jobId, body }, context);
  });
  await finishJobApply(applied, { jobId, wait, printJson }, context);
};

/** Uploads the jar of a resource, unless it is an upload, and calls `send` with its address. */
const withUploadedJar = <T>(
  { resource: { jarURI }, clusterRef }: Place,
  context: Context,
  send: (jar: string) => Promise<T>,
): Promise<T> =>
  withJar(jarURI, context.signal, async (file) => {
    const local = await inspectJar(file);
    return send(local === undefined ? file : await uploadJar(local, clusterRef.target, context));
  });

interface Start extends Place {
  /** The job that an earlier apply has started. */
  readonly former: Job | undefined;
}

const startJob = async ({ resource, clusterRef, former }: Start, destination: Destination, context: Context) => {
  const { identity, submit } = resource;
  const { allowNonRestoredState } = destination.rollout;
  const found = findRestore(resource, former);
  const restore =
    found === undefined || allowNonRestoredState === undefined ? found : { ...found, allowNonRestoredState };
  const operation = await withUploadedJar({ resource, clusterRef }, context, (jar) => {
    const { restore: _initial, ...rest } = submit;
    const body = {
      jar,
      ...rest,
      ...(restore === undefined ? {} : { restore }),
      correlationId: toCorrelationId(identity),
    };
    return submitOnce({ clusterRef, identity, formerJobId: former?.jobId, body }, context);
  });
  const title = `Submitting ${identity.name} to ${clusterRef.clusterId}`;
  if (!destination.wait && !context.json) return printSubmitted(operation, `${title}.`, context);
  const ended = destination.wait ? await followOperation(operation, title, context) : operation;
  if (context.json) destination.printJson({ operation: ended });
  else context.print(`${identity.name} runs as job ${ended.jobId ?? ended.operationId}.`);
};

/** @throws Failure for a job whose state would be lost in silence. */
const findRestore = ({ identity, submit, keepsState }: SessionJob, former: Job | undefined): object | undefined => {
  if (former === undefined || !keepsState) return former === undefined ? submit.restore : undefined;
  const { allowNonRestoredState } = submit.restore ?? {};
  const path = findFinalState(former);
  if (path !== undefined) return { path, ...(allowNonRestoredState === undefined ? {} : { allowNonRestoredState }) };
  if (submit.restore !== undefined) return submit.restore;
  throw new Failure(
    `Job ${former.jobId} of ${identity.name} is ${former.state} without a savepoint or last checkpoint.`,
    {
      hint: 'Write the savepoint or checkpoint to start from as job.initialSavepointPath, or job.upgradeMode: stateless to start without state.',
    },
  );
};

/** Stops the job with a savepoint, from which it starts when its state is `running` again. Without state, it is canceled. */
const suspendJob = async (
  job: Job | undefined,
  { resource, clusterRef }: Place,
  destination: Destination,
  context: Context,
): Promise<void> => {
  const { identity, keepsState } = resource;
  if (job === undefined) return report(undefined, `${identity.name} does not run.`, destination, context);
  const request = {
    path: `${clusterPath(clusterRef)}${jobPath(job.jobId, keepsState ? 'stop' : 'cancel')}`,
    body: keepsState ? { directory: destination.rollout['savepointDirectory'] } : {},
  };
  const { operation } = await postCommand(request, context);
  const title = `Suspending ${identity.name}`;
  if (!destination.wait && !context.json) return printSubmitted(operation, `${title}.`, context);
  const ended = destination.wait ? await followOperation(operation, title, context) : operation;
  if (context.json) destination.printJson({ operation: ended });
  else
    context.print(
      `${identity.name} is suspended.${ended.savepoint === undefined ? '' : ` Its state is savepoint ${ended.savepoint}.`}`,
    );
};
