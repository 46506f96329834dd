import { describe, expect, it } from 'vitest';

import { PodTemplate } from '#events/kubernetes/pod-template.ts';
import { parse } from '#events/problems/problem.ts';
import { apiHandlers } from '#test/fakes/api-handlers.ts';
import { callHandler, makeHttpEvent } from '#test/fakes/lambda.ts';
import { origins, type Send } from '#test/fakes/origins.ts';
import { makeWorld } from '#test/fakes/world.ts';
import { clusterId, session, world } from '#test/unit/shared/clusters/fixture.ts';

describe('a null field of a pod template, which Kubernetes takes for a missing one', () => {
  const toNull = (...fields: readonly string[]) => Object.fromEntries(fields.map((field) => [field, null]));
  const specRef = { target: 'local', name: 'office' };
  const proxy = { name: 'proxy', image: 'p' };
  const short = {
    metadata: { labels: { team: 'a' } },
    spec: {
      volumes: [{ name: 'scratch' }],
      containers: [
        { name: 'flink-main-container', env: [{ name: 'EMPTY' }] },
        { ...proxy, resources: {} },
      ],
    },
  };
  const long = {
    metadata: { labels: { team: 'a' }, ...toNull('annotations', 'finalizers') },
    spec: {
      ...toNull('affinity', 'hostAliases', 'imagePullSecrets', 'initContainers', 'nodeSelector'),
      ...toNull('restartPolicy', 'securityContext', 'serviceAccountName', 'tolerations'),
      volumes: [{ name: 'scratch', ...toNull('configMap', 'emptyDir') }],
      containers: [
        {
          name: 'flink-main-container',
          ...toNull('args', 'command', 'image', 'livenessProbe', 'ports', 'resources', 'volumeMounts'),
          env: [{ name: 'EMPTY', ...toNull('value', 'valueFrom') }],
        },
        { ...proxy, ...toNull('env', 'ports', 'volumeMounts'), resources: toNull('limits', 'requests') },
      ],
    },
  };
  const deploy = async (send: Send, podTemplates: object) => {
    const ownWorld = makeWorld();
    expect(await send('deploy', { clusterId, data: { ...session, podTemplates }, key: 'k' }, ownWorld)).toMatchObject({
      outcome: 'done',
    });
    await ownWorld.workflows.runAll(ownWorld.ports);
    return ownWorld.kubernetes.cluster(clusterId).manifests;
  };

  it.each(origins)('is left out of the objects, from %s', async (_origin, send) => {
    const longTemplates = { default: long, jobmanager: { ...long, metadata: null } };
    const shortTemplates = { default: short, jobmanager: { spec: short.spec } };

    expect(await deploy(send, longTemplates)).toStrictEqual(await deploy(send, shortTemplates));
  });

  it('is left out of a stored spec', async () => {
    const call = (method: 'GET' | 'PUT', body?: object) => {
      const event = makeHttpEvent(`${method} /v1/targets/{target}/specs/{name}`, specRef, { body });
      return callHandler(apiHandlers.specs(world.ports), event);
    };

    await call('PUT', { ...session, podTemplates: { default: long } });

    const { body } = await call('GET');
    expect(body).toHaveProperty('deploy.podTemplates', { default: short });
  });

  it('keeps null values of maps, which are empty text in Kubernetes', () => {
    const pod = { metadata: { labels: { team: null } }, spec: { containers: [{ name: 'x', args: [null] }] } };

    expect(parse(PodTemplate, pod)).toStrictEqual(pod);
  });
});
