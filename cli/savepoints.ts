import type { Operation } from '#events/operation.ts';
import type { ClusterRef } from '#events/names.ts';

import type { Accepted } from './answers.ts';
import { path } from './api.ts';
import { clusterPath, placeOfJob } from './clusters.ts';
import type { Context } from './context.ts';
import { during, UsageError } from './failure.ts';
import { clusterIdAskedFor } from './folder.ts';
import { carryOut, type WaitOptions, waitOptions } from './operations.ts';
import { jobIdOf } from './options.ts';

export interface SavepointOptions extends WaitOptions {
  readonly type?: string;
  readonly detached?: boolean;
}

/** As Flink has them, for every command that takes a savepoint. */
export const savepointOptions = {
  '--type <format>': 'the format of the savepoint: canonical or native (also -type)',
  '--detached': 'return as soon as it is asked for (also -detached), as --no-wait',
  ...waitOptions,
} as const;

export const isDetached = ({ detached = false, wait = true }: SavepointOptions): boolean => detached || !wait;

/** @throws UsageError in Flink's words. */
export const formatOf = ({ type = 'canonical' }: SavepointOptions): 'CANONICAL' | 'NATIVE' => {
  const format = type.toUpperCase();
  if (format === 'CANONICAL' || format === 'NATIVE') return format;
  throw new UsageError(`Unknown format type: ${type}. It is canonical or native.`);
};

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
