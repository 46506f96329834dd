import type { Fault, FieldError, Problem } from '#events/problem.ts';
import type { ProblemCode } from '#events/problem-table.ts';

import { Failure, type FailureOptions } from './failure.ts';

const hints: Readonly<Partial<Record<ProblemCode, string>>> = {
  'not-found': '`drey list` shows the clusters and jobs there are, `drey targets` the targets.',
  'id-taken': 'Choose another -Dkubernetes.cluster-id, or leave it out and one is made up.',
  'wrong-state': '`drey describe <cluster id>` shows the state it is in.',
  'not-ready': 'Try again in a while; `drey describe <cluster id>` shows how far it is.',
  conflict: 'Try again.',
  'unsupported-mode':
    'Use a session (`drey kubernetes-session`) or an application cluster (`drey run --target kubernetes-application`).',
  'program-failed': '`drey logs <cluster id>` shows what the JobManager says, as long as the cluster is there.',
  'deployment-failed':
    '`drey describe <cluster id>` shows more; with -Ddrey.on-failure=keep the next one stays, and has `drey logs`.',
  'limit-reached': 'Stop something, or try again later.',
  'target-refused': "The target's Kubernetes access of Drey may be incomplete.",
  'target-unreachable': 'Try again; if it stays, see whether the Kubernetes cluster of the target is up.',
  'deadline-exceeded': 'Try again; `drey describe <cluster id>` shows how far it came.',
  internal: 'Try again; if it stays, the log of the API has the reason.',
};

const optionOf: Readonly<Record<string, string>> = {
  '/clusterId': '-Dkubernetes.cluster-id',
  '/entryClass': '-c',
  '/parallelism': '-p',
  '/restore/path': '-s',
  '/restore/fromCluster': '-Ddrey.restore.from-cluster',
  '/restore/job': '-Ddrey.restore.job',
  '/savepoint': '-Ddrey.stop.savepoint',
  '/savepointDirectory': '-Ddrey.stop.savepoint-directory',
  '/ha': '-Ddrey.stop.ha',
  '/restore/claimMode': '-claimMode',
  '/name': 'the name',
  '/jar': 'the jar',
  '/args': 'the arguments of the program',
};

/** What the caller typed for a member of the request: `-Dx` for `/config/x`. */
export const clusterRefOf = (pointer: string): string => {
  const plain = pointer.replaceAll('~1', '/').replaceAll('~0', '~');
  if (plain.startsWith('/config/')) return `-D${plain.slice('/config/'.length)}`;
  if (/^\/(job\/)?classpaths\//.test(plain)) return '-C';
  return optionOf[plain.replace(/^\/job(?=\/)/, '')] ?? plain;
};

const comparedCharacters = 60;

/** Whether the detail only says the mistakes over again. */
const isList = ({ detail, errors = [] }: Problem): boolean =>
  errors.length > 0 && errors.every((error) => detail.includes(error.detail.slice(0, comparedCharacters)));

/** @param clusterId What it is about, where that is known: for what to do next. */
export const failureOf = (problem: Problem, clusterId?: string): Failure => {
  const reason = problem.reason === undefined ? '' : ` (${problem.reason})`;
  return new Failure(`${isList(problem) ? `${problem.title}.` : problem.detail}${reason}`, {
    code: problem.code,
    ...mistaken(problem.errors),
    // What is said of a target or a spec is no matter of a cluster.
    hint:
      problem.code === 'wrong-state' && clusterId === undefined
        ? undefined
        : hints[problem.code]?.replaceAll('<cluster id>', clusterId ?? '<cluster id>'),
  });
};

/** What a rule of Drey's found here, before anything was asked of the API. */
export const refusalOf = (what: string, fault: Fault, named = clusterRefOf): Failure =>
  new Failure(what, {
    code: fault.code,
    ...(fault.errors.length === 0 ? { lines: [fault.message] } : mistaken(fault.errors, named)),
    cause: fault,
  });

const mistaken = (
  errors: readonly FieldError[] = [],
  named = clusterRefOf,
): Pick<FailureOptions, 'lines' | 'errors'> => ({
  lines: errors.map(({ pointer, detail }) => `${named(pointer)}: ${detail}`),
  errors,
});
