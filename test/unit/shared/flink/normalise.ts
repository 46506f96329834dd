import { parse } from 'yaml';

import { flatten } from '#shared/flink/config.ts';

const defaults: Readonly<Record<string, unknown>> = {
  protocol: 'TCP',
  restartPolicy: 'Always',
  dnsPolicy: 'ClusterFirst',
  hostNetwork: false,
  type: 'ClusterIP',
  imagePullPolicy: 'IfNotPresent',
  readOnly: false,
};
const filledIn = new Set(['creationTimestamp', 'clusterIPs']);

/** Brings an object into one form, which does not depend on its writer: see test/golden/README.md. */
export const normalise = (value: unknown, key = ''): unknown => {
  if (key === 'config.yaml') return fromConfigFile(String(value));
  if (key === 'cpu' || key === 'memory') return quantity(String(value));
  if (key === 'uid') return 'UID';
  if (Array.isArray(value))
    return byName((key === 'env' ? lastOfEachName(value) : value).map((item) => normalise(item)));
  if (typeof value !== 'object' || value === null) return value;
  const fields = new Map<string, unknown>(Object.entries(value));
  return Object.fromEntries(
    [...fields]
      .filter(([name, field]) => !filledIn.has(name) && defaults[name] !== field)
      .filter(([name]) => name !== 'targetPort' || fields.get('targetPort') !== fields.get('port'))
      .map(([name, field]) => [name, normalise(field, name)] as const)
      .filter(([, field]) => !isEmpty(field)),
  );
};

/** The options of a `config.yaml`, all as text. */
export const fromConfigFile = (text: string): Record<string, string> =>
  Object.fromEntries(
    Object.entries(flatten(parse(text, { mapAsMap: true }))).map(([key, value]) => [key, String(value)]),
  );

const quantity = (text: string): number => {
  const [, number, unit] = /^([\d.]+)(.*)$/.exec(text) ?? [];
  const factors: Readonly<Record<string, number>> = { '': 1, m: 1e-3, Ki: 2 ** 10, Mi: 2 ** 20, Gi: 2 ** 30 };
  return Number(number) * (factors[unit ?? ''] ?? Number.NaN);
};

/** Kubernetes uses the last of several variables of one name. Flink writes all of them, Drey the last one. */
const lastOfEachName = (variables: readonly unknown[]): readonly unknown[] => [
  ...new Map(variables.map((variable) => [nameOf(variable), variable])).values(),
];

const byName = (items: readonly unknown[]): readonly unknown[] =>
  items.toSorted((one, other) => (nameOf(one) < nameOf(other) ? -1 : Number(nameOf(one) > nameOf(other))));

const nameOf = (item: unknown): string =>
  typeof item === 'object' && item !== null && 'name' in item ? String(item.name) : '';

const isEmpty = (value: unknown): boolean =>
  value === null || (typeof value === 'object' && Object.keys(value).length === 0);
