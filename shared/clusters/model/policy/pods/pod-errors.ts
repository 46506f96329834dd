import type { FieldError } from '#events/problems/problem.ts';
import type { NamedTarget } from '#events/records/target.ts';
import { findUnboundedContainers } from '#shared/clusters/model/policy/bounds.ts';
import { explain } from '#shared/clusters/model/policy/explain.ts';
import { hasOptionRules } from '#shared/clusters/model/policy/option-rules.ts';
import { findSecretVariables } from '#shared/clusters/model/policy/plain-secrets.ts';
import { type Config, toText } from '#shared/flink/config.ts';
import { argumentOptions, parseDynamicProperties } from '#shared/flink/dynamic-properties.ts';
import {
  environmentOptions,
  findTemplateName,
  type PodKind,
  type PodTemplates,
  selectTemplate,
} from '#shared/flink/manifests/pod-template/pod-template.ts';
import { type ClusterManifests, toConfig } from '#shared/flink/manifests/render-cluster.ts';
import { canonicalizeConfig } from '#shared/flink/option-names/canonical.ts';
import { toFieldError } from '#shared/flink/options.ts';

import { findConfigSourceViolations } from './config-source.ts';
import { findPodRuleViolations } from './pod-rules.ts';
import { findPodSecurityViolations } from './pod-security.ts';
import { describeObject, isOfTemplate, locate, type Path, type RenderedPod, type Violation } from './rendered-pod.ts';

interface PodsInput {
  readonly clusterId: string;
  readonly manifests: ClusterManifests;
  readonly templates: PodTemplates | undefined;
}

export interface PodError extends FieldError {
  /** Whether a pod lacks something that a command may add. */
  readonly isMissing: boolean;
}

/** A problem has at most 50 errors, and a pod may have thousands of containers. */
const maxViolations = 100;

/** Everything in the pods of a cluster that the policy of its target does not allow. */
export const findPodErrors = (input: PodsInput, target: NamedTarget): readonly PodError[] => {
  const { clusterId, manifests } = input;
  const { policy } = target;
  const ownObjects = new Set(manifests.dependents.flatMap(({ metadata }) => metadata?.name ?? []));
  const config = toConfig(manifests);
  return listPods(input).flatMap((pod) =>
    [
      ...findPodSecurityViolations(pod, policy.podSecurity),
      ...findPodRuleViolations(pod, { clusterId, target, ownObjects }),
      ...findUnboundedContainers(pod, target),
      ...findSecretVariables(pod, target).filter(({ path }) => isOfTemplate(pod, path)),
      ...(hasOptionRules(target)
        ? findConfigSourceViolations(pod, { clusterId, config, trusted: listOwnVariables(pod.kind, manifests) })
        : []),
    ]
      .slice(0, maxViolations)
      .map((violation) => toPodError(violation, pod, { manifests, target })),
  );
};

const listPods = ({ templates, manifests: { deployment, taskManagerPod } }: PodsInput): readonly RenderedPod[] =>
  (
    [
      ['jobmanager', deployment.spec?.template],
      ['taskmanager', taskManagerPod],
    ] as const
  ).map(([kind, pod]) => ({
    kind,
    annotations: pod?.metadata?.annotations ?? {},
    namespace: pod?.metadata?.namespace,
    spec: pod?.spec ?? { containers: [] },
    template: selectTemplate(templates, kind),
    templateName: findTemplateName(templates, kind),
  }));

/** The variables that the defaults of the target set. */
const listOwnVariables = (pod: PodKind, { config }: ClusterManifests): ReadonlySet<string> =>
  new Set(
    Object.entries(config).flatMap(([key, { from }]) =>
      from === 'target' && key.startsWith(`${environmentOptions[pod]}.`)
        ? [key.slice(environmentOptions[pod].length + 1)]
        : [],
    ),
  );

const toPodError = (
  { rule, path, detail, isMissing = false }: Violation,
  pod: RenderedPod,
  { manifests, target }: { readonly manifests: ClusterManifests; readonly target: NamedTarget },
): PodError => {
  const text = explain(target, rule, `${describeObject(pod, path)} ${detail}`);
  const option = isMissing ? undefined : findOption(path, pod, manifests);
  return {
    ...(option === undefined ? { pointer: locate(pod, path), detail: text } : toFieldError(option, text)),
    isMissing,
  };
};

/** The options that set a field of a pod, by a step of the path to it. */
const optionsByStep: Readonly<Record<string, (pod: PodKind) => readonly string[]>> = {
  hostNetwork: () => ['kubernetes.hostnetwork.enabled'],
  serviceAccountName: (pod) => [`kubernetes.${pod}.service-account`, 'kubernetes.service-account'],
  image: () => ['kubernetes.container.image.ref'],
  imagePullSecrets: () => ['kubernetes.container.image.pull-secrets'],
  env: (pod) => [environmentOptions[pod], 'kubernetes.env.secretKeyRef'],
  secretName: () => ['kubernetes.secrets'],
  secret: () => ['kubernetes.secrets'],
  configMap: () => ['kubernetes.hadoop.conf.config-map.name'],
  volumeMounts: () => ['kubernetes.secrets', 'kubernetes.persistent-volume-claims'],
};

/** The option that has set a field, or the arguments that have it. */
const findOption = (path: Path, pod: RenderedPod, { config, flinkVersion }: ClusterManifests): string | undefined => {
  const names = path.filter((step) => typeof step === 'string');
  const annotations = `kubernetes.${pod.kind}.annotations`;
  const candidates = [
    ...(names.includes('annotations') ? [`${annotations}.${names.at(-1) ?? ''}`, annotations] : []),
    ...names.flatMap((name) => (Object.hasOwn(optionsByStep, name) ? optionsByStep[name]?.(pod.kind) : []) ?? []),
  ];
  const { config: properties } = parseDynamicProperties(toText(config[argumentOptions.jobmanager]?.value ?? ''));
  if (pod.kind === 'taskmanager' && candidates.some(isSetBy(canonicalizeConfig(properties, flinkVersion))))
    return argumentOptions.jobmanager;
  return isOfTemplate(pod, path) ? undefined : candidates.find(isSetBy(toConfig({ config })));
};

const isSetBy = (options: Config) => (key: string) =>
  Object.entries(options).some(([one, value]) => (one === key && toText(value) !== '') || one.startsWith(`${key}.`));
