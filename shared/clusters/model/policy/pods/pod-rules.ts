import type { PodTemplate } from '#events/kubernetes/pod-template.ts';
import type { NamedTarget } from '#events/records/target.ts';
import { matchesPattern } from '#shared/clusters/model/policy/patterns.ts';
import { getPodTemplateName } from '#shared/flink/names.ts';

import { podTemplateVolumeName } from '#shared/flink/manifests/pod-template/pod-template-mount.ts';
import { splitPodTemplate } from '#shared/flink/manifests/pod-template/pod-template.ts';

import { findMountsAt } from './mounts.ts';
import { listReferences } from './references.ts';
import { listContainers, type RenderedPod, type Violation } from './rendered-pod.ts';

export interface PodContext {
  readonly clusterId: string;
  readonly target: NamedTarget;
  /** The names of the objects of the cluster. */
  readonly ownObjects: ReadonlySet<string>;
}

/** What a pod has that the target does not allow, apart from its Pod Security. */
export const findPodRuleViolations = (pod: RenderedPod, context: PodContext): readonly Violation[] => [
  ...findImageViolations(pod, context),
  ...findAccountViolations(pod, context),
  ...findReferenceViolations(pod, context),
  ...findNamespaceViolations(pod, context),
  ...findAnnotationViolations(pod, context),
  ...findPriorityViolations(pod),
  ...findTemplateMounts(pod, context),
];

const findImageViolations = ({ spec }: RenderedPod, { target: { policy } }: PodContext): readonly Violation[] => [
  ...listContainers(spec).flatMap(([path, { image }]) =>
    image === undefined || isAllowedImage(image, policy.images)
      ? []
      : [{ rule: 'images', path: [...path, 'image'], detail: describeImage(image, policy.images) }],
  ),
  ...(spec.volumes ?? []).flatMap(({ name, image }) => {
    const reference = image?.reference;
    return reference === undefined || isAllowedImage(reference, policy.images)
      ? []
      : [
          {
            rule: 'images',
            path: ['spec', 'volumes', { name }, 'image', 'reference'],
            detail: describeImage(reference, policy.images),
          },
        ];
  }),
];

const describeImage = (image: string, patterns: readonly string[]): string =>
  `has the image ${image}. Use one of ${patterns.join(', ')}.`;

const isAllowedImage = (image: string, patterns: readonly string[]): boolean =>
  matchesPattern(image, patterns) &&
  (!image.includes('@') || /@sha(256:[0-9a-f]{64}|384:[0-9a-f]{96}|512:[0-9a-f]{128})$/.test(image));

const accountOption = /^kubernetes\.((job|task)manager\.)?service-account$/;

/** The service accounts that pods of a target may have. */
export const listAllowedAccounts = ({ policy, defaults }: NamedTarget): readonly string[] =>
  policy.serviceAccounts ?? [
    'default',
    ...Object.entries({ ...defaults, ...policy.locked }).flatMap(([key, name]) =>
      accountOption.test(key) ? [name] : [],
    ),
  ];

const findAccountViolations = ({ spec, template }: RenderedPod, { target }: PodContext): readonly Violation[] => {
  const account = spec.serviceAccountName ?? 'default';
  const allowed = listAllowedAccounts(target);
  return matchesPattern(account, allowed)
    ? []
    : [
        {
          rule: 'service accounts',
          path: ['spec', nameAccountField(template)],
          detail: `has the service account ${account}. Use one of ${[...new Set(allowed)].join(', ')}.`,
        },
      ];
};

/** A template may have the account under the deprecated name of the field. */
const nameAccountField = (template: PodTemplate | undefined): string => {
  const { serviceAccountName, serviceAccount } = splitPodTemplate(template).spec;
  return serviceAccountName === undefined && serviceAccount !== undefined ? 'serviceAccount' : 'serviceAccountName';
};

/** The names that Drey gives to the objects of a cluster. */
const namesOfDrey =
  /^(flink-config|pod-template|python-sources|hadoop-config|kerberos-keytab|kerberos-krb5conf)-[a-z]|-config-map$/;

const findReferenceViolations = (
  { spec }: RenderedPod,
  { target: { policy }, ownObjects }: PodContext,
): readonly Violation[] =>
  listReferences(spec).flatMap(({ kind, name, path }) => {
    if (kind === 'namespace' || ownObjects.has(name)) return [];
    if (policy.secrets !== undefined)
      return matchesPattern(name, policy.secrets)
        ? []
        : [
            {
              rule: 'secrets',
              path,
              detail: `uses the ${kind} ${name}. Use one of ${policy.secrets.join(', ') || 'its own objects'}.`,
            },
          ];
    return namesOfDrey.test(name)
      ? [{ rule: 'secrets', path, detail: `uses the ${kind} ${name}, which belongs to another cluster. Remove it.` }]
      : [];
  });

const findNamespaceViolations = (
  { spec, namespace: own }: RenderedPod,
  { target: { policy, namespace: allowed } }: PodContext,
): readonly Violation[] => {
  if (policy.namespaces === 'any') return [];
  const rule = 'namespaces own';
  const named =
    (own ?? allowed) === allowed
      ? []
      : [
          {
            rule,
            path: ['metadata', 'namespace'],
            detail: `has the namespace ${own}. Remove it, because the target has the namespace ${allowed}.`,
          },
        ];
  return [
    ...named,
    ...listReferences(spec).flatMap(({ kind, name, path }) =>
      kind === 'namespace' && name !== allowed && name !== ''
        ? [{ rule, path, detail: `refers to ${name === '*' ? 'other namespaces' : `namespace ${name}`}. Remove it.` }]
        : [],
    ),
  ];
};

/** Annotations by which controllers and runtimes give a pod more than its fields say. */
const grantingAnnotations = [
  'iam.amazonaws.com/*',
  'k8s.v1.cni.cncf.io/*',
  'v1.multus-cni.io/*',
  '*.istio.io/*',
  '*linkerd.io/*',
  'cdi.k8s.io/*',
  '*.nri.io*',
  '*noderesource.dev*',
  'io.katacontainers.*',
  'io.kubernetes.cri*',
  'run.oci.*',
  'org.systemd.property.*',
  'openshift.io/scc',
];

const findAnnotationViolations = (
  { annotations }: RenderedPod,
  { target: { policy } }: PodContext,
): readonly Violation[] =>
  Object.keys(annotations).flatMap((name) => {
    const isAllowed =
      policy.annotations === undefined
        ? !matchesPattern(name.toLowerCase(), grantingAnnotations)
        : matchesPattern(name, policy.annotations);
    return isAllowed
      ? []
      : [
          {
            rule: 'annotations',
            path: ['metadata', 'annotations', name],
            detail: `has the annotation ${name}. Remove it, or add it to the annotations of the policy.`,
          },
        ];
  });

/** Kubernetes evicts other pods for these classes, which are for its own parts. */
const findPriorityViolations = ({ spec: { priorityClassName = '' } }: RenderedPod): readonly Violation[] =>
  priorityClassName.startsWith('system-')
    ? [
        {
          rule: 'priority',
          path: ['spec', 'priorityClassName'],
          detail: `has the priority class ${priorityClassName} of Kubernetes itself. Use another one.`,
        },
      ]
    : [];

const templateFolder = '/opt/flink/pod-template';

/** A JobManager creates TaskManagers from the template in this folder, which therefore must be the one that Drey has checked. */
const findTemplateMounts = ({ kind, spec }: RenderedPod, { clusterId }: PodContext): readonly Violation[] =>
  kind === 'taskmanager'
    ? []
    : findMountsAt(spec, templateFolder, {
        volume: podTemplateVolumeName,
        configMap: getPodTemplateName(clusterId),
      }).map(({ name, path }) => ({
        rule: 'pod templates',
        path,
        detail: `mounts ${name} at ${templateFolder}, where Flink reads the template of its TaskManagers. Set podTemplates.taskmanager instead.`,
      }));
