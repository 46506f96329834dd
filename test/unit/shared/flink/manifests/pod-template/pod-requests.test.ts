import { describe, expect, it } from 'vitest';

import { renderCluster } from '#shared/flink/manifests/render-cluster.ts';
import { computePodRequests } from '#shared/flink/manifests/pod-template/pod-requests.ts';

const container = (cpu: string, memory = '0') => ({ name: 'c', resources: { requests: { cpu, memory } } });
const sidecar = (cpu: string, memory = '0') => ({ ...container(cpu, memory), restartPolicy: 'Always' });
const mebibyte = 2 ** 20;

/** Worked out from the documentation of Kubernetes. */
describe('the requests of a pod', () => {
  it.each([
    ['are those of all containers', { containers: [container('500m', '1Gi'), container('1', '512Mi')] }, 1.5, 1_536],
    [
      'are those of the largest init container if that is more',
      { initContainers: [container('3', '1Gi'), container('2', '4Gi')], containers: [container('1', '2Gi')] },
      3,
      4_096,
    ],
    ['include sidecars', { initContainers: [sidecar('1', '256Mi')], containers: [container('2', '1Gi')] }, 3, 1_280],
    [
      'include at the start only the sidecars before an init container',
      {
        initContainers: [sidecar('1', '1Gi'), container('4', '1Gi'), sidecar('2', '1Gi')],
        containers: [container('1', '1Gi')],
      },
      5,
      3_072,
    ],
    [
      'are the limits of a container without requests',
      { containers: [{ name: 'c', resources: { limits: { cpu: '2', memory: '1Gi' }, requests: { cpu: '1' } } }] },
      1,
      1_024,
    ],
    [
      'are the limits of an init container without requests',
      {
        initContainers: [{ name: 'i', resources: { limits: { memory: '3Gi' } } }],
        containers: [container('1', '1Gi')],
      },
      1,
      3_072,
    ],
    [
      'include the overhead',
      { containers: [container('1', '1Gi')], overhead: { cpu: '250m', memory: '120Mi' } },
      1.25,
      1_144,
    ],
    [
      'are those of the pod itself',
      { containers: [container('1', '1Gi')], resources: { requests: { cpu: '4' }, limits: { memory: '8Gi' } } },
      4,
      1_024,
    ],
    [
      'are the limits of the pod itself without any request',
      { containers: [{ name: 'c' }], resources: { limits: { cpu: '2', memory: '8Gi' } } },
      2,
      8_192,
    ],
    [
      'are not those of the pod itself if its containers request more',
      {
        containers: [container('8', '8Gi')],
        resources: { requests: { cpu: '1m', memory: '1Mi' } },
      },
      8,
      8_192,
    ],
    ['are none without resources', { containers: [{ name: 'c' }] }, 0, 0],
  ])('%s', (_, spec, cpu, memoryMebibytes) => {
    expect(computePodRequests(spec)).toEqual({ cpu, memoryBytes: memoryMebibytes * mebibyte });
  });

  it.each(['1e-4294967293', 'many', '-100'])('are not counted as none if they cannot be read: %s', (cpu) => {
    expect(() => computePodRequests({ containers: [container(cpu)] })).toThrow(`'${cpu}'`);
    expect(() => computePodRequests({ containers: [], overhead: { cpu } })).toThrow(`'${cpu}'`);
  });
});

describe('the demand of a cluster', () => {
  const render = (podTemplates: object) =>
    renderCluster({
      clusterId: 'etl',
      namespace: 'flink',
      mode: 'application',
      job: { jar: 'local:///a.jar', args: [] },
      config: {
        'jobmanager.memory.process.size': '1g',
        'taskmanager.memory.process.size': '2g',
        'taskmanager.numberOfTaskSlots': '2',
        'parallelism.default': '4',
      },
      podTemplates,
    }).resources;
  const spec = {
    initContainers: [{ ...sidecar('100m', '64Mi'), name: 'log' }],
    containers: [{ name: 'agent', resources: { limits: { cpu: '200m', memory: '100Mi' } } }],
  };

  it.each([
    ['one JobManager and two TaskManagers', {}, 5, 1_024 + 2 * 2_048],
    ['sidecars of the JobManager', { jobmanager: { spec } }, 5.3, 1_024 + 164 + 2 * 2_048],
    ['sidecars of each TaskManager', { taskmanager: { spec } }, 5.6, 1_024 + 2 * (2_048 + 164)],
    ['sidecars of all pods', { default: { spec } }, 5.9, 1_024 + 164 + 2 * (2_048 + 164)],
    [
      'an init container of each TaskManager that requests more than Flink',
      { taskmanager: { spec: { initContainers: [{ ...container('4', '1Gi'), name: 'load' }] } } },
      9,
      1_024 + 2 * 2_048,
    ],
  ])('includes %s', (_, podTemplates, cpu, memoryMebibytes) => {
    expect(render(podTemplates).demand).toMatchObject({ cpu, memoryMebibytes });
  });
});
