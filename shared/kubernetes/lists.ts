/**
 * The lists of all objects of a namespace, which may have thousands: each page is reduced to what Drey needs before the
 * next one is read, and whole objects are read only of pods that are not ready.
 */
import pMap from 'p-map';

import { Fault } from '#events/problems/problem.ts';
import type { FlinkObject, ListedDeployment, ListedPod } from '#shared/clusters/model/kubernetes.ts';
import { toLabelSelector } from '#shared/flink/names.ts';
import { answerTooLarge } from '#shared/flink/rest/transport/transport.ts';
import type { Api } from '#shared/kubernetes/api/client.ts';
import type { Row } from '#shared/kubernetes/api/lists.ts';
import { type AnyObject, Event, Pod } from '#shared/kubernetes/api/objects.ts';
import { collectionPath } from '#shared/kubernetes/api/paths.ts';

import { toListedDeployment } from './observe.ts';
import { findOperationId, isForeign, isHighAvailabilityData } from './ownership.ts';
import { isWaiting, toObservedPod, withWarning } from './pods.ts';

/** The labels that Flink's own client gives to all objects of a cluster. */
const flinkLabels = { type: 'flink-native-kubernetes' };

/** The Flink Deployments of the namespace, found by Flink's labels; see the port. */
export const listDeployments = async (api: Api): Promise<readonly ListedDeployment[]> => {
  const labelSelector = toLabelSelector({ ...flinkLabels, component: 'jobmanager' });
  const path = collectionPath('Deployment', api.target.namespace);
  const found: ListedDeployment[] = [];
  for await (const page of api.client.pagesOfMetadata(path, { labelSelector }))
    for (const { metadata } of page) if (!isForeign(metadata, api)) found.push(toListedDeployment(metadata));
  return found;
};

/** Whole pods are read one by one up to this number, and then page by page. */
const maxSingleReads = 200;
const maxReadsAtOnce = 16;

/** The pods with Flink's labels that are not ready; see the port. */
export const listUnreadyPods = async (api: Api): Promise<readonly ListedPod[]> => {
  const { client, target } = api;
  const path = collectionPath('Pod', target.namespace);
  const labelSelector = toLabelSelector(flinkLabels);
  const names = new Set<string>();
  for await (const page of client.pagesOfRows(path, { labelSelector }))
    for (const row of page) if (!isReady(row)) names.add(String(row['Name']));
  if (names.size > maxSingleReads) return explainWaiting(await readPods({ labelSelector }, api, names), api);
  const pods = await pMap(
    names,
    (name) => client.list(path, Pod, { labelSelector, fieldSelector: `metadata.name=${name}` }),
    { concurrency: maxReadsAtOnce },
  );
  return explainWaiting(pods.flat().map(toListedPod), api);
};

/**
 * Whether `kubectl get pods` prints a pod as `Running`, with all of its containers ready. Such a pod has no trouble.
 *
 * @see Kubernetes `printPod`
 */
const isReady = ({ Ready: ready, Status: status }: Row): boolean => {
  const [count, total] = String(ready).split('/');
  return status === 'Running' && count === total;
};

/** All pods of these clusters; see the port. */
export const listPods = async (clusterIds: readonly string[], api: Api): Promise<readonly ListedPod[]> => {
  const labelSelector = `${toLabelSelector(flinkLabels)},app in (${clusterIds.join(',')})`;
  return explainWaiting(await readPods({ labelSelector }, api), api);
};

type WholePod = ListedPod & { readonly uid: string };

/** Reads whole pods page by page, and keeps those of the names. */
const readPods = async (
  query: Readonly<Record<string, string>>,
  { client, target }: Api,
  names?: ReadonlySet<string>,
): Promise<readonly WholePod[]> => {
  const found: WholePod[] = [];
  for await (const page of client.pages(collectionPath('Pod', target.namespace), Pod, query))
    found.push(...page.filter(({ metadata }) => names?.has(metadata.name) ?? true).map(toListedPod));
  return found;
};

const toListedPod = (pod: Pod): WholePod => ({
  ...toObservedPod(pod),
  uid: pod.metadata.uid,
  operationId: findOperationId(pod.metadata),
  ownerUids: pod.metadata.ownerReferences.map(({ uid }) => uid),
});

/** A pod that waits for its volumes has no trouble of its own: only the events tell why. */
const explainWaiting = async (pods: readonly WholePod[], { client, target }: Api): Promise<readonly ListedPod[]> => {
  const explain = (warnings: readonly Event[]) =>
    pods.map(({ uid, ...pod }) => ({ ...pod, ...withWarning(pod, { uid, warnings }) }));
  if (!pods.some(isWaiting)) return explain([]);
  try {
    const query = { fieldSelector: 'type=Warning' };
    return explain(await client.list(collectionPath('Event', target.namespace), Event, query));
  } catch (error) {
    // Everybody in the namespace can write events. They must not keep Drey from its pods.
    if (error instanceof Fault && error.reason === answerTooLarge) return explain([]);
    throw error;
  }
};

const flinkKinds = ['Deployment', 'Service', 'ConfigMap'] as const;

/** The objects of all Flink clusters, found by Flink's labels and by their owners; see the port. */
export const listFlinkObjects = async (api: Api): Promise<readonly FlinkObject[]> => {
  const query = { labelSelector: toLabelSelector(flinkLabels) };
  const listKind = async (kind: (typeof flinkKinds)[number]) => {
    const found: FlinkObject[] = [];
    for await (const page of api.client.pagesOfMetadata(collectionPath(kind, api.target.namespace), query))
      found.push(...page.flatMap((object) => toFlinkObject(kind, object, api)));
    return found;
  };
  return (await Promise.all(flinkKinds.map(listKind))).flat();
};

/** Nothing for an object that only has the labels of a Flink cluster. */
const toFlinkObject = (
  kind: (typeof flinkKinds)[number],
  { metadata }: AnyObject,
  api: Api,
): readonly FlinkObject[] => {
  const { name, uid, labels, ownerReferences } = metadata;
  const clusterId = kind === 'Deployment' ? name : (labels?.['app'] ?? name);
  const owner = ownerReferences.find((one) => one.kind === 'Deployment' && one.name === clusterId);
  const isData = kind === 'ConfigMap' && isHighAvailabilityData(metadata, clusterId);
  if (kind !== 'Deployment' && owner === undefined && !isData) return [];
  const operationId = findOperationId(metadata);
  return [{ kind, name, uid, clusterId, operationId, foreign: isForeign(metadata, api), ownerUid: owner?.uid }];
};
