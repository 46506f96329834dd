import { readFileSync } from 'node:fs';

import type { V1Pod } from '@kubernetes/client-node';
import { describe, expect, it } from 'vitest';
import { parse, parseAllDocuments } from 'yaml';

import { Target } from '#events/records/target.ts';
import { checkIngress } from '#shared/clusters/model/target-check/check-network.ts';
import type { Peer } from '#shared/clusters/model/target-check/facts.ts';
import { putTarget } from '#shared/clusters/queries/targets.ts';
import { origins } from '#test/fakes/origins.ts';
import { clusterId, session, world } from '#test/unit/shared/clusters/fixture.ts';

const read = (file: string) => readFileSync(`docs/prometheus/${file}`, 'utf8');
const port = 9249;

interface PodMonitor {
  readonly spec: {
    readonly selector: { readonly matchLabels: Readonly<Record<string, string>> };
    readonly podMetricsEndpoints: readonly { readonly port: string; readonly relabelings: readonly object[] }[];
  };
}
interface Admission {
  readonly spec: {
    readonly ingress: readonly { readonly from: readonly Peer[]; readonly ports: readonly object[] }[];
  };
}
const [podMonitor, networkPolicy] = parseAllDocuments(read('pod-monitor.yaml')).map(
  (document) => document.toJS() as unknown,
) as [PodMonitor, Admission];

describe('the documented target for Prometheus', () => {
  const target = Target.parse(parse(read('target.yaml')));

  it('is accepted', async () => {
    await expect(putTarget('new', { ...target, namespace: 'new' }, world.ports)).resolves.toMatchObject({
      name: 'new',
    });
  });

  it.each(origins)(
    'has clusters with the reporter on a port that nothing else uses, from %s',
    async (_origin, send) => {
      world.targets.known.set('local', target);

      expect(await send('deploy', { clusterId, data: session }, world)).toMatchObject({ outcome: 'done' });

      const { deployment, dependents } = world.kubernetes.cluster(clusterId).manifests!;
      const pod = deployment.spec?.template as V1Pod;
      expect(JSON.stringify(dependents.filter(({ kind }) => kind === 'ConfigMap'))).toContain(
        'org.apache.flink.metrics.prometheus.PrometheusReporterFactory',
      );
      expect(pod.metadata?.annotations).toMatchObject({
        'prometheus.io/scrape': 'true',
        'prometheus.io/port': String(port),
      });
      const ports = pod.spec?.containers.flatMap((container) => container.ports ?? []) ?? [];
      expect(target.defaults['metrics.reporter.prom.port']).toBe(String(port));
      expect(ports.map(({ containerPort }) => containerPort)).not.toContain(port);
      expect(podMonitor.spec.podMetricsEndpoints.map((endpoint) => endpoint.port)).toEqual([
        ports.find(({ name }) => name === 'rest')?.name,
        // Flink's constant, TASK_MANAGER_RPC_PORT_NAME.
        'taskmanager-rpc',
      ]);
      expect(pod.metadata?.labels).toMatchObject(podMonitor.spec.selector.matchLabels);
    },
  );
});

describe('the documented NetworkPolicy', () => {
  it('admits one namespace to the port of the reporter only, so that the check of the target passes', () => {
    const controlPlane = { ipBlock: { cidr: '198.51.100.0/24' } };
    const all = { podSelector: {}, policyTypes: ['Ingress' as const], egress: [] };
    const { ingress } = networkPolicy.spec;

    expect(ingress).toMatchObject([{ ports: [{ protocol: 'TCP', port }] }]);
    expect(
      checkIngress(
        [
          { ...all, name: 'drey-ingress', ingress: [[controlPlane]] },
          { ...all, name: 'prometheus', ingress: ingress.map(({ from }) => from) },
        ],
        '',
      ),
    ).toMatchObject({ state: 'ok' });
  });
});
