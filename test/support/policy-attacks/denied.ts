import fc from 'fast-check';

import type { Policy } from '#events/records/policy.ts';
import { listKeysOfAllVersions } from '#shared/flink/option-names/canonical.ts';
import { isReservedOption } from '#shared/flink/option-names/reserved.ts';
import { type OptionKey, options } from '#shared/flink/options.ts';
import type { Outcome } from '#test/fakes/origins.ts';

/** A value that Flink accepts for each type of options. */
const values: Readonly<Record<string, string>> = {
  string: 'x',
  integer: '2',
  double: '2.5',
  fraction: '0.2',
  boolean: 'true',
  memory: '3g',
  port: '9123',
  duration: '7 s',
  list: 'x',
  map: 'x:y',
  tolerations: 'key:x,operator:Exists',
  ownerReferences: 'apiVersion:v1,kind:Pod,name:x,uid:x',
  secretVariables: 'env:X,secret:x,key:x',
};

export const toValue = (key: OptionKey): string => {
  const { type } = options[key];
  return typeof type === 'string' ? (values[type] ?? 'x') : (type.at(-1) ?? 'x');
};

/** Options that a caller can set, apart from those that a target cannot deny because Drey sets them. */
const keys = (Object.keys(options) as OptionKey[]).filter(
  (key) =>
    !isReservedOption(key) &&
    !key.includes('<name>') &&
    !['kubernetes.cluster-id', 'kubernetes.namespace'].includes(key),
);

/** An option, and one of its names in a version of Flink. */
export const someOption = fc
  .constantFrom(...keys)
  .chain((key) => fc.constantFrom(...listKeysOfAllVersions(key)).map((as) => [key, as] as const));

/** A policy that refuses nothing. */
export const allowAll = {
  podSecurity: 'privileged',
  images: ['*'],
  jars: ['*'],
  serviceAccounts: ['*'],
  annotations: ['*'],
  exposure: ['ClusterIP', 'Headless_ClusterIP', 'NodePort', 'LoadBalancer'],
  flinkUi: true,
  namespaces: 'any',
  plainSecrets: true,
  locked: {},
  denied: [],
} satisfies Policy;

type Sent = Pick<Outcome, 'outcome' | 'errors'> & { readonly recorded: number };

/** Whether a command is refused because of the name, or by every target. Nothing is recorded. */
export const isRefusedFor = async (
  name: string,
  sendTo: (denied: readonly string[]) => Promise<Sent>,
): Promise<boolean> => {
  const sent = await sendTo([name]);
  if (sent.outcome !== 'rejected' || sent.recorded > 0) return false;
  const isDenied = (sent.errors ?? []).some(({ detail }) => denial.test(detail));
  return isDenied || (await sendTo([])).outcome === 'rejected';
};

/** Why a command is refused, with a word that hides what looks like a secret. */
const denial = /Policy of target local, denied: |\*{6}/;
