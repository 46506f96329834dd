import { findOptionByPointer } from '#cli/options/drey-options.ts';
import type { ProblemCode } from '#events/problems/problem-table.ts';
import type { Fault, FieldError, Problem } from '#events/problems/problem.ts';

import { Failure, type FailureOptions } from './failure.ts';

const hints: Readonly<Partial<Record<ProblemCode, string>>> = {
  'not-found': 'Run `drey list` for clusters and jobs, `drey targets` for targets.',
  'id-taken': 'Choose another -Dkubernetes.cluster-id, or leave it out to get a generated one.',
  'wrong-state': 'Run `drey describe <cluster id>` to see its state.',
  'not-ready': 'Retry later. `drey describe <cluster id>` shows its state.',
  conflict: 'Retry the command.',
  'unsupported-mode':
    'Use a session (`drey kubernetes-session`) or an application (`drey run --target kubernetes-application`).',
  'program-failed': 'Run `drey logs <cluster id>` to see the log of the JobManager while the cluster exists.',
  'deployment-failed':
    'Run `drey describe <cluster id>` for details. With -Ddrey.on-failure=keep, `drey logs` works after the next failure.',
  'limit-reached': 'Stop a cluster, or retry later.',
  'target-refused': 'Check the Kubernetes permissions of Drey in the target.',
  'target-unreachable': 'Retry. If the failure persists, check the Kubernetes cluster of the target.',
  'deadline-exceeded': 'Retry. `drey describe <cluster id>` shows the state of the cluster.',
  internal: 'Retry. If the failure persists, read the log of the API.',
};

const optionsByPointer: Readonly<Record<string, string>> = {
  '/clusterId': '-Dkubernetes.cluster-id',
  '/entryClass': '-c',
  '/parallelism': '-p',
  '/restore/path': '-s',
  '/restore': '-n or --claimMode',
  '/restore/claimMode': '--claimMode',
  '/restore/allowNonRestoredState': '-n',
  '/name': 'the name',
  '/jar': 'the jar',
  '/args': 'the arguments of the program',
  '/sql': 'the script',
  '/sql/script': 'the script',
  '/sql/scriptUri': '-f',
  '/python/file': '-py',
  '/python/module': '-pym',
  '/python/files': '-pyfs',
  '/python/requirements': '-pyreq',
  '/python/archives': '-pyarch',
  '/python/executable': '-pyexec',
  '/python/clientExecutable': '-pyclientexec',
  '/python/pythonPath': '-pypath',
  '/directory': 'the directory of the savepoint',
};

/** The option that the user typed for a member of the request: `-Dx` for `/config/x`. */
export const describePointer = (pointer: string): string => {
  const plain = pointer.replaceAll('~1', '/').replaceAll('~0', '~');
  if (plain.startsWith('/config/')) return `-D${plain.slice('/config/'.length)}`;
  if (/^\/(job\/)?classpaths\//.test(plain)) return '-C';
  const member = plain.replace(/^\/job(?=\/)/, '').replace(/^(\/python\/(files|archives))\/\d+$/, '$1');
  const option = findOptionByPointer(member);
  return optionsByPointer[member] ?? (option === undefined ? plain : `-D${option}`);
};

/** A detail with the options of the command line in place of the members of `restore`. */
const describeMembers = (detail: string): string =>
  detail.replaceAll(/\b(?:job\.)?restore\.\w+/g, (member) => describePointer(`/${member.replaceAll('.', '/')}`));

/** Compares the start of a field error only, because the detail may shorten it. */
const comparedCharacters = 60;

/** Whether the detail only repeats the field errors. */
const repeatsErrors = ({ detail, errors = [] }: Problem): boolean =>
  errors.length > 0 && errors.every((error) => detail.includes(error.detail.slice(0, comparedCharacters)));

/** @param clusterId The cluster of the request, if it has one, for the hint. */
export const toFailure = (problem: Problem, clusterId?: string): Failure => {
  const reason = problem.reason === undefined ? '' : ` (${problem.reason})`;
  return new Failure(`${repeatsErrors(problem) ? `${problem.title}.` : problem.detail}${reason}`, {
    code: problem.code,
    ...withFieldErrors(problem.errors),
    // A problem about a target or a spec has no cluster to describe.
    hint:
      problem.code === 'wrong-state' && clusterId === undefined
        ? undefined
        : hints[problem.code]?.replaceAll('<cluster id>', clusterId ?? '<cluster id>'),
  });
};

/** A fault that validation on this machine found, before any request to the API. */
export const faultToFailure = (message: string, fault: Fault, describe = describePointer): Failure =>
  new Failure(message, {
    code: fault.code,
    ...(fault.errors.length === 0 ? { lines: [fault.message] } : withFieldErrors(fault.errors, describe)),
    cause: fault,
  });

const withFieldErrors = (
  errors: readonly FieldError[] = [],
  named = describePointer,
): Pick<FailureOptions, 'lines' | 'errors'> => ({
  lines: errors.map(({ pointer, detail }) => `${named(pointer)}: ${describeMembers(detail)}`),
  errors,
});
