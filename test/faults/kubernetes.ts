import { Fault } from '#events/problem.ts';
import type { NamedTarget } from '#events/target.ts';
import type { Exchange, Request } from '#shared/kubernetes/client.ts';
import type { Access } from '#shared/kubernetes/credentials.ts';
import type { Answer } from '#shared/kubernetes/status.ts';
import { FakeFlink } from '#test/fakes/flink.ts';

import type { Protection } from './protections.ts';
import type { Failure, Process, Simulation } from './simulation.ts';

interface Metadata {
  readonly name: string;
  readonly uid: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  readonly ownerReferences: readonly { readonly kind: string; readonly name: string; readonly uid: string }[];
  readonly creationTimestamp: string;
  readonly deletionTimestamp?: string;
}
export interface KubernetesObject {
  readonly kind: string;
  readonly metadata: Metadata;
  readonly spec?: unknown;
  readonly data?: Readonly<Record<string, string>>;
  readonly status?: unknown;
}

/** How a JobManager comes up. */
type Fate = 'ready' | 'no image' | 'crash loop';

const kinds: Readonly<Record<string, string>> = {
  deployments: 'Deployment',
  replicasets: 'ReplicaSet',
  pods: 'Pod',
  services: 'Service',
  configmaps: 'ConfigMap',
  secrets: 'Secret',
  events: 'Event',
};

export interface Watchers {
  readonly onCreate: (deployment: KubernetesObject) => void;
  /** Somebody asked over the API for the end of a Deployment, and it has begun. */
  readonly onDelete: (deployment: KubernetesObject) => void;
}

const staleSeconds = 5;
const deploying = { total: 2, running: 1, deploying: 1 };

/**
 * A namespace, at the level of what the API server is asked and answers; with what happens in it by itself: pods
 * come up or do not, jobs end, and what is deleted or has lost its owner is collected after a while.
 */
export class ModelKubernetes {
  objects = new Map<string, KubernetesObject>();
  /** How often Flink began a job, by its id. */
  readonly runs = new Map<string, number>();
  /** Jobs of which a savepoint was asked for while their tasks did not run. */
  readonly tooEarly: string[] = [];
  /** By the uid of the Deployment. */
  readonly flinks = new Map<string, FakeFlink>();
  private past: { readonly until: number; readonly objects: Map<string, KubernetesObject> }[] = [];
  private uids = 0;
  private readonly down = new Set<string>();
  private readonly toReplace = new Set<string>();
  private readonly simulation: Simulation;
  private readonly random: () => number;
  private readonly without: Protection | undefined;
  private readonly watchers: Watchers;

  constructor(
    simulation: Simulation,
    random: () => number,
    { without, watchers }: { without: Protection | undefined; watchers: Watchers },
  ) {
    this.simulation = simulation;
    this.random = random;
    this.without = without;
    this.watchers = watchers;
  }

  accessOf(process: Process): Access {
    return {
      open: (target) =>
        this.simulation.call(process, {
          what: 'credentials',
          apply: () => ({ server: new URL('https://model.invalid'), ca: '', token: 'token' }),
          failures: [
            unreachable('EKS does not answer', false, target),
            {
              name: 'EKS has too many requests',
              applied: false,
              seconds: 1,
              answer: () => {
                throw new Fault('target-unreachable', 'EKS asks to wait', { retryAfterSeconds: 2 });
              },
            },
          ],
        }),
      forget: () => {},
    };
  }

  exchangeOf(process: Process): Exchange {
    return (_connection, request, target) =>
      this.simulation.call<Answer>(process, {
        what: `${request.method} ${request.path.replace(/^\/apis?(\/apps)?\/v1\/namespaces\/[^/]+\//, '').slice(0, 90)}`,
        apply: () => this.answer(request),
        failures: this.failuresOf(request, target),
      });
  }

  private failuresOf(request: Request, target: NamedTarget): readonly Failure<Answer>[] {
    const says = (name: string, status: number, applied: boolean, more: Partial<Answer> = {}): Failure<Answer> => ({
      name,
      applied,
      seconds: 0.02,
      answer: () => ({ ...statusAnswer(status, name), ...more }),
    });
    const isList = request.method === 'GET' && this.clusterRefOf(request).name === undefined;
    return [
      says('429', 429, false, { retryAfterSeconds: 1 }),
      says('500', 500, false),
      says('503', 503, false),
      says('504, and it is done', 504, true),
      says('401, the token has expired', 401, false),
      unreachable('no answer', false, target),
      unreachable('it is done, and no answer comes', true, target),
      { ...unreachable('no answer, and it is done 20 s later', true, target), late: 20 },
      ...(isList
        ? [
            {
              name: 'the list is old',
              applied: false,
              seconds: 0.02,
              answer: () => this.list(request, this.pastObjects()),
            },
          ]
        : []),
    ];
  }

  /** `kubectl delete deployment`, by somebody. */
  deleteByHand(name: string): boolean {
    const deployment = this.objects.get(`Deployment/${name}`);
    if (deployment === undefined) return false;
    this.beginRemoval(deployment);
    return true;
  }

  /** `kubectl create deployment`, by somebody. */
  createByHand(name: string): boolean {
    if (this.objects.has(`Deployment/${name}`)) return false;
    this.put({ kind: 'Deployment', metadata: this.metadata({ name, labels: { app: name } }) });
    return true;
  }

  /** The JobManager's process ends, and comes again. Without high availability it knows nothing of what was. */
  restartJobManager(name: string): boolean {
    const deployment = this.objects.get(`Deployment/${name}`);
    const flink = this.flinks.get(deployment?.metadata.uid ?? '');
    if (deployment === undefined || flink === undefined || this.down.has(deployment.metadata.uid)) return false;
    if (jobIdIn(this.configOf(name)) !== undefined) return false; // Without a client's jar its main() begins anew.
    this.down.add(deployment.metadata.uid);
    if (!this.isHighlyAvailable(name)) flink.forgetAll();
    this.simulation.after(10 + this.random() * 20, () => this.down.delete(deployment.metadata.uid));
    return true;
  }

  /** Somebody puts a Deployment of his own there, just before the next request to delete it. */
  replaceBeforeDeletion(name: string): void {
    this.toReplace.add(name);
  }

  private configOf(name: string): string {
    return this.objects.get(`ConfigMap/flink-config-${name}`)?.data?.['config.yaml'] ?? '';
  }

  private isHighlyAvailable(name: string): boolean {
    return /high-availability:\s+type: kubernetes/.test(this.configOf(name));
  }

  private clusterRefOf({ path }: Request) {
    const [pathname = '', query = ''] = path.split('?');
    const parts = pathname.split('/').filter(Boolean).map(decodeURIComponent);
    const at = parts.indexOf('namespaces');
    const [, , plural = '', name, ...rest] = parts.slice(at);
    return { kind: kinds[plural] ?? plural, name, rest, query: new URLSearchParams(query) };
  }

  private async answer(request: Request): Promise<Answer> {
    const { kind, name, rest } = this.clusterRefOf(request);
    if (rest[0] === 'proxy') return this.flink(name?.split(':')[0] ?? '', request);
    if (rest[0] === 'log') return { status: 200, body: 'java.lang.Exception: boom', retryAfterSeconds: undefined };
    switch (request.method) {
      case 'POST':
        return this.create(request.json as KubernetesObject);
      case 'DELETE':
        return this.remove(kind, name ?? '', request);
      case 'GET': {
        if (name === undefined) return this.list(request, this.objects);
        const object = this.objects.get(`${kind}/${name}`);
        return object === undefined ? statusAnswer(404, `${kind} ${name} not found`) : okay(structuredClone(object));
      }
      case 'PATCH':
      default:
        return statusAnswer(405, 'nothing is patched');
    }
  }

  private list(request: Request, objects: ReadonlyMap<string, KubernetesObject>): Answer {
    const { kind, query } = this.clusterRefOf(request);
    const wanted = (query.get('labelSelector') ?? '')
      .split(',')
      .filter(Boolean)
      .map((pair) => pair.split('='));
    const items = [...objects.values()].filter(
      (object) => object.kind === kind && wanted.every(([key = '', value]) => object.metadata.labels[key] === value),
    );
    return okay({ items: structuredClone(items), metadata: {} });
  }

  private create(object: KubernetesObject): Answer {
    const { name } = object.metadata;
    if (this.objects.has(`${object.kind}/${name}`)) return statusAnswer(409, `${object.kind} ${name} already exists`);
    const made = { ...object, metadata: this.metadata(object.metadata) };
    this.put(made);
    if (object.kind === 'Deployment') this.begin(made);
    else if (made.metadata.ownerReferences.some(({ uid }) => !this.holdsResources(uid)))
      this.simulation.after(5 + this.random() * 15, () => this.drop(`${object.kind}/${name}`, made.metadata.uid));
    return okay(structuredClone(made), 201);
  }

  private remove(kind: string, name: string, { json }: Request): Answer {
    if (kind === 'Deployment' && this.toReplace.delete(name)) this.replace(name);
    const object = this.objects.get(`${kind}/${name}`);
    if (object === undefined) return statusAnswer(404, `${kind} ${name} not found`);
    const wanted = (json as { preconditions?: { uid?: string } } | undefined)?.preconditions?.uid;
    if (wanted !== undefined && wanted !== object.metadata.uid && this.without !== 'uid precondition')
      return statusAnswer(409, 'the uid is another');
    if (kind !== 'Deployment') {
      this.drop(`${kind}/${name}`, object.metadata.uid);
      return okay({});
    }
    if (object.metadata.deletionTimestamp === undefined) {
      this.watchers.onDelete(object);
      this.beginRemoval(object);
    }
    return okay({});
  }

  private replace(name: string): void {
    for (const [key, { metadata }] of this.objects)
      if (key === `Deployment/${name}` || metadata.ownerReferences.some((owner) => owner.name === name))
        this.drop(key, metadata.uid);
    this.createByHand(name);
  }

  /** In the foreground: what it owns goes first. */
  private beginRemoval(deployment: KubernetesObject): void {
    const { uid, name, deletionTimestamp } = deployment.metadata;
    if (deletionTimestamp !== undefined) return;
    this.put({ ...deployment, metadata: { ...deployment.metadata, deletionTimestamp: this.timestamp() } });
    this.flinks.delete(uid);
    const owned = [...this.objects].filter(([, { metadata }]) =>
      metadata.ownerReferences.some((owner) => owner.uid === uid),
    );
    const longest = 1 + this.random() * 20;
    for (const [key, { metadata }] of owned)
      this.simulation.after(this.random() * longest, () => this.drop(key, metadata.uid));
    this.simulation.after(longest, () => {
      for (const [key, { metadata }] of this.objects)
        if (metadata.ownerReferences.some((owner) => owner.uid === uid)) this.drop(key, metadata.uid);
      this.drop(`Deployment/${name}`, uid);
    });
  }

  private begin(deployment: KubernetesObject): void {
    const { uid } = deployment.metadata;
    this.watchers.onCreate(deployment);
    const roll = this.random();
    const fate: Fate = roll < 0.06 ? 'no image' : roll < 0.11 ? 'crash loop' : 'ready';
    this.simulation.after(4 + this.random() * 30, () => this.bringUp(deployment.metadata.name, uid, fate));
  }

  private bringUp(name: string, uid: string, fate: Fate): void {
    const deployment = this.objects.get(`Deployment/${name}`);
    if (deployment?.metadata.uid !== uid || deployment.metadata.deletionTimestamp !== undefined) return;
    const config = this.objects.get(`ConfigMap/flink-config-${name}`);
    if (config === undefined || config.metadata.deletionTimestamp !== undefined) {
      this.simulation.after(5, () => this.bringUp(name, uid, fate));
      return;
    }
    this.put(this.pod(name, uid, fate));
    if (fate !== 'ready') return;
    const flink = new FakeFlink();
    flink.tooEarly = (jobId) => {
      this.tooEarly.push(jobId);
    };
    flink.program = ({ jobId = '' }) => {
      this.ran(jobId, flink);
      return { state: 'RUNNING', tasks: deploying };
    };
    this.flinks.set(uid, flink);
    if (this.isHighlyAvailable(name))
      this.put({
        kind: 'ConfigMap',
        metadata: this.metadata({
          name: `${name}-cluster-config-map`,
          labels: { app: name, type: 'flink-native-kubernetes' },
        }),
      });
    const jobId = jobIdIn(this.configOf(name));
    if (jobId === undefined) return;
    flink.addJob(jobId, { state: 'RUNNING', tasks: deploying });
    this.ran(jobId, flink);
  }

  private ran(jobId: string, flink: FakeFlink): void {
    this.runs.set(jobId, (this.runs.get(jobId) ?? 0) + 1);
    const roll = this.random();
    // Some wait for their slots longer than a stop has patience.
    const startsWithin = roll < 0.05 ? 600 : 30;
    this.simulation.after(this.random() * startsWithin, () => {
      if (flink.jobs.has(jobId)) flink.setTasks(jobId, { total: 2, running: 2 });
    });
    if (roll < 0.4) return; // It has no end.
    this.simulation.after(5 + this.random() * 300, () => {
      if (flink.jobs.get(jobId)?.state === 'RUNNING') flink.setState(jobId, roll < 0.8 ? 'FINISHED' : 'FAILED', 'x: y');
    });
  }

  private async flink(service: string, request: Request): Promise<Answer> {
    const name = service.replace(/-rest$/, '');
    if (!this.objects.has(`Service/${service}`)) return statusAnswer(404, `services "${service}" not found`);
    const uid = this.objects.get(`Deployment/${name}`)?.metadata.uid ?? '';
    const flink = this.flinks.get(uid);
    if (flink === undefined || this.down.has(uid)) return statusAnswer(503, `no endpoints available for ${service}`);
    const path = request.path.slice(request.path.indexOf('/proxy') + '/proxy'.length);
    const answer = await flink.answer({ ...request, path });
    if (request.method === 'DELETE' && path === '/v1/cluster') this.shutDown(name, uid);
    return { ...answer, retryAfterSeconds: undefined };
  }

  /** An application that is told to end removes its own traces. */
  private shutDown(name: string, uid: string): void {
    this.simulation.after(2, () => {
      const deployment = this.objects.get(`Deployment/${name}`);
      if (deployment?.metadata.uid !== uid) return;
      this.objects.delete(`ConfigMap/${name}-cluster-config-map`);
      this.beginRemoval(deployment);
    });
  }

  private pod(name: string, uid: string, fate: Fate): KubernetesObject {
    const container = { name: 'flink-main-container', ready: fate === 'ready', restartCount: 0 };
    const states = {
      ready: container,
      'no image': { ...container, state: { waiting: { reason: 'ImagePullBackOff', message: 'no such image' } } },
      'crash loop': {
        ...container,
        restartCount: 5,
        state: { waiting: { reason: 'CrashLoopBackOff', message: 'back-off' } },
        lastState: { terminated: { exitCode: 1, reason: 'Error' } },
      },
    };
    return {
      kind: 'Pod',
      metadata: this.metadata({
        name: `${name}-5d4f8b7c9-abcde`,
        labels: { app: name, type: 'flink-native-kubernetes', component: 'jobmanager' },
        ownerReferences: [{ kind: 'Deployment', name, uid }],
      }),
      status: {
        phase: fate === 'ready' ? 'Running' : 'Pending',
        conditions: [{ type: 'Ready', status: fate === 'ready' ? 'True' : 'False' }],
        containerStatuses: [states[fate]],
      },
    };
  }

  private metadata(given: Partial<Metadata> & { readonly name: string }): Metadata {
    return {
      labels: {},
      annotations: {},
      ownerReferences: [],
      ...given,
      uid: `uid-${(this.uids += 1)}`,
      creationTimestamp: this.timestamp(),
    };
  }

  private timestamp(): string {
    return new Date(this.simulation.now).toISOString();
  }

  private holdsResources(uid: string): boolean {
    return [...this.objects.values()].some(({ metadata }) => metadata.uid === uid);
  }

  private put(object: KubernetesObject): void {
    this.remember();
    this.objects.set(`${object.kind}/${object.metadata.name}`, object);
  }

  private drop(key: string, uid: string): void {
    if (this.objects.get(key)?.metadata.uid !== uid) return;
    this.remember();
    this.objects.delete(key);
  }

  private remember(): void {
    const { now } = this.simulation;
    this.past = [
      ...this.past.filter(({ until }) => until >= now - staleSeconds * 1000),
      { until: now, objects: new Map(this.objects) },
    ];
  }

  /** As it was a few seconds ago. */
  private pastObjects(): ReadonlyMap<string, KubernetesObject> {
    const at = this.simulation.now - this.random() * staleSeconds * 1000;
    return this.past.find(({ until }) => until >= at)?.objects ?? this.objects;
  }
}

const jobIdIn = (config: string) => /job-id: '?([0-9a-f]{32})/.exec(config)?.[1];

const okay = (body: unknown, status = 200): Answer => ({ status, body, retryAfterSeconds: undefined });

const statusAnswer = (status: number, message: string): Answer => ({
  status,
  body: { kind: 'Status', apiVersion: 'v1', message, code: status },
  retryAfterSeconds: undefined,
});

const unreachable = (name: string, applied: boolean, { cluster }: NamedTarget): Failure<never> => ({
  name,
  applied,
  seconds: 5,
  answer: () => {
    throw new Fault('target-unreachable', `EKS cluster ${cluster} did not answer: no answer within 5 s`);
  },
});
