import { join } from 'node:path';

import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { type Call, inGroup, type User, withToken } from '../support/api-server.ts';
import { freshId, kubectl } from '../support/system.ts';

const manifests = join(import.meta.dirname, '../../infra/kubernetes');
const namespace = freshId('attacked');
const core = `/api/v1/namespaces/${namespace}`;
const apps = `/apis/apps/v1/namespaces/${namespace}`;
const rbac = `/apis/rbac.authorization.k8s.io/v1`;
const ownRbac = `${rbac}/namespaces/${namespace}`;

/** The token that a program reads from the file system of its pod. */
let program: User;

beforeAll(async () => {
  await kubectl('create', 'namespace', namespace);
  await kubectl('label', 'namespace', namespace, 'pod-security.kubernetes.io/enforce=baseline');
  const files = ['rbac', 'network-policies', 'quota'].flatMap((name) => ['-f', join(manifests, `${name}.yaml`)]);
  await kubectl('apply', '-n', namespace, ...files);
  program = withToken((await kubectl('create', 'token', 'flink', '-n', namespace)).trim());
});
afterAll(() => kubectl('delete', 'namespace', namespace, '--wait=false'));

/** An attack. The API server decides about permissions before it looks for the object. */
interface Attack {
  readonly what: string;
  readonly call: Call;
}
const attack = (what: string, method: string, path: string, body?: object): Attack => ({
  what,
  call: { method, path, body },
});

const clusterAdmin = { kind: 'ClusterRole', name: 'cluster-admin', apiGroup: 'rbac.authorization.k8s.io' };
const toEverybody = [{ kind: 'Group', name: 'system:authenticated', apiGroup: 'rbac.authorization.k8s.io' }];

const attacksOfPrograms: readonly Attack[] = [
  attack('read a Secret', 'GET', `${core}/secrets/database`),
  attack('list the Secrets', 'GET', `${core}/secrets`),
  attack('create a Secret for a token', 'POST', `${core}/secrets`, { metadata: { name: 'token' }, type: 'Opaque' }),
  attack('read the configuration of another cluster', 'GET', `${core}/configmaps/flink-config-other`),
  attack('list all configurations', 'GET', `${core}/configmaps`),
  attack('change the configuration of another cluster', 'PATCH', `${core}/configmaps/flink-config-other`, { data: {} }),
  attack('create a ConfigMap', 'POST', `${core}/configmaps`, { metadata: { name: 'mine' } }),
  attack('lead a Service to its own pod', 'PATCH', `${core}/services/other-rest`, {
    spec: { selector: { app: 'mine' } },
  }),
  attack('replace a Service', 'PUT', `${core}/services/other-rest`, { metadata: { name: 'other-rest' } }),
  attack('delete a Service', 'DELETE', `${core}/services/other-rest`),
  attack('expose itself', 'POST', `${core}/services`, { metadata: { name: 'mine' }, spec: { type: 'LoadBalancer' } }),
  attack('reach the REST API of another cluster', 'GET', `${core}/services/other-rest:rest/proxy/v1/jars`),
  attack('submit to another cluster', 'POST', `${core}/services/other-rest:rest/proxy/v1/jars/upload`),
  attack('create a Deployment', 'POST', `${apps}/deployments`, { metadata: { name: 'mine' } }),
  attack('change the image of another cluster', 'PATCH', `${apps}/deployments/other`, { spec: {} }),
  attack('scale another cluster', 'PATCH', `${apps}/deployments/other/scale`, { spec: { replicas: 0 } }),
  attack('run a command in a pod', 'POST', `${core}/pods/other-1/exec?command=sh`),
  attack('attach to a pod', 'POST', `${core}/pods/other-1/attach`),
  attack('forward a port of a pod', 'POST', `${core}/pods/other-1/portforward`),
  attack('add a container to a pod', 'PATCH', `${core}/pods/other-1/ephemeralcontainers`, { spec: {} }),
  attack('read the log of a pod', 'GET', `${core}/pods/other-1/log`),
  attack('reach a pod through the API server', 'GET', `${core}/pods/other-1/proxy/`),
  attack('create a token of another account', 'POST', `${core}/serviceaccounts/default/token`, { spec: {} }),
  attack('read the accounts', 'GET', `${core}/serviceaccounts`),
  attack('create a Role', 'POST', `${ownRbac}/roles`, { metadata: { name: 'mine' } }),
  attack('change its own Role', 'PATCH', `${ownRbac}/roles/flink`, { rules: [] }),
  attack('bind cluster-admin', 'POST', `${ownRbac}/rolebindings`, { roleRef: clusterAdmin, subjects: toEverybody }),
  attack(
    'remove a NetworkPolicy',
    'DELETE',
    `/apis/networking.k8s.io/v1/namespaces/${namespace}/networkpolicies/drey-egress`,
  ),
  attack('remove the quota', 'DELETE', `${core}/resourcequotas/drey`),
  attack('remove the label of Pod Security', 'PATCH', `/api/v1/namespaces/${namespace}`, { metadata: { labels: {} } }),
  attack('start a pod in another namespace', 'POST', '/api/v1/namespaces/default/pods', { metadata: { name: 'mine' } }),
  attack('list the pods of kube-system', 'GET', '/api/v1/namespaces/kube-system/pods'),
  attack('delete a Deployment of another namespace', 'DELETE', '/apis/apps/v1/namespaces/flink/deployments/other'),
  attack('list the namespaces', 'GET', '/api/v1/namespaces'),
  attack('list the nodes', 'GET', '/api/v1/nodes'),
  attack('reach the kubelet of a node', 'GET', '/api/v1/nodes/node-1/proxy/pods'),
  attack('create a volume of the node', 'POST', '/api/v1/persistentvolumes', { metadata: { name: 'root' } }),
  attack('bind cluster-admin everywhere', 'POST', `${rbac}/clusterrolebindings`, { roleRef: clusterAdmin }),
  attack('approve a certificate', 'PUT', '/apis/certificates.k8s.io/v1/certificatesigningrequests/mine/approval'),
  attack('start a Job', 'POST', `/apis/batch/v1/namespaces/${namespace}/jobs`, { metadata: { name: 'mine' } }),
];

describe('programs that use the token of their pod', () => {
  it('may list pods, as Flink does', async () => {
    expect(await program({ method: 'GET', path: `${core}/pods` })).toMatchObject({ status: 200 });
  });

  it.each(attacksOfPrograms)('may not $what', async ({ call }) => {
    expect(await program(call)).toEqual({
      status: 403,
      message: expect.stringContaining(`User "system:serviceaccount:${namespace}:flink" cannot`) as string,
    });
  });
});

const attacksThroughDrey: readonly Attack[] = [
  attack('read a Secret', 'GET', `${core}/secrets/database`),
  attack('list the Secrets of every namespace', 'GET', '/api/v1/secrets'),
  attack('start a pod', 'POST', `${core}/pods`, { metadata: { name: 'mine' } }),
  attack('change a Deployment', 'PATCH', `${apps}/deployments/other`, { spec: {} }),
  attack('change a ConfigMap', 'PATCH', `${core}/configmaps/flink-config-other`, { data: {} }),
  attack('change a Service', 'PATCH', `${core}/services/other-rest`, { spec: {} }),
  attack('run a command in a pod', 'POST', `${core}/pods/other-1/exec?command=sh`),
  attack('create a token', 'POST', `${core}/serviceaccounts/flink/token`, { spec: {} }),
  attack('bind cluster-admin', 'POST', `${ownRbac}/rolebindings`, { roleRef: clusterAdmin, subjects: toEverybody }),
  attack(
    'remove a NetworkPolicy',
    'DELETE',
    `/apis/networking.k8s.io/v1/namespaces/${namespace}/networkpolicies/drey-egress`,
  ),
  attack('change the namespace', 'PATCH', `/api/v1/namespaces/${namespace}`, { metadata: { labels: {} } }),
  attack('deploy to another namespace', 'POST', '/apis/apps/v1/namespaces/default/deployments', {
    metadata: { name: 'a' },
  }),
  attack('ask about accounts of another namespace', 'POST', '/apis/authorization.k8s.io/v1/subjectaccessreviews', {
    spec: {},
  }),
];

describe('the permissions of Drey in the hands of an attacker', () => {
  const drey = inGroup('drey');

  it('include Deployments of the namespace', async () => {
    expect(await drey({ method: 'GET', path: `${apps}/deployments` })).toMatchObject({ status: 200 });
  });

  it.each(attacksThroughDrey)('do not include to $what', async ({ call }) => {
    expect(await drey(call)).toEqual({
      status: 403,
      message: expect.stringContaining('User "attacker-of-drey" cannot') as string,
    });
  });
});

const container = { name: 'main', image: 'flink:2.2' };
/** A pod that no node runs. */
const podWith = (spec: object, securityContext: object = {}) => ({
  metadata: { generateName: 'attack-' },
  spec: { nodeSelector: { 'drey.test/none': 'here' }, containers: [{ ...container, securityContext }], ...spec },
});

describe('pods that a program starts itself', () => {
  const create = (body: object) => program({ method: 'POST', path: `${core}/pods`, body });

  it('may be like those of Flink', async () => {
    expect(await create(podWith({}))).toMatchObject({ status: 201 });
  });

  it.each([
    ['privileged containers', podWith({}, { privileged: true })],
    [
      'privileged init containers',
      podWith({ initContainers: [{ ...container, name: 'init', securityContext: { privileged: true } }] }),
    ],
    ['the network of the node', podWith({ hostNetwork: true })],
    ['the processes of the node', podWith({ hostPID: true })],
    ['the IPC of the node', podWith({ hostIPC: true })],
    ['the root folder of the node', podWith({ volumes: [{ name: 'root', hostPath: { path: '/' } }] })],
    [
      'the socket of containerd',
      podWith({ volumes: [{ name: 's', hostPath: { path: '/run/containerd/containerd.sock' } }] }),
    ],
    ['a port of the node', podWith({ containers: [{ ...container, ports: [{ containerPort: 80, hostPort: 80 }] }] })],
    ['the capability SYS_ADMIN', podWith({}, { capabilities: { add: ['SYS_ADMIN'] } })],
    ['the capability NET_RAW', podWith({}, { capabilities: { add: ['NET_RAW'] } })],
    ['an unconfined seccomp profile', podWith({}, { seccompProfile: { type: 'Unconfined' } })],
    ['an unconfined AppArmor profile', podWith({}, { appArmorProfile: { type: 'Unconfined' } })],
    ['a type of SELinux', podWith({}, { seLinuxOptions: { type: 'spc_t' } })],
    ['kernel settings', podWith({ securityContext: { sysctls: [{ name: 'kernel.msgmax', value: '1' }] } })],
    ['an unmasked /proc', podWith({ hostUsers: false }, { procMount: 'Unmasked' })],
  ])('may not have %s', async (_what, pod) => {
    expect(await create(pod)).toEqual({
      status: 403,
      message: expect.stringContaining('violates PodSecurity "baseline:latest"') as string,
    });
  });

  it.each([
    ['CPU', { cpu: '500' }],
    ['memory', { memory: '2Ti' }],
  ])('may not have more %s than the quota', async (_what, requests) => {
    const limits = { cpu: '1', memory: '1Gi', ...requests };
    const pod = podWith({ containers: [{ ...container, resources: { requests: limits, limits } }] });

    expect(await create(pod)).toEqual({
      status: 403,
      message: expect.stringContaining('exceeded quota: drey') as string,
    });
  });

  it('may not be behind a load balancer, although Drey may create Services', async () => {
    const body = { metadata: { name: 'exposed' }, spec: { type: 'LoadBalancer', ports: [{ port: 8081 }] } };

    expect(await inGroup('drey')({ method: 'POST', path: `${core}/services`, body })).toEqual({
      status: 403,
      message: expect.stringContaining('exceeded quota: drey') as string,
    });
  });
});
