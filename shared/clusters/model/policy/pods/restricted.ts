import type { V1Container, V1PodSecurityContext } from '@kubernetes/client-node';

import { listContainers, type Path, type RenderedPod, type Violation } from './rendered-pod.ts';

const rule = 'pod security restricted';

/** What the level `restricted` does not allow beyond `baseline`. */
export const findRestrictedViolations = ({ spec }: RenderedPod): readonly Violation[] => [
  ...(spec.volumes ?? []).flatMap(({ name, ...sources }) => {
    const [kind] = Object.keys(sources).filter((source) => !volumeKinds.has(source));
    return kind === undefined || kind === 'hostPath'
      ? []
      : [
          {
            rule,
            path: ['spec', 'volumes', { name }, kind],
            detail: `is of the kind ${kind}. Use one of ${[...volumeKinds].join(', ')}.`,
          },
        ];
  }),
  ...(spec.securityContext?.runAsUser === 0
    ? [{ rule, path: ['spec', 'securityContext', 'runAsUser'], detail: rootUser }]
    : []),
  ...listContainers(spec).flatMap(([at, container]) => findContainerViolations(at, container, spec.securityContext)),
];

const volumeKinds: ReadonlySet<string> = new Set([
  'configMap',
  'csi',
  'downwardAPI',
  'emptyDir',
  'ephemeral',
  'image',
  'persistentVolumeClaim',
  'projected',
  'secret',
]);

const rootUser = 'has securityContext.runAsUser: 0. Set another user, such as 9999, the user of the image of Flink.';

const findContainerViolations = (
  at: Path,
  { securityContext: own = {} }: V1Container,
  ofPod: V1PodSecurityContext = {},
): readonly Violation[] => {
  const found: Violation[] = [];
  const add = (field: string, detail: string, isMissing: boolean) =>
    found.push({ rule, path: [...at, 'securityContext', ...field.split('.')], detail, isMissing });
  if (own.allowPrivilegeEscalation !== false)
    add('allowPrivilegeEscalation', 'must have securityContext.allowPrivilegeEscalation: false. Set it.', true);
  if ((own.runAsNonRoot ?? ofPod.runAsNonRoot) !== true)
    add(
      'runAsNonRoot',
      'must have securityContext.runAsNonRoot: true. Set it for the pod.',
      own.runAsNonRoot !== false,
    );
  if (own.runAsUser === 0) add('runAsUser', rootUser, false);
  if ((own.seccompProfile ?? ofPod.seccompProfile) === undefined)
    add(
      'seccompProfile',
      'must have securityContext.seccompProfile: {type: RuntimeDefault}. Set it for the pod.',
      true,
    );
  if (own.capabilities?.drop?.includes('ALL') !== true)
    add('capabilities.drop', 'must have securityContext.capabilities: {drop: [ALL]}. Set it.', true);
  for (const name of own.capabilities?.add ?? [])
    if (name !== 'NET_BIND_SERVICE') add('capabilities.add', `adds the capability ${name}. Remove it.`, false);
  return found;
};
