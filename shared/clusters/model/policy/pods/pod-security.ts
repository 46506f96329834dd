import type { V1Container, V1LifecycleHandler, V1Probe, V1Volume } from '@kubernetes/client-node';

import type { PodSecurityLevel } from '#events/records/policy.ts';

import { listContainers, type Path, type RenderedPod, type Violation } from './rendered-pod.ts';
import { findRestrictedViolations } from './restricted.ts';

/**
 * What a pod has that a level of the Pod Security Standards does not allow.
 *
 * @see Kubernetes 1.35, "Pod Security Standards"
 */
export const findPodSecurityViolations = (pod: RenderedPod, level: PodSecurityLevel): readonly Violation[] => {
  if (level === 'privileged') return [];
  const baseline = [...findPodViolations(pod), ...listContainers(pod.spec).flatMap(findContainerViolations)];
  return [
    ...baseline.map((found) => ({ ...found, rule: 'pod security baseline' })),
    ...(level === 'restricted' ? findRestrictedViolations(pod) : []),
  ];
};

type Found = Omit<Violation, 'rule'>;

const removeIt = 'Remove the field.';

const findPodViolations = ({ spec, annotations }: RenderedPod): readonly Found[] => [
  ...(['hostNetwork', 'hostPID', 'hostIPC'] as const)
    .filter((field) => spec[field] === true)
    .map((field) => ({ path: ['spec', field], detail: `has ${field}: true. ${removeIt}` })),
  ...findContextViolations(spec.securityContext, ['spec']),
  ...(spec.securityContext?.sysctls ?? [])
    .filter(({ name }) => !sysctls.has(name))
    .map(({ name }) => ({
      path: ['spec', 'securityContext', 'sysctls', { name }],
      detail: `sets the kernel parameter ${name}. Remove it.`,
    })),
  ...(spec.volumes ?? []).filter(isHostPath).map(({ name }) => ({
    path: ['spec', 'volumes', { name }, 'hostPath'],
    detail: 'is a hostPath. Use another kind of volume, such as emptyDir or persistentVolumeClaim.',
  })),
  ...findAnnotationViolations(annotations),
];

const isHostPath = ({ hostPath }: V1Volume): boolean => hostPath !== undefined && hostPath !== null;

/** The names of parameters that only the pod itself notices. */
const sysctls: ReadonlySet<string> = new Set([
  'kernel.shm_rmid_forced',
  'net.ipv4.ip_local_port_range',
  'net.ipv4.ip_local_reserved_ports',
  'net.ipv4.ip_unprivileged_port_start',
  'net.ipv4.ping_group_range',
  'net.ipv4.tcp_fin_timeout',
  'net.ipv4.tcp_keepalive_intvl',
  'net.ipv4.tcp_keepalive_probes',
  'net.ipv4.tcp_keepalive_time',
  'net.ipv4.tcp_rmem',
  'net.ipv4.tcp_syncookies',
  'net.ipv4.tcp_wmem',
]);

const annotationRules = [
  [/^container\.apparmor\.security\.beta\.kubernetes\.io\//, /^$|^runtime\/default$|^localhost\//],
  [/^(container\.)?seccomp\.security\.alpha\.kubernetes\.io\//, /^(runtime|docker)\/default$|^localhost\//],
] as const;

const findAnnotationViolations = (annotations: RenderedPod['annotations']): readonly Found[] =>
  Object.entries(annotations)
    .filter(([name, value]) =>
      annotationRules.some(([pattern, allowed]) => pattern.test(name) && !allowed.test(value ?? '')),
    )
    .map(([name, value]) => ({
      path: ['metadata', 'annotations', name],
      detail: `has the annotation ${name}: ${value}. Set runtime/default, or remove it.`,
    }));

interface Context {
  readonly windowsOptions?: { readonly hostProcess?: boolean };
  readonly appArmorProfile?: { readonly type?: string };
  readonly seccompProfile?: { readonly type?: string };
  readonly seLinuxOptions?: { readonly type?: string; readonly user?: string; readonly role?: string };
}

const profiles: ReadonlySet<unknown> = new Set(['RuntimeDefault', 'Localhost']);
const seLinuxTypes: ReadonlySet<unknown> = new Set([
  '',
  'container_t',
  'container_init_t',
  'container_kvm_t',
  'container_engine_t',
]);

/** What a pod and a container may set. */
const findContextViolations = (context: Context | undefined, at: Path): readonly Found[] => {
  const found: Found[] = [];
  const add = (field: string, value: unknown, advice = removeIt) =>
    found.push({
      path: [...at, 'securityContext', ...field.split('.')],
      detail: `has securityContext.${field}: ${String(value)}. ${advice}`,
    });
  if (context?.windowsOptions?.hostProcess === true) add('windowsOptions.hostProcess', true);
  for (const field of ['appArmorProfile', 'seccompProfile'] as const) {
    const profile = context?.[field];
    if (profile !== undefined && !profiles.has(profile.type))
      add(`${field}.type`, profile.type, 'Set RuntimeDefault, or remove the profile.');
  }
  const { type = '', user = '', role = '' } = context?.seLinuxOptions ?? {};
  if (!seLinuxTypes.has(type)) add('seLinuxOptions.type', type);
  if (user !== '') add('seLinuxOptions.user', user);
  if (role !== '') add('seLinuxOptions.role', role);
  return found;
};

/** The capabilities of a container by default. */
const capabilities: ReadonlySet<string> = new Set([
  'AUDIT_WRITE',
  'CHOWN',
  'DAC_OVERRIDE',
  'FOWNER',
  'FSETID',
  'KILL',
  'MKNOD',
  'NET_BIND_SERVICE',
  'SETFCAP',
  'SETGID',
  'SETPCAP',
  'SETUID',
  'SYS_CHROOT',
]);

const findContainerViolations = ([at, container]: readonly [Path, V1Container]): readonly Found[] => {
  const { securityContext: context, ports = [] } = container;
  return [
    ...findContextViolations(context, at),
    ...(context?.privileged === true
      ? [
          {
            path: [...at, 'securityContext', 'privileged'],
            detail: `has securityContext.privileged: true. ${removeIt}`,
          },
        ]
      : []),
    ...(context?.procMount === undefined || context.procMount === 'Default'
      ? []
      : [
          {
            path: [...at, 'securityContext', 'procMount'],
            detail: `has securityContext.procMount: ${context.procMount}. ${removeIt}`,
          },
        ]),
    ...(context?.capabilities?.add ?? [])
      .filter((name) => !capabilities.has(name))
      .map((name) => ({
        path: [...at, 'securityContext', 'capabilities', 'add'],
        detail: `adds the capability ${name}. Remove it.`,
      })),
    ...ports.flatMap(({ hostPort }, index) =>
      (hostPort ?? 0) === 0
        ? []
        : [{ path: [...at, 'ports', String(index), 'hostPort'], detail: `has the hostPort ${hostPort}. ${removeIt}` }],
    ),
    ...findHosts(container).map((field) => ({
      path: [...at, ...field.split('.')],
      detail: `has ${field}, so that the node would connect to another host. ${removeIt}`,
    })),
  ];
};

/** The probes and hooks with which a node connects to a host that the caller chooses. */
const findHosts = ({ livenessProbe, readinessProbe, startupProbe, lifecycle }: V1Container): readonly string[] =>
  Object.entries<V1Probe | V1LifecycleHandler | undefined>({
    livenessProbe,
    readinessProbe,
    startupProbe,
    'lifecycle.postStart': lifecycle?.postStart,
    'lifecycle.preStop': lifecycle?.preStop,
  }).flatMap(([name, handler]) =>
    (['httpGet', 'tcpSocket'] as const)
      .filter((kind) => (handler?.[kind]?.host ?? '') !== '')
      .map((kind) => `${name}.${kind}.host`),
  );
