import { during } from '#cli/api/failure.ts';
import { path } from '#cli/api/path.ts';
import type { Accepted } from '#cli/api/responses.ts';
import type { Context } from '#cli/context.ts';
import { clusterIdAskedFor } from '#cli/input/configuration-folder.ts';
import { UsageError } from '#cli/options/usage-error.ts';
import { jobIdOf } from '#cli/options/values.ts';
import type { ClusterRef } from '#events/names.ts';
import type { Operation } from '#events/operation.ts';

import { clusterPath } from './clusters.ts';
import { placeOfJob } from './jobs.ts';
import { carryOut } from './operations.ts';

/** The job that an operand names, and where it runs. */
export const jobAt = async (operand: string | undefined, toDo: string, context: Context) => {
  if (operand === undefined) throw new UsageError(`Missing JobID. Specify a JobID to ${toDo}.`);
  const jobId = jobIdOf(operand);
  return {
    jobId,
    clusterRef: async (): Promise<ClusterRef> => {
      const target = await context.target();
      const clusterId = await clusterIdAskedFor(context);
      return clusterId === undefined ? placeOfJob(jobId, target, context) : { target, clusterId };
    },
  };
};

interface Request {
  /** Behind the cluster's path. */
  readonly at: string;
  readonly body: object;
  /** For the progress: `Taking a savepoint of job …`. */
  readonly what: string;
  /** What is told when it does not work, which is how Flink words it. */
  readonly failure: string;
  readonly detached: boolean;
}

/**
 * Asks for something about savepoints, and waits for its end unless it goes on by itself.
 *
 * @returns The operation; undefined when its JSON was printed, and nothing is left to say.
 */
export const askFor = async (
  { at, body, what, failure, detached }: Request,
  clusterRef: () => Promise<ClusterRef>,
  context: Context,
): Promise<Operation | undefined> => {
  try {
    const request = { path: `${clusterPath(await clusterRef())}${at}`, body, what };
    const answer = detached
      ? await context.api.post<Accepted>(request.path, request.body)
      : await carryOut(request, context);
    if (!context.json) return answer.operation;
    context.printJson(answer);
    return undefined;
  } catch (error) {
    throw during(failure, error);
  }
};

export const jobPath = (jobId: string, what: string) => `${path`/jobs/${jobId}`}/${what}`;
