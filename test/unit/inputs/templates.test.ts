import { describe, expect, it } from 'vitest';

import type { ClusterInput } from '#shared/flink/manifests/cluster-input.ts';
import { renderCluster } from '#shared/flink/manifests/render-cluster.ts';
import { origins, sendHttp } from '#test/fakes/origins.ts';
import { clusterId, getLastOperation, setPolicy, session, world } from '#test/unit/shared/clusters/fixture.ts';
import { faultOf } from '#test/unit/shared/flink/outcome.ts';

const input: ClusterInput = { mode: 'session', clusterId: 'nest', namespace: 'trees', config: {} };
const render = (rest: Partial<ClusterInput>) => renderCluster({ ...input, ...rest });
const template = (spec: object) => ({ podTemplates: { default: { spec } } });
const main = (fields: object) => template({ containers: [{ name: 'flink-main-container', ...fields }] });
const sidecar = (fields: object) => template({ containers: [{ name: 'proxy', ...fields }] });
const at = '/podTemplates/default/spec';

describe('a pod template with a field of another type than that of Kubernetes', () => {
  it.each([
    [template({ affinity: [] }), `${at}/affinity: must be a map, not a list`],
    [template({ initContainers: { name: 'x' } }), `${at}/initContainers: must be a list, not a map`],
    [
      template({ hostAliases: [{ ip: '1.2.3.4', hostnames: 'x' }] }),
      `${at}/hostAliases/0/hostnames: must be a list, not text`,
    ],
    [
      template({ terminationGracePeriodSeconds: '30' }),
      `${at}/terminationGracePeriodSeconds: must be a whole number, not text`,
    ],
    [template({ shareProcessNamespace: 'yes' }), `${at}/shareProcessNamespace: must be true or false, not text`],
    [template({ nodeSelector: { zone: 1 } }), `${at}/nodeSelector/zone: must be text, not a number`],
    [template({ volumes: [{ emptyDir: {} }] }), `${at}/volumes/0/name: is required`],
    [
      sidecar({ livenessProbe: { httpGet: { port: true } } }),
      `${at}/containers/0/livenessProbe/httpGet/port: must be a whole number or text, not true or false`,
    ],
    [
      sidecar({ resources: { limits: { cpu: '1.2.3' } } }),
      `${at}/containers/0/resources/limits/cpu: '1.2.3' is not a quantity; write a number such as 500m, 2 or 4Gi`,
    ],
    [
      sidecar({ resources: { limits: { memory: [] } } }),
      `${at}/containers/0/resources/limits/memory: must be a quantity such as 500m, 2 or 4Gi, not a list`,
    ],
    [
      sidecar({ resources: { requests: { memory: '2Gi' }, limits: { memory: '1Gi' } } }),
      `${at}/containers/0/resources/requests/memory: is 2Gi, more than the limit of 1Gi`,
    ],
    [
      sidecar({ resources: { requests: { cpu: -1 } } }),
      `${at}/containers/0/resources/requests/cpu: '-1' is negative; write a number such as 500m, 2 or 4Gi`,
    ],
    [
      { podTemplates: { taskmanager: { spec: null } } },
      '/podTemplates/taskmanager/spec: is empty; write a map, or remove it',
    ],
    [template({ containers: null }), `${at}/containers: is empty; write a list, or remove it`],
    [template({ containers: [null] }), `${at}/containers/0: is empty; write a map, or remove it`],
    [template({ tolerations: [null] }), `${at}/tolerations/0: is empty; write a map, or remove it`],
    [
      main({ volumeMounts: [{ name: 'x', mountPath: null }] }),
      `${at}/containers/0/volumeMounts/0/mountPath: is required`,
    ],
    [
      { podTemplates: { default: { kind: 'Deployment', spec: {} } } },
      '/podTemplates/default/kind: is Deployment; write the metadata and the spec of a Pod',
    ],
    [{ podTemplates: { default: null } }, '/podTemplates/default: must be a map, not empty (null)'],
  ])('is refused by its place (%#)', async (data, detail) => {
    const sent = await sendHttp('deploy', { clusterId, data: { ...session, ...data } }, world);

    expect(sent).toMatchObject({ code: 'malformed-request', detail });
  });

  it.each(origins)('is refused before anything is recorded, from %s', async (_origin, send) => {
    const data = { ...session, ...template({ tolerations: {} }) };

    expect(await send('deploy', { clusterId, data }, world)).toMatchObject({
      outcome: 'rejected',
      code: 'malformed-request',
    });
    expect(getLastOperation()).toBeUndefined();
  });
});

describe('a pod template that Kubernetes accepts', () => {
  it.each([
    [{}],
    [{ metadata: { labels: { team: 'a' } } }],
    [{ apiVersion: 'v1', kind: 'Pod', spec: { volumes: [{ name: 'x', emptyDir: null }], serviceAccountName: null } }],
    [
      {
        spec: {
          containers: [
            { name: 'proxy', env: [{ name: 'EMPTY', value: null }], resources: { limits: { cpu: 2, memory: '1e3' } } },
          ],
        },
      },
    ],
    [
      {
        spec: {
          initContainers: [{ name: 'proxy', restartPolicy: 'Always', startupProbe: { tcpSocket: { port: 'http' } } }],
        },
      },
    ],
    [
      {
        spec: {
          volumes: [
            {
              name: 'scratch',
              ephemeral: {
                volumeClaimTemplate: {
                  spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '10Gi' } } },
                },
              },
            },
          ],
        },
      },
    ],
  ])('is accepted (%#)', async (pod) => {
    const data = { ...session, podTemplates: { default: pod } };

    expect(await sendHttp('deploy', { clusterId, data }, world)).toMatchObject({ outcome: 'done' });
  });
});

describe('a field or a value that Kubernetes does not have', () => {
  it.each([
    [
      sidecar({ imagePullPolice: 'Never' }),
      'spec.containers.0.imagePullPolice is not a field of Kubernetes, which ignores it. The most similar field is imagePullPolicy.',
    ],
    [
      template({ container: [] }),
      'spec.container is not a field of Kubernetes, which ignores it. The most similar field is containers.',
    ],
    [{ podTemplates: { default: { containers: [] } } }, 'containers is not a field of Kubernetes'],
    [
      sidecar({ imagePullPolicy: 'Allways' }),
      "spec.containers.0.imagePullPolicy 'Allways' is not one of Always, IfNotPresent, Never",
    ],
  ])('causes a warning (%#)', (rest, text) => {
    expect(render(rest).warnings).toContainEqual(expect.stringContaining(`Pod template default: ${text}`));
  });
});

it('does not suggest a field with a name that is hardly similar', () => {
  expect(render(template({ template: {} })).warnings).toContain(
    'Pod template default: spec.template is not a field of Kubernetes, which ignores it.',
  );
});

describe('what Flink adds to a pod', () => {
  it.each([
    ['volume', template({ volumes: [{ name: 'flink-config-volume' }] }), `${at}/volumes/0/name`],
    [
      'mount path',
      main({ volumeMounts: [{ name: 'x', mountPath: '/opt/flink/conf/' }] }),
      `${at}/containers/0/volumeMounts/0/mountPath`,
    ],
    [
      'port of the TaskManagers',
      main({ ports: [{ name: 'taskmanager-rpc', containerPort: 1 }] }),
      `${at}/containers/0/ports/0/name`,
    ],
  ])('is refused as a %s of a template, because Kubernetes refuses it twice', (_what, rest, pointer) => {
    expect(faultOf(() => render(rest))).toMatchObject({ code: 'refused-option', errors: [{ pointer }] });
  });

  it.each([
    [
      'a variable',
      { ...main({ env: [{ name: 'TZ', value: 'UTC' }] }), config: { 'containerized.taskmanager.env.TZ': 'CET' } },
      'TaskManagers: env TZ of flink-main-container is replaced. Set containerized.taskmanager.env.TZ.',
    ],
    [
      'a port',
      main({ ports: [{ name: 'rest', containerPort: 9000 }] }),
      'JobManager: port rest 9000 of flink-main-container is replaced. Set rest.port.',
    ],
    [
      'the restart policy',
      template({ restartPolicy: 'OnFailure' }),
      'JobManager: restartPolicy OnFailure is replaced. Flink needs Always.',
    ],
    [
      'the network',
      template({ hostNetwork: true }),
      'JobManager: hostNetwork true is replaced. Set kubernetes.hostnetwork.enabled.',
    ],
    [
      'the pull policy',
      { ...main({ imagePullPolicy: 'Never' }), config: { 'kubernetes.container.image.pull-policy': 'Always' } },
      'imagePullPolicy Never of flink-main-container is replaced.',
    ],
  ])('is told when it replaces %s of a template', (_what, rest, text) => {
    expect(render(rest).warnings).toContainEqual(expect.stringContaining(text));
  });

  it('restarts the JobManager whatever the template says', () => {
    const { deployment } = render(template({ restartPolicy: 'OnFailure' }));

    expect(deployment.spec?.template.spec?.restartPolicy).toBe('Always');
  });
});

const accountsOf = (rest: Partial<ClusterInput>) => {
  const { deployment, config, warnings } = render(rest);
  const option = (key: string) => config[key]?.value;
  return {
    jobManager: deployment.spec?.template.spec?.serviceAccountName,
    taskManagers: option('kubernetes.taskmanager.service-account') ?? option('kubernetes.service-account'),
    warnings,
  };
};

describe('the service account', () => {
  const defaults = { 'kubernetes.service-account': 'flink' };

  it.each([
    ['of a template for both pods', { ...template({ serviceAccountName: 'irsa' }) }],
    ['of the template for one pod', { podTemplates: { jobmanager: { spec: { serviceAccountName: 'irsa' } } } }],
    ['of an option', { config: { 'kubernetes.service-account': 'irsa' } }],
  ])('%s takes precedence over the default of the target, in both kinds of pods', (_what, rest) => {
    expect(accountsOf({ defaults, ...rest })).toEqual({ jobManager: 'irsa', taskManagers: 'irsa', warnings: [] });
  });

  it('of an option takes precedence over a default for one kind of pods', () => {
    const specific = { 'kubernetes.jobmanager.service-account': 'flink' };

    expect(accountsOf({ defaults: specific, config: { 'kubernetes.service-account': 'irsa' } })).toEqual({
      jobManager: 'irsa',
      taskManagers: 'irsa',
      warnings: [],
    });
  });

  it('of a template that an option replaces is told with both names', () => {
    const { warnings } = accountsOf({ ...template({ serviceAccountName: 'irsa' }), config: defaults });

    expect(warnings).toEqual([
      'Service account irsa of the pod template is replaced by flink of kubernetes.service-account.',
    ]);
  });

  it('that differs between the kinds of pods is told with both names', () => {
    const podTemplates = { jobmanager: { spec: { serviceAccountName: 'irsa' } } };

    expect(accountsOf({ podTemplates }).warnings).toEqual([
      'The JobManager has service account irsa, and the TaskManagers have default. Set kubernetes.service-account for both.',
    ]);
    expect(accountsOf({ config: { 'kubernetes.jobmanager.service-account': 'jm' } }).warnings).toEqual([]);
  });

  it('of a template is refused when the target denies the option', async () => {
    setPolicy({ denied: ['kubernetes.service-account'] });
    const data = { ...session, ...template({ serviceAccountName: 'admin' }) };

    expect(await sendHttp('deploy', { clusterId, data }, world)).toMatchObject({
      code: 'refused-option',
      pointers: ['/podTemplates/default/spec/serviceAccountName'],
    });
  });
});

describe('a cluster in the network of its nodes', () => {
  const config = {
    'kubernetes.hostnetwork.enabled': 'true',
    'metrics.reporter.prom.port': '9249',
    'taskmanager.data.port': '0',
    'metrics.reporter.jmx.port': '9250-9260',
    'env.java.opts.taskmanager': '-agentlib:jdwp=transport=dt_socket,server=y,address=*:5005',
    'rest.port': '8081',
  };

  it('has a warning for each fixed port', () => {
    const ports = main({ ports: [{ containerPort: 9102 }] });

    expect(render({ config, ...ports }).warnings).toEqual([
      expect.stringContaining('the fixed port of metrics.reporter.prom.port'),
      expect.stringContaining('the fixed port of env.java.opts.taskmanager'),
      expect.stringContaining('port 9102 of a pod template'),
    ]);
    expect(render({ ...ports, config: { ...config, 'kubernetes.hostnetwork.enabled': 'false' } }).warnings).toEqual([]);
  });
});

describe('a cluster ID with high availability', () => {
  const config = { 'high-availability.type': 'kubernetes', 'high-availability.storageDir': 's3://b/ha' };

  it('has at most 45 characters, as without', () => {
    expect(() => render({ clusterId: 'a'.repeat(45), config })).not.toThrow();
    expect(faultOf(() => render({ clusterId: 'a'.repeat(46), config }))).toMatchObject({
      errors: [{ pointer: '/clusterId', detail: 'must have at most 45 characters' }],
    });
  });
});
