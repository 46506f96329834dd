import { isRecord } from '#events/is-record.ts';
import { toPointer } from '#events/problems/problem.ts';
import {
  environmentOptions,
  mainContainerName,
  type PodKind,
  podKinds,
  type PodTemplates,
  templateNames,
} from '#shared/flink/manifests/pod-template/pod-template.ts';

import { type Setting, toValue } from './settings.ts';

/** A value in a pod template: its path with indices, and without. */
interface Leaf {
  readonly path: readonly string[];
  readonly field: string;
  readonly value: unknown;
  /** The container that has the field. */
  readonly container?: string;
}

/** Everything that pod templates set, field by field. */
export const listTemplateSettings = (templates: PodTemplates = {}): readonly Setting[] =>
  templateNames.flatMap((name) => {
    const template = templates[name];
    if (template === undefined) return [];
    const pods = podKinds.filter((pod) => name === 'default' || name === pod);
    return listLeaves(template, { path: [], field: 'podTemplates' }).map((leaf): Setting => ({
      options: [
        `kubernetes.pod-template-file.${name}`,
        ...pods.flatMap((pod) => findOptions(leaf).map((option) => option.replace('<pod>', pod))),
        ...(leaf.container === mainContainerName ? pods.flatMap((pod) => findVariables(leaf, pod)) : []),
      ],
      field: leaf.field,
      ...toValue(leaf.value),
      name: `the field ${leaf.field}`,
      toError: (detail) => ({ pointer: toPointer(['podTemplates', name, ...leaf.path]), detail }),
    }));
  });

const listLeaves = (value: unknown, at: Omit<Leaf, 'value'>): readonly Leaf[] => {
  if (Array.isArray(value) && value.length > 0)
    return value.flatMap((item: unknown, index) =>
      listLeaves(item, {
        ...at,
        path: [...at.path, String(index)],
        ...(/^podTemplates\.spec\.\w*[cC]ontainers$/.test(at.field) && isRecord(item)
          ? { container: String(item['name']) }
          : {}),
      }),
    );
  if (isRecord(value) && Object.keys(value).length > 0)
    return Object.entries(value).flatMap(([member, inner]) =>
      listLeaves(inner, { ...at, path: [...at.path, member], field: `${at.field}.${member}` }),
    );
  return [{ ...at, value }];
};

/** The options with the effect of a field of a pod. `<pod>` stands for the kind of the pod, `*` for the name in a map. */
const optionsByField: readonly (readonly [field: RegExp, options: readonly string[]])[] = [
  [/^spec\.(serviceAccount|serviceAccountName)$/, ['kubernetes.service-account', 'kubernetes.<pod>.service-account']],
  [/^spec\.hostNetwork$/, ['kubernetes.hostnetwork.enabled']],
  [/^spec\.imagePullSecrets\b/, ['kubernetes.container.image.pull-secrets']],
  [/^spec\.(nodeName|affinity\.nodeAffinity\b.*)$/, ['kubernetes.<pod>.node-selector']],
  [/^spec\.tolerations\b/, ['kubernetes.<pod>.tolerations']],
  [/^spec\.volumes\.(secret|projected\.sources\.secret)\b/, ['kubernetes.secrets']],
  [/^spec\.volumes\.(configMap|projected\.sources\.configMap)\b/, ['kubernetes.hadoop.conf.config-map.name']],
  [/^spec\.volumes\.persistentVolumeClaim\b/, ['kubernetes.persistent-volume-claims']],
  [/^metadata\.ownerReferences\b/, ['kubernetes.jobmanager.owner.reference']],
];

const optionsOfMaps: readonly (readonly [field: string, option: string])[] = [
  ['spec.nodeSelector', 'kubernetes.<pod>.node-selector'],
  ['metadata.labels', 'kubernetes.<pod>.labels'],
  ['metadata.annotations', 'kubernetes.<pod>.annotations'],
];

const optionsOfMain: readonly (readonly [field: RegExp, options: readonly string[]])[] = [
  [/^spec\.containers\.image$/, ['kubernetes.container.image.ref']],
  [/^spec\.containers\.imagePullPolicy$/, ['kubernetes.container.image.pull-policy']],
  [/^spec\.containers\.env\.valueFrom\.secretKeyRef\b/, ['kubernetes.env.secretKeyRef']],
  [/^spec\.containers\.envFrom\b/, ['kubernetes.env.secretKeyRef', 'kubernetes.flink.log.dir']],
];

const findOptions = ({ field, path, container }: Leaf): readonly string[] => {
  const name = field.slice('podTemplates.'.length);
  const rules = container === mainContainerName ? [...optionsByField, ...optionsOfMain] : optionsByField;
  return [
    ...rules.flatMap(([pattern, options]) => (pattern.test(name) ? options : [])),
    ...optionsOfMaps.flatMap(([map, option]) =>
      name === map ? [option] : name.startsWith(`${map}.`) ? [`${option}.${path.at(-1) ?? ''}`] : [],
    ),
  ];
};

/** The options that set a variable of Flink's container. The names of variables from another object are not known. */
const findVariables = ({ field, value }: Leaf, pod: PodKind): readonly string[] => {
  if (/^podTemplates\.spec\.containers\.envFrom\b/.test(field)) return [environmentOptions[pod]];
  if (field !== 'podTemplates.spec.containers.env.name') return [];
  return [
    `${environmentOptions[pod]}.${String(value)}`,
    ...(value === 'FLINK_LOG_DIR' ? ['kubernetes.flink.log.dir'] : []),
  ];
};
