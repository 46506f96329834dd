import { Failure } from '#cli/api/failure.ts';
import type { Context } from '#cli/context.ts';
import { toPointer } from '#events/problems/problem.ts';

import type { Conversion } from './convert.ts';

/**
 * Prints what the conversion of resources left out.
 *
 * @throws Failure with each refused field, and for files without anything to convert.
 */
export const reportConversions = (
  conversions: readonly Conversion[],
  file: string,
  { printNotice }: Pick<Context, 'printNotice'>,
): void => {
  conversions.flatMap(listNotes).forEach((note) => printNotice(`NOTE ${note}`));
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

const describe = (...parts: readonly string[]): string => parts.filter((part) => part !== '').join(': ');
