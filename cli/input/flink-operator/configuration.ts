import { describeInput } from '#events/problems/issues.ts';
import { isRecord } from '#events/is-record.ts';
import { listKeysOfAllVersions, withoutReplaced } from '#shared/flink/option-names/canonical.ts';
import { findInternalError } from '#shared/flink/option-names/reserved.ts';

import type { FieldPath, Findings, Section } from './findings.ts';

/** An option of Flink, and the field of the resource that it comes from. */
interface SourcedValue {
  readonly value: string;
  readonly path: FieldPath;
}

/** Options of Flink by name. */
export type SourcedConfig = Readonly<Record<string, SourcedValue>>;

export const toConfig = (config: SourcedConfig): Record<string, string> =>
  Object.fromEntries(Object.entries(config).map(([key, { value }]) => [key, value]));

/** The options without those of the keys, under any of their names. */
export const omitOptions = (config: SourcedConfig, keys: readonly string[]): SourcedConfig => {
  const kept = withoutReplaced(toConfig(config), Object.fromEntries(keys.map((key) => [key, ''])));
  return Object.fromEntries(Object.entries(config).filter(([key]) => Object.hasOwn(kept, key)));
};

/** `flinkConfiguration`, divided by who reads it. */
export interface Configuration {
  readonly flink: SourcedConfig;
  /** The option `pod-template.merge-arrays-by-name` of the operator. */
  readonly mergesByName: boolean;
}

/** `flinkConfiguration` of the section, whose options may be nested at the dots of their names. */
export const readConfiguration = ({ fields, path, findings }: Section): Configuration => {
  const at = [...path, 'flinkConfiguration'];
  const tree = fields['flinkConfiguration'] ?? {};
  if (!isRecord(tree)) {
    findings.refuse(at, `must be a map of options, not ${describeInput(tree)}`);
    return { flink: {}, mergesByName: false };
  }
  const options = Object.fromEntries(flatten(tree, at, findings));
  const flink = Object.entries(options).filter(([key, value]) => isOptionOfFlink(key, value, { at, findings }));
  return {
    flink: Object.fromEntries(flink.map(([key, value]) => [key, { value, path: [...at, key] }])),
    mergesByName: isTrue(options[mergeOption] ?? ''),
  };
};

const mergeOption = 'kubernetes.operator.pod-template.merge-arrays-by-name';

type Option = readonly [key: string, value: string];

/** As the operator flattens it: of several values of one option, the last counts, and a list becomes text. */
const flatten = (
  tree: Readonly<Record<string, unknown>>,
  at: FieldPath,
  findings: Findings,
  prefix = '',
): readonly Option[] =>
  Object.entries(tree).flatMap(([name, value]): readonly Option[] => {
    const key = `${prefix}${name}`;
    if (isRecord(value)) return flatten(value, at, findings, `${key}.`);
    if (Array.isArray(value) && value.every(isScalar)) return [[key, value.map(String).join(';')]];
    if (isScalar(value)) return [[key, String(value)]];
    findings.refuse(
      [...at, key],
      value === null
        ? 'has no value. Set a value, or remove the option.'
        : `must be text, a number, true or false, not ${describeInput(value)}`,
    );
    return [];
  });

const isScalar = (value: unknown): value is string | number | boolean =>
  typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean';

export const isTrue = (value: string): boolean => value.trim().toLowerCase() === 'true';

/** An interval that switches the periodic snapshots off. */
const isZero = (value: string): boolean => /^(0+\s*[a-z]*)?$/i.test(value.trim());

interface RefusedOption {
  readonly keys: readonly string[];
  /** Whether the value changes what runs. Default: any value. */
  readonly applies?: (value: string) => boolean;
  readonly detail: string;
}

const refusedOptions: readonly RefusedOption[] = [
  {
    keys: ['job.autoscaler.enabled', 'kubernetes.operator.job.autoscaler.enabled'],
    applies: isTrue,
    detail: 'Drey does not scale jobs. Remove the options of the autoscaler, and set job.parallelism.',
  },
  {
    keys: ['kubernetes.operator.periodic.savepoint.interval'],
    applies: (value) => !isZero(value),
    detail:
      'Drey takes savepoints by the snapshot policy of a spec. Remove it, and write snapshots: { every: 6h } or -Ddrey.snapshots.every=6h.',
  },
  {
    keys: ['kubernetes.operator.periodic.checkpoint.interval'],
    applies: (value) => !isZero(value),
    detail: 'Drey takes no periodic checkpoints. Set execution.checkpointing.interval, so that Flink takes them.',
  },
  {
    keys: ['kubernetes.cluster-id', 'high-availability.cluster-id'].flatMap(listKeysOfAllVersions),
    detail: 'metadata.name is the cluster ID. Remove the option.',
  },
  { keys: ['kubernetes.namespace'], detail: 'the target of Drey has the namespace. Remove the option.' },
  {
    keys: ['default', 'jobmanager', 'taskmanager']
      .map((pod) => `kubernetes.pod-template-file.${pod}`)
      .flatMap(listKeysOfAllVersions),
    detail: 'names a file of the operator. Write the pod template in spec.podTemplate.',
  },
];

const operatorOption = 'An option of the operator has no effect on a deploy.';
const notedOptions: Readonly<Record<string, string>> = {
  'execution.target': 'The operator replaces it: a resource with a job is an application.',
  'execution.shutdown-on-application-finish': 'The operator replaces it. Drey removes the cluster when its job ends.',
};

/** Reports an option that does not become an option of the deploy. */
const isOptionOfFlink = (
  key: string,
  value: string,
  { at, findings }: { readonly at: FieldPath; readonly findings: Findings },
): boolean => {
  if (key === mergeOption) return false;
  const refused = refusedOptions.find(({ keys, applies = () => true }) => keys.includes(key) && applies(value));
  const refusal = refused?.detail ?? findInternalError(key);
  if (refusal !== undefined) {
    findings.refuse([...at, key], refusal);
    return false;
  }
  const note = /^(kubernetes\.operator|job\.autoscaler)\./.test(key) ? operatorOption : notedOptions[key];
  if (note !== undefined) findings.note([...at, key], note);
  return note === undefined;
};
