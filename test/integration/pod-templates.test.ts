import { execa } from 'execa';
import { describe, expect, it } from 'vitest';

import { findPodIssues } from '#events/kubernetes/pod-template.ts';
import podTypes from '#events/kubernetes/pod-types.json' with { type: 'json' };

import { toPodTypes } from '../../infra/generators/pod-types.ts';

const kubeconfig = process.env['DREY_TEST_KUBECONFIG'];
if (kubeconfig === undefined)
  throw new Error('DREY_TEST_KUBECONFIG does not name a kubeconfig: these tests need a real API server');

const kubectl = (args: readonly string[], input = '') =>
  execa('kubectl', ['--kubeconfig', kubeconfig, ...args], { input });

/** Whether the API server accepts the pod, without creating it. */
const isAccepted = async (template: object): Promise<boolean> => {
  const body = { apiVersion: 'v1', kind: 'Pod', ...template };
  const path = '/api/v1/namespaces/default/pods?dryRun=All';
  const { exitCode } = await kubectl(['create', '--raw', path, '-f', '-'], JSON.stringify(body)).catch(() => ({
    exitCode: 1,
  }));
  return exitCode === 0;
};

const pod = (container: object, spec: object = {}) => ({
  metadata: { name: 'template' },
  spec: { containers: [{ name: 'main', image: 'x', ...container }], ...spec },
});

describe('the types of the fields of a pod', () => {
  it('are those of the API server', async () => {
    const { stdout } = await kubectl(['get', '--raw', '/openapi/v3/api/v1']);

    expect(toPodTypes(JSON.parse(stdout))).toEqual(podTypes);
  });

  it.each([
    [pod({}), true],
    [pod({ resources: { limits: { cpu: 2, memory: '1e9' }, requests: { cpu: '1500m' } } }), true],
    [
      pod(
        { env: [{ name: 'EMPTY', value: null }] },
        { serviceAccountName: null, volumes: [{ name: 'x', emptyDir: null }] },
      ),
      true,
    ],
    [pod({ args: null, env: null, ports: null, resources: null, securityContext: null, volumeMounts: null }), true],
    [pod({ args: [null], env: [{ name: 'A', valueFrom: null }], resources: { limits: null, requests: null } }), true],
    [pod({}, { affinity: null, imagePullSecrets: null, initContainers: null, nodeSelector: null }), true],
    [pod({}, { hostAliases: null, securityContext: null, tolerations: null, volumes: null }), true],
    [{ ...pod({}), metadata: { name: 'template', annotations: null, labels: { team: null } } }, true],
    [pod({ volumeMounts: [{ name: 'x', mountPath: null }] }, { volumes: [{ name: 'x' }] }), false],
    [pod({}, { containers: null }), false],
    [pod({}, { containers: [null] }), false],
    [pod({}, { tolerations: [null] }), false],
    [{ ...pod({}), spec: null }, false],
    [pod({ livenessProbe: { tcpSocket: { port: 'http' } }, ports: [{ name: 'http', containerPort: 80 }] }), true],
    [pod({ imagePullPolice: 'Never' }), true],
    [pod({ image: 5 }), false],
    [pod({ env: { TZ: 'UTC' } }), false],
    [pod({ resources: { limits: { cpu: '1.2.3' } } }), false],
    [pod({ resources: { limits: { cpu: ' 1 ' } } }), true],
    [pod({ resources: { limits: { cpu: -1 } } }), false],
    [pod({ resources: { limits: { cpu: 1 }, requests: { cpu: 2 } } }), false],
    [pod({}, { nodeSelector: 'x' }), false],
    [pod({}, { nodeSelector: { zone: 1 } }), false],
    [pod({}, { terminationGracePeriodSeconds: '30' }), false],
    [pod({}, { terminationGracePeriodSeconds: 1.5 }), false],
    [pod({}, { shareProcessNamespace: 'yes' }), false],
    [pod({}, { volumes: [{ emptyDir: {} }] }), false],
    [pod({}, { topologySpreadConstraints: [{}] }), false],
  ])('tell what the API server tells (%#)', async (template, isValid) => {
    const mistakes = findPodIssues(template).filter(({ severity }) => severity === 'mistake');

    expect(await isAccepted(template)).toBe(isValid);
    expect(mistakes.length === 0).toBe(isValid);
  });
});
