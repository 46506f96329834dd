import {
  main,
  at,
  session,
  options,
  pod,
  container,
  context,
  initContainer,
  volume,
  annotations,
  dynamic,
  args,
  type Row,
  host,
  restricted,
  hardened,
} from './builders.ts';

const podSecurity: readonly Row[] = [
  [
    options({ 'kubernetes.hostnetwork.enabled': 'true' }),
    '/config/kubernetes.hostnetwork.enabled',
    'pod security baseline',
  ],
  [dynamic('-Dkubernetes.hostnetwork.enabled=true'), args, 'pod security baseline'],
  [pod({ hostPID: true }), `${at}/hostPID`, 'pod security baseline: the pod template default has hostPID: true'],
  [pod({ hostIPC: true }, 'taskmanager'), '/podTemplates/taskmanager/spec/hostIPC', 'pod security baseline'],
  [
    context({ privileged: true }),
    `${at}/containers/0/securityContext/privileged`,
    `container ${main} of the pod template default has securityContext.privileged: true`,
  ],
  [
    container({ image: 'x', securityContext: { privileged: true } }, 'proxy'),
    `${at}/containers/0/securityContext/privileged`,
    'container proxy of the pod template default',
  ],
  [
    initContainer({ securityContext: { privileged: true } }),
    `${at}/initContainers/0/securityContext/privileged`,
    'init container init',
  ],
  [
    pod({ ephemeralContainers: [{ name: 'debug', securityContext: { privileged: true } }] }),
    `${at}/ephemeralContainers/0/securityContext/privileged`,
    'ephemeral container debug',
  ],
  [
    context({ capabilities: { add: ['SYS_ADMIN'] } }),
    `${at}/containers/0/securityContext/capabilities/add`,
    'adds the capability SYS_ADMIN',
  ],
  [
    context({ capabilities: { add: ['ALL'] } }),
    `${at}/containers/0/securityContext/capabilities/add`,
    'adds the capability ALL',
  ],
  [context({ procMount: 'Unmasked' }), `${at}/containers/0/securityContext/procMount`, 'procMount'],
  [context({ seLinuxOptions: { type: 'spc_t' } }), `${at}/containers/0/securityContext/seLinuxOptions/type`, 'spc_t'],
  [pod({ securityContext: { seLinuxOptions: { user: 'root' } } }), `${at}/securityContext/seLinuxOptions/user`, 'user'],
  [
    pod({ securityContext: { seccompProfile: { type: 'Unconfined' } } }),
    `${at}/securityContext/seccompProfile/type`,
    'Unconfined',
  ],
  [
    context({ appArmorProfile: { type: 'Unconfined' } }),
    `${at}/containers/0/securityContext/appArmorProfile/type`,
    'Unconfined',
  ],
  [
    context({ windowsOptions: { hostProcess: true } }),
    `${at}/containers/0/securityContext/windowsOptions/hostProcess`,
    'hostProcess',
  ],
  [
    pod({ securityContext: { sysctls: [{ name: 'kernel.msgmax', value: '1' }] } }),
    `${at}/securityContext/sysctls/0`,
    'kernel.msgmax',
  ],
  [container({ ports: [{ containerPort: 1, hostPort: 80 }] }), `${at}/containers/0/ports/0/hostPort`, 'hostPort 80'],
  [
    container({ livenessProbe: { httpGet: host } }),
    `${at}/containers/0/livenessProbe/httpGet/host`,
    'livenessProbe.httpGet.host',
  ],
  [
    container({ lifecycle: { postStart: { httpGet: host } } }),
    `${at}/containers/0/lifecycle/postStart/httpGet/host`,
    'lifecycle.postStart.httpGet.host',
  ],
  [
    volume({ hostPath: { path: '/' } }),
    `${at}/volumes/0/hostPath`,
    'volume v of the pod template default is a hostPath',
  ],
  [
    annotations({ annotations: { [`container.apparmor.security.beta.kubernetes.io/${main}`]: 'unconfined' } }),
    `/podTemplates/default/metadata/annotations/container.apparmor.security.beta.kubernetes.io~1${main}`,
    'unconfined',
  ],
  [
    options({ 'kubernetes.jobmanager.annotations.seccomp.security.alpha.kubernetes.io/pod': 'unconfined' }),
    '/config/kubernetes.jobmanager.annotations.seccomp.security.alpha.kubernetes.io~1pod',
    'unconfined',
  ],
];

const restrictedRows: readonly Row[] = [
  [
    session({}),
    '/podTemplates',
    'pod security restricted: container flink-main-container of the JobManager must have securityContext.allowPrivilegeEscalation: false',
    restricted,
  ],
  [
    pod({ ...hardened, securityContext: { ...hardened.securityContext, runAsUser: 0 } }),
    `${at}/securityContext/runAsUser`,
    'runAsUser: 0',
    restricted,
  ],
  [
    pod({ ...hardened, containers: [...hardened.containers, { name: 'proxy', image: 'x' }] }),
    `${at}/containers/1`,
    'container proxy',
    restricted,
  ],
  [
    pod({ ...hardened, volumes: [{ name: 'v', nfs: { server: 'x', path: '/' } }] }),
    `${at}/volumes/0/nfs`,
    'is of the kind nfs',
    restricted,
  ],
  [session({ podTemplates: { jobmanager: { spec: hardened } } }), '/podTemplates', 'a TaskManager', restricted],
];

export const podSecurityAttacks: readonly Row[] = [...podSecurity, ...restrictedRows];
