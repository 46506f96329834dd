import { wrapFailure } from '#cli/api/failure.ts';
import { path } from '#cli/api/path.ts';
import type { Accepted } from '#cli/api/responses.ts';
import type { Context } from '#cli/context.ts';
import { resolveClusterId } from '#cli/input/configuration-folder.ts';
import { UsageError } from '#cli/options/usage-error.ts';
import { parseJobId } from '#cli/options/values.ts';
import type { ClusterRef } from '#events/names.ts';
import type { Operation } from '#events/records/operation.ts';

import { clusterPath } from './clusters.ts';
import { findClusterOfJob } from './jobs.ts';
import { runCommand } from './operations.ts';

/** The job that the operand names, and a function that finds its cluster. @throws UsageError in Flink's words. */
export const parseJobOperand = async (operand: string | undefined, purpose: string, context: Context) => {
  if (operand === undefined) throw new UsageError(`Missing JobID. Specify a JobID to ${purpose}.`);
  const jobId = parseJobId(operand);
  return {
    jobId,
    clusterRef: async (): Promise<ClusterRef> => {
      const target = await context.target();
      const clusterId = await resolveClusterId(context);
      return clusterId === undefined ? findClusterOfJob(jobId, target, context) : { target, clusterId };
    },
  };
};

interface Request {
  /** The path after the path of the cluster. */
  readonly subpath: string;
  readonly body: object;
  /** The title of the progress: `Savepoint of job …`. */
  readonly title: string;
  /** The headline of a failure, in Flink's words. */
  readonly failure: string;
  readonly detached: boolean;
}

/**
 * Sends a command about snapshots of a job, and waits for its operation unless it is detached.
 *
 * @returns The operation; undefined when its JSON was printed.
 */
export const runSavepointCommand = async (
  { subpath, body, title, failure, detached }: Request,
  clusterRef: () => Promise<ClusterRef>,
  context: Context,
): Promise<Operation | undefined> => {
  try {
    const request = { path: `${clusterPath(await clusterRef())}${subpath}`, body, title };
    const answer = detached
      ? await context.api.post<Accepted>(request.path, request.body)
      : await runCommand(request, context);
    if (!context.json) return answer.operation;
    context.printJson(answer);
    return undefined;
  } catch (error) {
    throw wrapFailure(failure, error);
  }
};

export const jobPath = (jobId: string, action: string) => `${path`/jobs/${jobId}`}/${action}`;
