import { renderCluster } from '#shared/flink/manifests/render-cluster.ts';
import type { Client } from '#shared/kubernetes/api/client.ts';
import type { Request } from '#shared/kubernetes/api/exchange.ts';
import { type Answer, toRefusal } from '#shared/kubernetes/api/status.ts';
import { openKubernetes } from '#shared/kubernetes/cluster.ts';
import { target } from '#test/unit/shared/kubernetes/target.ts';

export { target };
export const operationId = '0'.repeat(32);
/** The stage of the adapter. */
export const stage = '000000000000/eu-central-1/test';

export type Handler = (request: Request) => Pick<Answer, 'status' | 'isRepeated'> & { readonly body?: unknown };

/** The adapter over a client with the responses of the test, and the requests that it sent. */
export const kubernetesWith = (handle: Handler) => {
  const sent: Request[] = [];
  const send: Client['send'] = async (request) => {
    sent.push(request);
    const { body, ...rest } = handle(request);
    const { status } = rest;
    const answer: Answer = { ...rest, body, retryAfterSeconds: undefined };
    if (status >= 300 && request.expected?.includes(status) !== true) throw toRefusal(answer, target);
    return answer;
  };
  const client: Client = {
    connect: async () => {},
    send,
    async get(path, schema) {
      const { status, body } = await send({ method: 'GET', path, expected: [404] });
      return status === 404 ? undefined : schema.parse(body);
    },
    async list(path, schema, query) {
      const { body } = await send({ method: 'GET', path: `${path}?${new URLSearchParams(query).toString()}` });
      return (body as { items: unknown[] }).items.map((item) => schema.parse(item)); // What the test gave.
    },
  };
  const notUsed = () => Promise.reject(new Error('not used'));
  const access = { open: notUsed, identify: notUsed, forget: () => {} };
  return { kubernetes: openKubernetes(target, { access, signal: new AbortController().signal, stage, client }), sent };
};

export const object = (name: string, metadata: object = {}, rest: object = {}) => ({
  metadata: { name, uid: `uid-of-${name}`, ...metadata },
  ...rest,
});
export const manifests = renderCluster({ mode: 'session', clusterId: 'my', namespace: 'flink', config: {} });
export const deployments = '/apis/apps/v1/namespaces/flink/deployments';
export const lines = (sent: readonly Request[]) =>
  sent.map(({ method, path }) => `${method} ${path.split('?')[0] ?? ''}`);
