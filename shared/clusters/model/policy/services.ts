import type { V1Service } from '@kubernetes/client-node';

import type { Policy } from '#events/records/policy.ts';
import { getRestServiceName } from '#shared/flink/names.ts';

import { matchesPattern } from './patterns.ts';

export interface ServiceViolation {
  readonly rule: 'exposure' | 'annotations';
  /** The options that may set what is not allowed, the most specific one first. */
  readonly options: readonly string[];
  readonly detail: string;
}

const typeOption = 'kubernetes.rest-service.exposed.type';

/** What a Service of a cluster has that the policy does not allow. The internal Service has no address of its own. */
export const findServiceViolations = (
  { metadata, spec }: V1Service,
  { clusterId, policy }: { readonly clusterId: string; readonly policy: Policy },
): readonly ServiceViolation[] => {
  const isRest = metadata?.name === getRestServiceName(clusterId);
  const type = spec?.clusterIP === 'None' ? 'Headless_ClusterIP' : (spec?.type ?? 'ClusterIP');
  const option = `kubernetes.${isRest ? 'rest' : 'internal'}-service.annotations`;
  return [
    ...(!isRest || policy.exposure.some((one) => one === type)
      ? []
      : [
          {
            rule: 'exposure' as const,
            options: [typeOption],
            detail: `the REST service has the type ${type}, and Flink's REST API executes code. Use one of ${policy.exposure.join(', ')}.`,
          },
        ]),
    ...Object.keys(metadata?.annotations ?? {})
      .filter((name) => !isAllowedAnnotation(name, policy))
      .map((name) => ({
        rule: 'annotations' as const,
        options: [`${option}.${name}`, option],
        detail: `the ${isRest ? 'REST' : 'internal'} service has the annotation ${name}, with which controllers expose a Service. Remove it, or add it to the annotations of the policy.`,
      })),
  ];
};

const isAllowedAnnotation = (name: string, { annotations, exposure }: Policy): boolean =>
  annotations === undefined
    ? exposure.some((type) => type === 'NodePort' || type === 'LoadBalancer')
    : matchesPattern(name, annotations);
