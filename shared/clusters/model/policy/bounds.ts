import type { V1Container } from '@kubernetes/client-node';

import { Fault, type FieldError } from '#events/problems/problem.ts';
import { parseQuantity } from '#events/kubernetes/quantity.ts';
import type { NamedTarget } from '#events/records/target.ts';
import { hasLimit } from '#shared/clusters/model/admission/quota.ts';
import { mainContainerName } from '#shared/flink/manifests/pod-template/pod-template.ts';
import { listKeysOfAllVersions } from '#shared/flink/option-names/canonical.ts';
import { parseDuration } from '#shared/flink/syntax.ts';

import { explain } from './explain.ts';
import { listContainers, type Path, type RenderedPod, type Violation } from './pods/rendered-pod.ts';
import type { Setting } from './settings/settings.ts';

/** Kubernetes measures CPU in thousandths, and so does the demand of a command. */
const minCpu = 0.001;
/** An idle TaskManager stays after its job, which no longer counts. */
const maxIdleMs = 300_000;

interface Bound {
  readonly key: string;
  readonly resources: readonly ('cpu' | 'memoryMebibytes')[];
  readonly isExceeded: (value: string) => boolean;
  readonly detail: string;
}

const both = ['cpu', 'memoryMebibytes'] as const;

/** The options with which pods take more of a target than the demand of their command. */
const bounds: readonly Bound[] = [
  {
    key: 'kubernetes.jobmanager.cpu.amount',
    resources: ['cpu'],
    isExceeded: (value) => Number(value) < minCpu,
    detail: `is less than ${minCpu}. The JobManager would use CPU that the limits of the target do not count. Request at least ${minCpu}.`,
  },
  {
    key: 'scheduler-mode',
    resources: both,
    isExceeded: (value) => value.trim().toLowerCase() === 'reactive',
    detail: 'makes a job take all TaskManagers that Flink can start. Remove it.',
  },
  {
    key: 'execution.batch.speculative.enabled',
    resources: both,
    isExceeded: (value) => value.trim().toLowerCase() === 'true',
    detail: 'makes a batch job run tasks several times at once, in slots beyond its parallelism. Remove it.',
  },
  {
    key: 'resourcemanager.taskmanager-timeout',
    resources: both,
    isExceeded: (value) => !(readDurationMs(value) <= maxIdleMs),
    detail: `keeps idle TaskManagers after their job has ended, when the limits of the target no longer count them. Set at most ${maxIdleMs / 60_000} min.`,
  },
];

const readDurationMs = (text: string): number => {
  try {
    return parseDuration(text);
  } catch (error) {
    if (error instanceof Fault) return 0; // The validation of options reports it.
    throw error;
  }
};

const boundOf = new Map(
  bounds.flatMap((bound) => listKeysOfAllVersions(bound.key).map((key) => [key, bound] as const)),
);

/** The settings of a command with which its pods take more than its demand, on a target that limits the resource. */
export const findUnboundedSettings = (settings: readonly Setting[], target: NamedTarget): readonly FieldError[] =>
  settings.flatMap(({ options: [key = ''], value, name, toError }) => {
    const bound = boundOf.get(key);
    return bound !== undefined &&
      value !== undefined &&
      bound.resources.some((resource) => hasLimit(target, resource)) &&
      bound.isExceeded(value)
      ? [toError(explain(target, 'limits', `${name} ${bound.detail}`))]
      : [];
  });

const amounts = [
  ['cpu', 'cpu', minCpu],
  ['memory', 'memoryMebibytes', 1],
] as const;

/**
 * The pods and containers that request zero of a resource that the target limits: they take what is free on their node, and
 * count as none. A LimitRange of the namespace bounds containers that do not state the resource. Flink sets the resources of
 * its own containers.
 */
export const findUnboundedContainers = ({ spec }: RenderedPod, target: NamedTarget): readonly Violation[] => {
  const containers = listContainers(spec).filter(([, { name }]) => name !== mainContainerName);
  const owners: readonly (readonly [path: Path, owner: Pick<V1Container, 'resources'>])[] = [
    [['spec'], spec],
    ...containers,
  ];
  return amounts
    .filter(([, resource]) => hasLimit(target, resource))
    .flatMap(([name, , least]) =>
      owners.flatMap(([path, { resources }]) =>
        (['requests', 'limits'] as const)
          .filter((kind) => isBelow(resources?.[kind]?.[name], least))
          .map((kind) => ({
            rule: 'limits',
            path: [...path, 'resources', kind, name],
            detail: `has less than ${least} in resources.${kind}.${name}. It would use resources that the limits of the target do not count. Set at least ${least}.`,
          })),
      ),
    );
};

const isBelow = (quantity: string | undefined, least: number): boolean =>
  quantity !== undefined && (parseQuantity(quantity) ?? least) < least;
