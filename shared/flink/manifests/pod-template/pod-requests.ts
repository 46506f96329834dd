import type { V1Container, V1PodSpec, V1ResourceRequirements } from '@kubernetes/client-node';

import { parseQuantity } from '#events/kubernetes/quantity.ts';
import { Fault } from '#events/problems/problem.ts';

export interface PodRequests {
  readonly cpu: number;
  readonly memoryBytes: number;
}

/**
 * What a pod requests of its node. Kubernetes starts ordinary init containers one after another before all others, and
 * sidecars (`restartPolicy: Always`) in their order among them, for the whole life of the pod.
 *
 * @throws Fault `malformed-request` for a quantity that cannot be read. The schema of pod templates refuses it with its pointer.
 * @see Kubernetes, "Resource sharing within containers", "Assign pod-level CPU and memory resources", "Pod Overhead"
 */
export const computePodRequests = (spec: Partial<V1PodSpec>): PodRequests => ({
  cpu: computeRequest(spec, 'cpu'),
  memoryBytes: computeRequest(spec, 'memory'),
});

type ResourceName = 'cpu' | 'memory';

const computeRequest = (
  { containers = [], initContainers = [], resources, overhead }: Partial<V1PodSpec>,
  name: ResourceName,
): number => {
  let sidecars = 0;
  let start = 0;
  for (const container of initContainers) {
    const request = toRequest(container, name);
    if (container.restartPolicy === 'Always') sidecars += request;
    start = Math.max(start, container.restartPolicy === 'Always' ? sidecars : sidecars + request);
  }
  const all = containers.reduce((sum, container) => sum + toRequest(container, name), sidecars);
  return toPodRequest(resources, { name, ofContainers: Math.max(all, start) }) + toAmount(overhead?.[name]);
};

/**
 * A request of the pod itself replaces that of its containers. Kubernetes refuses one that is smaller, but older versions
 * ignore the field. The limit of the pod is the request if no container has one.
 */
const toPodRequest = (
  resources: V1ResourceRequirements | undefined,
  { name, ofContainers }: { readonly name: ResourceName; readonly ofContainers: number },
): number => {
  const own = resources?.requests?.[name];
  if (own !== undefined) return Math.max(toAmount(own), ofContainers);
  return ofContainers > 0 ? ofContainers : toAmount(resources?.limits?.[name]);
};

/** Kubernetes takes the limit of a container for a missing request. */
const toRequest = ({ resources }: V1Container, name: ResourceName): number =>
  toAmount(resources?.requests?.[name] ?? resources?.limits?.[name]);

const toAmount = (quantity: string | undefined): number => {
  const amount = parseQuantity(quantity ?? '0');
  if (amount !== undefined && amount >= 0) return amount;
  throw new Fault('malformed-request', `A pod requests '${String(quantity)}', which is not a quantity of at least 0.`);
};
