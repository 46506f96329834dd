import type { Cluster } from '#events/cluster.ts';
import type { Job } from '#events/job.ts';
import type { StoredOperation } from '#shared/clusters/model/operation.ts';
import { requestOf } from '#shared/clusters/model/request.ts';
import type { Kubernetes } from '#shared/clusters/ports/kubernetes.ts';
import type { Ports } from '#shared/clusters/ports/ports.ts';
import { getOperation } from '#shared/clusters/store/read.ts';

/** What the cleanup machine carries from step to step. Its operation is a stop, or a deploy that failed. */
export interface CleanupState {
  readonly operationId: string;
  readonly attempt?: number;
  readonly outcome?: 'done' | 'waiting' | 'failed';
  readonly waitSeconds?: number;
  readonly reason?: string;
  readonly message?: string;
  /** Jobs whose savepoints are still being taken behind its deadline: they end with them. */
  readonly taken?: readonly string[];
}

/** Pods end gracefully, and finalizers take their time. */
const removalMs = 30 * 60_000;

/** What a message says of so many jobs fits everywhere that it goes. */
const mostNamed = 20;

const shortestWaitSeconds = 1;

const longestWaitSeconds = 15;

export const describeJob = ({ name, jobId }: Job) => `job ${name} (${jobId})`;

export const joinNames = (names: readonly string[], separator = ', '): string => {
  const more = names.length > mostNamed ? [`and ${names.length - mostNamed} more (drey describe)`] : [];
  return [...names.slice(0, mostNamed), ...more].join(separator);
};

/** Whether the cluster is the one that was RUNNING before the stop. */
export const isStillUp = async (cluster: Cluster, ports: Ports): Promise<boolean> => {
  const { value: deploy } = await getOperation(cluster.operationId, ports.store);
  const { deployment } = await (await kubernetesOf(deploy, ports)).observe(cluster.clusterId);
  return deploy.state === 'SUCCEEDED' && deployment?.deleting === false && deployment.uid === cluster.uid;
};

export const done = ({ operationId }: CleanupState): CleanupState => ({ operationId, outcome: 'done' });

export const waiting = ({ operationId, attempt = 0 }: CleanupState): CleanupState => ({
  operationId,
  outcome: 'waiting',
  attempt: attempt + 1,
  waitSeconds: Math.min(shortestWaitSeconds + Math.floor(attempt / 4), longestWaitSeconds),
});

/** A deploy that came up after all, whoever had given it up: there is nothing to remove. */
export const isUp = (operation: StoredOperation) => stopOf(operation) === undefined && operation.state === 'SUCCEEDED';

export const stopOf = (operation: StoredOperation) => requestOf(operation, 'stop')?.data;

/** A deploy that failed, perhaps at its deadline, has as long from there on to be removed. */
export const isOverdue = (operation: StoredOperation, { now }: Ports) =>
  stopOf(operation) === undefined
    ? now().getTime() > Date.parse(operation.updatedAt) + removalMs
    : now().toISOString() > operation.deadline;

export const kubernetesOf = async ({ target }: StoredOperation, ports: Ports): Promise<Kubernetes> =>
  ports.kubernetes(await ports.targets.get(target));
