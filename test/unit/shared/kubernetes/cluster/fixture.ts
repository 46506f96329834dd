import { renderCluster } from '#shared/flink/manifests/render-cluster.ts';
import { openClient } from '#shared/kubernetes/api/client.ts';
import type { Exchange, Request } from '#shared/kubernetes/api/exchange.ts';
import type { Answer } from '#shared/kubernetes/api/status.ts';
import { openKubernetes } from '#shared/kubernetes/cluster.ts';
import { policies } from '#shared/retries.ts';
import { toPodTable } from '#test/fakes/pod-table.ts';
import { target } from '#test/unit/shared/kubernetes/target.ts';

export { target };
export const operationId = '0'.repeat(32);
/** The stage of the adapter. */
export const stage = '000000000000/eu-central-1/test';

export type Handler = (request: Request) => Pick<Answer, 'status' | 'isRepeated'> & { readonly body?: unknown };

/** The adapter over a client with the responses of the test, and the requests that it sent. */
export const kubernetesWith = (handle: Handler) => {
  const sent: Request[] = [];
  const exchange: Exchange = async (request) => {
    sent.push(request);
    const { body, ...rest } = handle(request);
    const isTable = request.accept?.includes('as=Table') === true && rest.status < 300;
    const { items = [], ...page } = (body ?? {}) as { readonly items?: readonly unknown[] }; // What the test gave.
    const answer = isTable ? { ...toPodTable(items), ...page } : body;
    const isOfMetadata = request.accept?.includes('as=PartialObjectMetadataList') === true;
    return { ...rest, body: withMetadata(answer, isOfMetadata), retryAfterSeconds: undefined };
  };
  const notUsed = () => Promise.reject(new Error('not used'));
  const access = {
    open: async () => ({ server: new URL('https://kubernetes.invalid'), ca: '', token: 'token' }),
    identify: notUsed,
    forget: () => {},
  };
  const { signal } = new AbortController();
  const client = openClient(target, { access, signal, exchange, policy: { ...policies.kubernetes, retries: 0 } });
  return { kubernetes: openKubernetes(target, { access, signal, stage, client }), sent };
};

/** A list as API servers answer it: tests give only its items. An empty list of metadata has `null`. */
const withMetadata = (body: unknown, isOfMetadata: boolean): unknown => {
  if (typeof body !== 'object' || body === null || !('items' in body)) return body;
  const { items } = body;
  const isEmpty = isOfMetadata && Array.isArray(items) && items.length === 0;
  return { metadata: {}, ...body, items: isEmpty ? null : items };
};

export const object = (name: string, metadata: object = {}, rest: object = {}) => ({
  metadata: { name, uid: `uid-of-${name}`, ...metadata },
  ...rest,
});
export const manifests = renderCluster({ mode: 'session', clusterId: 'my', namespace: 'flink', config: {} });
export const deployments = '/apis/apps/v1/namespaces/flink/deployments';
export const lines = (sent: readonly Request[]) =>
  sent.map(({ method, path }) => `${method} ${path.split('?')[0] ?? ''}`);
