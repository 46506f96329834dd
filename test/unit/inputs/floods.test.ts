import { describe, expect, it } from 'vitest';

import { findPodIssues } from '#events/kubernetes/pod-template.ts';
import { renderCluster } from '#shared/flink/manifests/render-cluster.ts';
import { origins } from '#test/fakes/origins.ts';
import { maxGrowth, measureGrowth } from '#test/support/growth.ts';
import { clusterId, listOperations, session, world } from '#test/unit/shared/clusters/fixture.ts';

const job = { jar: 'local:///opt/flink/usrlib/etl.jar' };
const application = { mode: 'application', job };

describe.each(origins)('a batch from %s', (_origin, send) => {
  const sendBatch = (template: object, parameters: readonly object[]) =>
    send('batch', { data: { name: 'days', template: { ...application, ...template }, parameters } }, world);

  it('is refused by name when its parameters make a row too large', async () => {
    const args = Array.from({ length: 100 }, () => '${param.a}${param.a}${param.a}');

    expect(await sendBatch({ job: { ...job, args } }, [{ a: 'x' }, { a: 'x'.repeat(10_000) }])).toMatchObject({
      outcome: 'rejected',
      code: 'malformed-request',
      pointers: ['/template'],
      detail: expect.stringMatching(/Row 1: The template has 30000\d\d characters when it is filled/),
    });
    expect(listOperations()).toEqual([]);
  });

  it('is refused by name when all its rows are too large', async () => {
    const files = { 'log4j-console.properties': '${param.a}'.repeat(19) };
    const parameters = Array.from({ length: 1_000 }, () => ({ a: 'x'.repeat(10_000) }));

    expect(await sendBatch({ files }, parameters)).toMatchObject({
      code: 'malformed-request',
      pointers: ['/template'],
      detail: expect.stringContaining('Send several batches'),
    });
  });

  it('is refused with some of its mistakes when there are very many', async () => {
    const config = { 'user.artifacts.artifact-list': 'a;'.repeat(130_000) };

    const sent = await sendBatch({ config }, [{}]);

    expect(sent).toMatchObject({ outcome: 'rejected', code: 'malformed-request' });
    expect(sent.pointers).toHaveLength(50);
  });
});

describe('a large pod template', () => {
  it('is checked in time that grows with its length, also when Kubernetes knows none of its fields', async () => {
    const check = (count: number) => {
      const containers = Array.from({ length: count }, (_, index) => ({
        name: `x${index}`,
        [`imagePullPolic${index}`]: 1,
      }));
      expect(findPodIssues({ spec: { containers } })).toHaveLength(count);
      const podTemplates = { default: { spec: { containers } } };
      const { warnings } = renderCluster({ mode: 'session', clusterId, namespace: 'trees', config: {}, podTemplates });
      expect(warnings).toHaveLength(12);
    };

    expect(await measureGrowth(check, 1_250)).toBeLessThan(maxGrowth);
  });
});

describe.each(origins)('YAML that grows when it is read, from %s', (_origin, send) => {
  it('is refused', async () => {
    const levels = 'bcdefghij'.split('');
    const bomb = levels.map((name, index) => {
      const earlier = String.fromCharCode(name.charCodeAt(0) - 1);
      return `${name}: &${name} [${Array.from({ length: 9 }, () => (index === 0 ? 'x' : `*${earlier}`)).join(', ')}]`;
    });
    const config = { 'kubernetes.jobmanager.labels': `{${bomb.join(', ')}}` };

    expect(await send('deploy', { clusterId, data: { ...session, config } }, world)).toMatchObject({
      outcome: 'rejected',
      code: 'refused-option',
      pointers: ['/config/kubernetes.jobmanager.labels'],
    });
  });
});
