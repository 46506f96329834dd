import { parseConfigFile } from '#shared/flink/config-file.ts';
import type { Request } from '#shared/kubernetes/api/exchange.ts';
import type { Answer } from '#shared/kubernetes/api/status.ts';
import { restorePathOption } from '#shared/flink/option-names/restore.ts';
import { terminalStates } from '#test/fakes/flink-jobs.ts';
import { FakeFlink } from '#test/fakes/flink.ts';
import { startApplication } from '#test/fakes/kubernetes.ts';
import type { Simulation } from '#test/faults/simulation.ts';

import { respondStatus } from './answers.ts';
import { ModelCheckpoints } from './checkpoints.ts';
import { ModelGarbageCollector } from './garbage-collector.ts';
import type { KubernetesObject, ModelObjects } from './objects.ts';
import { type Fate, makePod, makeReplicaSet, makeTaskManager, withFate } from './pods.ts';
import { isApplication, ModelSavepoints, type Program } from './savepoints.ts';
import { listLiveJobs, runTasks } from './tasks.ts';

const deployingTasks = { total: 2, running: 1, deploying: 1 };

/**
 * The Flink clusters of the Deployments in a namespace. The controllers of Kubernetes create the ReplicaSets and pods, which
 * come up or fail. A JobManager starts its TaskManagers, and its jobs start and end.
 */
export class ModelClusters {
  /** How often Flink started each job. A job that Flink recovers does not count. */
  readonly runs = new Map<string, number>();
  /** The jobs that ran on the same cluster when Flink started a job. */
  readonly companions = new Map<string, readonly string[]>();
  /** Jobs of which a savepoint was requested while their tasks did not run. */
  readonly earlySavepoints: string[] = [];
  /** JobManagers that ran beside one of another Deployment of their cluster ID. */
  readonly overlaps: string[] = [];
  /** Jobs of other incarnations that a JobManager has recovered from high-availability data, by its own job. */
  readonly recovered = new Map<string, string>();
  /** Receives the path of a savepoint that Flink deletes. */
  onDisposal: (path: string) => void = () => {};
  readonly collector: ModelGarbageCollector;
  readonly checkpoints: ModelCheckpoints;
  readonly savepoints: ModelSavepoints;
  /** By the uid of the JobManager's pod. */
  private readonly flinks = new Map<string, FakeFlink>();
  /** What a JobManager leaves when its pod ends, by the uid of the pod. */
  private readonly endings = new Map<string, () => void>();
  /** The uids of pods whose JobManager restarts. */
  private readonly restarting = new Set<string>();
  /** How often the JobManager of an application has restarted, by the uid of its pod. */
  private readonly restarts = new Map<string, number>();
  /** Paths of savepoints that Flink has deleted. */
  private readonly disposed = new Set<string>();
  private readonly simulation: Simulation;
  private readonly random: () => number;
  private readonly objects: ModelObjects;

  constructor(simulation: Simulation, random: () => number, objects: ModelObjects) {
    this.simulation = simulation;
    this.random = random;
    this.objects = objects;
    this.checkpoints = new ModelCheckpoints(simulation, random, objects);
    this.savepoints = new ModelSavepoints(simulation, random, this.checkpoints);
    this.collector = new ModelGarbageCollector(simulation, random, objects, {
      onPodEnding: (pod) => this.replacePod(pod),
      onGone: (object) => this.replace(object),
    });
  }

  /** The controller of Deployments creates a ReplicaSet, whose controller creates the pod. */
  start({ metadata: { name, uid } }: KubernetesObject): void {
    this.simulation.after(this.random(), () => {
      const deployment = this.objects.deployment(name);
      if (deployment?.metadata.uid !== uid || deployment.metadata.deletionTimestamp !== undefined) return;
      const replicaSet = makeReplicaSet(deployment, this.objects);
      this.objects.put(replicaSet);
      this.startPod(replicaSet);
    });
  }

  /** Restarts the process of a JobManager. Without high availability the new process knows no jobs. */
  restartJobManager(name: string): boolean {
    const pod = this.findJobManager(name);
    const uid = pod?.metadata.uid ?? '';
    const flink = this.flinks.get(uid);
    if (flink === undefined || this.restarting.has(uid)) return false;
    const config = parseConfigFile(this.configOf(name));
    const isProgram = isApplication(config);
    this.restarting.add(uid);
    if (isProgram) {
      this.restarts.set(uid, (this.restarts.get(uid) ?? 0) + 1);
      this.endings.get(uid)?.();
    } else if (!this.isHighlyAvailable(name)) flink.forgetAll();
    this.simulation.after(10 + this.random() * 20, () => {
      this.restarting.delete(uid);
      if (isProgram && this.flinks.get(uid) === flink) this.runAgain({ name, uid, flink, config });
    });
    return true;
  }

  /** The main() of an application runs again, also when its job had ended. Flink recovers a job that had not. */
  private runAgain({ name, uid, flink, config }: Program): void {
    const [jobId] = flink.jobs.keys();
    if (jobId === undefined) return;
    flink.restartApplication(jobId);
    flink.setTasks(jobId, deployingTasks);
    const from = config[restorePathOption];
    if (this.checkpoints.canStart({ name, jobId, config }, from))
      this.runJob({ name, uid, flink, config }, jobId, from);
    else flink.setState(jobId, 'FAILED', 'java.io.FileNotFoundException: the snapshot was disposed of');
  }

  /** Answers a request to Flink's REST API through the service proxy. */
  async request(service: string, request: Request): Promise<Answer> {
    const name = service.replace(/-rest$/, '');
    if (!this.objects.current.has(`Service/${service}`)) return respondStatus(404, `services "${service}" not found`);
    const pod = this.findJobManager(name);
    const uid = pod?.metadata.uid ?? '';
    const flink = this.flinks.get(uid);
    if (flink === undefined || this.restarting.has(uid))
      return respondStatus(503, `no endpoints available for ${service}`);
    const path = request.path.slice(request.path.indexOf('/proxy') + '/proxy'.length);
    const answer = await flink.answer({ ...request, path });
    if (request.method === 'POST' && path === '/v1/savepoint-disposal') this.dispose(flink.disposed.at(-1) ?? '');
    if (request.method === 'DELETE' && path === '/v1/cluster') this.shutDown(name, uid);
    return { ...answer, retryAfterSeconds: undefined };
  }

  private dispose(path: string): void {
    this.disposed.add(path);
    this.onDisposal(path);
  }

  /** Whether a job of a session that has not ended was restored from a savepoint. */
  isRestoredFrom(path: string): boolean {
    return [...this.flinks.values()].some((flink) =>
      [...flink.jobs.values()].some((job) => job.options.savepointPath === path && !terminalStates.has(job.state)),
    );
  }

  /** The pod of the JobManager to which the Services of a cluster lead. */
  private findJobManager(name: string): KubernetesObject | undefined {
    return [...this.objects.current.values()].find(
      ({ kind, metadata: { labels, deletionTimestamp } }) =>
        kind === 'Pod' &&
        labels['app'] === name &&
        labels['component'] === 'jobmanager' &&
        deletionTimestamp === undefined,
    );
  }

  private startPod(replicaSet: KubernetesObject): void {
    const roll = this.random();
    const fate: Fate = roll < 0.06 ? 'no image' : roll < 0.11 ? 'crash loop' : 'ready';
    const pod = makePod(replicaSet, this.objects);
    this.objects.put(pod);
    this.simulation.after(4 + this.random() * 30, () => this.bringUp(pod, fate));
  }

  /** The controllers replace a pod as soon as it ends, and a JobManager its TaskManagers. */
  private replacePod({ metadata: { uid, labels, ownerReferences } }: KubernetesObject): void {
    this.flinks.delete(uid);
    this.endings.get(uid)?.();
    this.endings.delete(uid);
    const [owner] = ownerReferences;
    this.simulation.after(this.random() / 2, () => {
      if (labels['component'] === 'taskmanager') this.replaceTaskManager(labels['app'] ?? '', owner?.uid ?? '');
      const replicaSet = this.objects.current.get(`ReplicaSet/${owner?.name ?? ''}`);
      if (replicaSet?.metadata.uid !== owner?.uid || replicaSet?.metadata.deletionTimestamp !== undefined) return;
      if (replicaSet !== undefined) this.startPod(replicaSet);
    });
  }

  private replaceTaskManager(name: string, deploymentUid: string): void {
    const pod = this.findJobManager(name);
    if (pod !== undefined && this.flinks.has(pod.metadata.uid)) this.startTaskManager(name, deploymentUid);
  }

  /** A ReplicaSet that is deleted alone is created again. */
  private replace({ kind, metadata: { ownerReferences } }: KubernetesObject): void {
    const [owner] = ownerReferences;
    const deployment = this.objects.deployment(owner?.name ?? '');
    if (kind === 'ReplicaSet' && deployment !== undefined && deployment.metadata.uid === owner?.uid)
      this.start(deployment);
  }

  private bringUp(pod: KubernetesObject, fate: Fate): void {
    const current = this.objects.current.get(`Pod/${pod.metadata.name}`);
    if (current?.metadata.uid !== pod.metadata.uid || current.metadata.deletionTimestamp !== undefined) return;
    const name = pod.metadata.labels['app'] ?? '';
    // Its volumes are not mounted before.
    const config = this.objects.current.get(`ConfigMap/flink-config-${name}`);
    if (config === undefined || config.metadata.deletionTimestamp !== undefined) {
      this.simulation.after(5, () => this.bringUp(pod, fate));
      return;
    }
    this.objects.put(withFate(current, fate));
    if (fate === 'ready') this.startFlink(name, current);
  }

  private startFlink(name: string, pod: KubernetesObject): void {
    const flink = new FakeFlink();
    flink.cache.clock = () => this.simulation.now;
    flink.checkpointing = { intervalMs: 10_000, completed: 1 };
    flink.onEarlySavepoint = (jobId) => {
      this.earlySavepoints.push(jobId);
    };
    const config = parseConfigFile(this.configOf(name));
    const { uid } = pod.metadata;
    flink.onEnd = (jobId) => {
      if (this.flinks.get(uid) === flink) this.checkpoints.end({ name, jobId, flink, config });
    };
    this.endings.set(uid, () => {
      for (const jobId of listLiveJobs(flink)) this.checkpoints.end({ name, jobId, flink, config });
    });
    const program: Program = { name, uid, flink, config };
    flink.program = ({ jobId = '', savepointPath }) => {
      if (savepointPath !== undefined && this.disposed.has(savepointPath))
        return { thrown: `java.io.FileNotFoundException: ${savepointPath}` };
      this.countRun(jobId);
      this.companions.set(jobId, listLiveJobs(flink));
      this.storeJob(name, jobId);
      this.runJob(program, jobId, savepointPath);
      return { state: 'RUNNING', tasks: deployingTasks };
    };
    const restart = () => void this.restartJobManager(name);
    flink.savepoint = (jobId, directory, request) =>
      this.savepoints.take(program, { jobId, directory, ...request }, { isAlive: this.watch(program), restart });
    this.countOverlaps(name, pod);
    this.flinks.set(uid, flink);
    const jobId = startApplication(flink, config, 'RUNNING');
    const suspendedJobId = this.isHighlyAvailable(name) ? this.replaceHighAvailabilityData(name, jobId) : undefined;
    if (jobId === undefined) return;
    if (suspendedJobId !== undefined && suspendedJobId !== jobId) this.recovered.set(jobId, suspendedJobId);
    flink.setTasks(jobId, deployingTasks);
    if (jobId !== suspendedJobId) this.countRun(jobId);
    this.runJob(program, jobId, config[restorePathOption]);
  }

  /** @returns Whether the JobManager has not ended since. */
  private watch({ uid, flink }: Program): () => boolean {
    const restarts = this.restarts.get(uid);
    return () => this.flinks.get(uid) === flink && this.restarts.get(uid) === restarts;
  }

  /** Flink starts or recovers a job. */
  private runJob(program: Program, jobId: string, restoredFrom: unknown): void {
    const { name, flink, config } = program;
    const from = typeof restoredFrom === 'string' ? restoredFrom : undefined;
    const deploymentUid = this.objects.deployment(name)?.metadata.uid;
    const isAlive = this.watch(program);
    this.checkpoints.start({ name, jobId, flink, config, isAlive }, from);
    const parallelism = Number(config['parallelism.default'] ?? 1);
    // Some clusters get no more TaskManagers.
    const slots = this.runs.size % 2 === 0 ? 4 : 2;
    runTasks({ jobId, flink, parallelism, slots, isAlive }, this.simulation, this.random);
    this.simulation.after(1 + this.random() * 5, () => {
      if (deploymentUid !== undefined && isAlive()) this.startTaskManager(name, deploymentUid);
    });
  }

  private countOverlaps(name: string, pod: KubernetesObject): void {
    const others = [...this.objects.current.values()].filter(
      ({ kind, metadata: { uid, labels, ownerReferences } }) =>
        kind === 'Pod' &&
        labels['app'] === name &&
        labels['component'] === 'jobmanager' &&
        this.flinks.has(uid) &&
        ownerReferences[0]?.uid !== pod.metadata.ownerReferences[0]?.uid,
    );
    this.overlaps.push(...others.map(() => name));
  }

  /** The JobManager creates the pods of its TaskManagers, also when its Deployment is gone by now. */
  private startTaskManager(name: string, deploymentUid: string): void {
    const pod = makeTaskManager(name, deploymentUid, this.objects);
    this.objects.put(pod);
    this.collector.collectNew(pod);
  }

  /** @returns The job of an application that an earlier incarnation left, which Flink recovers. */
  private replaceHighAvailabilityData(name: string, jobId: string | undefined): string | undefined {
    const labels = { app: name, type: 'flink-native-kubernetes' };
    const metadata = this.objects.newMetadata({ name: `${name}-cluster-config-map`, labels });
    const former = this.objects.current.get(`ConfigMap/${metadata.name}`);
    this.objects.put({ kind: 'ConfigMap', metadata, ...(jobId === undefined ? {} : { data: { job: jobId } }) });
    return former?.data?.['job'];
  }

  /** With high availability, Flink stores the job of a session so that a later cluster of the same id recovers it. */
  private storeJob(name: string, jobId: string): void {
    const stored = this.objects.current.get(`ConfigMap/${name}-cluster-config-map`);
    if (stored !== undefined) this.objects.put({ ...stored, data: { job: jobId } });
  }

  private countRun(jobId: string): void {
    this.runs.set(jobId, (this.runs.get(jobId) ?? 0) + 1);
  }

  /** The jobs of a cluster that run, each with the parallelism that it requires. */
  listRunningJobs(name: string): readonly (readonly [jobId: string, parallelism: number])[] {
    const pods = [...this.objects.current.values()].filter(
      ({ kind, metadata }) => kind === 'Pod' && metadata.labels['app'] === name,
    );
    return pods
      .flatMap(({ metadata: { uid } }) => [...(this.flinks.get(uid)?.jobs ?? [])])
      .flatMap(([jobId, { state, scaling }]) =>
        state === 'RUNNING' && scaling !== undefined
          ? [[jobId, scaling.vertices[0]?.bounds.upperBound ?? 0] as const]
          : [],
      );
  }

  /** Flink that is shut down deletes its Deployment. */
  private shutDown(name: string, podUid: string): void {
    this.simulation.after(2, () => {
      if (!this.flinks.has(podUid)) return;
      this.objects.current.delete(`ConfigMap/${name}-cluster-config-map`);
      const deployment = this.objects.deployment(name);
      if (deployment !== undefined) this.collector.delete(deployment, 'Background');
    });
  }

  private configOf(name: string): string {
    return this.objects.current.get(`ConfigMap/flink-config-${name}`)?.data?.['config.yaml'] ?? '';
  }

  private isHighlyAvailable(name: string): boolean {
    return /high-availability:\s+type: kubernetes/.test(this.configOf(name));
  }
}
