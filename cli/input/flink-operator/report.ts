import { Failure } from '#cli/api/failure.ts';
import type { Context } from '#cli/context.ts';
import { toPointer } from '#events/problems/problem.ts';

import type { Conversion } from './convert.ts';

/** `print`: the specs are for a deploy. `apply`: the resources are applied, or planned. */
type Purpose = 'print' | 'apply';

/**
 * Prints what the conversion of resources left out, and which state an apply drops because of `upgradeMode`.
 *
 * @throws Failure with each refused field, and for files without anything to convert.
 */
export const reportConversions = (
  conversions: readonly Conversion[],
  file: string,
  purpose: Purpose,
  { printNotice }: Pick<Context, 'printNotice'>,
): void => {
  conversions
    .flatMap((one) => [...listNotes(one), ...noteUpgradeMode(one, purpose)])
    .forEach((note) => printNotice(`NOTE ${note}`));
  const source = file === '-' ? 'The standard input' : file;
  const refusals = conversions.flatMap(({ resource, refusals }) => refusals.map((one) => ({ resource, ...one })));
  if (refusals.length > 0)
    throw new Failure(`${source} cannot be converted.`, {
      lines: refusals.map(({ resource, path, detail }) => describe(resource, path.join('.'), detail)),
      errors: refusals.map(({ path, detail }) => ({ pointer: path.length === 0 ? '' : toPointer(path), detail })),
      hint: 'docs/flink-operator.md lists what Drey converts.',
    });
  if (conversions.every(({ result }) => result === undefined))
    throw new Failure(`${source} has no resource of the operator to convert.`);
};

/** The fields of one resource with the same note share a line. */
const listNotes = ({ resource, notes }: Conversion): readonly string[] =>
  [...Map.groupBy(notes, ({ detail }) => detail)].map(([detail, fields]) =>
    describe(resource, fields.map(({ path }) => path.join('.')).join(', '), detail),
  );

const noteUpgradeMode = ({ resource, result }: Conversion, purpose: Purpose): readonly string[] => {
  const detail = purpose === 'print' ? explainPrinted(result) : explainApplied(result);
  return detail === undefined ? [] : [describe(resource, 'spec.job.upgradeMode', detail)];
};

/** What `drey apply` does with the state, which what is printed does not say. */
const explainPrinted = (result: Conversion['result']): string | undefined => {
  if (result?.kind === 'job')
    return result.keepsState ? 'It is left out. `drey apply` of the resource keeps the state of the job.' : undefined;
  const state = result?.kind === 'deploy' ? result.rollout.state : undefined;
  return state === undefined ? undefined : `It is left out. \`drey apply\` of the resource ${restarts[state]}.`;
};

const restarts = {
  savepoint: 'stops a running application with a savepoint, and restarts it from there',
  'last-state': 'restarts a running application from its last complete checkpoint',
  none: 'restarts a running application without its state',
} as const;

const explainApplied = (result: Conversion['result']): string | undefined => {
  const when =
    result?.kind === 'deploy' && result.rollout.state === 'none'
      ? 'a change restarts the application'
      : result?.kind === 'suspend' && result.state === 'none'
        ? 'the application is suspended'
        : result?.kind === 'job' && !result.keepsState
          ? 'the job is changed or suspended'
          : undefined;
  return when === undefined
    ? undefined
    : `stateless: the state is dropped when ${when}, unless --state says otherwise.`;
};

const describe = (...parts: readonly string[]): string => parts.filter((part) => part !== '').join(': ');
