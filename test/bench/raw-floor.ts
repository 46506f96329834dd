import { Agent, request } from 'node:https';

import { KubeConfig, type V1Deployment } from '@kubernetes/client-node';

import type { LocalSystem } from '#local/system.ts';
import { addOwnerReference } from '#shared/flink/manifests/manifests.ts';
import { renderCluster } from '#shared/flink/manifests/render-cluster.ts';
import { openAccess } from '#test/support/kubeconfig.ts';

import type { Figures } from './measure.ts';
import { pending } from './pending.ts';

/** The fastest deploy that is possible: the Deployment, then what it owns, over one connection that is kept. */
export interface RawFloor {
  readonly create: (clusterId: string) => Promise<Figures>;
  readonly end: () => void;
}

/** A session has three objects beside its Deployment. */
const maxSockets = 3;

/** Sends a session's objects to the API server, as its administrator, without anything around it. */
export const openRawFloor = async (system: LocalSystem): Promise<RawFloor> => {
  const config = new KubeConfig();
  config.loadFromFile(system.kubeconfig);
  const { server, ...tls } = await (await openAccess(config)).open({} as never, {} as never); // A certificate needs neither.
  const agent = new Agent({ ...tls, keepAlive: true, maxSockets });
  const post = (group: string, plural: string, object: unknown) =>
    send(new URL(`${group}/namespaces/${system.namespace}/${plural}`, server), object, agent);

  const create = async (clusterId: string): Promise<Figures> => {
    const { deployment, dependents } = renderCluster({
      mode: 'session',
      clusterId,
      namespace: system.namespace,
      config: { 'kubernetes.container.image.ref': 'flink:2.2', 'kubernetes.service-account': 'flink', ...pending },
    });
    const startMs = performance.now();
    const { metadata } = await post('/apis/apps/v1', 'deployments', deployment);
    const owner = { name: clusterId, uid: metadata?.uid ?? '' };
    await Promise.all(
      dependents.map((object) =>
        post('/api/v1', `${object.kind?.toLowerCase() ?? ''}s`, addOwnerReference(object, owner)),
      ),
    );
    return { wallMs: performance.now() - startMs };
  };
  return { create, end: () => agent.destroy() };
};

const send = (url: URL, object: unknown, agent: Agent): Promise<V1Deployment> =>
  new Promise((resolve, reject) => {
    const headers = { 'content-type': 'application/json' };
    const sent = request(url, { method: 'POST', agent, headers }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('end', () => {
        const text = Buffer.concat(chunks).toString();
        if (response.statusCode === 201) resolve(JSON.parse(text) as V1Deployment);
        else reject(new Error(`${url.pathname} answered ${response.statusCode}: ${text}`));
      });
    });
    sent.on('error', reject);
    sent.end(JSON.stringify(object));
  });
