import { urlPath } from '#shared/flink/rest/transport/url-path.ts';

/** The API group and plural of each kind that Drey uses. */
const collections = {
  Deployment: { api: 'apis/apps/v1', plural: 'deployments' },
  ReplicaSet: { api: 'apis/apps/v1', plural: 'replicasets' },
  Pod: { api: 'api/v1', plural: 'pods' },
  Service: { api: 'api/v1', plural: 'services' },
  ConfigMap: { api: 'api/v1', plural: 'configmaps' },
  Secret: { api: 'api/v1', plural: 'secrets' },
  Event: { api: 'api/v1', plural: 'events' },
} as const;

export type Kind = keyof typeof collections;

export const isKind = (kind: string | undefined): kind is Kind =>
  kind !== undefined && Object.hasOwn(collections, kind);

export const collectionPath = (kind: Kind, namespace: string): string => {
  const { api, plural } = collections[kind];
  return `/${api}${urlPath`/namespaces/${namespace}`}/${plural}`;
};

export const objectPath = (kind: Kind, namespace: string, name: string): string =>
  `${collectionPath(kind, namespace)}${urlPath`/${name}`}`;
