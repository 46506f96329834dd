import type { Orphan } from '#events/records/orphan.ts';
import type { FieldError } from '#events/problems/problem.ts';
import type {
  Applied,
  ExactObject,
  FlinkObject,
  Incarnation,
  ListedDeployment,
  ListedPod,
  Observation,
  ObservedDeployment,
  Remains,
  Removal,
  StoredCheckpoints,
} from '#shared/clusters/model/kubernetes.ts';
import type { Manifests } from '#shared/flink/manifests/manifests.ts';
import type { Transport } from '#shared/flink/rest/transport/transport.ts';

export interface LogOptions {
  readonly lines: number;
  /** The answer ends after so many bytes, and lacks the newest lines then. 1 MB by default. */
  readonly maxBytes?: number;
  /** Only the lines of so many last seconds. */
  readonly sinceSeconds?: number | undefined;
  /** Whether each line begins with its time in ISO 8601. */
  readonly timestamps?: boolean;
  readonly previous?: boolean;
  readonly pod?: string;
  readonly container?: string | undefined;
  /** Waits so long for the end of the container. The log then has its last words. */
  readonly waitForEndMs?: number;
}

/**
 * The Kubernetes API of one target. Reads return what the API server has at the time of the request.
 *
 * Every method throws Fault `target-unreachable` when the API server gives no answer or asks to retry later, and
 * `target-refused` when it refuses the request. The message of the latter names the missing permission or access entry.
 */
export interface Kubernetes {
  /**
   * Asks AWS for the address of the EKS cluster, and makes no request to its API server.
   *
   * @throws Fault `target-refused` with the reason `ResourceNotFoundException` when there is no such EKS cluster.
   */
  locate(): Promise<void>;
  /**
   * Gets credentials, the address and a connection in the background, so that the next request does not wait for them. A
   * failure is that of the next request.
   */
  connect(): void;
  /**
   * Creates the Deployment and the objects that it owns. A repeated call for the same operation creates what is missing.
   *
   * @throws Fault `id-taken` when an object of another owner has the name. It is not changed.
   * @throws Fault `refused-option` when the API server finds an object invalid.
   * @throws IncompleteDeployment for either when the Deployment exists. The cleanup of the failed deploy removes it.
   */
  apply(manifests: Manifests, operationId: string): Promise<Applied>;
  /** Validates the objects on the API server without creating them. Returns what it would refuse. */
  dryRun(manifests: Manifests): Promise<readonly FieldError[]>;
  /**
   * The Deployment of one cluster and its pods. While no JobManager is ready, also the warnings about it and the time of
   * its image pull, which only events tell. Pods of other owners are left out.
   */
  observe(clusterId: string): Promise<Observation>;
  /** The Deployment of one cluster, by one request. Undefined: there is none. */
  findDeployment(clusterId: string): Promise<ObservedDeployment | undefined>;
  /** Every Flink Deployment of the namespace that no other stage or target of Drey created. */
  listDeployments(): Promise<readonly ListedDeployment[]>;
  /** The pods of the namespace with the labels of a Flink cluster that are not ready, also of other owners. */
  listUnreadyPods(): Promise<readonly ListedPod[]>;
  /** Every pod with the labels of one of these clusters, also of other owners. */
  listPods(clusterIds: readonly string[]): Promise<readonly ListedPod[]>;
  /**
   * Deletes the Deployment of an incarnation, and all objects that belong to it, by their uids and in the order in which
   * nothing replaces them. Returns before they are gone: a removal that finds no owned object proves that none is left.
   * The objects of others, and high-availability data, are left alone.
   */
  remove(cluster: Incarnation & { readonly clusterId: string }): Promise<Removal>;
  /** The objects of an incarnation that still exist. */
  listRemaining(cluster: Incarnation & { readonly clusterId: string }): Promise<Remains>;
  /**
   * The checkpoints of a job in Flink's high-availability data, also after its JobManager has ended. Undefined: there is no data
   * of the job, because it has ended or has not started.
   */
  findStoredCheckpoints(clusterId: string, jobId: string): Promise<StoredCheckpoints | undefined>;
  /** Deletes ConfigMaps that still have these uids. Missing ones are ignored. */
  removeConfigMaps(configMaps: readonly ExactObject[]): Promise<void>;
  /**
   * The Deployments, Services and ConfigMaps of the Flink clusters of the namespace. Objects that only have the labels of
   * one are left out.
   */
  listFlinkObjects(): Promise<readonly FlinkObject[]>;
  /** Deletes an object if it still has this uid, with the objects that it owns. A missing object is ignored. */
  removeObject(object: Pick<Orphan, 'kind' | 'name' | 'uid'>): Promise<void>;
  /**
   * The last lines of the log of a container. By default it is Flink's container of the newest JobManager. `previous`: of
   * the previous container, which has ended.
   *
   * @returns Undefined when there is no such pod, or when the container has not started.
   * @throws Fault `target-unreachable` when the container does not end within `waitForEndMs`.
   */
  readLog(clusterId: string, options: LogOptions): Promise<string | undefined>;
  /** Sends requests to Flink's REST API through the service proxy of the API server. */
  flink(clusterId: string): Transport;
}
