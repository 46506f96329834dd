import { Fault, type FieldError, toPointer } from '#events/problems/problem.ts';
import { argumentOptions } from '#shared/flink/dynamic-properties.ts';
import { findFixedErrors, findInternalError, isFixedOption } from '#shared/flink/option-names/reserved.ts';
import { getJobManagerLabels } from '#shared/flink/names.ts';
import { toFieldError } from '#shared/flink/options.ts';
import { parseMap } from '#shared/flink/syntax.ts';

import { type PodTemplates, templateNames } from './pod-template/pod-template.ts';

type Config = Readonly<Record<string, string>>;

/** The options of a caller that only Drey or Flink may set, also where the text of an option sets them. */
export const findReservedOptions = (config: Config): readonly FieldError[] =>
  Object.entries(config).flatMap(([key, value]) => {
    const detail = findInternalError(key);
    if (detail !== undefined) return [toFieldError(key, detail)];
    return [...findReservedProperties(key, value), ...findReservedMetadata(key, value)].map((text) =>
      toFieldError(key, text),
    );
  });

/** The options of an application with which Drey could not read how its program ended. */
export const findFixedOptionErrors = (
  config: Config,
  application: Parameters<typeof findFixedErrors>[1],
): readonly FieldError[] => findFixedErrors(config, application).map(([key, detail]) => toFieldError(key, detail));

/** The `-D` of a start command, which takes precedence over `config.yaml`. A shell removes quotes and backslashes. */
const findReservedProperties = (key: string, value: string): readonly string[] => {
  if (!Object.values<string>(argumentOptions).includes(key)) return [];
  const names = [...value.replaceAll(/['"\\]/g, '').matchAll(/-D\s*([^\s=]+)/g)].map(([, name = '']) => name);
  return names.flatMap((name) => {
    const detail = findInternalError(name) ?? explainReserved(name);
    return detail === undefined ? [] : [`sets ${name}: ${detail}`];
  });
};

/** The options that name a cluster, and those whose text Drey would not read a second time. */
const notInArguments: readonly string[] = [
  'kubernetes.cluster-id',
  'kubernetes.namespace',
  ...Object.values(argumentOptions),
];

const explainReserved = (name: string): string | undefined => {
  if (isFixedOption(name)) return 'Drey sets this option itself; remove it';
  return notInArguments.includes(name) ? 'arguments cannot set this option; remove it' : undefined;
};

/** The names of labels and annotations by which Drey knows its objects begin with it. */
const ownPrefix = 'drey.dev/';

const metadataPattern = /^kubernetes\.([a-z-]+)\.(labels|annotations)(?:\.(.*))?$/s;

/**
 * The labels by which Drey, Flink and Services find the objects of a cluster. On pods, the values of Flink replace those of
 * a caller. On Services, those of a caller would replace the values of Flink.
 */
const clusterLabels: readonly string[] = Object.keys(getJobManagerLabels(''));

const findReservedMetadata = (key: string, value: string): readonly string[] => {
  const match = metadataPattern.exec(key);
  if (match === null) return [];
  const [, object = '', kind, name] = match;
  const names = name === undefined ? listNames(value) : [name];
  const isServiceLabel = (label: string) =>
    kind === 'labels' && object.endsWith('-service') && clusterLabels.includes(label.trim());
  return [...names.filter(isOwnName).map(describeOwnName), ...names.filter(isServiceLabel).map(describeClusterLabel)];
};

/** The validation of options reports a text that is no map. */
const listNames = (value: string): readonly string[] => {
  try {
    return Object.keys(parseMap(value));
  } catch (error) {
    if (error instanceof Fault) return [];
    throw error;
  }
};

const isOwnName = (name: string): boolean => name.trim().startsWith(ownPrefix);
const describeOwnName = (name: string): string =>
  `sets ${name}, and only Drey sets labels and annotations that begin with ${ownPrefix}; remove it`;

const describeClusterLabel = (name: string): string =>
  `sets the label ${name}, by which Drey finds the Services of a cluster; use a label of another name`;

/** The labels and annotations of pod templates by which Drey knows its objects. */
export const findReservedTemplateMetadata = (templates: PodTemplates = {}): readonly FieldError[] =>
  templateNames.flatMap((pod) => {
    const { metadata = {} } = (templates[pod] ?? {}) as { readonly metadata?: Readonly<Record<string, object>> };
    return (['labels', 'annotations'] as const).flatMap((kind) =>
      Object.keys(metadata[kind] ?? {})
        .filter(isOwnName)
        .map((name) => ({
          pointer: toPointer(['podTemplates', pod, 'metadata', kind, name]),
          detail: describeOwnName(name),
        })),
    );
  });
