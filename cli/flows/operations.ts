import { Failure, wrapFailure } from '#cli/api/failure.ts';
import type { CommandOptions } from '#cli/api/api.ts';
import { path } from '#cli/api/path.ts';
import { toFailure } from '#cli/api/problem-failure.ts';
import type { Accepted, Applied } from '#cli/api/responses.ts';
import { type Context, settingsSources } from '#cli/context.ts';
import { describeRolloutEnd, formatPhase, formatProgress, listCompletedPhases } from '#cli/output/operation-lines.ts';
import { type Progress, showProgress } from '#cli/output/progress.ts';
import type { OperationRef } from '#events/names.ts';
import type { Problem } from '#events/problems/problem.ts';
import type { Operation } from '#events/records/operation.ts';

import { createBackoff } from './pause.ts';

/** How long the API may hold the request. Longer operations are polled, because only polling shows their phases. */
const waitSeconds = 2;

const backoff = { firstMs: 500, maxMs: 2_000 };

/** How long after its deadline an operation may take to become FAILED. */
const graceMs = 60_000;

export interface CommandRequest {
  /** Default: POST. */
  readonly method?: 'PUT';
  readonly path: string;
  readonly body: unknown;
  /** The title of the progress: `Stopping session cluster live`. */
  readonly title: string;
}

/**
 * Sends a command without waiting for its operation, and prints the operation.
 *
 * @param describe The sentence about the accepted command.
 */
export const submitCommand = async (
  request: CommandRequest,
  describe: (operation: Operation) => string,
  context: Context,
): Promise<void> => {
  const accepted = await postCommand(request, context);
  if (context.json) context.printJson(accepted);
  else printSubmitted(accepted.operation, describe(accepted.operation), context);
};

/** What an accepted deploy does, which may have to wait. */
export const describeStart = (mode: 'Application' | 'Session', { clusterId, state }: Operation): string =>
  `${mode} cluster ${clusterId} is ${state === 'QUEUED' ? 'queued' : 'starting'}.`;

export const printSubmitted = (operation: Operation, sentence: string, context: Context): void => {
  const { operationId, state } = operation;
  context.print(sentence);
  context.print(`Operation ${operationId} is ${state}.`);
  context.printNotice(
    `Run \`${operationCommand('operation', operation, context)}\` for its status, or \`${operationCommand('wait', operation, context)}\` to wait for it.`,
  );
};

/**
 * Sends a command and waits until its operation is terminal.
 *
 * @throws Failure when the operation is not SUCCEEDED.
 */
export const runCommand = async (request: CommandRequest, context: Context): Promise<Accepted> => {
  using progress = showProgress(request.title, context.io.stderr);
  const accepted = await sendCommand(request, context);
  return { ...accepted, operation: await waitUntilSucceeded(accepted.operation, progress, context) };
};

/** Sends a command, and prints the warnings of the accepted operation. */
export const postCommand = async <A extends Pick<Applied, 'operation'> = Accepted>(
  { method, path, body }: Omit<CommandRequest, 'title'>,
  context: Context,
  options: CommandOptions = {},
): Promise<A> => {
  const accepted = await context.api[method === 'PUT' ? 'put' : 'post']<A>(path, body, options);
  accepted.operation?.warnings?.forEach((warning) => context.printNotice(`WARN ${warning}`));
  return accepted;
};

const sendCommand = async (request: CommandRequest, context: Context): Promise<Accepted> => {
  try {
    return await postCommand(request, context, { waitSeconds });
  } catch (error) {
    if (context.signal.aborted)
      context.printNotice(
        '\nInterrupted before the API answered. The command may be running: `drey clusters` lists the clusters.',
      );
    throw error;
  }
};

/** Waits for an operation that another command may have started. @throws Failure when it is not SUCCEEDED. */
export const followOperation = async (
  operationRef: OperationRef,
  title: string,
  context: Context,
): Promise<Operation> => {
  using progress = showProgress(title, context.io.stderr);
  return waitUntilSucceeded(await readOperation(operationRef, context), progress, context);
};

/** The path of an operation in the API. */
export const operationPath = ({ target, operationId }: OperationRef) =>
  path`/v1/targets/${target}/operations/${operationId}`;

export const readOperation = (operationRef: OperationRef, { api }: Context) =>
  api.get<Operation>(operationPath(operationRef));

const waitUntilSucceeded = async (first: Operation, progress: Progress, context: Context): Promise<Operation> => {
  const operation = await waitUntilTerminal(first, progress, context);
  const known = new Set(first.warnings);
  operation.warnings
    ?.filter((warning) => !known.has(warning))
    .forEach((warning) => context.printNotice(`WARN ${warning}`));
  if (operation.state === 'SUCCEEDED') return operation;
  if (operation.problem !== undefined) {
    const failure = toOperationFailure(operation, operation.problem);
    throw operation.kind === 'deploy'
      ? wrapFailure(`Could not create Kubernetes cluster "${operation.clusterId}".`, failure)
      : failure;
  }
  throw new Failure(`The ${operation.kind} of cluster ${operation.clusterId} is ${operation.state}.`, {
    hint: operationHint(operation, context),
  });
};

/** The failure of an operation, and what a failed rollout has left. */
export const toOperationFailure = (operation: Operation, problem: Problem): Failure => {
  const failure = toFailure(problem, { clusterId: operation.clusterId });
  const { message, code, operationId, lines: details, errors, hint, cause } = failure;
  const end = describeRolloutEnd(operation);
  const lines = [...details, ...end];
  return end.length === 0 ? failure : new Failure(message, { code, operationId, lines, errors, hint, cause });
};

const waitUntilTerminal = async (first: Operation, progress: Progress, context: Context): Promise<Operation> => {
  const reportPhases = createPhaseReporter(progress);
  reportPhases(first);
  try {
    return await pollUntilTerminal(first, context, reportPhases);
  } finally {
    if (context.signal.aborted) context.printNotice(`\nThe ${first.kind} continues. ${operationHint(first, context)}`);
  }
};

/**
 * Polls an operation until it is terminal.
 *
 * @throws Failure when it has no result after its deadline.
 */
export const pollUntilTerminal = async (
  first: Operation,
  context: Context,
  onRead: (operation: Operation) => void = () => {},
): Promise<Operation> => {
  const { isTerminalOperation } = await import('#events/records/operation.ts');
  if (isTerminalOperation(first)) return first;
  const pause = createBackoff(backoff, context.signal);
  // A queued operation gets another deadline when it starts.
  for (let latest = first; Date.now() < Date.parse(latest.deadline) + graceMs;) {
    await pause();
    latest = await readOperation(first, context);
    onRead(latest);
    if (isTerminalOperation(latest)) return latest;
  }
  throw new Failure(
    `The ${first.kind} of cluster ${first.clusterId} has no result ${graceMs / 1_000} s after its deadline.`,
    {
      hint: operationHint(first, context),
    },
  );
};

/** Reports each completed phase of a deploy or a rollout once, and the current phase. */
const createPhaseReporter = (progress: Progress) => {
  const reported = new Set<string>();
  return (operation: Operation): void => {
    const completed = listCompletedPhases(operation);
    for (const one of completed.filter(({ name }) => !reported.has(name)))
      progress.keepLine(formatPhase(one, operation.createdAt));
    completed.forEach(({ name }) => reported.add(name));
    progress.showPhase(formatProgress(operation));
  };
};

const operationHint = (operation: Operation, context: Context) =>
  `Run \`${operationCommand('operation', operation, context)}\` for its status.`;

/** A command about an operation. It names the target if the command line did, because the settings may have another one. */
export const operationCommand = (
  action: 'operation' | 'wait',
  { target, operationId }: OperationRef,
  { options, io }: Context,
): string =>
  `drey ${action} ${operationId}${settingsSources(options, io).flags.target === undefined ? '' : ` --at ${target}`}`;
