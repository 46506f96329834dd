import type { Operation } from '#events/model.ts';

import type { Accepted } from './answers.ts';
import { path } from './api.ts';
import type { Context } from './context.ts';
import { Failure, during, failureOf } from './failure.ts';
import { type Progress, showProgress, slowingPause } from './progress.ts';

const waitSeconds = 20;
const pace = { firstMs: 500, longestMs: 3_000 };
/** How long after its deadline an operation may take to say that it failed. */
const graceMs = 60_000;

interface CommandRequest {
  readonly path: string;
  readonly body: unknown;
  /** What is being done, for the progress: `Stopping session cluster live`. */
  readonly what: string;
}

/**
 * Sends a command and waits until its operation is over.
 *
 * @throws Failure when it did not succeed.
 */
export const carryOut = async (request: CommandRequest, context: Context): Promise<Accepted> => {
  using progress = showProgress(request.what, context.io.stderr);
  const accepted = await context.api.post<Accepted>(request.path, request.body, { waitSeconds });
  return { ...accepted, operation: await untilSucceeded(accepted.operation, progress, context) };
};

/** Waits for an operation that somebody else started, too. */
export const follow = async (operationId: string, what: string, context: Context): Promise<Operation> => {
  using progress = showProgress(what, context.io.stderr);
  return untilSucceeded(await operationOf(operationId, context), progress, context);
};

export const operationOf = (operationId: string, { api }: Context) =>
  api.get<Operation>(path`/v1/operations/${operationId}`);

const untilSucceeded = async (first: Operation, progress: Progress, context: Context): Promise<Operation> => {
  const operation = await untilDone(first, progress, context);
  if (operation.state === 'SUCCEEDED') return operation;
  if (operation.problem !== undefined) {
    const failure = failureOf(operation.problem, operation.clusterId);
    throw operation.kind === 'deploy'
      ? during(`Could not create Kubernetes cluster "${operation.clusterId}".`, failure)
      : failure;
  }
  throw new Failure(`The ${operation.kind} of ${operation.clusterId} ended ${operation.state}.`, {
    hint: nextStep(operation),
  });
};

const untilDone = async (first: Operation, progress: Progress, context: Context): Promise<Operation> => {
  const { isDone } = await import('#events/model.ts');
  if (isDone(first)) return first;
  progress.phase(first.phase);
  try {
    const pause = slowingPause(pace, context.signal);
    // One that waits has another deadline when it starts.
    for (let latest = first; Date.now() < Date.parse(latest.deadline) + graceMs;) {
      await pause();
      latest = await operationOf(first.operationId, context);
      if (isDone(latest)) return latest;
      progress.phase(latest.phase);
    }
  } finally {
    if (context.signal.aborted) context.note(`\nThe ${first.kind} goes on: ${nextStep(first)}`);
  }
  throw new Failure(`The ${first.kind} of ${first.clusterId} is not over, long after its deadline.`, {
    hint: nextStep(first),
  });
};

const nextStep = ({ operationId }: Operation) => `\`drey operation ${operationId}\` shows how far it came.`;
