import type { Finding } from '#events/http/target-check.ts';
import { type PodSecurityLevel, podSecurityLevels } from '#events/records/policy.ts';

import { checkEgress, checkIngress } from './check-network.ts';
import type { NamespaceFacts } from './facts.ts';

const enforceLabel = 'pod-security.kubernetes.io/enforce';

interface NamespaceOptions {
  readonly namespace: string;
  /** The level that the target allows. */
  readonly level: PodSecurityLevel;
  /** The command that applies a manifest of `infra/kubernetes` to the namespace. */
  readonly apply: (file: string) => string;
  readonly applyPolicies: string;
}

/** What protects the namespace of a target. */
export const checkNamespace = (
  { labels, networkPolicies, quotas, hasDefaultResources }: NamespaceFacts,
  { namespace, level, apply, applyPolicies }: NamespaceOptions,
): readonly Finding[] => {
  const unread = (check: Finding['check'], what: string): Finding => ({
    check,
    state: 'unknown',
    detail: `Drey may not read ${what}.`,
    remedy: apply('rbac.yaml'),
  });
  return [
    labels === undefined
      ? unread('pod-security', `namespace ${namespace}`)
      : checkPodSecurity(labels[enforceLabel], { namespace, level }),
    ...(networkPolicies === undefined
      ? [unread('ingress', 'NetworkPolicies'), unread('egress', 'NetworkPolicies')]
      : [checkIngress(networkPolicies, applyPolicies), checkEgress(networkPolicies, applyPolicies)]),
    quotas === undefined || hasDefaultResources === undefined
      ? unread('quota', 'ResourceQuotas and LimitRanges')
      : checkQuota({ quotas, hasDefaultResources }, apply('quota.yaml')),
  ];
};

const checkPodSecurity = (
  label: string | undefined,
  { namespace, level }: Pick<NamespaceOptions, 'namespace' | 'level'>,
): Finding => {
  const enforced = podSecurityLevels.find((name) => name === label) ?? 'privileged';
  const check = 'pod-security';
  if (podSecurityLevels.indexOf(enforced) <= podSecurityLevels.indexOf(level))
    return { check, state: 'ok', detail: `Namespace ${namespace} enforces the level ${enforced}.` };
  return {
    check,
    state: 'missing',
    detail: `Namespace ${namespace} ${label === undefined ? 'enforces no level' : `enforces the level ${label}`} of Pod Security. The target needs ${level}, so that no pod takes over its node.`,
    remedy: `kubectl label namespace ${namespace} --overwrite ${enforceLabel}=${level}`,
  };
};

const checkQuota = (
  { quotas, hasDefaultResources }: { readonly quotas: readonly string[]; readonly hasDefaultResources: boolean },
  remedy: string,
): Finding => {
  const check = 'quota';
  const limits = (name: string) => quotas.some((resource) => resource === name || resource.endsWith(`s.${name}`));
  if (!limits('cpu') || !limits('memory'))
    return {
      check,
      state: 'optional',
      detail: 'No ResourceQuota limits CPU and memory. Pods that a program starts itself have no limit.',
      remedy,
    };
  return hasDefaultResources
    ? { check, state: 'ok', detail: 'A ResourceQuota limits CPU and memory of all pods.' }
    : {
        check,
        state: 'missing',
        detail:
          'A ResourceQuota refuses containers without resources, such as sidecars, and no LimitRange gives them any.',
        remedy,
      };
};
