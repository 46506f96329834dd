import { parseConfigFile } from '#shared/flink/config.ts';
import type { Request } from '#shared/kubernetes/api/exchange.ts';
import type { Answer } from '#shared/kubernetes/api/status.ts';
import { FakeFlink } from '#test/fakes/flink.ts';
import { startApplication } from '#test/fakes/kubernetes.ts';
import type { Simulation } from '#test/faults/simulation.ts';

import { respondStatus } from './answers.ts';
import type { KubernetesObject, ModelObjects } from './objects.ts';
import { type Fate, makePod } from './pods.ts';

const deployingTasks = { total: 2, running: 1, deploying: 1 };

/**
 * The Flink clusters of the Deployments in a namespace. Their pods come up or fail, their jobs start and end, and the
 * garbage collector removes what is deleted or has lost its owner.
 */
export class ModelClusters {
  /** How often Flink started each job. A job that Flink recovers does not count. */
  readonly runs = new Map<string, number>();
  /** Jobs of which a savepoint was requested while their tasks did not run. */
  readonly earlySavepoints: string[] = [];
  /** By the uid of the Deployment. */
  private readonly flinks = new Map<string, FakeFlink>();
  /** The uids of Deployments whose JobManager restarts. */
  private readonly restarting = new Set<string>();
  private readonly simulation: Simulation;
  private readonly random: () => number;
  private readonly objects: ModelObjects;

  constructor(simulation: Simulation, random: () => number, objects: ModelObjects) {
    this.simulation = simulation;
    this.random = random;
    this.objects = objects;
  }

  /** Starts the pods of a new Deployment. */
  start({ metadata: { name, uid } }: KubernetesObject): void {
    const roll = this.random();
    const fate: Fate = roll < 0.06 ? 'no image' : roll < 0.11 ? 'crash loop' : 'ready';
    this.simulation.after(4 + this.random() * 30, () => this.bringUp(name, uid, fate));
  }

  /** Deletes a Deployment in the foreground: what it owns is deleted first. */
  startRemoval(deployment: KubernetesObject): void {
    const { uid, name, deletionTimestamp } = deployment.metadata;
    if (deletionTimestamp !== undefined) return;
    const metadata = { ...deployment.metadata, deletionTimestamp: this.objects.timestamp() };
    this.objects.put({ ...deployment, metadata });
    this.flinks.delete(uid);
    const maxSeconds = 1 + this.random() * 20;
    for (const [key, owned] of this.objects.ownedBy(uid))
      this.simulation.after(this.random() * maxSeconds, () => this.objects.drop(key, owned.metadata.uid));
    this.simulation.after(maxSeconds, () => {
      for (const [key, owned] of this.objects.ownedBy(uid)) this.objects.drop(key, owned.metadata.uid);
      this.objects.drop(`Deployment/${name}`, uid);
    });
  }

  /** Restarts the process of a JobManager. Without high availability the new process knows no jobs. */
  restartJobManager(name: string): boolean {
    const deployment = this.objects.deployment(name);
    const flink = this.flinks.get(deployment?.metadata.uid ?? '');
    if (deployment === undefined || flink === undefined || this.restarting.has(deployment.metadata.uid)) return false;
    if (isApplication(this.configOf(name))) return false; // The main() of an application runs again.
    this.restarting.add(deployment.metadata.uid);
    if (!this.isHighlyAvailable(name)) flink.forgetAll();
    this.simulation.after(10 + this.random() * 20, () => this.restarting.delete(deployment.metadata.uid));
    return true;
  }

  /** Answers a request to Flink's REST API through the service proxy. */
  async request(service: string, request: Request): Promise<Answer> {
    const name = service.replace(/-rest$/, '');
    if (!this.objects.current.has(`Service/${service}`)) return respondStatus(404, `services "${service}" not found`);
    const uid = this.objects.deployment(name)?.metadata.uid ?? '';
    const flink = this.flinks.get(uid);
    if (flink === undefined || this.restarting.has(uid))
      return respondStatus(503, `no endpoints available for ${service}`);
    const path = request.path.slice(request.path.indexOf('/proxy') + '/proxy'.length);
    const answer = await flink.answer({ ...request, path });
    if (request.method === 'DELETE' && path === '/v1/cluster') this.shutDown(name, uid);
    return { ...answer, retryAfterSeconds: undefined };
  }

  private bringUp(name: string, uid: string, fate: Fate): void {
    const deployment = this.objects.deployment(name);
    if (deployment?.metadata.uid !== uid || deployment.metadata.deletionTimestamp !== undefined) return;
    const config = this.objects.current.get(`ConfigMap/flink-config-${name}`);
    if (config === undefined || config.metadata.deletionTimestamp !== undefined) {
      this.simulation.after(5, () => this.bringUp(name, uid, fate));
      return;
    }
    this.objects.put(makePod(name, uid, fate, this.objects));
    if (fate === 'ready') this.startFlink(name, uid);
  }

  private startFlink(name: string, uid: string): void {
    const flink = new FakeFlink();
    flink.onEarlySavepoint = (jobId) => {
      this.earlySavepoints.push(jobId);
    };
    flink.program = ({ jobId = '' }) => {
      this.countRun(jobId);
      this.runJob(jobId, flink);
      return { state: 'RUNNING', tasks: deployingTasks };
    };
    this.flinks.set(uid, flink);
    const jobId = startApplication(flink, parseConfigFile(this.configOf(name)), 'RUNNING');
    const suspendedJobId = this.isHighlyAvailable(name) ? this.replaceHighAvailabilityData(name, jobId) : undefined;
    if (jobId === undefined) return;
    flink.setTasks(jobId, deployingTasks);
    if (jobId !== suspendedJobId) this.countRun(jobId);
    this.runJob(jobId, flink);
  }

  /** @returns The job of an application that an earlier incarnation left, which Flink recovers. */
  private replaceHighAvailabilityData(name: string, jobId: string | undefined): string | undefined {
    const labels = { app: name, type: 'flink-native-kubernetes' };
    const metadata = this.objects.newMetadata({ name: `${name}-cluster-config-map`, labels });
    const former = this.objects.current.get(`ConfigMap/${metadata.name}`);
    this.objects.put({ kind: 'ConfigMap', metadata, ...(jobId === undefined ? {} : { data: { job: jobId } }) });
    return former?.data?.['job'];
  }

  private countRun(jobId: string): void {
    this.runs.set(jobId, (this.runs.get(jobId) ?? 0) + 1);
  }

  private runJob(jobId: string, flink: FakeFlink): void {
    const roll = this.random();
    // Some jobs wait for their slots longer than a stop waits for them.
    const maxStartSeconds = roll < 0.05 ? 600 : 30;
    this.simulation.after(this.random() * maxStartSeconds, () => {
      if (flink.jobs.has(jobId)) flink.setTasks(jobId, { total: 2, running: 2 });
    });
    if (roll < 0.4) return; // It has no end.
    this.simulation.after(5 + this.random() * 300, () => {
      if (flink.jobs.get(jobId)?.state === 'RUNNING') flink.setState(jobId, roll < 0.8 ? 'FINISHED' : 'FAILED', 'x: y');
    });
  }

  /** An application that is shut down deletes its own objects. */
  private shutDown(name: string, uid: string): void {
    this.simulation.after(2, () => {
      const deployment = this.objects.deployment(name);
      if (deployment?.metadata.uid !== uid) return;
      this.objects.current.delete(`ConfigMap/${name}-cluster-config-map`);
      this.startRemoval(deployment);
    });
  }

  private configOf(name: string): string {
    return this.objects.current.get(`ConfigMap/flink-config-${name}`)?.data?.['config.yaml'] ?? '';
  }

  private isHighlyAvailable(name: string): boolean {
    return /high-availability:\s+type: kubernetes/.test(this.configOf(name));
  }
}

const isApplication = (config: string): boolean =>
  parseConfigFile(config)['execution.target'] === 'kubernetes-application';
