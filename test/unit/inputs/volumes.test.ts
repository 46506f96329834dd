import { describe, expect, it } from 'vitest';

import type { ClusterInput } from '#shared/flink/manifests/cluster-input.ts';
import { renderCluster } from '#shared/flink/manifests/render-cluster.ts';
import { faultOf } from '#test/unit/shared/flink/outcome.ts';

const input: ClusterInput = { mode: 'session', clusterId: 'nest', namespace: 'trees', config: {} };
const render = (rest: Partial<ClusterInput>) => renderCluster({ ...input, ...rest });
const template = (spec: object) => ({ podTemplates: { default: { spec } } });

describe('a name that a pod has twice', () => {
  const python = { mode: 'application', job: { python: { file: 'a.py', sources: { 'a.py': '' } }, args: [] } } as const;
  const secrets = (map: string) => ({ config: { 'kubernetes.secrets': map } });
  const mountAt = (mountPath: string) =>
    template({
      volumes: [{ name: 'x' }],
      containers: [{ name: 'flink-main-container', volumeMounts: [{ name: 'x', mountPath }] }],
    });

  it.each([
    [
      'volume of Python files',
      { ...python, ...template({ volumes: [{ name: 'python-sources-volume' }] }) },
      'podTemplates/default',
    ],
    ['mount path of Python files', { ...python, ...mountAt('/opt/flink/python') }, 'podTemplates/default'],
    ['volume of a Secret', secrets('a.b:/x,a-b:/y'), 'config/kubernetes.secrets'],
    ['mount path of a Secret', secrets('a:/x,b:/x'), 'config/kubernetes.secrets'],
    ['mount path of a template', { ...secrets('a:/x'), ...mountAt('/x') }, 'config/kubernetes.secrets'],
    ['mount path of the configuration', secrets('a:/opt/flink/conf'), 'config/kubernetes.secrets'],
    ['volume of a template', template({ volumes: [{ name: 'a' }, { name: 'a' }] }), 'podTemplates/default'],
    ['container', template({ containers: [{ name: 'a' }, { name: 'a' }] }), 'podTemplates/default'],
    [
      'container of TaskManagers',
      { podTemplates: { taskmanager: { spec: { containers: [{ name: 'a' }, { name: 'a' }] } } } },
      'podTemplates/taskmanager',
    ],
  ])('is refused as a %s', (_what, rest, pointer) => {
    const fault = faultOf(() => render(rest));

    expect(fault).toMatchObject({ code: 'refused-option' });
    expect(new Set(fault?.errors.map((error) => error.pointer))).toEqual(new Set([`/${pointer}`]));
  });
});

describe('a mount of a volume that the pod does not have', () => {
  const mounting = (name: string) => ({
    spec: { containers: [{ name: 'proxy', volumeMounts: [{ name, mountPath: '/x' }] }] },
  });

  it.each(['default', 'jobmanager'])('is refused in the template %s', (template) => {
    expect(faultOf(() => render({ podTemplates: { [template]: mounting('data') } }))).toMatchObject({
      code: 'refused-option',
      errors: [{ pointer: `/podTemplates/${template}` }],
    });
  });

  it('causes a warning in the template of TaskManagers, to which a webhook may add volumes', () => {
    expect(render({ podTemplates: { taskmanager: mounting('data') } }).warnings).toContainEqual(
      expect.stringContaining('mounts the volume data, which is not among its volumes'),
    );
  });

  it.each(['flink-config-volume', 'password-volume'])('is accepted for a volume that Flink adds: %s', (name) => {
    const config = { 'kubernetes.secrets': 'password:/etc/password' };

    expect(() => render({ config, podTemplates: { default: mounting(name) } })).not.toThrow();
  });
});
