import type { Cluster } from '#events/records/cluster.ts';
import type { Job } from '#events/records/job.ts';
import type { StoredRevision } from '#events/records/revisions.ts';
import type { Transition } from '#events/records/transitions.ts';
import type { QueuedCommand } from '#shared/clusters/model/admission/queue.ts';
import { keepsFailedObjects, type StoredOperation } from '#shared/clusters/model/operation.ts';
import type { OutboxEvent, VerdictRecord } from '#shared/clusters/model/records/outbox.ts';
import { operationAnnotation } from '#shared/kubernetes/ownership.ts';
import type { KubernetesObject } from '#test/faults/models/kubernetes/objects.ts';
import type { ModelWorld } from '#test/faults/world.ts';

/** The detail of a stored event. */
export const detailOf = <T extends OutboxEvent['detail']>(event: unknown) => (event as OutboxEvent).detail as T;

export const listClusters = ({ table }: ModelWorld) =>
  [...table.items].filter(([, { sk }]) => sk === 'cluster').map(([, { value }]) => value as Cluster);

export const listJobs = ({ table }: ModelWorld) =>
  [...table.items.values()].filter(({ sk }) => sk.startsWith('cluster#job#')).map(({ value }) => value as Job);

export const listOperations = ({ table }: ModelWorld) =>
  [...table.items.values()].filter(({ sk }) => sk === 'operation').map(({ value }) => value as StoredOperation);

export const listRevisions = ({ table }: ModelWorld) =>
  [...table.items.values()].filter(({ sk }) => sk.startsWith('revision#')).map(({ value }) => value as StoredRevision);

export const listVerdicts = ({ table }: ModelWorld) =>
  [...table.items.values()]
    .filter(({ sk }) => sk === 'event#verdict')
    .map(({ value }) => detailOf<VerdictRecord>(value));

/** The commands that the usage of the target has, also those that were released since the last admission pass. */
export const listCounted = ({ table }: ModelWorld) => table.values<QueuedCommand>('target#local/queue|admitted#');

export const listAdmitted = (world: ModelWorld) =>
  listCounted(world).filter(
    ({ operationId }) => !world.table.items.has(`target#local/queue|control#released#${operationId}`),
  );

export const listQueued = ({ table }: ModelWorld) => table.values<QueuedCommand>('target#local/queue|queued#');

export const listTransitions = ({ table }: ModelWorld) =>
  [...table.items.values()]
    .filter(({ sk }) => sk.startsWith('event#transition#'))
    .map(({ value }) => detailOf<Transition>(value));

/** The changes of state of a cluster, not of its jobs, in their order. */
export const listClusterTransitions = (clusterId: string, world: ModelWorld) =>
  listTransitions(world)
    .filter((one) => one.clusterId === clusterId && one.subject === 'cluster')
    .toSorted((one, other) => one.sequence - other.sequence);

/** Whether the deploy of a cluster failed with `onFailure: keep`, and its Deployment still exists. */
export const isKeptAfterFailure = (
  { clusterId, operationId, state, stopOperationId }: Cluster,
  world: ModelWorld,
): boolean => {
  const operation = listOperations(world).find((one) => one.operationId === operationId);
  const deployment = world.kubernetes.objects.get(`Deployment/${clusterId}`);
  const holdsResources = deployment !== undefined && operationIdOf(deployment) === operationId;
  return (
    state === 'FAILED' &&
    stopOperationId === undefined &&
    holdsResources &&
    operation !== undefined &&
    keepsFailedObjects(operation)
  );
};

export const operationIdOf = ({ metadata }: KubernetesObject): string | undefined =>
  metadata.annotations[operationAnnotation];
