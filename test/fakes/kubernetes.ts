import type { JobState } from '#events/records/job.ts';
import { Fault, type FieldError } from '#events/problems/problem.ts';
import {
  type Applied,
  type ExactObject,
  type FlinkObject,
  type Incarnation,
  IncompleteDeployment,
  type ListedPod,
  type Observation,
  type ObservedDeployment,
  type Remains,
  type Removal,
} from '#shared/clusters/model/kubernetes.ts';
import type { Kubernetes, LogOptions } from '#shared/clusters/ports/kubernetes.ts';
import { getJobDataName } from '#shared/flink/names.ts';
import type { Config } from '#shared/flink/config.ts';
import { parseConfigFile } from '#shared/flink/config-file.ts';
import type { Manifests } from '#shared/flink/manifests/manifests.ts';
import type { RestRequest, Transport } from '#shared/flink/rest/transport/transport.ts';

import { FakeFlink } from './flink.ts';
import { deleteDataOfCluster, deleteDataOfEndedJobs } from './high-availability.ts';
import { FakeInspection } from './inspection.ts';
import { type FakeCluster, observed, ownedBy, ownersOf, podsOf, readLog } from './kubernetes-cluster.ts';

/** A namespace in memory. A test does what a real cluster does by itself: it starts pods and collects garbage. */
export class FakeKubernetes implements Kubernetes {
  private readonly signal: AbortSignal | undefined;
  readonly clusters = new Map<string, FakeCluster>();
  readonly inspection = new FakeInspection();
  /** Names of ConfigMaps without an owner, by cluster. */
  readonly highAvailability = new Map<string, Set<string>>();
  /** The number of the last checkpoint in the ConfigMap of a job, by the name of the ConfigMap. */
  readonly storedCheckpoints = new Map<string, number>();
  /** When the ConfigMaps of high availability were created, by name. Those that are not here are older than each test. */
  readonly dataCreatedAt = new Map<string, string>();
  /** How often the ConfigMaps of an ended job are still listed before Flink has deleted them. */
  jobDataReads = 1;
  private readonly reads = new Map<string, number>();
  /** Objects of other owners, as `Service/name`. */
  readonly foreign = new Set<string>();
  /** Pods with the labels of Flink clusters that belong to none. */
  readonly foreignPods: ListedPod[] = [];
  /** Objects with the labels of a Flink cluster, without a Deployment. */
  readonly strays: FlinkObject[] = [];
  /** The methods that were called, in order. */
  readonly calls: (keyof Kubernetes)[] = [];
  constructor(signal?: AbortSignal) {
    this.signal = signal;
  }

  /** Whether the API server does not answer. */
  unreachable = false;
  /** Whether the JobManager of a new Deployment answers at once. */
  startsAtOnce = true;
  /** Whether the API server executes the creation of a Deployment a second time, after it was repeated. */
  answersLate = false;
  /** State of the job of a new application; undefined: its main() has not started the job yet. */
  applicationJob: JobState | undefined = 'RUNNING';
  /** Whether a deleted Deployment stays until `collect`. */
  lingers = false;
  private readonly faults = new Map<keyof Kubernetes, Error[]>();
  private created = 0;
  private readonly late: (() => void)[] = [];

  /** The next call of the method fails. */
  failNext(method: keyof Kubernetes, fault: Error): void {
    this.faults.set(method, [...(this.faults.get(method) ?? []), fault]);
  }

  /** A person runs `kubectl delete deployment`. */
  deleteByHand(clusterId: string): void {
    this.clusters.delete(clusterId);
  }

  /** A person runs `kubectl create deployment`. */
  createByHand(clusterId: string): void {
    this.clusters.set(clusterId, this.newCluster(undefined, undefined));
  }

  /** Completes the deletion of a Deployment that lingers. */
  collect(clusterId: string): void {
    if (this.clusters.get(clusterId)?.deleting === true) this.clusters.delete(clusterId);
  }

  /** The cluster of the id. @throws when the test has none. */
  cluster(clusterId: string): FakeCluster {
    const cluster = this.clusters.get(clusterId);
    if (cluster === undefined) throw new Error(`the fake has no cluster ${clusterId}`);
    return cluster;
  }

  connect() {}

  async locate() {
    this.beginCall('locate');
  }

  async apply(manifests: Manifests, operationId: string): Promise<Applied> {
    this.beginCall('apply');
    const clusterId = manifests.deployment.metadata?.name ?? '';
    const existing = this.clusters.get(clusterId);
    if (existing?.operationId === operationId && !existing.deleting) return { uid: existing.uid };
    if (existing?.deleting === true && existing.operationId !== operationId) {
      throw new Fault('not-ready', `Deployment ${clusterId} of an earlier cluster is still being removed`);
    }
    if (existing !== undefined)
      throw new Fault('id-taken', `Deployment ${clusterId} belongs to ${existing.operationId ?? 'another owner'}`);
    const taken = manifests.dependents.find((object) => this.isForeign(object));
    if (taken !== undefined) {
      const dependents = manifests.dependents.filter((object) => !this.isForeign(object));
      const incomplete = this.newCluster(operationId, structuredClone({ ...manifests, dependents }));
      this.clusters.set(clusterId, { ...incomplete, ready: false });
      const fault = new Fault('id-taken', `${taken.kind ?? ''} ${taken.metadata?.name ?? ''} belongs to another owner`);
      throw new IncompleteDeployment(fault, incomplete.uid);
    }
    const cluster = this.newCluster(operationId, structuredClone(manifests));
    startApplication(cluster.flink, readConfigFile(manifests), this.applicationJob);
    this.clusters.set(clusterId, cluster);
    if (!this.answersLate) return { uid: cluster.uid };
    this.late.push(() => this.clusters.set(clusterId, this.newCluster(operationId, structuredClone(manifests))));
    return { uid: cluster.uid, isRepeated: true };
  }

  private isForeign({ kind = '', metadata: { name = '' } = {} }: Manifests['dependents'][number]): boolean {
    return this.foreign.has(`${kind}/${name}`);
  }

  /** The API server executes the requests that it has not answered. */
  executeLate(): void {
    for (const execute of this.late.splice(0)) execute();
  }

  async dryRun({ deployment }: Manifests): Promise<readonly FieldError[]> {
    this.beginCall('dryRun');
    const clusterId = deployment.metadata?.name ?? '';
    return this.clusters.has(clusterId)
      ? [{ pointer: '/clusterId', detail: `Deployment ${clusterId} already exists` }]
      : [];
  }

  async observe(clusterId: string): Promise<Observation> {
    this.beginCall('observe');
    const cluster = this.clusters.get(clusterId);
    if (cluster === undefined) return { deployment: undefined, pods: [], warnings: [] };
    return { deployment: observed(clusterId, cluster), pods: podsOf(clusterId, cluster), warnings: cluster.warnings };
  }

  async findDeployment(clusterId: string): Promise<ObservedDeployment | undefined> {
    this.beginCall('findDeployment');
    const cluster = this.clusters.get(clusterId);
    return cluster && observed(clusterId, cluster);
  }

  async listDeployments(): Promise<readonly ObservedDeployment[]> {
    this.beginCall('listDeployments');
    const ours = [...this.clusters].filter(([, { manifests }]) => manifests !== undefined);
    return ours.map(([clusterId, cluster]) => observed(clusterId, cluster));
  }

  async listUnreadyPods(): Promise<readonly ListedPod[]> {
    this.beginCall('listUnreadyPods');
    return [...this.ownPods(), ...this.foreignPods].filter(({ ready, trouble }) => !ready || trouble !== undefined);
  }

  async listPods(clusterIds: readonly string[]): Promise<readonly ListedPod[]> {
    this.beginCall('listPods');
    return [...this.ownPods(clusterIds), ...this.foreignPods];
  }

  private ownPods(clusterIds: readonly string[] = [...this.clusters.keys()]): readonly ListedPod[] {
    return [...this.clusters].flatMap(([clusterId, cluster]) =>
      clusterIds.includes(clusterId)
        ? podsOf(clusterId, cluster).map((pod) => ({ ...pod, ...ownersOf(pod, cluster) }))
        : [],
    );
  }

  async remove(incarnation: Incarnation & { readonly clusterId: string }): Promise<Removal> {
    this.beginCall('remove');
    const { clusterId } = incarnation;
    const cluster = this.clusters.get(clusterId);
    const remains = this.findRemains(incarnation);
    const isOwn = remains.owned.length > 0;
    if (cluster !== undefined && isOwn) {
      if (this.lingers) cluster.deleting = true;
      else this.clusters.delete(clusterId);
    }
    return { ...remains, isReplaced: cluster !== undefined && !isOwn };
  }

  async listRemaining(incarnation: Incarnation & { readonly clusterId: string }): Promise<Remains> {
    this.beginCall('listRemaining');
    return this.findRemains(incarnation);
  }

  private findRemains({ clusterId, operationId, uid }: Incarnation & { readonly clusterId: string }): Remains {
    const cluster = this.clusters.get(clusterId);
    const isOwn = cluster?.uid === uid || cluster?.operationId === operationId;
    const held = this.highAvailability.get(clusterId) ?? new Set();
    const { reads, jobDataReads } = this;
    if (cluster?.ready === true)
      deleteDataOfEndedJobs(held, { clusterId, flink: cluster.flink, reads, maxReads: jobDataReads });
    const names = [...held];
    return {
      owned: cluster !== undefined && isOwn ? ownedBy(clusterId, cluster) : [],
      highAvailability: names.map((name) => ({
        kind: 'ConfigMap',
        name,
        uid: `uid-${name}`,
        createdAt: this.dataCreatedAt.get(name) ?? '2020-01-01T00:00:00Z',
      })),
    };
  }

  async findStoredCheckpoints(clusterId: string, jobId: string) {
    this.beginCall('findStoredCheckpoints');
    const name = getJobDataName(clusterId, jobId);
    return this.highAvailability.get(clusterId)?.has(name) ? { last: this.storedCheckpoints.get(name) } : undefined;
  }

  async removeConfigMaps(configMaps: readonly ExactObject[]): Promise<void> {
    this.beginCall('removeConfigMaps');
    for (const held of this.highAvailability.values())
      for (const { name, uid } of configMaps) if (uid === `uid-${name}`) held.delete(name);
  }

  async listFlinkObjects(): Promise<readonly FlinkObject[]> {
    this.beginCall('listFlinkObjects');
    const owned = [...this.clusters].flatMap(([clusterId, cluster]) =>
      ownedBy(clusterId, cluster).map(({ kind, name, uid }): FlinkObject => {
        const isDeployment = kind === 'Deployment';
        return {
          kind: kind as FlinkObject['kind'], // what a cluster has
          name,
          uid,
          clusterId,
          operationId: cluster.operationId,
          foreign: false,
          ownerUid: isDeployment ? undefined : cluster.uid,
        };
      }),
    );
    const kept = [...this.highAvailability].flatMap(([clusterId, names]) =>
      [...names].map((name): FlinkObject => ({
        kind: 'ConfigMap',
        name,
        uid: `uid-${name}`,
        clusterId,
        operationId: undefined,
        foreign: false,
        ownerUid: undefined,
      })),
    );
    return [...owned, ...kept, ...this.strays];
  }

  async removeObject({ kind, name, uid }: Pick<FlinkObject, 'kind' | 'name' | 'uid'>) {
    this.beginCall('removeObject');
    if (kind === 'Deployment' && this.clusters.get(name)?.uid === uid) this.clusters.delete(name);
    for (const held of this.highAvailability.values()) if (uid === `uid-${name}`) held.delete(name);
  }

  async readLog(clusterId: string, options: LogOptions) {
    this.beginCall('readLog');
    return readLog(clusterId, this.clusters.get(clusterId), options);
  }

  flink(clusterId: string): Transport {
    return async (request: RestRequest) => {
      this.beginCall('flink');
      const cluster = this.clusters.get(clusterId);
      if (cluster === undefined) throw new Fault('not-found', `there is no Flink cluster ${clusterId}`);
      if (!cluster.ready) throw new Fault('target-unreachable', `no JobManager of cluster ${clusterId} answers yet`);
      if (request.method === 'DELETE' && request.path === '/v1/cluster')
        deleteDataOfCluster(this.highAvailability.get(clusterId), clusterId);
      return cluster.flink.answer(request);
    };
  }

  private beginCall(method: keyof Kubernetes): void {
    this.signal?.throwIfAborted();
    this.calls.push(method);
    if (this.unreachable) throw new Fault('target-unreachable', 'the API server could not be connected to');
    const fault = this.faults.get(method)?.shift();
    if (fault !== undefined) throw fault;
  }

  private newCluster(operationId: string | undefined, manifests: Manifests | undefined): FakeCluster {
    this.created += 1;
    return {
      uid: `00000000-0000-4000-8000-${String(this.created).padStart(12, '0')}`,
      operationId,
      manifests,
      flink: new FakeFlink(),
      deleting: false,
      ready: this.startsAtOnce,
      restarts: 0,
      reached: {},
      trouble: undefined,
      warnings: [],
      log: '',
      previousLog: undefined,
      taskManagers: [],
    };
  }
}

/** Runs the program of an application. Its job has the id that the configuration gives to the job or the application. */
export const startApplication = (flink: FakeFlink, config: Config, state: JobState | undefined): string | undefined => {
  const [jobId, applicationId] = ['$internal.pipeline.job-id', '$internal.application.id'].map((key) =>
    config[key] === undefined ? undefined : String(config[key]),
  );
  if (applicationId === undefined) flink.version = '2.2.1';
  else flink.application = { id: applicationId };
  const id = jobId ?? applicationId;
  if (id !== undefined && state !== undefined) flink.addJob(id, { state });
  return id;
};

const readConfigFile = ({ dependents }: Manifests): Config => {
  const configMap = dependents.find(({ metadata }) => metadata?.name?.startsWith('flink-config-') === true);
  return parseConfigFile((configMap !== undefined && 'data' in configMap ? configMap.data?.['config.yaml'] : '') ?? '');
};
