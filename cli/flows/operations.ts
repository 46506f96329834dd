import { during, Failure } from '#cli/api/failure.ts';
import { path } from '#cli/api/path.ts';
import { failureOf } from '#cli/api/problem-failure.ts';
import type { Accepted } from '#cli/api/responses.ts';
import type { Context } from '#cli/context.ts';
import { phaseLine } from '#cli/output/operation-lines.ts';
import { type Progress, showProgress } from '#cli/output/progress.ts';
import type { Operation } from '#events/operation.ts';

import { slowingPause } from './pause.ts';

/** What takes longer is looked at: only so can be told how far it is. */
const waitSeconds = 2;

const pace = { firstMs: 500, longestMs: 2_000 };

/** How long after its deadline an operation may take to say that it failed. */
const graceMs = 60_000;

interface CommandRequest {
  readonly path: string;
  readonly body: unknown;
  /** What is being done, for the progress: `Stopping session cluster live`. */
  readonly what: string;
}

/**
 * Sends a command and leaves it to itself.
 *
 * @param told What a person is told, of its operation.
 */
export const handOver = async (
  { path: at, body }: CommandRequest,
  told: (operation: Operation) => string,
  context: Context,
): Promise<void> => {
  const accepted = await context.api.post<Accepted>(at, body);
  if (context.json) return context.printJson(accepted);
  const { operation } = accepted;
  context.print(told(operation));
  context.print(`Operation ${operation.operationId} is ${operation.state}.`);
  context.note(`\`drey operation ${operation.operationId}\` shows how far it is, \`drey wait …\` waits for its end.`);
};

/**
 * Sends a command and waits until its operation is over.
 *
 * @throws Failure when it did not succeed.
 */
export const carryOut = async (request: CommandRequest, context: Context): Promise<Accepted> => {
  using progress = showProgress(request.what, context.io.stderr);
  const accepted = await answered(request, context);
  return { ...accepted, operation: await untilSucceeded(accepted.operation, progress, context) };
};

const answered = async (request: CommandRequest, context: Context): Promise<Accepted> => {
  try {
    return await context.api.post<Accepted>(request.path, request.body, { waitSeconds });
  } catch (error) {
    if (context.signal.aborted)
      context.note('\nInterrupted before the API answered: what was asked for may go on (`drey clusters` shows it).');
    throw error;
  }
};

/** Waits for an operation that somebody else started, too. */
export const follow = async (operationId: string, what: string, context: Context): Promise<Operation> => {
  using progress = showProgress(what, context.io.stderr);
  return untilSucceeded(await getOperation(operationId, context), progress, context);
};

export const getOperation = (operationId: string, { api }: Context) =>
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
  const { isTerminalOperation } = await import('#events/operation.ts');
  const tell = phasesTo(progress);
  tell(first);
  if (isTerminalOperation(first)) return first;
  try {
    const pause = slowingPause(pace, context.signal);
    // One that waits has another deadline when it starts.
    for (let latest = first; Date.now() < Date.parse(latest.deadline) + graceMs;) {
      await pause();
      latest = await getOperation(first.operationId, context);
      tell(latest);
      if (isTerminalOperation(latest)) return latest;
    }
  } finally {
    if (context.signal.aborted) context.note(`\nThe ${first.kind} goes on: ${nextStep(first)}`);
  }
  throw new Failure(`The ${first.kind} of ${first.clusterId} is not over, long after its deadline.`, {
    hint: nextStep(first),
  });
};

/** Each phase of a deploy once, and what is waited for. */
const phasesTo = (progress: Progress) => {
  const told = new Set<string>();
  return ({ phase, phases = [], createdAt }: Operation): void => {
    for (const one of phases.filter(({ name }) => !told.has(name))) progress.reached(phaseLine(one, createdAt));
    phases.forEach(({ name }) => told.add(name));
    progress.phase(phase);
  };
};

const nextStep = ({ operationId }: Operation) => `\`drey operation ${operationId}\` shows how far it came.`;
