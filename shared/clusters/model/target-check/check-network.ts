import { BlockList, isIPv6 } from 'node:net';

import type { Finding } from '#events/http/target-check.ts';

import type { NetworkPolicy, Peer, Selector } from './facts.ts';

/** The address in `infra/kubernetes/network-policies.yaml` that an operator replaces. */
const exampleCidr = '192.0.2.0/24';
/** The metadata service of EC2, which hands out the credentials of the node. */
const metadataAddresses = ['169.254.169.254', 'fd00:ec2::254'] as const;

const unenforced = 'Kubernetes does not tell whether the network plugin enforces policies.';

/** Whether other namespaces are kept from the pods, and the control plane is not. */
export const checkIngress = (policies: readonly NetworkPolicy[], remedy: string): Finding => {
  const check = 'ingress';
  if (!policies.some((policy) => isolates(policy, 'Ingress')))
    return {
      check,
      state: 'missing',
      detail:
        'No NetworkPolicy selects all pods, so pods of every namespace reach the ports of Flink, which execute code.',
      remedy,
    };
  const peers = policies.flatMap(({ ingress }) => ingress);
  const wide = policies.filter(({ ingress }) => ingress.some((rule) => rule.length === 0 || rule.some(admitsOthers)));
  if (wide.length > 0)
    return {
      check,
      state: 'too-wide',
      detail: `${joinNames(wide)} admits pods of every namespace or every address.`,
      remedy,
    };
  const blocks = peers.flat().flatMap(({ ipBlock }) => (ipBlock === undefined ? [] : [ipBlock.cidr]));
  if (blocks.length === 0 || blocks.includes(exampleCidr))
    return {
      check,
      state: 'missing',
      detail: `No policy admits the subnets of the control plane${blocks.length === 0 ? '' : `: ${exampleCidr} is an example`}. Drey does not reach Flink where policies are enforced.`,
      remedy,
    };
  return {
    check,
    state: 'ok',
    detail: `Only pods of the namespace and ${blocks.join(', ')} are admitted. ${unenforced}`,
  };
};

/** Whether pods are kept from the credentials of their node. */
export const checkEgress = (policies: readonly NetworkPolicy[], remedy: string): Finding => {
  const check = 'egress';
  if (!policies.some((policy) => isolates(policy, 'Egress')))
    return {
      check,
      state: 'missing',
      detail: `No NetworkPolicy limits where all pods connect to. They may reach the metadata service of the node (${metadataAddresses[0]}).`,
      remedy,
    };
  const wide = policies.filter(({ egress }) => egress.some((rule) => rule.length === 0 || rule.some(reachesMetadata)));
  return wide.length > 0
    ? {
        check,
        state: 'too-wide',
        detail: `${joinNames(wide)} allows connections to the metadata service of the node.`,
        remedy,
      }
    : { check, state: 'ok', detail: `No pod may connect to ${metadataAddresses[0]}. ${unenforced}` };
};

const joinNames = (policies: readonly NetworkPolicy[]): string =>
  `NetworkPolicy ${policies.map(({ name }) => name).join(', ')}`;

/** Whether a policy denies, to every pod, what no policy allows. */
const isolates = ({ podSelector, policyTypes }: NetworkPolicy, type: 'Ingress' | 'Egress'): boolean =>
  policyTypes.includes(type) && selectsAll(podSelector);

const selectsAll = ({ matchLabels = {}, matchExpressions = [] }: Selector): boolean =>
  Object.keys(matchLabels).length === 0 && matchExpressions.length === 0;

const admitsOthers = ({ namespaceSelector, ipBlock }: Peer): boolean =>
  (namespaceSelector !== undefined && selectsAll(namespaceSelector)) || ipBlock?.cidr.endsWith('/0') === true;

const reachesMetadata = ({ ipBlock }: Peer): boolean =>
  ipBlock !== undefined &&
  metadataAddresses.some(
    (address) =>
      contains(ipBlock.cidr, address) && !(ipBlock.except ?? []).some((excepted) => contains(excepted, address)),
  );

const contains = (cidr: string, address: string): boolean => {
  const [network = '', prefix = ''] = cidr.split('/');
  const family = isIPv6(address) ? 'ipv6' : 'ipv4';
  if (isIPv6(network) !== isIPv6(address)) return false;
  const list = new BlockList();
  list.addSubnet(network, Number(prefix), family);
  return list.check(address, family);
};
