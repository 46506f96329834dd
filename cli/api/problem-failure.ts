import type { ProblemCode } from '#events/problems/problem-table.ts';
import type { Fault, FieldError, Problem } from '#events/problems/problem.ts';

import { describePointer, translateWords } from './cli-words.ts';
import { Failure, type FailureOptions } from './failure.ts';

const hints: Readonly<Partial<Record<ProblemCode, string>>> = {
  'access-denied': 'Ask an operator of Drey for the right, or use another token in DREY_TOKEN.',
  'not-found': 'Run `drey list` for clusters and jobs, `drey targets` for targets.',
  'id-taken': 'Choose another -Dkubernetes.cluster-id, or leave it out to get a generated one.',
  'wrong-state': 'Run `drey describe <cluster id>` to see its state.',
  'not-ready': 'Retry later. `drey describe <cluster id>` shows its state.',
  conflict: 'Retry the command.',
  'unsupported-mode':
    'Use a session (`drey kubernetes-session`) or an application (`drey run --target kubernetes-application`).',
  'program-failed':
    'Run `drey logs <cluster id>` to see the log of the JobManager. It is kept after the end of the cluster.',
  'deployment-failed':
    'Run `drey describe <cluster id>` for details, and `drey logs <cluster id>` for the log that is kept.',
  'limit-reached': 'Stop a cluster, or retry later.',
  'target-refused': 'Check the Kubernetes permissions of Drey in the target.',
  'target-unreachable': 'Retry. If the failure persists, check the Kubernetes cluster of the target.',
  'deadline-exceeded': 'Retry. `drey describe <cluster id>` shows the state of the cluster.',
  internal: 'Retry. If the failure persists, read the log of the API.',
};

/** Compares the start of the field error only, because the detail may shorten it. */
const comparedCharacters = 60;

/** Whether the detail repeats the field errors, of which it has the first one. */
const repeatsErrors = ({ detail, errors: [first] = [] }: Problem): boolean =>
  first !== undefined && detail.includes(first.detail.slice(0, comparedCharacters));

interface FailureContext {
  /** The cluster of the request, if it has one, for the hint. */
  readonly clusterId?: string | undefined;
  /** The path of the request. */
  readonly path?: string;
}

export const toFailure = (problem: Problem, context: FailureContext = {}): Failure => {
  const headline = repeatsErrors(problem) ? `${problem.title}.` : translateWords(problem.detail);
  const { reason } = problem;
  // The sentence that says what failed may have the reason already.
  const isNamed = reason === undefined || headline.includes(`(${reason})`);
  return new Failure(isNamed ? headline : `${headline} (${reason})`, {
    code: problem.code,
    operationId: problem.operationId,
    ...withFieldErrors(problem.errors, (pointer) => describePointer(pointer, context.path)),
    hint: findHint(problem, context),
  });
};

const findHint = ({ code, errors = [] }: Problem, { clusterId, path = '' }: FailureContext): string | undefined => {
  // A problem about a target or a spec has no cluster to describe.
  if (code === 'wrong-state' && clusterId === undefined) return undefined;
  if (code === 'not-found') {
    if (errors.some(({ pointer }) => pointer === '/target')) return 'Run `drey targets` to list the targets.';
    if (/\/(operations|queue)\//.test(path))
      return 'An operation belongs to one target. Specify it with --at NAME; `drey targets` lists the targets.';
    const [, list] = /\/(spec|schedule)s\/[^/]+/.exec(path) ?? [];
    if (list !== undefined) return `Run \`drey ${list} list\` to list the ${list}s.`;
  }
  return hints[code]?.replaceAll('<cluster id>', clusterId ?? '<cluster id>');
};

/** A fault that validation on this machine found, before any request to the API. */
export const faultToFailure = (
  message: string,
  fault: Fault,
  describe: (pointer: string) => string = describePointer,
): Failure =>
  new Failure(message, {
    code: fault.code,
    ...(fault.errors.length === 0
      ? { lines: [translateWords(fault.message)] }
      : withFieldErrors(fault.errors, describe)),
    cause: fault,
  });

const withFieldErrors = (
  errors: readonly FieldError[] = [],
  named: (pointer: string) => string = describePointer,
): Pick<FailureOptions, 'lines' | 'errors'> => ({
  lines: errors.map(({ pointer, detail }) => `${named(pointer)}: ${translateWords(detail)}`),
  errors,
});
