import type { Spec } from './spec-text.ts';

/** How a planned spec is sent, and the words after `drey` that send the same. */
export type Deployment =
  | { readonly kind: 'deploy'; readonly words: readonly string[]; readonly body: Spec }
  | { readonly kind: 'apply'; readonly words: readonly string[]; readonly body: Spec; readonly clusterId: string };

interface Planned {
  readonly target: string;
  /** Of the plan. */
  readonly digest: string;
  readonly clusterId: string;
  /** Whether a cluster with the ID has not ended. */
  readonly isLive: boolean;
}

/** The file of the command lines. */
export const specFile = (spec: Spec): string =>
  `${typeof spec['clusterId'] === 'string' && spec['clusterId'] !== '' ? spec['clusterId'] : 'cluster'}.yaml`;

/** A live cluster is changed, and so is one whose spec says how. Otherwise, the spec is deployed. */
export const toDeployment = (spec: Spec, { target, digest, clusterId, isLive }: Planned): Deployment => {
  const file = specFile(spec);
  if (!isLive && spec['rollout'] === undefined)
    return { kind: 'deploy', words: ['deploy', '-f', file, '--at', target], body: spec };
  const { clusterId: _clusterId, ...rest } = spec;
  return {
    kind: 'apply',
    words: ['apply', '-f', file, '--at', target, '--plan', digest],
    body: { ...rest, planDigest: digest },
    clusterId,
  };
};

/** The words after `drey` that plan the spec. */
export const toDiffWords = (spec: Spec, target: string): readonly string[] => [
  'diff',
  '-f',
  specFile(spec),
  '--at',
  target,
];
