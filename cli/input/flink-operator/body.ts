import { Fault, parse, toPointer } from '#events/problems/problem.ts';
import type * as z from 'zod';

import type { deploy } from '#events/commands/deploy.ts';
import { renderCluster } from '#shared/flink/manifests/render-cluster.ts';

import type { SourcedConfig } from './configuration.ts';
import type { FieldPath, Findings } from './findings.ts';

/** A request to the API, and the fields of the resource that it comes from. */
export interface ConvertedBody {
  readonly body: Readonly<Record<string, unknown>>;
  /** JSON pointers into the body, and the fields of the resource. */
  readonly sources: Readonly<Record<string, FieldPath>>;
}

/** The members that have a value. */
export const omitMissing = (members: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> =>
  Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined));

/** The pointers of options. Errors of a request name an option as it is, and errors of its name with escapes. */
export const toSources = (config: SourcedConfig): ConvertedBody['sources'] =>
  Object.fromEntries(
    Object.entries(config).flatMap(([key, { path }]) => [
      [`/config/${key}`, path],
      [toPointer(['config', key]), path],
    ]),
  );

/** @returns The parsed body. Undefined when the schema refuses it, which the fields of the resource report. */
export const parseBody = <S extends z.ZodType>(
  schema: S,
  { body, sources }: ConvertedBody,
  findings: Findings,
): z.output<S> | undefined => {
  try {
    return parse(schema, body);
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    for (const { pointer, detail } of error.errors) findings.refuse(findField(pointer, sources), detail);
    return undefined;
  }
};

/**
 * Notes why a deploy would be refused. Defaults of the target, which are not known here, may change that.
 *
 * @see `renderCluster`
 */
export const noteDeployErrors = (
  { image, clusterId = '', mode: _mode, ...input }: z.output<typeof deploy.data>,
  { sources }: ConvertedBody,
  findings: Findings,
): void => {
  const config = { ...input.config, ...(image === undefined ? {} : { 'kubernetes.container.image.ref': image }) };
  try {
    const mode = input.job === undefined ? 'session' : 'application';
    renderCluster({ ...input, mode, config, clusterId, namespace: 'default' });
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    for (const { pointer, detail } of error.errors)
      findings.note(findField(pointer, sources), `A deploy may be refused: ${detail}`);
  }
};

/** The field of the longest pointer, and what follows it in the request. */
const findField = (pointer: string, sources: ConvertedBody['sources']): FieldPath => {
  const parts = pointer.split('/');
  const prefixes = parts.map((_, index) => parts.slice(0, parts.length - index));
  const prefix = prefixes.find((one) => Object.hasOwn(sources, one.join('/'))) ?? [];
  const rest = parts.slice(prefix.length).map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'));
  return [...(sources[prefix.join('/')] ?? []), ...rest];
};
